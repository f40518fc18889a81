/** What the states of a task mean for waits, starts and stops. */

/**
 * The states of a task by what they mean. A state that is not listed is unknown: the wait continues, and the state rules out no
 * action. No state is final: only deletion ends a task.
 *
 * @example
 * ```ts
 * import { SmsClient, taskStates } from '@org/sms-client';
 *
 * const sms = SmsClient.fromEnv();
 * for await (const task of sms.tasks.listAll()) {
 *   if (taskStates.failure.includes(task.state)) console.log(task.id, task.error_json);
 * }
 * ```
 */
export const taskStates: {
  /** The service is working on the task. */
  readonly busy: readonly string[];
  /** The task succeeded. Older responses use the name `SUCCESS`. */
  readonly success: readonly string[];
  /** The task did not succeed: it failed, was rolled back or was paused. */
  readonly failure: readonly string[];
  /** The task may be started: for the first time, again after a failure or a pause, or for another synchronisation. */
  readonly startable: readonly string[];
  /** The task may be paused. */
  readonly stoppable: readonly string[];
} = /* @__PURE__ */ Object.freeze({
  busy: /* @__PURE__ */ Object.freeze([
    'RUNNING',
    'SYNCING',
    'ABORTING',
    'SKIPPING',
    'DELETING',
    'RESETING',
    'SYNC_F_ROLLBACKING',
  ]),
  success: /* @__PURE__ */ Object.freeze(['MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'SUCCESS']),
  failure: /* @__PURE__ */ Object.freeze(['MIGRATE_FAIL', 'SYNC_FAIL', 'SYNC_F_ROLLBACK_SUCCESS', 'FAIL', 'ABORT']),
  startable: /* @__PURE__ */ Object.freeze([
    'READY',
    'ABORT',
    'MIGRATE_FAIL',
    'SYNC_FAIL',
    'SYNC_F_ROLLBACK_SUCCESS',
    'FAIL',
    'MIGRATE_SUCCESS',
    'SYNC_SUCCESS',
    'SUCCESS',
  ]),
  stoppable: /* @__PURE__ */ Object.freeze(['RUNNING', 'SYNCING']),
});

/** @internal */
export function isBusy(state: string): boolean {
  return taskStates.busy.includes(state);
}

/** @internal Whether a task is idle until the next action. A task in an unknown state may be busy. */
export function isResting(state: string): boolean {
  return taskStates.startable.includes(state);
}

/** @internal What an action does to a task: it begins a round, ends one, or something else. */
export function kindOf(operation: string | undefined): 'start' | 'stop' | 'other' {
  if (operation === 'start' || operation === 'restart') return 'start';
  return operation === 'stop' ? 'stop' : 'other';
}

/** @internal Every state that is known. */
export const knownStates: readonly string[] = [...taskStates.startable, ...taskStates.busy];
