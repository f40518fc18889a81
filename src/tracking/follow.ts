/** Watches one task, waits for it, and starts it first when asked to. */
import {
  ApiError,
  ConflictError,
  isSmsError,
  MigrationFailedError,
  RateLimitError,
  WaitTimeoutError,
} from '../errors.js';
import type { Task } from '../schemas/task.js';
import { callHook } from '../transport/logger.js';
import type { Scope } from '../transport/scope.js';
import { changeState, isRefusedForState } from './change-state.js';
import { explainFailure } from './explain-failure.js';
import { mendTask } from './mend-task.js';
import { Pace } from './poll.js';
import type { TrackingPort } from './port.js';
import { type ProgressMark, readProgress } from './progress.js';
import { busyStates, failureStates, successStates } from './states.js';
import {
  type Cursor,
  checkWaitOptions,
  type StartAndWaitOptions,
  type TaskSnapshot,
  type WaitOptions,
  type WatchOptions,
} from './wait-options.js';

// How long an accepted start may still show the task as it was before.
const longestLagMs = 30_000;

/** @internal Yields the task at every change and ends after the first snapshot at rest. */
export async function* watchTask(
  port: TrackingPort,
  id: string,
  options: WatchOptions,
): AsyncGenerator<TaskSnapshot, void, undefined> {
  checkWaitOptions('watch', id, options);
  const run = new Run(port, id, options);
  try {
    yield* run.follow();
  } finally {
    run.close();
  }
}

/** @internal Resolves at rest in success, rejects at rest in failure. */
export async function waitForTask(port: TrackingPort, id: string, options: WaitOptions): Promise<Task> {
  checkWaitOptions('waitFor', id, options);
  const run = new Run(port, id, options);
  return finish(run, run.follow(), options);
}

/** @internal Starts the task and waits for the round that this begins. */
export async function startAndWaitForTask(port: TrackingPort, id: string, options: StartAndWaitOptions): Promise<Task> {
  checkWaitOptions('startAndWait', id, options);
  const run = new Run(port, id, options);
  return finish(run, run.startAndFollow(options.ifRunning ?? 'error'), options);
}

async function finish(run: Run, snapshots: AsyncIterable<TaskSnapshot>, { onProgress }: WaitOptions): Promise<Task> {
  try {
    for await (const snapshot of snapshots) {
      const report = onProgress && ((event: TaskSnapshot) => onProgress(event.progress, event));
      callHook(report, snapshot, 'onProgress', run.port.logger);
    }
    return run.settle();
  } finally {
    run.close();
  }
}

// One watch of one task, from its first reading to its last.
class Run {
  readonly port: TrackingPort;
  readonly #id: string;
  readonly #until: ReadonlySet<string>;
  readonly #failOn: ReadonlySet<string>;
  readonly #scope: Scope;
  readonly #pace: Pace;
  #mark: ProgressMark | undefined;
  #baseline: string | undefined;
  #start: Cursor['start'];
  #lagEndsAt = Number.POSITIVE_INFINITY;
  #refusal: ApiError | undefined;
  #task: Task | undefined;
  #shown = '';

  constructor(port: TrackingPort, id: string, { cursor, failOn, intervalMs, maxWaitMs, signal, until }: WatchOptions) {
    this.port = port;
    this.#id = id;
    this.#until = until === undefined ? successStates : new Set(until);
    this.#failOn = failOn === undefined ? failureStates : new Set(failOn);
    this.#pace = new Pace(intervalMs);
    this.#mark = cursor && { round: cursor.round ?? null, percent: cursor.percent };
    this.#baseline = cursor?.baseline;
    this.#start = cursor?.start;
    this.#scope = port.openScope({
      signal,
      timeoutMs: maxWaitMs,
      onTimeout: () =>
        new WaitTimeoutError(`Task ${id} did not come to rest within ${maxWaitMs} ms (maxWaitMs)`, this.#task ?? null),
    });
  }

  close(): void {
    this.#scope.close();
  }

  async *follow(): AsyncGenerator<TaskSnapshot, void, undefined> {
    if (this.#baseline !== undefined) this.#lagEndsAt = performance.now() + longestLagMs;
    for (;;) {
      const task = await this.#readOnce();
      if (task instanceof Error) {
        await this.#scope.sleep(Math.max(this.#pace.afterFailure(), readWish(task)));
        continue;
      }
      this.#task = task;
      const isLagging = this.#isLagging(task);
      const snapshot = this.#look(task);
      if (!isLagging) yield* this.#changed(snapshot);
      if (!isLagging && (this.#until.has(task.state) || this.#failOn.has(task.state))) return;
      await this.#scope.sleep(this.#pace.afterReading(snapshot.progress));
    }
  }

  async *startAndFollow(ifRunning: 'error' | 'follow'): AsyncGenerator<TaskSnapshot, void, undefined> {
    if (this.#start === 'accepted') return yield* this.follow();
    const before = await this.port.read(this.#id, { signal: this.#scope.signal });
    this.#task = before;
    const isRunning = busyStates.has(before.state);
    // An earlier process may have sent the start and died before it saw what came of it.
    const mayBeSent = this.#start === 'sending';
    if ((mayBeSent && sign(before) !== this.#baseline) || (isRunning && ifRunning === 'follow')) {
      this.#baseline = undefined;
    } else {
      this.#baseline = sign(before);
      if (!isRunning) {
        this.#start = 'sending';
        yield* this.#changed(this.#look(before));
      }
      await this.#sendStart(ifRunning, isRunning, mayBeSent);
    }
    this.#start = 'accepted';
    yield* this.follow();
  }

  /** The task at rest in success; throws when it rests in failure. */
  settle(): Task {
    const task = this.#task as Task;
    if (this.#until.has(task.state)) return task;
    throw new MigrationFailedError(task, explainFailure(task));
  }

  async #sendStart(ifRunning: 'error' | 'follow', isRunning: boolean, mayBeSent: boolean): Promise<void> {
    let isDoubtful = mayBeSent;
    const isTakenUp = (task: Task) => {
      // Asked only when an answer was lost.
      isDoubtful = true;
      return !isRunning && this.#isMoved(task);
    };
    try {
      await changeState(this.port, this.#id, 'start', { signal: this.#scope.signal }, isTakenUp);
    } catch (error) {
      if (!isRefusedForState(error)) throw error;
      if (isDoubtful && !isRunning) {
        // Refused because it was performed before, which readings may show late.
        this.#refusal = error;
        return;
      }
      if (!isRunning && !(await this.#hasMoved())) throw error;
      if (ifRunning === 'error') throw new ConflictError({ ...error, hint: runningHint });
      this.#baseline = undefined;
    }
  }

  async #hasMoved(): Promise<boolean> {
    const task = await this.port.read(this.#id, { signal: this.#scope.signal }).catch(() => undefined);
    this.#scope.throwIfEnded();
    return task !== undefined && this.#isMoved(task);
  }

  #isMoved(task: Task): boolean {
    return sign(task) !== this.#baseline;
  }

  // The error when this reading failed but the next one may not: a wait for days outlives every interruption.
  async #readOnce(): Promise<Task | Error> {
    try {
      return await this.port.read(this.#id, { signal: this.#scope.signal });
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.port.logger.warn(`Task ${this.#id} could not be read; the wait goes on`, { reason: error.message });
      return error;
    }
  }

  #isLagging(task: Task): boolean {
    if (this.#baseline === undefined) return false;
    if (!this.#isMoved(task)) {
      if (performance.now() < this.#lagEndsAt) return true;
      if (this.#refusal !== undefined) throw this.#refusal;
    }
    this.#baseline = undefined;
    return false;
  }

  #look(task: Task): TaskSnapshot {
    const { mark, progress } = readProgress(task, this.#mark);
    this.#mark = mark;
    const cursor: Cursor = {
      id: this.#id,
      percent: mark.percent,
      ...(mark.round !== null && { round: mark.round }),
      ...(this.#baseline !== undefined && { baseline: this.#baseline }),
      ...(this.#start !== undefined && { start: this.#start }),
    };
    return { task, progress, cursor };
  }

  *#changed(snapshot: TaskSnapshot): Generator<TaskSnapshot, void, undefined> {
    const shown = JSON.stringify([snapshot.progress, snapshot.cursor]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    yield snapshot;
  }
}

const runningHint = "The task is running already. Pass ifRunning: 'follow' to follow it, or stop it first.";

// What tells a round from the one before: the state, or the steps.
function sign(task: Task): string {
  const steps = mendTask(task).sub_tasks ?? [];
  return `${task.state}:${steps.map(({ id }) => id ?? '').join(',')}`;
}

const longestWishMs = 600_000;

function readWish(error: Error): number {
  return error instanceof ApiError ? Math.min(longestWishMs, error.retryAfterMs ?? 0) : 0;
}

function isPassing(error: unknown): error is Error {
  if (!isSmsError(error)) return false;
  if (error instanceof ApiError) return error.status >= 500 || error.status === 408 || error instanceof RateLimitError;
  return error.name === 'NetworkError' || error.name === 'TimeoutError' || error.name === 'ResponseFormatError';
}
