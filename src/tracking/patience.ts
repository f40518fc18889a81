/** How long a wait goes on: until its time is up, or polls have failed for too long. */
import { type AnySmsError, ApiError, isSmsError, WaitTimeoutError } from '../errors.js';
import { isRefusal } from '../transport/api-error.js';
import { type Scope, workUnder } from '../transport/scope.js';
import type { AnyTask } from './mend-task.js';
import type { PollOptions } from './options.js';
import type { WaitOutcome } from './outcomes.js';
import type { TrackingPort } from './port.js';

/** How long a wait outlives a service that is out of reach, when nothing is said. */
const defaultOutageMs = 3_600_000;
const longestWishMs = 600_000;

/** @internal What a wait knows when it is given up. */
export interface OpenTasks {
  readonly tasks: readonly AnyTask[];
  readonly outcomes: readonly WaitOutcome[];
}

type PatienceOptions = Pick<PollOptions, 'maxOutageMs' | 'maxWaitMs' | 'onInterruption'>;

/** @internal Ends the work of a wait that takes too long. Counts polls that failed in a row, and reports them. */
export class Patience {
  /** How long polls may fail in a row, in milliseconds. */
  readonly maxOutageMs: number;
  readonly #port: TrackingPort;
  readonly #subject: string;
  readonly #options: PatienceOptions;
  readonly #describe: () => OpenTasks;
  #deadline: number | undefined;
  #failures = 0;
  #since = 0;
  #lastError: AnySmsError | null = null;

  constructor(port: TrackingPort, subject: string, options: PatienceOptions, describe: () => OpenTasks) {
    this.maxOutageMs = options.maxOutageMs ?? defaultOutageMs;
    this.#port = port;
    this.#subject = subject;
    this.#options = options;
    this.#describe = describe;
  }

  /** Works under a scope that ends with the outer one, or when a limit is reached. No timer outlives the work. */
  async within<T>(outer: Scope, work: (scope: Scope) => Promise<T>): Promise<T> {
    outer.throwIfEnded();
    const { maxWaitMs = Infinity } = this.#options;
    this.#deadline ??= performance.now() + maxWaitMs;
    const limitMs = Math.min(this.#deadline - performance.now(), this.#outageLeftMs);
    if (limitMs <= 0) throw this.#giveUp();
    const timeoutMs = Number.isFinite(limitMs) ? limitMs : undefined;
    const limits = { signal: outer.signal, timeoutMs, onTimeout: () => this.#giveUp() };
    return workUnder(this.#port.openScope, limits, work);
  }

  /** Calls a hook and waits for what it promises. A hook that hangs makes no timeout of tasks that are done. */
  async call<Event>(
    outer: Scope,
    isDone: boolean,
    hook: ((event: Event) => unknown) | undefined,
    event: Event,
    name: string,
  ): Promise<void> {
    const called = this.#port.hooks.call(hook, event, name);
    try {
      await this.within(outer, (scope) => scope.race(called));
    } catch (error) {
      if (!isDone || !(error instanceof WaitTimeoutError)) throw error;
    }
  }

  /** A poll succeeded. */
  endOutage(): void {
    this.#failures = 0;
    this.#lastError = null;
  }

  /** A poll that was sent then failed. Throws what the wait does not outlive; returns how long the service asked to be left alone. */
  outlive(error: unknown, sentAt: number): number {
    if (!isSmsError(error) || error.name === 'InvalidRequestError') throw error;
    if (error instanceof ApiError && isRefusal(error)) throw error;
    if (this.#failures === 0) this.#since = sentAt;
    this.#failures += 1;
    this.#lastError = error;
    const failures = this.#failures;
    const reason = error.message;
    this.#port.logger.warn(`${this.#subject} could not be read; the wait goes on`, { failures, reason });
    const sinceMs = failures === 1 ? 0 : performance.now() - this.#since;
    void this.#port.hooks.call(this.#options.onInterruption, { error, failures, sinceMs }, 'onInterruption');
    return error instanceof ApiError ? Math.min(longestWishMs, error.retryAfterMs ?? 0) : 0;
  }

  /** Time until the outage has lasted too long, in milliseconds; infinite while there is none. */
  get #outageLeftMs(): number {
    return this.#failures === 0 ? Infinity : this.#since + this.maxOutageMs - performance.now();
  }

  #giveUp(): WaitTimeoutError {
    const isOutage = this.#outageLeftMs <= 0;
    return new WaitTimeoutError({
      reason: isOutage ? 'outage' : 'max-wait',
      limitMs: isOutage ? this.maxOutageMs : (this.#options.maxWaitMs ?? 0),
      host: this.#port.host,
      lastError: this.#lastError,
      ...this.#describe(),
    });
  }
}
