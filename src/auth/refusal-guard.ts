/** Keeps a refused login from being repeated: wrong passwords lock accounts. */
import type { AuthenticationError } from '../errors.js';

interface Refusal {
  readonly error: AuthenticationError;
  readonly until: number;
}

const guardMs = 60_000;

/** @internal Remembers for 60 s which logins were refused, and how. */
export class RefusalGuard {
  readonly #refusals = new Map<string, Refusal>();

  /** Throws what the same login met before, with a hint that it was not sent. */
  throwIfRefused(login: string): void {
    const refusal = this.#refusals.get(login);
    if (refusal === undefined || performance.now() >= refusal.until) return;
    const hint = `This login was not sent again: IAM refused it less than 60 s ago, and repeated ones lock accounts. ${refusal.error.hint}`;
    throw refusal.error.with({ hint });
  }

  /** Whether an error is one of those that are remembered. Each caller has a copy, but all share the details of the response. */
  knows({ details }: AuthenticationError): boolean {
    return [...this.#refusals.values()].some(({ error }) => error.details === details);
  }

  /** Remembers a refusal, and forgets those that are over. */
  remember(login: string, error: AuthenticationError): void {
    const now = performance.now();
    for (const [key, { until }] of this.#refusals) if (until <= now) this.#refusals.delete(key);
    this.#refusals.set(login, { error, until: now + guardMs });
  }
}
