/** The options of watching and waiting. */

import { InvalidRequestError } from '../errors.js';
import {
  check,
  exactlyOneOf,
  type Field,
  type Infer,
  list,
  number,
  percent,
  settings,
  text,
} from '../schemas/fields.js';
import type { Task } from '../schemas/task.js';
import { abortSignal, callback, timeout } from '../transport/request-options.js';
import type { TaskProgress } from './progress.js';

const cursorShape = settings(
  {
    /** Id of the task. */
    id: text({ min: 1 }),
    /** The largest percentage shown in that round. */
    percent: percent({ min: 0, max: 100 }),
  },
  {
    /** Tells the round that `percent` belongs to from others; absent before the first round. */
    round: text(),
    /** What the task looked like before `startAndWait` started it; absent once a new round was seen. */
    baseline: text(),
    /** Whether the start was about to be sent, or was accepted. Absent when nothing was to be started. */
    start: exactlyOneOf('sending', 'accepted'),
  },
);

/**
 * Where a watch stands: small JSON to be kept, for instance in a file or a queue. A new process that passes it goes on with
 * progress that never runs backwards, and `startAndWait` does not start the task a second time.
 */
export interface Cursor extends Infer<typeof cursorShape> {}
/** @internal */
export const cursor: Field<Cursor> = cursorShape;

/** What is seen of a task at one moment. */
export interface TaskSnapshot {
  /** The task. */
  readonly task: Task;
  /** How far it is. */
  readonly progress: TaskProgress;
  /** Where to go on from, in this process or another one. */
  readonly cursor: Cursor;
}

const following = {
  /** States that end it in success. `MIGRATE_SUCCESS`, `SYNC_SUCCESS` and `SUCCESS` when left out. Replaces these. */
  until: list(text({ min: 1 }), { min: 1 }),
  /**
   * States that end it in failure. `MIGRATE_FAIL`, `SYNC_FAIL`, `SYNC_F_ROLLBACK_SUCCESS`, `FAIL` and `ABORT` when left out.
   * Replaces these.
   */
  failOn: list(text({ min: 1 })),
  /** How long to wait at most, in milliseconds. Without end when left out: migrations take days. */
  maxWaitMs: number({ min: 1 }),
  /** Pause between two readings, in milliseconds. Adapts to the task, between 1 s and 60 s, when left out. */
  intervalMs: timeout(),
  /** Where an earlier watch of this task stood. */
  cursor,
  /** Ends it at once, with the signal's reason. The migration itself goes on. */
  signal: abortSignal(),
};

const watchOptions = settings({}, following);

/** How to watch a task. */
export interface WatchOptions extends Infer<typeof watchOptions> {}

const waiting = {
  ...following,
  /**
   * Called with the progress at every change, and with the whole snapshot beside it. A promise that it answers is awaited before
   * anything else is sent, so that a cursor is safely kept before the start it tells of. What it throws is logged.
   */
  onProgress: callback<(progress: TaskProgress, snapshot: TaskSnapshot) => unknown>(),
};

const waitOptions = settings({}, waiting);

/** How to wait for a task. */
export interface WaitOptions extends Infer<typeof waitOptions> {}

const startAndWaitOptions = settings(
  {},
  {
    ...waiting,
    /** What to do when the task is running already: fail (the default), or follow it as if it had been started here. */
    ifRunning: exactlyOneOf('error', 'follow'),
  },
);

/** How to start a task and wait for it. */
export interface StartAndWaitOptions extends Infer<typeof startAndWaitOptions> {}

/** @internal Checks the options before anything is sent. */
export function checkWaitOptions(
  method: 'watch' | 'waitFor' | 'startAndWait',
  id: string,
  options: WatchOptions,
): void {
  const schemas = { watch: watchOptions, waitFor: waitOptions, startAndWait: startAndWaitOptions };
  const { issues } = check<WatchOptions>(schemas[method] as Field<WatchOptions>, options);
  if (issues !== undefined) throw new InvalidRequestError(method, issues);
  if (options.cursor !== undefined && options.cursor.id !== id) {
    const foreign = { path: 'cursor.id', expected: 'the id of the task', received: 'another id' };
    throw new InvalidRequestError(method, [foreign]);
  }
}
