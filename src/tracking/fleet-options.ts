/** The options of starts of many tasks and of waits for many, and what these report. */
import { InvalidRequestError, type MigrationFailedError } from '../errors.js';
import { check, number, type SchemaIssue } from '../schemas/fields.js';
import { type Task, TaskQuery, type TaskSummary } from '../schemas/task.js';
import { callback } from '../transport/option-kinds.js';
import { readArgument } from '../transport/read-argument.js';
import type { RequestOptions } from '../transport/request-options.js';
import { checkTaskId, type ParsedTarget, parseTarget, relocate } from './check-options.js';
import type { Cursor } from './cursor.js';
import { type ActionFields, type OwnFields, type PollOptions, pollFields, startFields } from './options.js';
import type { NotStartedOutcome, StartOutcome, WaitOutcome } from './outcomes.js';
import type { TaskProgress } from './progress.js';

/** Which tasks to follow: all that match, also those that appear later. The client reads all pages. */
export interface FleetQuery extends Omit<TaskQuery, 'limit' | 'offset'> {}

/**
 * Which tasks to follow: an id, a cursor, a list of these, what `startMany` resolved with, or a query. `{}` means all tasks. A task
 * that was not started is not followed: its outcome stays `not-started`.
 */
export type FleetTargets = string | Cursor | readonly (string | Cursor | StartOutcome)[] | FleetQuery;

/** A change of one task of many. */
export interface TaskChange {
  /** Id of the task. */
  readonly id: string;
  /** The task; null when it is gone. */
  readonly task: Task | TaskSummary | null;
  /** Its state at the change before; null the first time. */
  readonly previousState: string | null;
  /** Its progress; null when it is gone. Time left comes from `estimate_complete_time`, as lists carry no other. */
  readonly progress: TaskProgress | null;
  /** True when this is the last change of this task: it succeeded, failed or is gone, or its outcome is unknown. */
  readonly done: boolean;
  /** The outcome of the task; null while it is not done. */
  readonly outcome: WaitOutcome | null;
  /** Pass this to a wait to continue from here, in this process or another one; null when it is gone. */
  readonly cursor: Cursor | null;
  /** Which step failed and why, with a hint, when the task failed; else null. Its `round` is null: lists do not name rounds. */
  readonly error: MigrationFailedError | null;
}

/** The progress of many tasks together. */
export interface FleetProgress {
  /** Number of tasks that are followed. */
  readonly total: number;
  /** Number of tasks that are neither running nor done, for instance `READY` ones. */
  readonly waiting: number;
  /** Number of tasks that the service is working on. */
  readonly running: number;
  /** Number of tasks that succeeded. */
  readonly succeeded: number;
  /** Number of tasks that failed, or were not started. */
  readonly failed: number;
  /** Number of tasks that are gone. */
  readonly gone: number;
  /** Number of tasks of which it is unknown whether they were started. */
  readonly unknown: number;
  /** Mean of the percentages of all tasks that are not gone: 0 to 100, one decimal. 100 only when all of them succeeded. */
  readonly percent: number;
  /** Sum of the current rates, in Mbit/s. */
  readonly speedMbps: number;
  /** Time left of the running task that has the most, in milliseconds; 0 when none runs, null when that is not known. */
  readonly remainingMs: number | null;
}

/** How to watch many tasks. */
export interface WatchManyOptions extends PollOptions {
  /** What counts as success: states, or a function of the task. `taskStates.success` when left out. */
  readonly until?: readonly Task['state'][] | ((task: Task | TaskSummary) => boolean) | undefined;
  /** What counts as failure: states, or a function of the task. `taskStates.failure` when left out. */
  readonly failOn?: readonly Task['state'][] | ((task: Task | TaskSummary) => boolean) | undefined;
}

/** How to wait for many tasks. */
export interface WaitForAllOptions extends WatchManyOptions {
  /** Called at every change of a task, as `watchMany` yields it. A promise that it returns is awaited. What it throws is logged. */
  readonly onChange?: ((change: TaskChange) => unknown) | undefined;
  /**
   * Called with the progress of all, once after every poll that showed a change. A promise that it returns is awaited. What it
   * throws is logged.
   */
  readonly onProgress?: ((progress: FleetProgress) => unknown) | undefined;
  /**
   * Called once for each task, when its outcome is known: the place for notifications. A promise that it returns is awaited. What it
   * throws is logged.
   */
  readonly onOutcome?: ((outcome: WaitOutcome) => unknown) | undefined;
}

/** How to start many tasks. */
export interface StartManyOptions extends RequestOptions {
  /** The other fields of the action, for instance `is_need_consistency_check`. */
  readonly action?: ActionFields | undefined;
  /** What to do with a task that is running already: `error` (the default) does not start it, `follow` takes it as started. */
  readonly ifRunning?: 'error' | 'follow' | undefined;
  /** How many tasks are started at the same time: 1 to 100, 10 when left out. */
  readonly concurrency?: number | undefined;
  /** Called with each outcome as soon as it is known. A promise that it returns is awaited. What it throws is logged. */
  readonly onOutcome?: ((outcome: StartOutcome) => unknown) | undefined;
}

/** How to start many tasks and wait until they are done. */
export interface StartAllAndWaitOptions extends WaitForAllOptions {
  /** The other fields of the action, for instance `is_need_consistency_check`. */
  readonly action?: ActionFields | undefined;
  /** What to do with a task that is running already: `error` (the default) does not start it, `follow` takes it as started. */
  readonly ifRunning?: 'error' | 'follow' | undefined;
  /** How many tasks are started at the same time: 1 to 100, 10 when left out. */
  readonly concurrency?: number | undefined;
  /** Called with the outcome of each start as soon as it is known. A promise that it returns is awaited. What it throws is logged. */
  readonly onStart?: ((outcome: StartOutcome) => unknown) | undefined;
}

const starting = { ...startFields, concurrency: number({ min: 1, max: 100 }) };
const waiting = {
  ...pollFields,
  onChange: callback<(change: TaskChange) => unknown>(),
  onProgress: callback<(progress: FleetProgress) => unknown>(),
  onOutcome: callback<(outcome: WaitOutcome) => unknown>(),
};

/** @internal The options of each method, beside those of every call. */
export const fleetFields = {
  watchMany: pollFields,
  waitForAll: waiting,
  startMany: { ...starting, onOutcome: callback<(outcome: StartOutcome) => unknown>() },
  startAllAndWait: { ...waiting, ...starting, onStart: callback<(outcome: StartOutcome) => unknown>() },
} satisfies {
  watchMany: OwnFields<WatchManyOptions>;
  waitForAll: OwnFields<WaitForAllOptions>;
  startMany: OwnFields<StartManyOptions>;
  startAllAndWait: OwnFields<StartAllAndWaitOptions>;
};

/** @internal What a fleet follows: tasks that are named, or all that match a query. */
export interface FleetPlan {
  /** The ids in the order in which they were given; undefined for a query. */
  readonly ids: readonly string[] | undefined;
  /** Where earlier waits, or starts, stood. */
  readonly cursors: ReadonlyMap<string, Cursor>;
  /** The tasks that were not started, which are not followed. */
  readonly notStarted: ReadonlyMap<string, NotStartedOutcome>;
  readonly query: FleetQuery;
}

/** @internal Reads what to follow; throws when it is none of what {@link FleetTargets} says. */
export function readTargets(method: string, targets: unknown): FleetPlan {
  return readArgument(method, () => readPlan(method, targets));
}

function readPlan(method: string, targets: unknown): FleetPlan {
  const cursors = new Map<string, Cursor>();
  const notStarted = new Map<string, NotStartedOutcome>();
  const problems: SchemaIssue[] = [];
  const isNamed = typeof targets === 'string' || Array.isArray(targets) || Object.hasOwn(Object(targets), 'version');
  if (!isNamed) {
    const query = readQuery(targets, problems);
    if (problems.length > 0) throw new InvalidRequestError(method, problems);
    return { ids: undefined, cursors, notStarted, query };
  }
  const ids = new Set<string>();
  for (const [index, each] of (Array.isArray(targets) ? targets : [targets]).entries()) {
    const { cursor, id, issues, refused } = readEach(each);
    problems.push(...relocate(issues, Array.isArray(targets) ? `ids[${index}]` : 'id'));
    if (id === undefined) continue;
    ids.add(id);
    if (cursor !== undefined) cursors.set(id, cursor);
    if (refused !== undefined) notStarted.set(id, refused);
  }
  if (problems.length > 0) throw new InvalidRequestError(method, problems);
  return { ids: [...ids], cursors, notStarted, query: {} };
}

interface Each extends ParsedTarget {
  readonly refused?: NotStartedOutcome | undefined;
}

function readEach(target: unknown): Each {
  const { cursor, id, outcome } = Object(target) as StartOutcome;
  if (outcome === undefined) return parseTarget(target);
  // An outcome whose task could not even be read has no cursor.
  if (outcome !== 'not-started') return parseTarget(cursor ?? id);
  const issues = checkTaskId(id);
  return issues === undefined ? { id, refused: target as NotStartedOutcome } : { issues: relocate(issues, 'id') };
}

function readQuery(targets: unknown, problems: SchemaIssue[]): FleetQuery {
  for (const { path, ...issue } of check(TaskQuery, targets).issues ?? [])
    problems.push({ ...issue, path: path || 'query' });
  for (const name of ['limit', 'offset'] as const) {
    if ((targets as TaskQuery | null)?.[name] !== undefined) {
      problems.push({ path: name, expected: 'nothing: the client turns the pages', received: 'a value' });
    }
  }
  return targets as FleetQuery;
}
