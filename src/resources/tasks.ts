/** Migration tasks: `sms.tasks`. */
import type { Auth } from '../auth/auth.js';
import { ConfigurationError } from '../errors.js';
import { list, loose, text } from '../schemas/fields.js';
import { Task, TaskPage, TaskQuery } from '../schemas/task.js';
import { changeState } from '../tracking/change-state.js';
import { explainStart, type StartForecast, withReasons } from '../tracking/explain-start.js';
import type {
  FleetQuery,
  TaskChange,
  TaskOutcome,
  WaitForAllOptions,
  WatchManyOptions,
} from '../tracking/fleet-options.js';
import { startAndWaitForTask, waitForTask, watchTask } from '../tracking/follow.js';
import type { TrackingPort } from '../tracking/port.js';
import { type StartManyOptions, type StartResult, startManyTasks } from '../tracking/start-many.js';
import { waitForAllTasks, watchManyTasks } from '../tracking/wait-for-all.js';
import type { StartAndWaitOptions, TaskSnapshot, WaitOptions, WatchOptions } from '../tracking/wait-options.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import type { PrivacyAgreements } from './privacy-agreements.js';
import type { SourceServers } from './source-servers.js';
import { TaskOperations } from './task-operations.js';

// What following a task needs of it: a wait for days must not end because some other field changed its type.
const essentials = loose({
  id: text(),
  state: text(),
});
const pageEssentials = loose({
  tasks: list(essentials),
});

/** @internal The options of the client that exactly-once operations and waits share. */
export type TaskDefaults = Pick<TrackingPort, 'logger' | 'maxRetries' | 'onRetry' | 'totalTimeoutMs'>;

/** @internal What else tells whether a task can be started. */
export interface StartWitnesses {
  readonly auth: Pick<Auth, 'getToken'>;
  readonly sourceServers: Pick<SourceServers, 'get'>;
  readonly privacyAgreements: Pick<PrivacyAgreements, 'get'>;
}

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
  constructor(transport: Transport, defaults: TaskDefaults, witnesses: StartWitnesses) {
    super(transport);
    this.#port = {
      ...defaults,
      openScope: transport.openScope,
      read: (id, options) =>
        transport.request(
          {
            operation: 'ShowTask',
            method: 'GET',
            path: path`/v3/tasks/${{ id }}`,
            response: Task,
            essential: essentials,
          },
          options,
        ),
      act: (id, action, options) => this.act(id, action, options),
      listPage: (query, options) =>
        transport.request(
          {
            operation: 'ListTasks',
            method: 'GET',
            path: path`/v3/tasks`,
            query,
            querySchema: TaskQuery,
            response: TaskPage,
            essential: pageEssentials,
          },
          options,
        ),
      readSource: (id, options) => witnesses.sourceServers.get(id, options),
      readAgreement: (options) => witnesses.privacyAgreements.get(options),
      hasProject: (options) => hasProject(witnesses.auth, options),
    };
  }

  /**
   * Starts a task that was never started, failed or is paused, exactly once: when the answer is lost (cut, timeout, 5xx), the
   * task is read, and only when it does not run is the start sent again, as often as `maxRetries` allows.
   *
   * Resolves when the service has accepted the start, not when the migration is done: see {@link Tasks.startAndWait}. A task
   * that ended in success begins another synchronisation.
   *
   * Operations: UpdateTaskStatus, `POST /v3/tasks/{task_id}/action`, IAM action `sms:server:manageTask`; after a lost answer
   * also ShowTask.
   *
   * @throws {@link ConflictError} when the task is running already. Its `reasons` say what is in the way and what to do about it,
   * as those of every refused start do; see {@link Tasks.explainStart}.
   *
   * @group Start and stop
   */
  async start(id: string, options: RequestOptions = {}): Promise<void> {
    try {
      await changeState(this.#port, id, 'start', options);
    } catch (error) {
      throw await withReasons(this.#port, id, error, options?.signal);
    }
  }

  /**
   * Foresees whether a start would be refused, and says what to do about each obstacle: the task is busy, the agent on its source
   * server is not connected, a feasibility check there failed, the privacy agreement is not accepted, the token is not for a
   * project. Sends nothing that changes anything; what could not be looked at stands in `unchecked`.
   *
   * Operations: ShowTask, ShowServer, ShowPrivacyAgreements. IAM actions: `sms:server:getTask`, `sms:server:getServer`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const { canStart, reasons } = await sms.tasks.explainStart('8abda8635e09d185015e09d188dd0001xx');
   * if (!canStart) for (const { code, text } of reasons) console.log(code, text);
   * ```
   *
   * @group Start and stop
   */
  async explainStart(id: string, options: RequestOptions = {}): Promise<StartForecast> {
    return explainStart(this.#port, id, options);
  }

  /**
   * Pauses a running task, exactly once; see {@link Tasks.start}. The task is `ABORTING` for a while, then `ABORT`.
   *
   * Operations: UpdateTaskStatus (IAM action `sms:server:manageTask`); after a lost answer also ShowTask.
   *
   * @throws {@link ConflictError} when the task is not running.
   *
   * @group Start and stop
   */
  async stop(id: string, options: RequestOptions = {}): Promise<void> {
    return changeState(this.#port, id, 'stop', options);
  }

  /**
   * Begins a task that failed anew, exactly once; see {@link Tasks.start}.
   *
   * Operations: UpdateTaskStatus (IAM action `sms:server:manageTask`); after a lost answer also ShowTask.
   *
   * @throws {@link ConflictError} when the task has not failed.
   *
   * @group Start and stop
   */
  async restart(id: string, options: RequestOptions = {}): Promise<void> {
    return changeState(this.#port, id, 'restart', options);
  }

  /**
   * Follows a task: yields a snapshot at once and at every change, and ends after the first one at rest. Does not start the task.
   *
   * A reading that fails does not end it, unless the service refuses for good (400, 401, 403, 404). To stop early, leave the loop or
   * abort the signal.
   *
   * Operation: ShowTask. IAM action: `sms:server:getTask`.
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`.
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
  watch(id: string, options: WatchOptions = {}): AsyncIterable<TaskSnapshot> {
    return watchTask(this.#port, id, options);
  }

  /**
   * Waits until a task rests and answers it. Does not start the task; `READY` keeps it waiting. A task with `syncing: true` may
   * stay in `SYNCING` for ever: wait for that with `until: ['SYNCING']`.
   *
   * Operation: ShowTask. IAM action: `sms:server:getTask`.
   *
   * @throws {@link MigrationFailedError} at rest in failure; it says which step failed, why, and what to do.
   * @throws {@link WaitTimeoutError} after `maxWaitMs`; without it the wait has no end.
   *
   * @group Follow one task
   */
  async waitFor(id: string, options: WaitOptions = {}): Promise<Task> {
    return waitForTask(this.#port, id, options);
  }

  /**
   * Starts a task, exactly once, and waits until the round that this begins is over. Reads the task first, so that neither the
   * failure nor the success of an earlier round is taken for the new one's.
   *
   * Operations: ShowTask, UpdateTaskStatus, ShowTask … IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @throws {@link ConflictError} when the task is running already, unless `ifRunning` is `'follow'`.
   * @throws {@link MigrationFailedError} at rest in failure; it says which step failed, why, and what to do.
   * @throws {@link WaitTimeoutError} after `maxWaitMs`; without it the wait has no end.
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
  async startAndWait(id: string, options: StartAndWaitOptions = {}): Promise<Task> {
    return startAndWaitForTask(this.#port, id, options);
  }

  /**
   * Starts many tasks, a few at a time, each exactly once, and answers what became of each, in the order of the ids. A task that
   * cannot be started keeps none of the others from it. Each is read before it is started, as {@link Tasks.startAndWait} does.
   *
   * When the service asks for fewer requests (429), all starts pause together, for as long as it asks; after ten pauses in a row,
   * or when asked to wait for more than ten minutes, the rest is answered with that error and not sent.
   *
   * Operations: ShowTask and UpdateTaskStatus for each task. IAM actions: `sms:server:getTask`, `sms:server:manageTask`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const ids = ['8abda8635e09d185015e09d188dd0001xx', '8abda8635e09d185015e09d188dd0002xx'];
   * const results = await sms.tasks.startMany(ids);
   * const cursors = results.flatMap((result) => (result.started ? [result.cursor] : []));
   * for (const outcome of await sms.tasks.waitForAll(cursors.map(({ id }) => id), { cursors })) {
   *   console.log(outcome.id, outcome.outcome);
   * }
   * ```
   *
   * @group Many tasks
   */
  async startMany(ids: readonly string[], options: StartManyOptions = {}): Promise<StartResult[]> {
    return startManyTasks(this.#port, ids, options);
  }

  /**
   * Follows many tasks through the pages of their list: a request for every 200 tasks of the list at each look, not one for each
   * task. Takes ids, or a query; `{}` means all tasks, and tasks that appear later are followed, too. Yields every change, each
   * task's first sight being one, and ends when all tasks rest or are gone. Each task is told to rest, or to be gone, once.
   *
   * Nothing is read behind the caller: a look is taken when the next change is asked for and the pause is over. A slow loop gets
   * the latest of each task, and memory does not grow. A task that the list does not show any more is asked for by its id before
   * it is told to be gone. Failed looks do not end it, unless the service refuses for good (400, 401, 403, 404).
   *
   * Operation: ListTasks. IAM action: `sms:server:listTask`.
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`; its `task` is null.
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
  watchMany(target: readonly string[] | FleetQuery, options: WatchManyOptions = {}): AsyncIterable<TaskChange> {
    return watchManyTasks(this.#port, target, options);
  }

  /**
   * Waits until many tasks have ended, and answers how each did: in the order of the ids, or in which a query showed them. A
   * failed migration is an outcome, not an error of this call. See {@link Tasks.watchMany}.
   *
   * Pass the cursors of {@link Tasks.startMany}: a list may show the state from before a start for a while.
   *
   * Operation: ListTasks. IAM action: `sms:server:listTask`.
   *
   * @throws {@link WaitTimeoutError} after `maxWaitMs`; `onOutcome` has told what ended until then.
   *
   * @group Many tasks
   */
  async waitForAll(target: readonly string[] | FleetQuery, options: WaitForAllOptions = {}): Promise<TaskOutcome[]> {
    return waitForAllTasks(this.#port, target, options);
  }
}

async function hasProject(auth: Pick<Auth, 'getToken'>, options: RequestOptions): Promise<boolean> {
  try {
    return (await auth.getToken(options)).project !== undefined;
  } catch (error) {
    // With access keys there is no token that could lack anything.
    if (error instanceof ConfigurationError) return true;
    throw error;
  }
}
