/** Keeps one session alive for any number of callers. */
import { SmsError, TimeoutError } from '../errors.js';
import type { Logger } from '../transport/logger.js';
import type { OpenScope, Scope } from '../transport/scope.js';
import { leftOf, type Session } from './session.js';

/** @internal Why and for whom a session is renewed. */
export interface Renewal {
  /** Whether only a token that is issued now will do. */
  readonly fresh: boolean;
  /** Whether the last session was refused. */
  readonly afterRefusal: boolean;
  /** The value of the session that is to be replaced. */
  readonly current: string | undefined;
  /** Open while a caller waits for the renewal. */
  readonly scope: Scope;
  /** Whether a call waits for the renewal: false while it only runs in the background. */
  readonly isAwaited: () => boolean;
  /** How much time the first who waits has left, in milliseconds. */
  readonly remainingMs: number;
}

/** @internal What the cache needs of its client. */
export interface TokenCacheOptions {
  readonly renew: (renewal: Renewal) => Promise<Session>;
  readonly openScope: OpenScope;
  /** How long a background renewal may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

interface Flight {
  readonly session: Promise<Session>;
  readonly scope: Scope;
  readonly beganAt: number;
  waiting: number;
  /** Whether a call waits, or has waited, for the end. */
  isAwaited: boolean;
}

const refreshWindowMs = 10 * 60_000;
const waitWindowMs = 30_000;
const patience = 1 / 5;
const refusalRestMs = 60_000;
const firstFailureRestMs = 5_000;
const longestFailureRestMs = 60_000;

/** @internal How long before the end of such a life a token is renewed, in milliseconds. */
export function refreshWindow(lifeMs: number): number {
  return Math.min(refreshWindowMs, lifeMs / 10);
}

/**
 * @internal Gives one session to any number of callers and renews it before it expires.
 *
 * - Far from its end it comes from memory, at once. In the last 10 minutes (or the last tenth of a short life) it still does, and
 *   is renewed in the background. In the last 30 seconds (or the last fiftieth) callers wait for the new one, at most a fifth of
 *   what the session or the call has left; then, or when the renewal fails, the old one serves as long as it lives.
 * - A life is counted from the moment the session was asked for, less the age of one that is not new, by the clock of this
 *   machine that moved further: a wrong clock costs at most a login, and after a sleep no expired session is used.
 * - One renewal runs at a time, for all callers. A caller that leaves ends its own wait; the last one that leaves ends the renewal.
 * - A background renewal ends after the timeout of an attempt. When it fails, a warning is logged and the next one waits
 *   5 s, then longer. A failure is never cached in place of a session.
 * - A renewal that began before `forget` does not put its session into the cache, and no one waits for its end.
 * - A refused session is dropped, unless another one has replaced it already.
 * - When a session obtained because of a refusal is refused before it was ever accepted, it stays, and no further renewal follows
 *   for 60 s: a new one would meet the same refusal.
 */
export class TokenCache {
  readonly #options: TokenCacheOptions;
  #session: Session | undefined;
  #flight: Flight | undefined;
  #generation = 0;
  #forgotten = false;
  /** Whether the session that comes next replaces one that was refused. */
  #refusedLast = false;
  #isAfterRefusal = false;
  #isAccepted = false;
  #refusalRestUntil: number | undefined;
  #failures = 0;
  #failureRestUntil = 0;

  constructor(options: TokenCacheOptions) {
    this.#options = options;
  }

  /** A session that is alive: at once when it is in memory. */
  get(scope: Scope): Session | Promise<Session> {
    const session = this.#session;
    if (session === undefined) return this.#wait(scope);
    const leftMs = leftOf(session);
    if (leftMs > refreshWindow(session.lifeMs)) return session;
    if (leftMs <= 0) return this.#wait(scope);
    this.#renewBehind();
    const isNear = leftMs <= Math.min(waitWindowMs, session.lifeMs / 50);
    return isNear && this.#flight !== undefined ? this.#waitABit(this.#flight, session, scope) : session;
  }

  /** A session that has just been issued; joins a renewal that is under way. */
  async issue(scope: Scope): Promise<Session> {
    for (;;) {
      const session = await this.#wait(scope, true);
      if (!session.isShared) return session;
    }
  }

  /** Drops the session, and that of a renewal that is under way; the next one comes from a new login. Returns what it dropped. */
  forget(): string | undefined {
    const value = this.#session?.value;
    this.#generation += 1;
    this.#session = undefined;
    this.#flight = undefined;
    this.#forgotten = true;
    return value;
  }

  /** Reports that the service accepted a session. */
  accept({ value }: Session): void {
    if (this.#session?.value === value) this.#isAccepted = true;
  }

  /** Reports that the service refused a session; returns whether to try once more with what `get` returns next. */
  refuse({ value }: Session): boolean {
    if (this.#session?.value !== value) return true;
    if (this.#isAfterRefusal && !this.#isAccepted) {
      this.#refusalRestUntil ??= performance.now() + refusalRestMs;
      if (performance.now() < this.#refusalRestUntil) return false;
    }
    this.#refusedLast = true;
    this.#session = undefined;
    return true;
  }

  async #wait(scope: Scope, fresh = false): Promise<Session> {
    scope.throwIfEnded();
    const flight = this.#flight ?? this.#begin(fresh, scope);
    flight.isAwaited = true;
    return this.#join(flight, scope);
  }

  async #join(flight: Flight, scope: Scope): Promise<Session> {
    flight.waiting += 1;
    try {
      return await scope.race(flight.session);
    } catch (error) {
      // The stack of an error shows the line of one caller.
      throw error instanceof SmsError ? error.copy() : error;
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        if (this.#flight === flight) this.#flight = undefined;
        flight.scope.cancel();
      }
    }
  }

  /** Waits for a renewal while an old session lives. */
  async #waitABit(flight: Flight, session: Session, scope: Scope): Promise<Session> {
    const patienceMs = patience * Math.min(leftOf(session), scope.remainingMs);
    const timeoutMs = flight.beganAt + patienceMs - performance.now();
    if (timeoutMs <= 0) return session;
    const wait = this.#options.openScope({ signal: scope.signal, timeoutMs, onTimeout: () => new TimeoutError('') });
    try {
      return await this.#join(flight, wait);
    } catch (error) {
      scope.throwIfEnded();
      if (this.#session === session && leftOf(session) > 0) return session;
      throw error;
    } finally {
      wait.close();
    }
  }

  #begin(fresh: boolean, { remainingMs }: Scope): Flight {
    const scope = this.#options.openScope({});
    const isAwaited = () => flight.isAwaited;
    const renewal = { fresh: fresh || this.#forgotten, scope, isAwaited, remainingMs };
    const generation = this.#generation;
    // In a later microtask, when the flight is known: a function of the caller's may call this very client.
    const session = scope.race(Promise.resolve().then(() => this.#renew(renewal, generation)));
    const flight: Flight = { session, scope, beganAt: performance.now(), waiting: 0, isAwaited: false };
    this.#flight = flight;
    // Before any caller hears of it, or one that asks again would get the same failure.
    const land = () => {
      if (this.#flight === flight) this.#flight = undefined;
    };
    session.then(land, land);
    return flight;
  }

  async #renew(renewal: Omit<Renewal, 'afterRefusal' | 'current'>, generation: number): Promise<Session> {
    const afterRefusal = this.#refusedLast;
    const current = this.#session?.value;
    const session = await this.#options.renew({ ...renewal, afterRefusal, current });
    if (generation === this.#generation && !renewal.scope.signal.aborted) {
      this.#session = session;
      this.#isAfterRefusal = afterRefusal;
      this.#isAccepted = false;
      this.#refusalRestUntil = undefined;
      this.#refusedLast = false;
      this.#forgotten = false;
      this.#failures = 0;
    }
    return session;
  }

  #renewBehind(): void {
    if (this.#flight !== undefined || performance.now() < this.#failureRestUntil) return;
    const { logger, openScope, timeoutMs } = this.#options;
    const onTimeout = () => new TimeoutError(`it took longer than ${timeoutMs} ms (timeoutMs)`);
    const scope = openScope({ timeoutMs, onTimeout });
    const generation = this.#generation;
    this.#join(this.#begin(false, scope), scope)
      .catch((error: Error) => {
        if (generation !== this.#generation) return;
        const restMs = Math.min(longestFailureRestMs, firstFailureRestMs * 2 ** this.#failures);
        this.#failureRestUntil = performance.now() + restMs;
        this.#failures += 1;
        logger.warn('the token could not be renewed ahead of its end', { reason: error.message, restMs });
      })
      .finally(() => scope.close());
  }
}
