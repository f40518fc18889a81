/** Migration tasks: `sms.tasks`. */
import { model, required, text } from '../schemas/fields.js';
import { Task } from '../schemas/task.js';
import { changeState } from '../tracking/change-state.js';
import { startAndWaitForTask, waitForTask, watchTask } from '../tracking/follow.js';
import type { TrackingPort } from '../tracking/port.js';
import type { StartAndWaitOptions, TaskSnapshot, WaitOptions, WatchOptions } from '../tracking/wait-options.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { TaskCalls } from './task-calls.js';

// What following a task needs of it: a wait for days must not end because some other field changed its type.
const essentials = model({ id: required(text()), state: required(text()) });

/** @internal The options of the client that exactly-once operations and waits share. */
export type TaskDefaults = Pick<TrackingPort, 'logger' | 'maxRetries' | 'onRetry' | 'totalTimeoutMs'>;

/**
 * Migration tasks: `sms.tasks`.
 *
 * Every method may throw {@link InvalidRequestError} before anything is sent, {@link AuthenticationError},
 * {@link PermissionDeniedError}, {@link NotFoundError}, {@link RateLimitError}, {@link ServerError}, {@link NetworkError},
 * {@link TimeoutError} and {@link ResponseFormatError}; an abort rejects with the signal's reason.
 */
export class Tasks extends TaskCalls {
  readonly #port: TrackingPort;

  /** @internal */
  constructor(transport: Transport, defaults: TaskDefaults) {
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
   * @throws {@link ConflictError} when the task is running already.
   */
  async start(id: string, options: RequestOptions = {}): Promise<void> {
    return changeState(this.#port, id, 'start', options);
  }

  /**
   * Pauses a running task, exactly once; see {@link Tasks.start}. The task is `ABORTING` for a while, then `ABORT`.
   *
   * Operations: UpdateTaskStatus (IAM action `sms:server:manageTask`); after a lost answer also ShowTask.
   *
   * @throws {@link ConflictError} when the task is not running.
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
   */
  async startAndWait(id: string, options: StartAndWaitOptions = {}): Promise<Task> {
    return startAndWaitForTask(this.#port, id, options);
  }
}
