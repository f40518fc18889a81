/** Watches one task, waits for it, and starts it first when asked to. */
import { type ApiError, ConflictError, MigrationFailedError, WaitTimeoutError } from '../errors.js';
import type { Task } from '../schemas/task.js';
import { awaitHook } from '../transport/logger.js';
import type { Scope } from '../transport/scope.js';
import { hasMoved, longestLagMs, signTask } from './baseline.js';
import { changeState } from './change-state.js';
import { explainFailure } from './explain-failure.js';
import { longestLookMs, withReasons } from './explain-start.js';
import { Pace } from './poll.js';
import type { TrackingPort } from './port.js';
import { type ProgressMark, readProgress } from './progress.js';
import { isPassing, isRefusedForState, readWish } from './refusal.js';
import { isBusy, taskStates } from './states.js';
import {
  type Cursor,
  checkWaitOptions,
  type StartAndWaitOptions,
  type TaskSnapshot,
  type WaitOptions,
  type WatchOptions,
} from './wait-options.js';

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

/** @internal Starts the task as `startAndWait` does, and answers from where to follow the round that this begins. */
export async function startTask(port: TrackingPort, id: string, signal: AbortSignal): Promise<Cursor> {
  const run = new Run(port, id, { signal });
  try {
    for await (const _snapshot of run.start('error'));
    return run.cursor;
  } finally {
    run.close();
  }
}

async function finish(run: Run, snapshots: AsyncIterable<TaskSnapshot>, { onProgress }: WaitOptions): Promise<Task> {
  try {
    for await (const snapshot of snapshots) await run.report(snapshot, onProgress);
    return run.settle();
  } finally {
    run.close();
  }
}

// One watch of one task, from its first reading to its last.
class Run {
  readonly port: TrackingPort;
  readonly #id: string;
  readonly #until: readonly string[];
  readonly #failOn: readonly string[];
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
    this.#until = until ?? taskStates.success;
    this.#failOn = failOn ?? taskStates.failure;
    this.#pace = new Pace(intervalMs);
    this.#mark = cursor && { round: cursor.round ?? null, percent: cursor.percent };
    this.#baseline = cursor?.baseline;
    this.#start = cursor?.start;
    this.#scope = port.openScope({
      signal,
      timeoutMs: maxWaitMs,
      onTimeout: () =>
        new WaitTimeoutError({
          reason: 'max-wait',
          limitMs: maxWaitMs ?? 0,
          tasks: this.#task === undefined ? [] : [this.#task],
          outcomes: [{ id, outcome: 'unknown', task: this.#task }],
          lastError: null,
        }),
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
      if (!isLagging && (this.#until.includes(task.state) || this.#failOn.includes(task.state))) return;
      await this.#scope.sleep(this.#pace.afterReading(snapshot.progress));
    }
  }

  async *startAndFollow(ifRunning: 'error' | 'follow'): AsyncGenerator<TaskSnapshot, void, undefined> {
    if (this.#start !== 'accepted') yield* this.start(ifRunning);
    yield* this.follow();
  }

  async *start(ifRunning: 'error' | 'follow'): AsyncGenerator<TaskSnapshot, void, undefined> {
    const before = await this.port.read(this.#id, { signal: this.#scope.signal });
    this.#task = before;
    const isRunning = isBusy(before.state);
    // An earlier process may have sent the start and died before it saw what came of it.
    const mayBeSent = this.#start === 'sending';
    if ((mayBeSent && this.#isMoved(before)) || (isRunning && ifRunning === 'follow')) {
      this.#baseline = undefined;
    } else {
      this.#baseline = signTask(before);
      if (!isRunning) {
        this.#start = 'sending';
        yield* this.#changed(this.#look(before));
      }
      await this.#sendStart(ifRunning, isRunning, mayBeSent);
    }
    this.#start = 'accepted';
  }

  /** Where the next process goes on. */
  get cursor(): Cursor {
    const { percent = 0, round = null } = this.#mark ?? {};
    return {
      id: this.#id,
      percent,
      ...(round !== null && { round }),
      ...(this.#baseline !== undefined && { baseline: this.#baseline }),
      ...(this.#start !== undefined && { start: this.#start }),
    };
  }

  /** Calls the hook and waits for what it promises, so that a cursor is kept before the next step is taken. */
  async report(snapshot: TaskSnapshot, onProgress: WaitOptions['onProgress']): Promise<void> {
    const hook = onProgress && ((event: TaskSnapshot) => onProgress(event.progress, event));
    await this.#scope.race(awaitHook(hook, snapshot, 'onProgress', this.port.logger));
  }

  /** The task at rest in success; throws when it rests in failure. */
  settle(): Task {
    const task = this.#task as Task;
    if (this.#until.includes(task.state)) return task;
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
      if (!isRefusedForState(error)) throw await this.#explain(error);
      if (isDoubtful && !isRunning) {
        // Refused because it was performed before, which readings may show late.
        this.#refusal = error;
        return;
      }
      if (!isRunning && !(await this.#hasMoved())) throw await this.#explain(error);
      if (ifRunning === 'error') throw await this.#explain(new ConflictError(error));
      this.#baseline = undefined;
    }
  }

  #explain(error: unknown): Promise<unknown> {
    return withReasons(this.port, this.#id, error, this.#scope.signal);
  }

  async #hasMoved(): Promise<boolean> {
    // The refusal is known: what it means must not be held back for long.
    const options = { signal: this.#scope.signal, totalTimeoutMs: longestLookMs };
    const task = await this.port.read(this.#id, options).catch(() => undefined);
    this.#scope.throwIfEnded();
    return task !== undefined && this.#isMoved(task);
  }

  #isMoved(task: Task): boolean {
    return hasMoved(this.#baseline, task);
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
    return { task, progress, cursor: this.cursor };
  }

  *#changed(snapshot: TaskSnapshot): Generator<TaskSnapshot, void, undefined> {
    const { cursor, progress, task } = snapshot;
    // A time left that was observed changes with every look.
    const shown = JSON.stringify([{ ...progress, remainingMs: null }, cursor, task.remain_seconds]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    yield snapshot;
  }
}
