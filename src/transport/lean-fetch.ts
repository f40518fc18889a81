/** The `fetch` functions that ky has nothing to add to. */
import type { Fetch } from './exchange.js';

const lean: unique symbol = /* @__PURE__ */ Symbol.for('@org/sms-client/lean-fetch');

/** @internal Marks a `fetch` that takes a URL and plain options as they are. The mark is known to every copy of this package. */
export function markLean(fetch: Fetch): Fetch {
  return Object.assign(fetch, { [lean]: true });
}

/** @internal Whether a `fetch` is called without ky, which would add at least 40 % of its time. */
export function isLean(fetch: Fetch): boolean {
  return lean in fetch;
}
