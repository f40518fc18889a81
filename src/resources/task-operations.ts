/** The operations on tasks, one method each. What waits and what must happen once is in tasks.ts. */

import { Passphrase } from '../schemas/certificate.js';
import { TaskConfigurationQuery, TaskConfigurations, TaskConfigurationsUpdate } from '../schemas/configuration.js';
import { ConsistencyExport, ConsistencyResults } from '../schemas/consistency.js';
import { TaskIdList, UpdatedId } from '../schemas/identity.js';
import { NetworkAclQuery } from '../schemas/network.js';
import { SpeedLimits, SpeedLimitsUpdate } from '../schemas/speed-limit.js';
import { Task, TaskPage, TaskQuery, type TaskSummary } from '../schemas/task.js';
import { TaskLogUpload, TaskUpdate } from '../schemas/task-request.js';
import type { DeleteOutcome } from '../tracking/outcomes.js';
import type { DownloadedFile } from '../transport/downloaded-file.js';
import { path } from '../transport/path.js';
import { readArgument } from '../transport/read-argument.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { type DeleteManyOptions, deleteMany } from './delete-many.js';
import { warnOfLongName } from './long-name.js';
import { listAll } from './page.js';
import { deleteOne } from './send-once.js';

/** @internal ShowTask, but for what is read of its response. */
export function showTask(id: string) {
  return { operation: 'ShowTask', method: 'GET', path: path`/v3/tasks/${{ id }}` } as const;
}

/** @internal ListTasks, but for what is read of its response. */
export function listTasks(query: TaskQuery | undefined) {
  return { operation: 'ListTasks', method: 'GET', path: path`/v3/tasks`, query, querySchema: TaskQuery } as const;
}

/** The plain operations on tasks, which {@link Tasks} adds to: one method, one request. */
export class TaskOperations {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists one page of tasks: the first 100 when the query says nothing. `count` is the number of all matches.
   *
   * Operation: ListTasks, `GET /v3/tasks`. IAM action: `sms:server:listTask`.
   *
   * @group Create, read and delete
   */
  async list(query?: TaskQuery, options?: RequestOptions): Promise<TaskPage> {
    return this.#transport.request({ ...listTasks(query), response: TaskPage }, options);
  }

  /**
   * Yields all tasks, 200 a request (or `query.limit`). The next page is fetched while you use one. No task comes twice, and none
   * that is there all the time is missed, even if you delete or start tasks in the loop: when the list moves, it is read again.
   * Leave the loop or abort the signal to stop.
   *
   * Operation: ListTasks, `GET /v3/tasks`. IAM action: `sms:server:listTask`.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * for await (const task of sms.tasks.listAll({ state: 'MIGRATE_FAIL' })) console.log(task.id, task.error_json);
   * ```
   *
   * @throws {@link InvalidRequestError} before the first task when more than 65,735 match: the service reads no further.
   *
   * @group Create, read and delete
   */
  listAll(query: TaskQuery = {}, options?: RequestOptions): AsyncIterable<TaskSummary> {
    return listAll('ListTasks', (page, within) => this.list(page, within), query, this.#transport, options);
  }

  /**
   * Reads a task with its steps and both servers.
   *
   * Operation: ShowTask, `GET /v3/tasks/{task_id}`. IAM action: `sms:server:getTask`.
   *
   * @param id - id of the task
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * const task = await sms.tasks.get('8abda8635e09d185015e09d188dd0001xx');
   * for (const step of task.sub_tasks ?? []) console.log(step.name, step.progress);
   * ```
   *
   * @group Create, read and delete
   */
  async get(id: string, options?: RequestOptions): Promise<Task> {
    return this.#transport.request({ ...showTask(id), response: Task }, options);
  }

  /**
   * Changes the settings of a task; what is left out stays. A name of more than 20 characters is sent, with a warning in the log.
   *
   * Operation: UpdateTask, `PUT /v3/tasks/{task_id}`.
   *
   * @group Create, read and delete
   */
  async update(id: string, change: TaskUpdate, options?: RequestOptions): Promise<UpdatedId> {
    warnOfLongName(change, this.#transport.logger);
    return this.#transport.request(
      {
        operation: 'UpdateTask',
        method: 'PUT',
        path: path`/v3/tasks/${{ id }}`,
        body: change,
        bodySchema: TaskUpdate,
        response: UpdatedId,
      },
      options,
    );
  }

  /**
   * Deletes a task.
   *
   * Operation: DeleteTask, `DELETE /v3/tasks/{task_id}`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was deleted.
   *
   * @throws {@link ConflictError} while the task is running or being paused (SMS.2015), or its source is connected and busy.
   *
   * @group Create, read and delete
   */
  async delete(id: string, options?: RequestOptions): Promise<void> {
    return deleteOne(
      this.#transport,
      { operation: 'DeleteTask', method: 'DELETE', path: path`/v3/tasks/${{ id }}` },
      options,
    );
  }

  /**
   * Deletes any number of tasks, 50 a request, and returns what became of each, in the order of the ids. When the service refuses a
   * batch, the client finds the tasks that it was refused for and deletes the others. A failure is an outcome, not a rejection.
   *
   * Operation: DeleteTasks, `POST /v3/tasks/delete`. No permission is needed.
   *
   * @param ids - any number of ids; one that is given twice is deleted once
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   *
   * const sms = SmsClient.fromEnv();
   * for (const { id, outcome, error } of await sms.tasks.deleteMany(['8abda8635e09d185015e09d188dd0001xx'])) {
   *   if (outcome !== 'deleted') console.error(id, outcome, error?.message);
   * }
   * ```
   *
   * @group Create, read and delete
   */
  async deleteMany(ids: readonly string[], options?: DeleteManyOptions): Promise<DeleteOutcome[]> {
    return deleteMany(
      this.#transport,
      { operation: 'DeleteTasks', path: path`/v3/tasks/delete`, bodySchema: TaskIdList },
      ids,
      options,
    );
  }

  /**
   * Reads the bandwidth limits of a task by time of day.
   *
   * Operation: ShowsSpeedLimits, `GET /v3/tasks/{task_id}/speed-limit`. IAM action: `sms:server:getTaskSpeedLimit`.
   *
   * @group Settings, logs and access
   */
  async getSpeedLimits(id: string, options?: RequestOptions): Promise<SpeedLimits> {
    return this.#transport.request(
      {
        operation: 'ShowsSpeedLimits',
        method: 'GET',
        path: path`/v3/tasks/${{ id }}/speed-limit`,
        response: SpeedLimits,
      },
      options,
    );
  }

  /**
   * Replaces the bandwidth limits of a task: slots such as `{ start: '8:00', end: '18:00', speed: 50 }`, in Mbit/s, 0 for unlimited.
   *
   * Operation: UpdateSpeed, `POST /v3/tasks/{task_id}/speed-limit`. IAM action: `sms:server:updateTaskSpeedLimit`.
   *
   * @group Settings, logs and access
   */
  async setSpeedLimits(id: string, limits: SpeedLimitsUpdate, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateSpeed',
        method: 'POST',
        path: path`/v3/tasks/${{ id }}/speed-limit`,
        body: limits,
        bodySchema: SpeedLimitsUpdate,
        idempotent: true,
      },
      options,
    );
  }

  /**
   * Uploads the log of a task to an OBS bucket. `log_collect_status` of the task in a list shows when it is there.
   *
   * Operation: CollectLog, `POST /v3/tasks/{task_id}/log`.
   *
   * @group Settings, logs and access
   */
  async collectLog(id: string, upload: TaskLogUpload, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'CollectLog',
        method: 'POST',
        path: path`/v3/tasks/${{ id }}/log`,
        body: upload,
        bodySchema: TaskLogUpload,
      },
      options,
    );
  }

  /**
   * Unlocks the target ECS of a task. Only the Go SDK knows this operation.
   *
   * Operation: UnlockTargetEcs, `POST /v3/tasks/{task_id}/unlock`.
   *
   * @group Settings, logs and access
   */
  async unlockTarget(id: string, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      { operation: 'UnlockTargetEcs', method: 'POST', path: path`/v3/tasks/${{ id }}/unlock`, idempotent: true },
      options,
    );
  }

  /**
   * Checks that the security groups of a network open the ports that a migration needs; throws when they do not. Only the Go SDK
   * knows this operation.
   *
   * Operation: CheckNetAcl, `GET /v3/tasks/{t_project_id}/networkacl/{t_network_id}/check`.
   *
   * @param network - id of the network of the target, and of its IAM project (not of a task)
   *
   * @group Tests and checks
   */
  async checkNetworkAcl(
    network: { projectId: string; networkId: string },
    query: NetworkAclQuery,
    options?: RequestOptions,
  ): Promise<void> {
    const { networkId, projectId } = readArgument('CheckNetAcl', (): typeof network => ({ ...Object(network) }));
    return this.#transport.request(
      {
        operation: 'CheckNetAcl',
        method: 'GET',
        path: path`/v3/tasks/${{ projectId }}/networkacl/${{ networkId }}/check`,
        query,
        querySchema: NetworkAclQuery,
      },
      options,
    );
  }

  /**
   * Reads the passphrase of the certificate of the transfer channel. Secret: the client keeps it out of errors and logs; so should
   * you.
   *
   * Operation: ShowPassphrase, `GET /v3/tasks/{task_id}/passphrase`.
   *
   * @group Settings, logs and access
   */
  async getPassphrase(id: string, options?: RequestOptions): Promise<Passphrase> {
    return this.#transport.request(
      {
        operation: 'ShowPassphrase',
        method: 'GET',
        path: path`/v3/tasks/${{ id }}/passphrase`,
        response: Passphrase,
      },
      options,
    );
  }

  /**
   * Reads how consistent the files of source and target are.
   *
   * Operation: ShowConsistencyResult, `GET /v3/tasks/{task_id}/consistency-result`. IAM action: `sms:server:getConsistencyCheckResult`.
   *
   * @group Tests and checks
   */
  async getConsistencyResult(id: string, options?: RequestOptions): Promise<ConsistencyResults> {
    return this.#transport.request(
      {
        operation: 'ShowConsistencyResult',
        method: 'GET',
        path: path`/v3/tasks/${{ id }}/consistency-result`,
        response: ConsistencyResults,
      },
      options,
    );
  }

  /**
   * Exports how consistent the files of up to 200 tasks are, as a file.
   *
   * Operation: ExportConsistencyResults, `POST /v3/tasks/consistency-results/export`. IAM action:
   * `sms:server:getBatchConsistencyResults`.
   *
   * @group Tests and checks
   */
  async exportConsistencyResults(tasks: ConsistencyExport, options?: RequestOptions): Promise<DownloadedFile> {
    return this.#transport.request<DownloadedFile>(
      {
        operation: 'ExportConsistencyResults',
        method: 'POST',
        path: path`/v3/tasks/consistency-results/export`,
        headers: { 'content-type': 'application/json;charset=UTF-8' },
        body: tasks,
        bodySchema: ConsistencyExport,
        isFile: true,
        idempotent: true,
      },
      options,
    );
  }

  /**
   * Reads the advanced options of a task, all or one.
   *
   * Operation: ShowConfigSetting, `GET /v3/tasks/{task_id}/configuration-setting`. IAM action: `sms:server:getTaskConfig`.
   *
   * @group Settings, logs and access
   */
  async getConfiguration(
    id: string,
    query?: TaskConfigurationQuery,
    options?: RequestOptions,
  ): Promise<TaskConfigurations> {
    return this.#transport.request(
      {
        operation: 'ShowConfigSetting',
        method: 'GET',
        path: path`/v3/tasks/${{ id }}/configuration-setting`,
        query,
        querySchema: TaskConfigurationQuery,
        response: TaskConfigurations,
      },
      options,
    );
  }

  /**
   * Sets advanced options of a task, such as directories to leave out.
   *
   * Operation: UploadSpecialConfigurationSetting, `POST /v3/tasks/{task_id}/configuration-setting`.
   *
   * @group Settings, logs and access
   */
  async setConfiguration(id: string, configuration: TaskConfigurationsUpdate, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UploadSpecialConfigurationSetting',
        method: 'POST',
        path: path`/v3/tasks/${{ id }}/configuration-setting`,
        headers: { 'content-type': 'application/json;charset=UTF-8' },
        body: configuration,
        bodySchema: TaskConfigurationsUpdate,
        idempotent: true,
      },
      options,
    );
  }
}
