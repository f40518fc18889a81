/** Keeps one token alive for any number of callers. */

/** @internal What is cached: a token with its life on the issuer's clock. */
export interface Session<Details> {
  /** The token itself. */
  readonly value: string;
  /** From its issue to its end, in milliseconds; infinite when nobody knows. */
  readonly lifeMs: number;
  /** How old it was when it was handed over, in milliseconds; absent when it had just been issued. */
  readonly ageMs?: number;
  readonly details: Details;
}

/** @internal Why a token is renewed. */
export interface Renewal {
  /** Whether only a token that is issued now will do. */
  readonly fresh: boolean;
  /** Whether the last token was refused. */
  readonly afterRefusal: boolean;
  /** The token that is to be replaced. */
  readonly current: string | undefined;
}

interface Entry<Details> {
  readonly session: Session<Details>;
  readonly issuedAt: number;
  readonly afterRefusal: boolean;
  accepted: boolean;
  restUntil: number | undefined;
}

const refreshWindowMs = 10 * 60_000;
const waitWindowMs = 30_000;
const refusalRestMs = 60_000;
const firstFailureRestMs = 5_000;
const longestFailureRestMs = 60_000;

/** @internal How long before the end of such a life a token is renewed, in milliseconds. */
export function refreshWindow(lifeMs: number): number {
  return Math.min(refreshWindowMs, lifeMs / 10);
}

/**
 * @internal Hands out one token to any number of callers and renews it ahead of its end.
 *
 * - Far from its end the token comes from memory. In the last 10 minutes (or the last tenth of a short life) it still does, and
 *   is renewed behind the callers. In the last 30 seconds (or the last fiftieth) callers wait for the new one.
 * - A life is counted from the moment the token was asked for, less the age of one that is not new, by a clock that only moves
 *   forward: a wrong local clock does no harm.
 * - One renewal runs at a time, whoever asks. It belongs to no caller, so no caller's abort ends it.
 * - A renewal that began before `forget` does not bring its token into the cache; the next one waits for its end.
 * - A renewal behind the callers fails in silence and rests 5 s, then longer. A failure is never cached in place of a token.
 * - A refused token is dropped, unless another one has taken its place already.
 * - When a token obtained because of a refusal is refused before it was ever accepted, it stays, and no further renewal follows
 *   for 60 s: a new token would meet the same refusal.
 */
export class TokenCache<Details> {
  readonly #renew: (renewal: Renewal) => Promise<Session<Details>>;
  #entry: Entry<Details> | undefined;
  #flight: Promise<Session<Details>> | undefined;
  #latestFlight: Promise<Session<Details>> | undefined;
  #generation = 0;
  #refusedLast = false;
  #forgotten = false;
  #failures = 0;
  #failureRestUntil = 0;

  constructor(renew: (renewal: Renewal) => Promise<Session<Details>>) {
    this.#renew = renew;
  }

  /** A token that is alive, from memory when possible. */
  async get(): Promise<Session<Details>> {
    const entry = this.#entry;
    if (entry === undefined) return this.renew();
    const { lifeMs } = entry.session;
    const leftMs = entry.issuedAt + lifeMs - performance.now();
    if (leftMs > refreshWindow(lifeMs)) return entry.session;
    if (leftMs > Math.min(waitWindowMs, lifeMs / 50)) {
      this.#renewBehind();
      return entry.session;
    }
    try {
      return await this.renew();
    } catch (error) {
      if (this.#entry === entry && entry.issuedAt + lifeMs > performance.now()) return entry.session;
      throw error;
    }
  }

  /** A token that has just been issued; joins a renewal that is under way. */
  async issue(): Promise<Session<Details>> {
    for (;;) {
      const session = await this.renew(true);
      if (session.ageMs === undefined) return session;
    }
  }

  /** A new token; joins a renewal that is under way. */
  renew(fresh = false): Promise<Session<Details>> {
    if (this.#flight === undefined) {
      this.#flight = this.#begin(this.#latestFlight, fresh || this.#forgotten);
      this.#latestFlight = this.#flight;
    }
    return this.#flight;
  }

  /** Drops the token, and the token of a renewal that is under way; the next one will be issued anew. Answers what it dropped. */
  forget(): string | undefined {
    const value = this.#entry?.session.value;
    this.#generation += 1;
    this.#entry = undefined;
    this.#flight = undefined;
    this.#forgotten = true;
    return value;
  }

  /** Tells that the service accepted a token. */
  accept(value: string): void {
    if (this.#entry?.session.value === value) this.#entry.accepted = true;
  }

  /** Tells that the service refused a token; answers whether to try once more with what `get` answers next. */
  refuse(value: string): boolean {
    const entry = this.#entry;
    if (entry?.session.value !== value) return true;
    if (entry.afterRefusal && !entry.accepted) {
      entry.restUntil ??= performance.now() + refusalRestMs;
      if (performance.now() < entry.restUntil) return false;
    }
    this.#refusedLast = true;
    this.#entry = undefined;
    return true;
  }

  async #begin(previous: Promise<unknown> | undefined, fresh: boolean): Promise<Session<Details>> {
    const generation = this.#generation;
    const afterRefusal = this.#refusedLast;
    try {
      await previous?.catch(() => undefined);
      const askedAt = performance.now();
      const session = await this.#renew({ fresh, afterRefusal, current: this.#entry?.session.value });
      if (generation === this.#generation) {
        const issuedAt = askedAt - (session.ageMs ?? 0);
        this.#entry = { session, issuedAt, afterRefusal, accepted: false, restUntil: undefined };
        this.#refusedLast = false;
        this.#forgotten = false;
        this.#failures = 0;
      }
      return session;
    } finally {
      if (generation === this.#generation) this.#flight = undefined;
    }
  }

  #renewBehind(): void {
    if (this.#flight !== undefined || performance.now() < this.#failureRestUntil) return;
    this.renew().catch(() => {
      this.#failureRestUntil =
        performance.now() + Math.min(longestFailureRestMs, firstFailureRestMs * 2 ** this.#failures);
      this.#failures += 1;
    });
  }
}
