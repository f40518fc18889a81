/** Migration tasks: `sms.tasks`. */
import type { CreatedId } from '../schemas/identity.js';
import type { Task } from '../schemas/task.js';
import type { TaskCreate } from '../schemas/task-request.js';
import { actNamed, actOnce } from '../tracking/act.js';
import { createTaskOnce } from '../tracking/create-once.js';
import type { Cursor } from '../tracking/cursor.js';
import { explainStart, type StartForecast } from '../tracking/explain-start.js';
import type {
  FleetTargets,
  StartAllAndWaitOptions,
  StartManyOptions,
  TaskChange,
  WaitForAllOptions,
  WatchManyOptions,
} from '../tracking/fleet-options.js';
import type {
  ActAndWaitOptions,
  ActionOptions,
  AnyTaskAction,
  StartAndWaitOptions,
  StartOptions,
  TaskSnapshot,
  WaitOptions,
  WatchOptions,
} from '../tracking/options.js';
import type { StartOutcome, WaitOutcome } from '../tracking/outcomes.js';
import type { TrackingPort } from '../tracking/port.js';
import { startAllAndWaitForTasks, startManyTasks } from '../tracking/start-many.js';
import { actAndWaitForTask, startAndWaitForTask, waitForTask, watchTask } from '../tracking/wait.js';
import { waitForAllTasks, watchManyTasks } from '../tracking/wait-for-all.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { TaskOperations } from './task-operations.js';
import { makeTaskPort, type StartResources, type TaskDefaults } from './task-port.js';

/**
 * Migration tasks: `sms.tasks`.
 *
 * Every method may throw {@link InvalidRequestError} before anything is sent, {@link AuthenticationError},
 * {@link PermissionDeniedError}, {@link NotFoundError}, {@link RateLimitError}, {@link ServerError}, {@link NetworkError},
 * {@link TimeoutError} and {@link ResponseFormatError}; an abort rejects with the signal's reason.
 */
export class Tasks extends TaskOperations {
  readonly #port: TrackingPort;

  /** @internal */
  constructor(transport: Transport, defaults: TaskDefaults, resources: StartResources) {
    super(transport);
    this.#port = makeTaskPort(transport, defaults, resources);
  }

  /**
   * Creates a task for a source server and returns its id. The task is `READY`, unless `auto_start` is set.
   *
   * When the response is lost, the client searches for the new task among those of the source server for up to 30 seconds, and returns
   * its id.
   *
   * Operations: CreateTask, `POST /v3/tasks`; after a lost response also ListTasks.
   *
   * @throws {@link OutcomeUnknownError} when the response was lost and no such task appears.
   *
   * @group Create, read and delete
   */
  async create(task: TaskCreate, options: RequestOptions = {}): Promise<CreatedId> {
    return createTaskOnce(this.#port, task, options);
  }

  /**
   * Sends an action to a task, at most once, and resolves with a cursor to follow the task from. Takes any operation, also one that
   * this package does not know, such as `cutover`.
   *
   * The task is read first. When the response is lost (cut, timeout, 5xx), the client reads the task for up to 30 seconds to see
   * whether the action was performed. A start, a restart or a stop that was not performed is sent again, as often as `maxRetries`
   * allows, three times at most; other actions are not.
   *
   * Operations: ShowTask (IAM action `sms:server:getTask`) and UpdateTaskStatus, `POST /v3/tasks/{task_id}/action` (IAM action
   * `sms:server:manageTask`).
   *
   * @throws {@link ConflictError} when the state of the task does not allow the action. Nothing is sent for the start of a busy task.
   * @throws {@link OutcomeUnknownError} when the client cannot tell whether the action was performed. Its `cursor` can be passed to a wait.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const cursor = await sms.tasks.act('8abda8635e09d185015e09d188dd0001xx', { operation: 'cutover' });
   * await sms.tasks.waitFor(cursor);
   * ```
   *
   * @group Start and stop
   */
  async act(id: string, action: AnyTaskAction, options: RequestOptions = {}): Promise<Cursor> {
    return actOnce(this.#port, id, action, options);
  }

  /**
   * Starts a task that was never started, failed or is paused, at most once; see {@link Tasks.act}. A task that succeeded begins
   * another synchronisation.
   *
   * Resolves when the service has accepted the start, not when the migration is done: see {@link Tasks.startAndWait}. Pass the
   * cursor to {@link Tasks.waitFor}, so that an old failure or success is not reported as the new result.
   *
   * Operations: ShowTask and UpdateTaskStatus with `start`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @throws {@link ConflictError} when the task is running already, unless `ifRunning` is `'follow'`. Its `reasons` list
   * what is in the way, with hints; see {@link Tasks.explainStart}.
   * @throws {@link OutcomeUnknownError} when the client cannot tell whether the task was started.
   *
   * @group Start and stop
   */
  async start(id: string, options: StartOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'start', options);
  }

  /**
   * Restarts a task that failed from the beginning, at most once; see {@link Tasks.act}.
   *
   * Operations: ShowTask and UpdateTaskStatus with `restart`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @throws {@link ConflictError} when the task is running, unless `ifRunning` is `'follow'`, or has not failed.
   * @throws {@link OutcomeUnknownError} when the client cannot tell whether the task was restarted.
   *
   * @group Start and stop
   */
  async restart(id: string, options: StartOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'restart', options);
  }

  /**
   * Pauses a running task; see {@link Tasks.act}. The task is `ABORTING` for a while, then `ABORT`: wait for that with the cursor.
   *
   * Operations: ShowTask and UpdateTaskStatus with `stop`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @throws {@link ConflictError} when the task is not running.
   * @throws {@link OutcomeUnknownError} when the client cannot tell whether the task was stopped.
   *
   * @group Start and stop
   */
  async stop(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'stop', options);
  }

  /**
   * Starts the target for a test, at most once; see {@link Tasks.act}.
   *
   * Operations: ShowTask and UpdateTaskStatus with `test`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @group Tests and checks
   */
  async test(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'test', options);
  }

  /**
   * Clones the target for a test, at most once; see {@link Tasks.act}. `clone_server` of the task shows it.
   *
   * Operations: ShowTask and UpdateTaskStatus with `clone_test`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @param options - `action.template_id` is the template of the clone; the service chooses when it is left out
   *
   * @group Tests and checks
   */
  async cloneTest(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'clone_test', options);
  }

  /**
   * Begins a migration drill, at most once; see {@link Tasks.act}.
   *
   * Operations: ShowTask and UpdateTaskStatus with `migration_test`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @group Tests and checks
   */
  async migrationTest(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'migration_test', options);
  }

  /**
   * Measures the network between source and target, at most once; see {@link Tasks.act}. `network_check_info` of the task has the
   * result.
   *
   * Operations: ShowTask and UpdateTaskStatus with `network_check`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @group Tests and checks
   */
  async checkNetwork(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'network_check', options);
  }

  /**
   * Skips the step that checks the consistency of the files, at most once; see {@link Tasks.act}.
   *
   * Operations: ShowTask and UpdateTaskStatus with `skip`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @group Tests and checks
   */
  async skipConsistencyCheck(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'skip', options);
  }

  /**
   * Removes the snapshots that were kept so that a launch can be rolled back, at most once; see {@link Tasks.act}.
   *
   * Operations: ShowTask and UpdateTaskStatus with `clear`. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @group Tests and checks
   */
  async clearSnapshots(id: string, options: ActionOptions = {}): Promise<Cursor> {
    return actNamed(this.#port, id, 'clear', options);
  }

  /**
   * Checks whether a task can start, and lists what is in the way with a hint for each obstacle: the task is busy, the agent on its
   * source server is not connected, a feasibility check failed, or the privacy agreement is not accepted. `unchecked` lists what
   * could not be checked. It does not change anything.
   *
   * Operations: ShowTask, ShowServer, ShowPrivacyAgreements. IAM actions: `sms:server:getTask`, `sms:server:getServer`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const { canStart, reasons } = await sms.tasks.explainStart('8abda8635e09d185015e09d188dd0001xx');
   * if (!canStart) for (const { code, hint } of reasons) console.log(code, hint);
   * ```
   *
   * @group Start and stop
   */
  async explainStart(id: string, options: RequestOptions = {}): Promise<StartForecast> {
    return explainStart(this.#port, id, options);
  }

  /**
   * Follows a task: yields a snapshot at once and at every change, and ends when the task is done. Does not start the task, and does
   * not throw when the migration fails: the `state` of the last snapshot says how it ended.
   *
   * The first poll must succeed. After that, a failed poll does not end the loop, except for a 4xx response other than 408 and 429.
   * Each loop over the returned object polls on its own. To stop early, leave the loop or abort the signal.
   *
   * Operation: ShowTask. IAM action: `sms:server:getTask`.
   *
   * @param target - the id of the task, or a cursor
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * for await (const { progress } of sms.tasks.watch('8abda8635e09d185015e09d188dd0001xx')) {
   *   console.log(progress.state, progress.percent, progress.step?.label);
   * }
   * ```
   *
   * @group Follow one task
   */
  watch(target: string | Cursor, options: WatchOptions = {}): AsyncIterable<TaskSnapshot> {
    return watchTask(this.#port, target, options);
  }

  /**
   * Waits until a task is done and returns it when it succeeded. Does not start the task. While the task is `READY`, the wait goes on.
   * A task with `syncing: true` may stay in `SYNCING` for ever: wait for that with `until: ['SYNCING']`.
   *
   * Pass the cursor of the action that you wait for, so that an old failure or success is not reported as the new result. After a
   * `stop`, `ABORT` is success.
   *
   * Operation: ShowTask. IAM action: `sms:server:getTask`.
   *
   * @param target - the id of the task, or a cursor
   *
   * @throws {@link MigrationFailedError} when the task failed; it says which step failed and why, with a hint.
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`.
   * @throws {@link OutcomeUnknownError} when the response of the action was lost and the task does not show that it was performed.
   *
   * @group Follow one task
   */
  async waitFor(target: string | Cursor, options: WaitOptions = {}): Promise<Task> {
    return waitForTask(this.#port, target, options);
  }

  /**
   * Sends an action to a task, at most once, and waits until the task is done. With the cursor of an earlier process that sent the
   * same action, the action is not sent again.
   *
   * Operations: ShowTask, UpdateTaskStatus, ShowTask … IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @throws {@link ConflictError} when the state of the task does not allow the action.
   * @throws {@link MigrationFailedError} when the task failed; it says which step failed and why, with a hint.
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`.
   * @throws {@link OutcomeUnknownError} when the client cannot tell whether the action was performed.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * await sms.tasks.actAndWait('8abda8635e09d185015e09d188dd0001xx', { operation: 'stop' });
   * ```
   *
   * @group Follow one task
   */
  async actAndWait(target: string | Cursor, action: AnyTaskAction, options: ActAndWaitOptions = {}): Promise<Task> {
    return actAndWaitForTask(this.#port, target, action, options);
  }

  /**
   * Starts a task, at most once, and waits until the new round is done. Reads the task first, so that no failure or success of an
   * earlier round is reported as the new result. When the response to the start is lost, the client polls the task to find out
   * whether it was started.
   *
   * Operations: ShowTask, UpdateTaskStatus, ShowTask … IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @param target - the id of the task, or a cursor of an earlier process; a task that it started is not started again
   *
   * @throws {@link ConflictError} when the task is running already, unless `ifRunning` is `'follow'`.
   * @throws {@link MigrationFailedError} when the task failed; it says which step failed and why, with a hint.
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`.
   * @throws {@link OutcomeUnknownError} when the client cannot tell whether the task was started.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const task = await sms.tasks.startAndWait('8abda8635e09d185015e09d188dd0001xx', {
   *   onProgress: (progress) => console.log(progress.percent, progress.step?.label),
   * });
   * console.log(task.state);
   * ```
   *
   * @group Follow one task
   */
  async startAndWait(target: string | Cursor, options: StartAndWaitOptions = {}): Promise<Task> {
    return startAndWaitForTask(this.#port, target, options);
  }

  /**
   * Starts many tasks, a few at a time, each at most once, and returns the outcome of each start, in the order of the ids. A task
   * that cannot be started does not stop the others. Pass what this returns to `waitForAll` or `watchMany`.
   *
   * When the service limits requests (429), all starts pause together for as long as it asks. After ten pauses in a row, or when it
   * asks for more than ten minutes, the remaining tasks are not started. Their outcome holds that error.
   *
   * Operations: ShowTask and UpdateTaskStatus for each task. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const started = await sms.tasks.startMany(['8abda8635e09d185015e09d188dd0001xx', '8abda8635e09d185015e09d188dd0002xx']);
   * for (const { id, outcome, error } of await sms.tasks.waitForAll(started)) console.log(id, outcome, error?.message);
   * ```
   *
   * @group Many tasks
   */
  async startMany(ids: readonly (string | Cursor)[], options: StartManyOptions = {}): Promise<StartOutcome[]> {
    return startManyTasks(this.#port, ids, options);
  }

  /**
   * Starts many tasks, each at most once, waits until all of them are done, and returns the outcome of each, in the order of the
   * ids: `succeeded`, `failed`, `gone`, `not-started` or `unknown`. See {@link Tasks.startMany} and {@link Tasks.waitForAll}.
   *
   * Operations: ShowTask and UpdateTaskStatus for each task, then ListTasks. IAM actions: `sms:server:getTask`,
   * `sms:server:manageTask`, `sms:server:listTask`.
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`; its `outcomes` have what is known.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const ids = ['8abda8635e09d185015e09d188dd0001xx', '8abda8635e09d185015e09d188dd0002xx'];
   * for (const { id, outcome, error } of await sms.tasks.startAllAndWait(ids)) console.log(id, outcome, error?.message);
   * ```
   *
   * @group Many tasks
   */
  async startAllAndWait(
    ids: readonly (string | Cursor)[],
    options: StartAllAndWaitOptions = {},
  ): Promise<WaitOutcome[]> {
    return startAllAndWaitForTasks(this.#port, ids, options);
  }

  /**
   * Follows many tasks through the pages of their list: each poll takes one request for every 200 tasks of the list, not one for each
   * task. Takes ids, cursors, what `startMany` returned, or a query; `{}` means all tasks, and tasks that appear later are followed,
   * too. Yields every change, beginning with the first state of each task, and ends when all tasks are done.
   *
   * The client polls only when the loop asks for the next change and the pause is over. A slow loop gets the latest state of each
   * task, and memory does not grow. A task that the list does not show any more is read by its id; it is gone
   * after two 404 responses in a row. The first poll must succeed. Later, a failed poll does not end the loop, except for a 4xx
   * response other than 408 and 429.
   *
   * Operations: ListTasks; for tasks that the list does not show also ShowTask. IAM actions: `sms:server:listTask`,
   * `sms:server:getTask`.
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * for await (const { id, task, progress } of sms.tasks.watchMany({ state: 'RUNNING' })) {
   *   console.log(id, task?.state ?? 'gone', progress?.percent);
   * }
   * ```
   *
   * @group Many tasks
   */
  watchMany(targets: FleetTargets, options: WatchManyOptions = {}): AsyncIterable<TaskChange> {
    return watchManyTasks(this.#port, targets, options);
  }

  /**
   * Waits until many tasks are done, and returns the outcome of each: in the order of the ids, or in which a query showed them. A
   * failed migration is an outcome, not an error of this call. See {@link Tasks.watchMany}.
   *
   * Pass what {@link Tasks.startMany} returned. Lists can lag behind a start, so without it an old failure could be reported.
   *
   * Operations: ListTasks; for tasks that the list does not show also ShowTask. IAM actions: `sms:server:listTask`,
   * `sms:server:getTask`.
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`, or when no poll succeeded for `maxOutageMs`; its `outcomes` have what is known.
   *
   * @group Many tasks
   */
  async waitForAll(targets: FleetTargets, options: WaitForAllOptions = {}): Promise<WaitOutcome[]> {
    return waitForAllTasks(this.#port, targets, options);
  }
}
