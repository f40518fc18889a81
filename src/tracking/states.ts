/** What the states of a task mean to somebody who waits. Unknown states belong to none of these sets: they mean "wait". */

/** @internal The service is working on the task. */
export const busyStates: ReadonlySet<string> = new Set([
  'RUNNING',
  'SYNCING',
  'ABORTING',
  'SKIPPING',
  'DELETING',
  'RESETING',
  'SYNC_F_ROLLBACKING',
]);

/** @internal The task rests, and what was asked of it was done. `SUCCESS` is the name that old answers use. */
export const successStates: ReadonlySet<string> = new Set(['MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'SUCCESS']);

/** @internal The task rests, and what was asked of it was not done: it failed, was rolled back or was paused. */
export const failureStates: ReadonlySet<string> = new Set([
  'MIGRATE_FAIL',
  'SYNC_FAIL',
  'SYNC_F_ROLLBACK_SUCCESS',
  'FAIL',
  'ABORT',
]);

/** @internal What shows that the service took an operation up. Asked when the answer to it was lost. */
export const takenUp = {
  start: busyStates,
  restart: busyStates,
  stop: new Set(['ABORTING', 'ABORT']),
} as const satisfies Record<string, ReadonlySet<string>>;

/** @internal An operation that is performed exactly once. */
export type StateChange = keyof typeof takenUp;
