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

  /** Throws the very error that the same login met before. */
  throwIfRefused(login: string): void {
    const refusal = this.#refusals.get(login);
    if (refusal !== undefined && performance.now() < refusal.until) throw refusal.error;
  }

  /** Remembers a refusal, and forgets those that are over. */
  remember(login: string, error: AuthenticationError): void {
    const now = performance.now();
    for (const [key, { until }] of this.#refusals) if (until <= now) this.#refusals.delete(key);
    this.#refusals.set(login, { error, until: now + guardMs });
  }
}
