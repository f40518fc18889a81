/** The life of one call or wait: it ends when its work is done, its caller aborts or its time is up. */
import { InvalidRequestError, TimeoutError } from '../errors.js';
import { showCallerOf } from '../sms-error.js';
import { makeController } from './runtime.js';

/** The longest delay that a timer takes; longer ones fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * @internal Shares one listener on a caller's signal among all calls of a client, so that a signal passed to thousands of
 * calls carries one listener, and none when they are done.
 */
export class SignalHub {
  readonly #links = new WeakMap<AbortSignal, { readonly callbacks: Set<() => void>; readonly listener: () => void }>();

  /**
   * Calls back when the signal aborts, until the function that it returns is called.
   *
   * @throws {@link InvalidRequestError} when the signal takes no listener.
   */
  subscribe(signal: AbortSignal, callback: () => void): () => void {
    const link = this.#links.get(signal) ?? this.#link(signal);
    link.callbacks.add(callback);
    return () => {
      if (!link.callbacks.delete(callback) || link.callbacks.size > 0) return;
      this.#links.delete(signal);
      // A signal of the caller's own making may throw. The call is done by now.
      tryTo(() => signal.removeEventListener('abort', link.listener));
    };
  }

  #link(signal: AbortSignal) {
    const callbacks = new Set<() => void>();
    const listener = () => {
      for (const callback of [...callbacks]) callback();
    };
    const link = { callbacks, listener };
    if (!tryTo(() => signal.addEventListener('abort', link.listener))) {
      const issue = { path: 'signal', expected: 'an AbortSignal', received: 'one that takes no listener' };
      throw new InvalidRequestError('options', [issue]);
    }
    this.#links.set(signal, link);
    return link;
  }
}

/** @internal How a scope may end before its work is done. */
export interface ScopeLimits {
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined;
  /** How long the scope may last, in milliseconds; without end when left out. */
  readonly timeoutMs?: number | undefined;
  /** The error that ends the scope when its time is up. */
  readonly onTimeout?: (() => Error) | undefined;
}

/** @internal Opens scopes that share the listeners of one client. */
export type OpenScope = (limits: ScopeLimits) => Scope;

/**
 * @internal The life of one call or wait. It has a signal of its own, so that nothing downstream ever hangs on to the signal
 * of a caller. The opener of a scope closes it. Its controller and its timer are made when something needs them: a call that
 * ends well within its time needs neither.
 */
export class Scope {
  readonly #limits: ScopeLimits;
  readonly #pending = new Set<(reason: unknown) => void>();
  readonly #deadline: number;
  readonly #unsubscribe: (() => void) | undefined;
  #controller: AbortController | undefined;
  #stopTimer: (() => void) | undefined;
  #end: { readonly reason: unknown; readonly byCaller: boolean } | undefined;

  constructor(hub: SignalHub, limits: ScopeLimits) {
    const { signal, timeoutMs } = limits;
    this.#limits = limits;
    this.#deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    const abort = () => this.#finish(readReason(signal), true);
    if (signal?.aborted) abort();
    else if (signal !== undefined) this.#unsubscribe = hub.subscribe(signal, abort);
  }

  /** Aborts with the reason for which the scope ended. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = makeController();
      if (this.#end !== undefined) this.#controller.abort(this.#end.reason);
      else if (this.remainingMs <= 0) this.#expire();
      else this.#startTimer();
    }
    return this.#controller.signal;
  }

  /** Time left, in milliseconds; infinite without a time limit. */
  get remainingMs(): number {
    return this.#deadline - performance.now();
  }

  /** Whether the caller ended the scope, rather than its time. */
  get isAborted(): boolean {
    return this.#end?.byCaller === true;
  }

  /** Throws the reason when the scope has ended. */
  throwIfEnded(): void {
    if (this.#end === undefined && this.remainingMs <= 0) this.#expire();
    if (this.#end !== undefined) throw this.#end.reason;
  }

  /**
   * Settles as the work does, or rejects as soon as the scope ends, even when the work takes no notice.
   *
   * @param limit - a time limit of the work alone, with the error that it ends with
   */
  race<T>(work: PromiseLike<T>, limit?: { readonly timeoutMs: number; readonly onTimeout: () => unknown }): Promise<T> {
    const own = limit !== undefined && limit.timeoutMs < this.remainingMs ? limit : undefined;
    return this.#track(own?.timeoutMs, (resolve, reject) => {
      work.then(resolve, reject);
      return own && startTimer(() => reject(own.onTimeout()), own.timeoutMs);
    });
  }

  /** Waits, or rejects as soon as the scope ends. */
  sleep(ms: number): Promise<void> {
    return this.#track(ms, (resolve) => startTimer(resolve, ms));
  }

  /** Ends the scope: whatever works under its signal stops. */
  cancel(reason?: unknown): void {
    this.#finish(reason, true);
  }

  /** Lets go of the caller's signal and of all timers. */
  close(): void {
    this.#unsubscribe?.();
    this.#stopTimer?.();
  }

  #startTimer(): void {
    if (this.#stopTimer !== undefined || this.#deadline === Number.POSITIVE_INFINITY) return;
    this.#stopTimer = startTimer(() => this.#expire(), this.remainingMs);
  }

  #expire(): void {
    this.#finish(this.#limits.onTimeout?.(), false);
  }

  #finish(given: unknown, byCaller: boolean): void {
    if (this.#end !== undefined) return;
    // An abort without a reason gets one from the runtime.
    const controller = given === undefined ? (this.#controller ?? makeController()) : this.#controller;
    controller?.abort(given);
    const reason = given === undefined ? (controller?.signal.reason ?? makeAbortError()) : given;
    this.#end = { reason, byCaller };
    this.close();
    for (const reject of [...this.#pending]) reject(reason);
  }

  // `begin` returns how to undo what it began, if there is anything to undo. What ends before the scope needs no timer of the scope.
  #track<T>(
    endsWithin: number | undefined,
    begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => (() => void) | undefined,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let undo: (() => void) | undefined;
      const settle = (outcome: () => void) => {
        this.#pending.delete(fail);
        undo?.();
        outcome();
      };
      const fail = (reason: unknown) => settle(() => reject(reason));
      this.#pending.add(fail);
      undo = begin((value) => settle(() => resolve(value)), fail);
      if (this.#end !== undefined) fail(this.#end.reason);
      else if (endsWithin === undefined || endsWithin >= this.remainingMs) this.#startTimer();
    });
  }
}

/** @internal Works under a scope of its own, which is closed when the work is done. */
export async function workUnder<T>(
  openScope: OpenScope,
  limits: ScopeLimits,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  const scope = openScope(limits);
  try {
    scope.throwIfEnded();
    return await work(scope);
  } finally {
    scope.close();
  }
}

/** @internal Does all the work of a method under a scope of its own. The stack of an error shows the line of the caller. */
export async function workForCaller<T>(
  openScope: OpenScope,
  limits: ScopeLimits,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  try {
    return await workUnder(openScope, limits, work);
  } catch (error) {
    throw showCallerOf(error, new Error());
  }
}

/** @internal The limits of one call, which ends with a {@link TimeoutError} when its whole time is up. */
export function limitCall(subject: string, timeoutMs: number, signal: AbortSignal | undefined): ScopeLimits {
  const onTimeout = () => new TimeoutError(`${subject} took longer than ${timeoutMs} ms in all (totalTimeoutMs)`);
  return { signal, timeoutMs, onTimeout };
}

function tryTo(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function readReason(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason;
  } catch {
    return undefined;
  }
}

// The signals of React Native have no reason.
function makeAbortError(): Error {
  return Object.assign(new Error('This operation was aborted'), { name: 'AbortError' });
}

// Timers longer than 24.8 days fire at once, and a migration may well take that long.
function startTimer(callback: () => void, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number) => {
    const part = Math.min(left, longestTimer);
    timer = setTimeout(() => (left > part ? wait(left - part) : callback()), part);
  };
  wait(Math.max(0, ms));
  return () => clearTimeout(timer);
}
