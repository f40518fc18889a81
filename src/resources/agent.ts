/** What only the migration agent calls: `sms.agent`. */
import { AgentCommand, AgentCommandResult, SourceServerRegistration, TaskProgressReport } from '../schemas/agent.js';
import { Certificate, CertificateQuery } from '../schemas/certificate.js';
import { ConsistencyReport } from '../schemas/consistency.js';
import { CreatedId } from '../schemas/identity.js';
import { NetworkCheckReceipt, NetworkCheckReport } from '../schemas/network.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { createOne } from './send-once.js';

// The form in which the reference prints it for what agents report.
const headers = { 'content-type': 'application/json;charset=UTF-8' };

/**
 * What the migration agent on a source server calls: `sms.agent`. Programs that move servers rarely need it, but for
 * {@link AgentApi.registerServer}, which other tools call, too.
 *
 * Every method may throw what {@link Tasks} lists.
 */
export class AgentApi {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Registers a source server and returns its id.
   *
   * Operation: RegisterServer, `POST /v3/sources`. IAM action: `sms:server:register`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was registered.
   *
   * @throws {@link ConflictError} when the server is registered already (SMS.2013, which comes with 401).
   */
  async registerServer(server: SourceServerRegistration, options?: RequestOptions): Promise<CreatedId> {
    return createOne(
      this.#transport,
      {
        operation: 'RegisterServer',
        method: 'POST',
        path: path`/v3/sources`,
        body: server,
        bodySchema: SourceServerRegistration,
        response: CreatedId,
      },
      options,
    );
  }

  /**
   * Fetches the next command for the agent of a source server.
   *
   * Operation: ShowCommand, `GET /v3/sources/{server_id}/command`. IAM action: `sms:server:getCommand`.
   */
  async getCommand(serverId: string, options?: RequestOptions): Promise<AgentCommand> {
    return this.#transport.request(
      {
        operation: 'ShowCommand',
        method: 'GET',
        path: path`/v3/sources/${{ serverId }}/command`,
        response: AgentCommand,
      },
      options,
    );
  }

  /**
   * Reports the result of a command.
   *
   * Operation: UpdateCommandResult, `POST /v3/sources/{server_id}/command_result`. IAM action: `sms:server:updateCommandResult`.
   */
  async reportCommandResult(serverId: string, result: AgentCommandResult, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateCommandResult',
        method: 'POST',
        path: path`/v3/sources/${{ serverId }}/command_result`,
        body: result,
        bodySchema: AgentCommandResult,
      },
      options,
    );
  }

  /**
   * Reports the progress and rate of the running step of a task.
   *
   * Operation: UpdateTaskSpeed, `PUT /v3/tasks/{task_id}/progress`.
   */
  async reportProgress(taskId: string, report: TaskProgressReport, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateTaskSpeed',
        method: 'PUT',
        path: path`/v3/tasks/${{ taskId }}/progress`,
        body: report,
        bodySchema: TaskProgressReport,
      },
      options,
    );
  }

  /**
   * Reports a measurement of the network. The path has no `tasks` in it, although the id is that of a task.
   *
   * Operation: UpdateNetworkCheckInfo, `POST /v3/{task_id}/update-network-check-info`.
   */
  async reportNetworkCheck(
    taskId: string,
    report: NetworkCheckReport,
    options?: RequestOptions,
  ): Promise<NetworkCheckReceipt> {
    return this.#transport.request(
      {
        operation: 'UpdateNetworkCheckInfo',
        method: 'POST',
        path: path`/v3/${{ taskId }}/update-network-check-info`,
        headers,
        body: report,
        bodySchema: NetworkCheckReport,
        response: NetworkCheckReceipt,
        idempotent: true,
      },
      options,
    );
  }

  /**
   * Reports how consistent the files of source and target are.
   *
   * Operation: UpdateConsistencyResult, `POST /v3/tasks/{task_id}/consistency-result`.
   */
  async reportConsistencyResult(taskId: string, report: ConsistencyReport, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateConsistencyResult',
        method: 'POST',
        path: path`/v3/tasks/${{ taskId }}/consistency-result`,
        headers,
        body: report,
        bodySchema: ConsistencyReport,
      },
      options,
    );
  }

  /**
   * Fetches the certificates and private keys of the transfer channel. Secret: the client keeps them out of errors and logs; so
   * should you.
   *
   * Operation: ShowCertKey, `GET /v3/tasks/{task_id}/certkey`.
   */
  async getCertificate(taskId: string, query?: CertificateQuery, options?: RequestOptions): Promise<Certificate> {
    return this.#transport.request(
      {
        operation: 'ShowCertKey',
        method: 'GET',
        path: path`/v3/tasks/${{ taskId }}/certkey`,
        query,
        querySchema: CertificateQuery,
        response: Certificate,
      },
      options,
    );
  }
}
