/** What is remembered of one task between two polls, whether it is followed alone or among many. */
import { type AnySmsError, MigrationFailedError, NetworkError, OutcomeUnknownError } from '../errors.js';
import type { Task } from '../schemas/task.js';
import { type Ends, isResting } from './check-options.js';
import type { Cursor } from './cursor.js';
import { explainFailure } from './explain-failure.js';
import type { AnyTask } from './mend-task.js';
import type { TaskSnapshot } from './options.js';
import type { WaitOutcome } from './outcomes.js';
import type { Performed } from './perform-once.js';
import type { TrackingPort } from './port.js';
import { type ProgressMark, readProgress, type TaskProgress } from './progress.js';
import { actionRules } from './rules.js';
import { isBusy, taskStates } from './states.js';

/** @internal What a poll showed. */
export interface Sighting<T extends AnyTask> {
  readonly task: T;
  readonly progress: TaskProgress;
  readonly cursor: Cursor;
  /** Whether it shows anything that the poll before did not. */
  readonly isChanged: boolean;
  /** How the task ended; undefined while it has not. */
  readonly outcome: WaitOutcome | undefined;
}

/** @internal One followed task: its mark, its position before an action, and what is believed of the polls. */
export class FollowedTask {
  readonly id: string;
  readonly #ends: Ends;
  readonly #compare: typeof actionRules.compare;
  readonly #lagMs: number;
  readonly #clock: TrackingPort['clock'];
  #mark: ProgressMark | undefined;
  #operation: Cursor['operation'];
  #stage: Cursor['stage'];
  #position: Cursor['position'];
  #doubt: AnySmsError | undefined;
  #lagEndsAt: number;
  #doubtEndsAt = Number.NEGATIVE_INFINITY;
  #hasDiffered = false;
  #last: AnyTask | undefined;
  #shown = '';

  constructor(port: TrackingPort, id: string, cursor: Cursor | undefined, ends: Ends) {
    const { compare, lagMs } = port.rules ?? actionRules;
    this.id = id;
    this.#clock = port.clock;
    this.#ends = ends;
    this.#compare = compare;
    this.#lagMs = lagMs;
    this.#mark = cursor && { round: cursor.round ?? null, percent: cursor.percent, hasStopped: hasStopped(cursor) };
    this.#lagEndsAt = performance.now() + lagMs;
    this.#take(cursor);
  }

  /** Follows what an action began. An action in doubt is believed in until the patience is over. */
  begin({ cursor, doubt, hasDiffered = false }: Performed, patienceMs: number): void {
    this.#take(cursor);
    this.#doubt = doubt;
    this.#hasDiffered = hasDiffered;
    this.#doubtEndsAt = performance.now() + patienceMs;
    this.#lagEndsAt = performance.now() + this.#lagMs;
  }

  /** The task as it was read before an action that is about to be sent. */
  prepare(task: Task, position: Cursor): TaskSnapshot {
    this.#last = task;
    this.#take(position);
    const { mark, progress } = readProgress(task, this.#mark, this.#clock?.now);
    this.#mark = mark;
    return { task, progress, cursor: { ...this.cursor, stage: 'sending' } };
  }

  /** Takes a poll in; undefined when it may be older than what was asked of the task. */
  see<T extends AnyTask>(task: T, sentAt: number): Sighting<T> | undefined {
    this.#last = task;
    const isLagging = sentAt < this.#lagEndsAt;
    const isNewer = this.#judge(task, isLagging);
    // A task that was started is busy. One that is idle may be shown as it was before.
    if (!isNewer && isLagging && (this.#isEnd(task) || !isBusy(task.state))) return undefined;
    const { mark, progress } = readProgress(task, this.#mark, this.#clock?.now);
    this.#mark = mark;
    const outcome = this.#stage === 'unknown' ? this.#endDoubt(task) : this.#end(task);
    const { cursor } = this;
    return { task, progress, cursor, isChanged: this.#isChanged(task, progress), outcome };
  }

  /** Until when a 404 says nothing, because the task was started a moment ago. */
  get lagEndsAt(): number {
    return this.#stage === undefined ? Number.NEGATIVE_INFINITY : this.#lagEndsAt;
  }

  /** The task as it was read last. */
  get last(): AnyTask | undefined {
    return this.#last;
  }

  /** Where another wait goes on. */
  get cursor(): Cursor {
    const { percent = 0, round = null } = this.#mark ?? {};
    return {
      version: 1,
      id: this.id,
      percent,
      ...(round !== null && { round }),
      ...(this.#operation !== undefined && { operation: this.#operation }),
      ...(this.#stage !== undefined && { stage: this.#stage }),
      ...(this.#position !== undefined && { position: this.#position }),
    };
  }

  /** What is known of a task that has not ended. */
  get openOutcome(): WaitOutcome {
    const error = this.#stage === 'unknown' ? this.#unknown() : undefined;
    return { id: this.id, outcome: 'unknown', cursor: this.cursor, task: this.#last, error };
  }

  #take(cursor: Cursor | undefined): void {
    this.#operation = cursor?.operation;
    // Whether it was sent after all, nobody has seen.
    this.#stage = cursor?.stage === 'sending' ? 'unknown' : cursor?.stage;
    this.#position = cursor?.position;
  }

  /** Whether the poll is newer than the position, or nothing was asked that it could be older than. */
  #judge(task: AnyTask, isLagging: boolean): boolean {
    if (this.#stage === undefined) return true;
    if (this.#position === undefined) return false;
    const verdict = this.#compare(this.#position, task);
    const isProof = verdict === 'different' && !isLagging && leavesState(this.#operation);
    if (verdict === 'newer' || isProof) this.#stage = 'accepted';
    this.#hasDiffered ||= verdict === 'different';
    return verdict === 'newer';
  }

  #isEnd(task: AnyTask): boolean {
    return this.#ends.succeeded(task) || this.#ends.failed(task);
  }

  #end(task: AnyTask): WaitOutcome | undefined {
    const { cursor, id } = this;
    if (this.#ends.succeeded(task)) return { id, outcome: 'succeeded', task, cursor };
    if (!this.#ends.failed(task)) return undefined;
    return { id, outcome: 'failed', task, cursor, error: new MigrationFailedError(task, explainFailure(task)) };
  }

  // The lag is over and nothing newer was seen: an idle task was not changed, unless an earlier poll showed a change.
  #endDoubt(task: AnyTask): WaitOutcome | undefined {
    if (!this.#isEnd(task) && !isResting(task)) return undefined;
    if (this.#doubt === undefined) return this.openOutcome;
    if (!this.#hasDiffered) return { id: this.id, outcome: 'not-started', error: this.#doubt };
    return performance.now() < this.#doubtEndsAt ? undefined : this.openOutcome;
  }

  #unknown(): OutcomeUnknownError {
    const subject = `${this.#operation ?? 'action'} of task ${this.id}`;
    const error = this.#doubt ?? new NetworkError(`${subject}: the response was lost earlier`, null);
    return new OutcomeUnknownError({ subject, cursor: this.cursor, error });
  }

  #isChanged(task: AnyTask, progress: TaskProgress): boolean {
    const { elapsedMs, percent, round, speedMbps, state, step, steps } = progress;
    const left = 'remain_seconds' in task ? task.remain_seconds : task.estimate_complete_time;
    // A time left that was observed changes with every poll.
    const parts = [
      state,
      round,
      step?.id,
      step?.percent,
      steps.length,
      percent,
      speedMbps,
      elapsedMs,
      left,
      this.#stage,
    ];
    const shown = JSON.stringify(parts);
    if (shown === this.#shown) return false;
    this.#shown = shown;
    return true;
  }
}

// A copy that is restarted under the same ids may show less than before.
function hasStopped({ operation, position }: Cursor): boolean {
  const isStart = operation === 'start' || operation === 'restart';
  return isStart && position !== undefined && taskStates.failure.includes(position.state);
}

// Only these show by the state alone that they were performed.
function leavesState(operation: string | undefined): boolean {
  return operation === 'start' || operation === 'restart' || operation === 'stop';
}
