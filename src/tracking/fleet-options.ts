/** Following many tasks: what it takes and what it tells. */
import { InvalidRequestError, type MigrationFailedError } from '../errors.js';
import { check, type Field, type Infer, list, number, type SchemaIssue, settings, text } from '../schemas/fields.js';
import { TaskQuery, type TaskSummary } from '../schemas/task.js';
import { abortSignal, callback, timeout } from '../transport/request-options.js';
import type { TaskProgress } from './progress.js';
import { type Cursor, cursor } from './wait-options.js';

/** Which tasks to follow: all that match, those that appear later included. Pages are the business of the client. */
export interface FleetQuery extends Omit<TaskQuery, 'limit' | 'offset'> {}

/** A change of one task of many. */
export interface TaskChange {
  /** Id of the task. */
  readonly id: string;
  /** The task as the list shows it; null when it is gone: deleted, or never there. */
  readonly task: TaskSummary | null;
  /** Its state when it was told of last; null the first time. */
  readonly previousState: string | null;
  /** How far it is; null when it is gone. Time left comes from `estimate_complete_time`, as lists carry no other. */
  readonly progress: TaskProgress | null;
  /** True when this was the last change of this task: it rests in success or failure, or it is gone. */
  readonly atRest: boolean;
  /** Where to go on from with this task, in this process or another one; null when it is gone. */
  readonly cursor: Cursor | null;
  /** Which step failed, why, and what to do, when it rests in failure; else null. Its `round` is null: lists do not name rounds. */
  readonly error: MigrationFailedError | null;
}

const following = {
  /** States in which a task rests in success. `taskStates.success` when left out. */
  until: list(text({ min: 1 }), { min: 1 }),
  /** States in which a task rests in failure. `taskStates.failure` when left out. */
  failOn: list(text({ min: 1 })),
  /** Pause between two looks, in milliseconds. Adapts, between 5 s and 60 s, when left out. */
  intervalMs: timeout(),
  /** How long to follow at most, in milliseconds. Without end when left out: migrations take days. */
  maxWaitMs: number({ min: 1 }),
  /** Where earlier watches, or the starts of `startMany`, stood; in any order, not necessarily for every task. */
  cursors: list(cursor),
  /** Ends it at once, with the signal's reason. The migrations themselves go on. */
  signal: abortSignal(),
};

const watchManyOptions = settings({}, following);

// As long as the filter of the list takes them.
const ids: Field<string[]> = list(text({ min: 1, max: 36 }));

/** How to watch many tasks. */
export interface WatchManyOptions extends Infer<typeof watchManyOptions> {}

/** How one task of many ended. */
export type TaskOutcome =
  | {
      /** Id of the task. */
      readonly id: string;
      /** It rests in success. */
      readonly outcome: 'succeeded';
      /** The task as the list showed it last. */
      readonly task: TaskSummary;
    }
  | {
      /** Id of the task. */
      readonly id: string;
      /** It rests in failure. */
      readonly outcome: 'failed';
      /** The task as the list showed it last. */
      readonly task: TaskSummary;
      /** Which step failed, why, and what to do. Its `round` is null: lists do not name rounds. */
      readonly error: MigrationFailedError;
    }
  | {
      /** Id of the task. */
      readonly id: string;
      /** It is gone: deleted, or never there. */
      readonly outcome: 'gone';
      /** There is nothing to show. */
      readonly task: null;
    };

/** How far many tasks are, taken together. */
export interface FleetProgress {
  /** Number of tasks that are followed. */
  readonly total: number;
  /** Number of tasks that neither run nor rest, for instance `READY` ones. */
  readonly waiting: number;
  /** Number of tasks that the service is working on. */
  readonly running: number;
  /** Number of tasks that ended in success. */
  readonly succeeded: number;
  /** Number of tasks that ended in failure. */
  readonly failed: number;
  /** Number of tasks that are gone. */
  readonly gone: number;
  /** Mean of the percentages of all tasks that are not gone: 0 to 100, one decimal. 100 only when all of them succeeded. */
  readonly percent: number;
  /** Sum of the current rates, in Mbit/s. */
  readonly speedMbps: number;
  /** Time left of the running task that has the most, in milliseconds; 0 when none runs, null while nobody knows. */
  readonly remainingMs: number | null;
}

const waitForAllOptions = settings(
  {},
  {
    ...following,
    /** Called at every change of a task, as `watchMany` tells it. A promise that it answers is awaited. What it throws is logged. */
    onChange: callback<(change: TaskChange) => unknown>(),
    /**
     * Called with the progress of all, once after every look that showed a change. A promise that it answers is awaited. What it
     * throws is logged.
     */
    onProgress: callback<(progress: FleetProgress) => unknown>(),
    /**
     * Called once for each task, when it has ended: the place for notifications. A promise that it answers is awaited. What it
     * throws is logged.
     */
    onOutcome: callback<(outcome: TaskOutcome) => unknown>(),
  },
);

/** How to wait for many tasks. */
export interface WaitForAllOptions extends Infer<typeof waitForAllOptions> {}

/** @internal Checks what to follow and how before anything is sent. */
export function checkFleetOptions(
  method: 'watchMany' | 'waitForAll',
  target: readonly string[] | FleetQuery,
  options: WatchManyOptions,
): void {
  const schemas = { watchMany: watchManyOptions, waitForAll: waitForAllOptions };
  const problems: SchemaIssue[] = [
    ...(Array.isArray(target)
      ? (check(ids, target).issues ?? []).map((issue) => ({ ...issue, path: `ids${issue.path}` }))
      : (check(TaskQuery, target).issues ?? []).map((issue) => ({ ...issue, path: issue.path || 'query' }))),
    ...(check(schemas[method] as Field<WatchManyOptions>, options).issues ?? []),
  ];
  for (const name of ['limit', 'offset'] as const) {
    if ((target as TaskQuery | null)?.[name] !== undefined) {
      problems.push({ path: name, expected: 'nothing: the client turns the pages', received: 'a value' });
    }
  }
  if (problems.length > 0) throw new InvalidRequestError(method, problems);
}
