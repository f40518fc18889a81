/** The outcomes of many tasks, servers or templates: one shape for starts, waits and deletions. */
import type { AnySmsError, MigrationFailedError } from '../errors.js';
import type { Task, TaskSummary } from '../schemas/task.js';
import type { Cursor } from './cursor.js';

/** The service accepted the start of this task. */
export interface StartedOutcome {
  /** Id of the task. */
  readonly id: string;
  /** The start was accepted. */
  readonly outcome: 'started';
  /** Where to follow the task from. */
  readonly cursor: Cursor;
  readonly task?: undefined;
  readonly error?: undefined;
}

/** The start of this task was refused, or failed without being performed. */
export interface NotStartedOutcome {
  /** Id of the task. */
  readonly id: string;
  /** The task was not started. */
  readonly outcome: 'not-started';
  /** Why not. A `ConflictError` says that the state of the task does not allow it. */
  readonly error: AnySmsError;
  readonly cursor?: undefined;
  readonly task?: undefined;
}

/** This task succeeded. */
export interface SucceededOutcome {
  /** Id of the task. */
  readonly id: string;
  /** The task succeeded. */
  readonly outcome: 'succeeded';
  /** The last known state of the task. */
  readonly task: Task | TaskSummary;
  /** The cursor at the end of the wait. */
  readonly cursor: Cursor;
  readonly error?: undefined;
}

/** This task did not succeed. */
export interface FailedOutcome {
  /** Id of the task. */
  readonly id: string;
  /** The task failed, was rolled back or was paused. */
  readonly outcome: 'failed';
  /** The last known state of the task. */
  readonly task: Task | TaskSummary;
  /** Which step failed and why, with a hint. */
  readonly error: MigrationFailedError;
  /** The cursor at the end of the wait. */
  readonly cursor: Cursor;
}

/** This task, or what was to be deleted, does not exist any more, or never did. */
export interface GoneOutcome {
  /** Id of the task, or of what was to be deleted. */
  readonly id: string;
  /** The service does not know it: its response was a 404 twice in a row. */
  readonly outcome: 'gone';
  readonly task?: undefined;
  readonly cursor?: undefined;
  readonly error?: undefined;
}

/** The service accepted the deletion. */
export interface DeletedOutcome {
  /** Id of what was deleted. */
  readonly id: string;
  /** The deletion was accepted. */
  readonly outcome: 'deleted';
  readonly task?: undefined;
  readonly cursor?: undefined;
  readonly error?: undefined;
}

/** The deletion was refused, or failed without being performed. */
export interface NotDeletedOutcome {
  /** Id of what was to be deleted. */
  readonly id: string;
  /** It was not deleted. */
  readonly outcome: 'not-deleted';
  /** Why not. */
  readonly error: AnySmsError;
  readonly task?: undefined;
  readonly cursor?: undefined;
}

/** The outcome of this one is unknown: a response was lost, or the wait ended before the task did. */
export interface UnknownOutcome {
  /** Id of the task, or of what was to be deleted. */
  readonly id: string;
  /** It is not known. */
  readonly outcome: 'unknown';
  /** Why the outcome is unknown; absent when only time ran out. */
  readonly error?: AnySmsError | undefined;
  /** Where to follow the task from; absent for deletions and for tasks that were never read. */
  readonly cursor?: Cursor | undefined;
  /** The last known state of the task; absent when it was not read. */
  readonly task?: Task | TaskSummary | undefined;
}

/**
 * The outcome of one of many, discriminated by `outcome`. Lists of outcomes hold one for each id, in the order in which the ids were
 * given, an id that was given twice only once.
 */
export type Outcome =
  | StartedOutcome
  | NotStartedOutcome
  | SucceededOutcome
  | FailedOutcome
  | GoneOutcome
  | DeletedOutcome
  | NotDeletedOutcome
  | UnknownOutcome;

/** What became of the start of one of many tasks. */
export type StartOutcome = StartedOutcome | NotStartedOutcome | UnknownOutcome;

/** How one of many tasks ended. */
export type WaitOutcome = SucceededOutcome | FailedOutcome | GoneOutcome | NotStartedOutcome | UnknownOutcome;

/** What became of the deletion of one of many. */
export type DeleteOutcome = DeletedOutcome | NotDeletedOutcome | GoneOutcome | UnknownOutcome;
