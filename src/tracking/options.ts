/** The options of actions and of waits for one task. */
import type { AnySmsError } from '../errors.js';
import { exactlyOneOf, type Field, type FieldsOf, flag, number, strict, text } from '../schemas/fields.js';
import type { Task, TaskAction } from '../schemas/task.js';
import { callback, timeout } from '../transport/option-kinds.js';
import type { RequestOptions } from '../transport/request-options.js';
import { anyCursor, endStates } from './check-options.js';
import type { Cursor } from './cursor.js';
import type { TaskProgress } from './progress.js';

/** The fields of an action beside its operation. */
export interface ActionFields extends Omit<TaskAction, 'operation'> {}

/** An action of any operation, also one that this package does not know. The known ones are suggested, but not checked. */
export interface AnyTaskAction extends ActionFields {
  /** What to do. A misspelt operation compiles and is sent: methods such as `tasks.start` cannot be misspelt. */
  operation: TaskAction['operation'] | (string & Record<never, never>);
}

/** How to send an action to a task. */
export interface ActionOptions extends RequestOptions {
  /** The other fields of the action, for instance `is_need_consistency_check`. */
  readonly action?: ActionFields | undefined;
}

/** How to start a task. */
export interface StartOptions extends ActionOptions {
  /** What to do when the task is running already: `error` (the default) throws a `ConflictError`, `follow` resolves with a cursor. */
  readonly ifRunning?: 'error' | 'follow' | undefined;
}

/** What one poll returned. */
export interface TaskSnapshot {
  /** The task. */
  readonly task: Task;
  /** Its progress. */
  readonly progress: TaskProgress;
  /** Pass this to a wait to continue from here, in this process or another one. */
  readonly cursor: Cursor;
}

/** A poll that failed, while the wait goes on. */
export interface Interruption {
  /** Why the poll failed. */
  readonly error: AnySmsError;
  /** How many polls in a row have failed. */
  readonly failures: number;
  /** Since when no poll has succeeded, in milliseconds: 0 at the first failure. */
  readonly sinceMs: number;
}

/** What ends a wait, and how often it polls. */
export interface PollOptions extends RequestOptions {
  /** Pause between two polls, in milliseconds. Adapts to the task, between 1 s and 60 s, when left out. */
  readonly intervalMs?: number | undefined;
  /** How long to wait at most, in milliseconds. No limit when left out, because migrations take days. */
  readonly maxWaitMs?: number | undefined;
  /** How long polls may fail in a row before the wait ends, in milliseconds: an hour when left out. */
  readonly maxOutageMs?: number | undefined;
  /** Called at each poll that fails while the wait goes on. What it throws is logged. */
  readonly onInterruption?: ((interruption: Interruption) => unknown) | undefined;
}

/** How to watch a task. */
export interface WatchOptions extends PollOptions {
  /**
   * What counts as success: states, or a function of the task. When left out, `MIGRATE_SUCCESS`, `SYNC_SUCCESS` and `SUCCESS`; after
   * a `stop`, `ABORT` as well. Replaces these.
   */
  readonly until?: readonly Task['state'][] | ((task: Task) => boolean) | undefined;
  /**
   * What counts as failure: states, or a function of the task. When left out, `MIGRATE_FAIL`, `SYNC_FAIL`,
   * `SYNC_F_ROLLBACK_SUCCESS`, `FAIL` and, except after a `stop`, `ABORT`. Replaces these.
   */
  readonly failOn?: readonly Task['state'][] | ((task: Task) => boolean) | undefined;
  /** The cursor of an earlier wait for this task, for instance from a file or a queue; null is none. */
  readonly cursor?: Cursor | null | undefined;
}

/** How to wait for a task. */
export interface WaitOptions extends WatchOptions {
  /**
   * Called with the progress at every change, and with the whole snapshot beside it. A promise that it returns is awaited before
   * anything else is sent, so that a cursor can be saved before the start is sent. When it throws or rejects before a start, nothing
   * is sent and the wait rejects with that reason. When it throws later, the error is logged.
   */
  readonly onProgress?: ((progress: TaskProgress, snapshot: TaskSnapshot) => unknown) | undefined;
}

/** How to send an action to a task and wait for its end. */
export interface ActAndWaitOptions extends WaitOptions {
  /** For a start or restart: what to do when the task is running already. `error` when left out. */
  readonly ifRunning?: 'error' | 'follow' | undefined;
}

/** How to start a task and wait for its end. */
export interface StartAndWaitOptions extends ActAndWaitOptions {
  /** The other fields of the action, for instance `is_need_consistency_check`. */
  readonly action?: ActionFields | undefined;
}

const actionFields: Field<ActionFields> = strict(
  {},
  { template_id: text(), switch_hce: flag(), is_need_consistency_check: flag() },
);

const ownActionFields = { action: actionFields };

/** @internal The options of starts, beside those of every call. */
export const startFields = { ...ownActionFields, ifRunning: exactlyOneOf('error', 'follow') };

/** @internal The options of everything that polls, beside those of every call. */
export const pollFields = {
  intervalMs: timeout(),
  maxWaitMs: number({ min: 1 }),
  maxOutageMs: number({ min: 1 }),
  onInterruption: callback<(interruption: Interruption) => unknown>(),
  until: endStates(),
  failOn: endStates(),
};

const watchFields = { ...pollFields, cursor: anyCursor() };
const waitFields = {
  ...watchFields,
  onProgress: callback<(progress: TaskProgress, snapshot: TaskSnapshot) => unknown>(),
};

/** @internal A field for each option that is not one of every call. */
export type OwnFields<Options> = FieldsOf<Omit<Options, keyof RequestOptions>>;

/** @internal The options of each method, beside those of every call. */
export const optionFields = {
  act: ownActionFields,
  start: startFields,
  watch: watchFields,
  waitFor: waitFields,
  actAndWait: { ...waitFields, ...startFields },
} satisfies {
  act: OwnFields<ActionOptions>;
  start: OwnFields<StartOptions>;
  watch: OwnFields<WatchOptions>;
  waitFor: OwnFields<WaitOptions>;
  actAndWait: OwnFields<StartAndWaitOptions>;
};
