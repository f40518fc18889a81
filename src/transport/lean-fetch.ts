/** The `fetch` functions that ky has nothing to add to. */

const lean: unique symbol = /* @__PURE__ */ Symbol.for('@org/sms-client/lean-fetch');

/** @internal Marks a `fetch` that takes a URL and plain options as they are. The mark is known to every copy of this package. */
export function markLean<T extends (...parameters: never[]) => unknown>(fetch: T): T {
  return Object.assign(fetch, { [lean]: true });
}

/** @internal Whether a `fetch` is called without ky, whose `Request` would cost more than the request. */
export function isLean(fetch: object): boolean {
  return lean in fetch;
}
