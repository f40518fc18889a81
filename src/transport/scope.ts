/** The life of one call or wait: it ends when its work is done, its caller aborts or its time is up. */
import { TimeoutError } from '../errors.js';

/** The longest delay that a timer takes; longer ones fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * @internal Shares one listener on a caller's signal among all calls of a client, so that a signal passed to thousands of
 * calls carries one listener, and none when they are done.
 */
export class SignalHub {
  readonly #links = new WeakMap<AbortSignal, { readonly callbacks: Set<() => void>; readonly listener: () => void }>();

  /** Calls back when the signal aborts, until the function it answers is called. */
  subscribe(signal: AbortSignal, callback: () => void): () => void {
    const link = this.#links.get(signal) ?? this.#link(signal);
    link.callbacks.add(callback);
    return () => {
      if (!link.callbacks.delete(callback) || link.callbacks.size > 0) return;
      signal.removeEventListener('abort', link.listener);
      this.#links.delete(signal);
    };
  }

  #link(signal: AbortSignal) {
    const callbacks = new Set<() => void>();
    const listener = () => {
      for (const callback of [...callbacks]) callback();
    };
    const link = { callbacks, listener };
    signal.addEventListener('abort', link.listener);
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
 * of a caller. Whoever opens a scope closes it.
 */
export class Scope {
  readonly #controller = new AbortController();
  readonly #pending = new Set<(reason: unknown) => void>();
  readonly #deadline: number;
  readonly #unsubscribe: (() => void) | undefined;
  readonly #stopTimer: (() => void) | undefined;

  constructor(hub: SignalHub, { signal, timeoutMs, onTimeout }: ScopeLimits) {
    this.#deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    if (signal?.aborted) {
      this.#end(signal.reason);
      return;
    }
    if (signal !== undefined) this.#unsubscribe = hub.subscribe(signal, () => this.#end(signal.reason));
    if (timeoutMs !== undefined) this.#stopTimer = startTimer(() => this.#end(onTimeout?.()), timeoutMs);
  }

  /** Aborts with the reason for which the scope ended. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Time left, in milliseconds; infinite without a time limit. */
  get remainingMs(): number {
    return this.#deadline - performance.now();
  }

  /** Throws the reason when the scope has ended. */
  throwIfEnded(): void {
    this.signal.throwIfAborted();
  }

  /** Settles as the work does, or rejects as soon as the scope ends, even when the work takes no notice. */
  race<T>(work: PromiseLike<T>): Promise<T> {
    return this.#track((resolve, reject) => {
      work.then(resolve, reject);
      return undefined;
    });
  }

  /** Waits, or rejects as soon as the scope ends. */
  sleep(ms: number): Promise<void> {
    return this.#track((resolve) => startTimer(resolve, ms));
  }

  /** Ends the scope: whatever works under its signal stops. */
  cancel(reason?: unknown): void {
    this.#end(reason);
  }

  /** Lets go of the caller's signal and of all timers. */
  close(): void {
    this.#unsubscribe?.();
    this.#stopTimer?.();
  }

  #end(reason: unknown): void {
    this.close();
    this.#controller.abort(reason);
    for (const reject of [...this.#pending]) reject(this.signal.reason);
  }

  // `begin` answers how to undo what it began, if there is anything to undo.
  #track<T>(
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
      if (this.signal.aborted) fail(this.signal.reason);
    });
  }
}

/** @internal Opens the scope of one call, which ends with a {@link TimeoutError} when its whole time is up. */
export function openCall(
  openScope: OpenScope,
  subject: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Scope {
  const onTimeout = () => new TimeoutError(`${subject} took longer than ${timeoutMs} ms in all (totalTimeoutMs)`);
  return openScope({ signal, timeoutMs, onTimeout });
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
