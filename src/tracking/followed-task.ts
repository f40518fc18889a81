/** What is remembered of one task between two polls, whether it is followed alone or among many. */
import { type AnySmsError, MigrationFailedError } from '../errors.js';
import type { Task } from '../schemas/task.js';
import type { Ends } from './check-options.js';
import { type Cursor, makeCursor } from './cursor.js';
import { explainFailure } from './explain-failure.js';
import type { AnyTask } from './mend-task.js';
import type { TaskSnapshot } from './options.js';
import type { WaitOutcome } from './outcomes.js';
import { explainDoubt, type Performed } from './perform-once.js';
import type { TrackingPort } from './port.js';
import { type ProgressMark, readProgress, type TaskProgress } from './progress.js';
import { actionRules, type Rules } from './rules.js';
import { isBusy, isResting, kindOf, taskStates } from './states.js';

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
  readonly #port: TrackingPort;
  readonly #ends: Ends;
  readonly #rules: Rules;
  #mark: ProgressMark | undefined;
  #operation: Cursor['operation'];
  #stage: Cursor['stage'];
  #position: Cursor['position'];
  #doubt: AnySmsError | undefined;
  #lagEndsAt: number;
  #doubtEndsAt = -Infinity;
  #hasDiffered = false;
  #misses = 0;
  #last: AnyTask | undefined;
  #shown = '';

  constructor(port: TrackingPort, id: string, cursor: Cursor | undefined, ends: Ends) {
    this.id = id;
    this.#port = port;
    this.#ends = ends;
    this.#rules = port.rules ?? actionRules;
    this.#mark = cursor && { round: cursor.round ?? null, percent: cursor.percent, hasStopped: hasStopped(cursor) };
    this.#lagEndsAt = performance.now() + this.#rules.lagMs;
    this.#take(cursor);
  }

  /** Follows what an action began. An action in doubt is believed in until the patience is over. */
  begin({ cursor, doubt, hasDiffered = false }: Performed, patienceMs: number): void {
    this.#take(cursor);
    this.#doubt = doubt;
    this.#hasDiffered = hasDiffered;
    this.#doubtEndsAt = performance.now() + patienceMs;
    this.#lagEndsAt = performance.now() + this.#rules.lagMs;
  }

  /** The task as it was read before an action that is about to be sent. */
  prepare(task: Task, position: Cursor): TaskSnapshot {
    this.#last = task;
    this.#take(position);
    const progress = this.#measure(task);
    return { task, progress, cursor: { ...this.cursor, stage: 'sending' } };
  }

  /** Takes a poll in; undefined when it may be older than what was asked of the task. */
  see<T extends AnyTask>(task: T, sentAt: number): Sighting<T> | undefined {
    this.#last = task;
    this.#misses = 0;
    const isLagging = sentAt < this.#lagEndsAt;
    const isNewer = this.#judge(task, isLagging);
    // A task that was started is busy. One that is idle may be shown as it was before.
    if (!isNewer && isLagging && (this.#isEnd(task) || !isBusy(task.state))) return undefined;
    const progress = this.#measure(task);
    const outcome = this.#stage === 'unknown' ? this.#endDoubt(task) : this.#end(task);
    const { cursor } = this;
    return { task, progress, cursor, isChanged: this.#isChanged(task, progress), outcome };
  }

  /**
   * Takes a 404 in; returns how many there were in a row. One replica may not know a task that others know, and a 404 says nothing of a
   * task that was created or started a moment ago.
   */
  miss(sentAt: number): number {
    const isLagging = this.#stage !== undefined && sentAt < this.#lagEndsAt;
    if (isLagging || sentAt < this.#port.recent.endOf(this.id)) return 0;
    this.#misses += 1;
    return this.#misses;
  }

  /** The task as it was read last. */
  get last(): AnyTask | undefined {
    return this.#last;
  }

  /** Where another wait goes on. */
  get cursor(): Cursor {
    const { percent = 0, round } = this.#mark ?? {};
    return makeCursor({
      id: this.id,
      percent,
      round: round ?? undefined,
      operation: this.#operation,
      stage: this.#stage,
      position: this.#position,
    });
  }

  /** What is known of a task that has not ended. */
  get openOutcome(): WaitOutcome {
    const { cursor, id } = this;
    const error = this.#stage === 'unknown' ? explainDoubt(cursor, this.#doubt) : undefined;
    return { id, outcome: 'unknown', cursor, task: this.#last, error };
  }

  #take(cursor: Cursor | undefined): void {
    this.#operation = cursor?.operation;
    // It is unknown whether it was sent.
    this.#stage = cursor?.stage === 'sending' ? 'unknown' : cursor?.stage;
    this.#position = cursor?.position;
  }

  /** Whether the poll is newer than the position, or nothing was asked that it could be older than. */
  #judge(task: AnyTask, isLagging: boolean): boolean {
    if (this.#stage === undefined) return true;
    if (this.#position === undefined) return false;
    const verdict = this.#rules.compare(this.#position, task);
    // Only a start and a stop show by the state alone that they were performed.
    const isProof = verdict === 'different' && !isLagging && kindOf(this.#operation) !== 'other';
    if (verdict === 'newer' || isProof) this.#stage = 'accepted';
    this.#hasDiffered ||= verdict === 'different';
    return verdict === 'newer';
  }

  #measure(task: AnyTask): TaskProgress {
    const { mark, progress } = readProgress(task, this.#mark, this.#port.clock?.now);
    this.#mark = mark;
    return progress;
  }

  #isEnd(task: AnyTask): boolean {
    return this.#ends.succeeded(task) || this.#ends.failed(task);
  }

  #end(task: AnyTask): WaitOutcome | undefined {
    const { cursor, id } = this;
    if (this.#ends.succeeded(task)) return { id, outcome: 'succeeded', task, cursor };
    if (!this.#ends.failed(task)) return undefined;
    return {
      id,
      outcome: 'failed',
      task,
      cursor,
      error: new MigrationFailedError(task, explainFailure(task), this.#port.host),
    };
  }

  // The lag is over and nothing newer was seen: an idle task was not changed, unless an earlier poll showed a change.
  #endDoubt(task: AnyTask): WaitOutcome | undefined {
    if (!this.#isEnd(task) && !isResting(task.state)) return undefined;
    if (this.#doubt === undefined) return this.openOutcome;
    if (!this.#hasDiffered) return { id: this.id, outcome: 'not-started', error: this.#doubt };
    return performance.now() < this.#doubtEndsAt ? undefined : this.openOutcome;
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
  return kindOf(operation) === 'start' && position !== undefined && taskStates.failure.includes(position.state);
}
