/** One pause for all when the service asks for fewer requests. */
import { RateLimitError } from '../errors.js';
import { FinalFailure } from '../transport/retry.js';
import type { Scope } from '../transport/scope.js';

const firstPauseMs = 1_000;
const longestOwnPauseMs = 60_000;
const longestWishMs = 600_000;
const mostPauses = 10;

/**
 * @internal Makes calls for many at once. When one of them gets a 429, all of them pause, as long as the service asks or
 * else twice as long as the pause before, from 1 s up to 60 s. After ten pauses in a row, or when asked to wait for more than ten
 * minutes, the refusal is final for all.
 */
export class SharedPause {
  readonly #scope: Scope;
  readonly #onPause: (error: RateLimitError, delayMs: number, pauses: number) => void;
  #begunAt = -Infinity;
  #endsAt = -Infinity;
  #pauses = 0;
  #refusal: RateLimitError | undefined;

  constructor(scope: Scope, onPause: (error: RateLimitError, delayMs: number, pauses: number) => void) {
    this.#scope = scope;
    this.#onPause = onPause;
  }

  /** Calls, as often as the service asks to come again later. Throws a {@link FinalFailure} when it was asked too often. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.#wait();
      const sentAt = performance.now();
      try {
        const result = await call();
        this.#pauses = 0;
        return result;
      } catch (error) {
        if (!(error instanceof RateLimitError)) throw error;
        this.#pause(error, sentAt);
      }
    }
  }

  async #wait(): Promise<void> {
    while (performance.now() < this.#endsAt) await this.#scope.sleep(Math.ceil(this.#endsAt - performance.now()));
    if (this.#refusal !== undefined) throw new FinalFailure(this.#refusal);
  }

  #pause(error: RateLimitError, sentAt: number): void {
    const { retryAfterMs: wishMs = 0 } = error;
    if (sentAt <= this.#begunAt && wishMs <= longestWishMs) {
      // What was under way when the pause began was refused for the same reason: it may prolong the pause, and is no further one.
      this.#endsAt = Math.max(this.#endsAt, performance.now() + wishMs);
      return;
    }
    const ownMs = Math.min(longestOwnPauseMs, firstPauseMs * 2 ** this.#pauses) * (0.9 + Math.random() * 0.2);
    // To come back at once is no wish that a service in need could have.
    const delayMs = wishMs || ownMs;
    this.#pauses += 1;
    if (delayMs > longestWishMs || this.#pauses > mostPauses) {
      this.#refusal = error;
      return;
    }
    this.#onPause(error, delayMs, this.#pauses);
    this.#begunAt = performance.now();
    this.#endsAt = this.#begunAt + delayMs;
  }
}
