/** How long a wait lasts at most. */
import { WaitTimeoutError } from '../errors.js';
import type { OpenScope, Scope } from '../transport/scope.js';
import type { Interruptions } from './interruptions.js';
import type { AnyTask } from './mend-task.js';
import type { WaitOutcome } from './outcomes.js';

/** @internal What a wait knows when it is given up. */
export interface OpenTasks {
  readonly tasks: readonly AnyTask[];
  readonly outcomes: readonly WaitOutcome[];
}

/** @internal Ends the work of a wait that takes too long, or whose service is out of reach for too long. */
export class Limits {
  readonly #openScope: OpenScope;
  readonly #maxWaitMs: number | undefined;
  readonly #interruptions: Interruptions;
  readonly #describe: () => OpenTasks;
  #deadline: number | undefined;

  constructor(
    openScope: OpenScope,
    maxWaitMs: number | undefined,
    interruptions: Interruptions,
    describe: () => OpenTasks,
  ) {
    this.#openScope = openScope;
    this.#maxWaitMs = maxWaitMs;
    this.#interruptions = interruptions;
    this.#describe = describe;
  }

  /** Works under a scope that ends with the outer one, or when a limit is reached. No timer outlives the work. */
  async within<T>(outer: Scope, work: (scope: Scope) => Promise<T>): Promise<T> {
    outer.throwIfEnded();
    this.#deadline ??= performance.now() + (this.#maxWaitMs ?? Number.POSITIVE_INFINITY);
    const limitMs = Math.min(this.#deadline - performance.now(), this.#interruptions.remainingMs);
    if (limitMs <= 0) throw this.#giveUp();
    const timeoutMs = Number.isFinite(limitMs) ? limitMs : undefined;
    const scope = this.#openScope({ signal: outer.signal, timeoutMs, onTimeout: () => this.#giveUp() });
    try {
      return await work(scope);
    } finally {
      scope.close();
    }
  }

  #giveUp(): WaitTimeoutError {
    const isOutage = this.#interruptions.remainingMs <= 0;
    return new WaitTimeoutError({
      reason: isOutage ? 'outage' : 'max-wait',
      limitMs: isOutage ? this.#interruptions.maxOutageMs : (this.#maxWaitMs ?? 0),
      lastError: this.#interruptions.lastError,
      ...this.#describe(),
    });
  }
}
