/** Source servers: `sms.sourceServers`. */
import { IdList } from '../schemas/identity.js';
import {
  SourceServer,
  type SourceServerError,
  SourceServerErrorPage,
  SourceServerOverview,
  SourceServerPage,
} from '../schemas/source-server.js';
import {
  CopyStateUpdate,
  DiskInfoUpdate,
  SourceServerErrorQuery,
  SourceServerQuery,
  SourceServerUpdate,
} from '../schemas/source-server-request.js';
import type { DeleteOutcome } from '../tracking/outcomes.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { type DeleteManyOptions, deleteMany } from './delete-many.js';
import { listAll } from './page.js';
import { deleteOne } from './send-once.js';

/**
 * Source servers: `sms.sourceServers`. The migration agent on a server registers it; it stays until it is deleted, and
 * comes back when its agent is restarted.
 *
 * Every method may throw what {@link Tasks} lists.
 */
export class SourceServers {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists one page of source servers: the first 200 when the query says nothing. `count` is the number of all matches.
   *
   * Operation: ListServers, `GET /v3/sources`. IAM action: `sms:server:list`.
   */
  async list(query?: SourceServerQuery, options?: RequestOptions): Promise<SourceServerPage> {
    return this.#transport.request(
      {
        operation: 'ListServers',
        method: 'GET',
        path: path`/v3/sources`,
        query,
        querySchema: SourceServerQuery,
        response: SourceServerPage,
      },
      options,
    );
  }

  /**
   * Yields all source servers, 200 a request (or `query.limit`). The next page is fetched while you use one. Each server is
   * yielded once, and none is missed, even if you delete servers in the loop: when the list changes, it is read again.
   * Leave the loop or abort the signal to stop.
   *
   * Operation: ListServers, `GET /v3/sources`. IAM action: `sms:server:list`.
   */
  listAll(query: SourceServerQuery = {}, options?: RequestOptions): AsyncIterable<SourceServer> {
    return listAll('ListServers', (page, within) => this.list(page, within), query, this.#transport, options);
  }

  /**
   * Reads a source server: its disks, network cards, checks and the suggested layout of its target.
   *
   * Operation: ShowServer, `GET /v3/sources/{source_id}`. IAM action: `sms:server:get`.
   */
  async get(id: string, options?: RequestOptions): Promise<SourceServer> {
    return this.#transport.request(
      { operation: 'ShowServer', method: 'GET', path: path`/v3/sources/${{ id }}`, response: SourceServer },
      options,
    );
  }

  /**
   * Renames a source server, or chooses its disks and volumes. Disks and volumes count only before the target is configured.
   *
   * Operation: UpdateServerName, `PUT /v3/sources/{source_id}`. IAM action: `sms:server:update`.
   */
  async rename(id: string, change: SourceServerUpdate, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateServerName',
        method: 'PUT',
        path: path`/v3/sources/${{ id }}`,
        body: change,
        bodySchema: SourceServerUpdate,
      },
      options,
    );
  }

  /**
   * Sets the copy state of a source server. The service silently ignores it for servers that failed the checks, are being paused,
   * paused, deleted or cleared, or are finished. The state is `init` here where it is `initialize` everywhere else.
   *
   * Operation: UpdateCopyState, `PUT /v3/sources/{source_id}/changestate`.
   */
  async updateCopyState(id: string, change: CopyStateUpdate, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateCopyState',
        method: 'PUT',
        path: path`/v3/sources/${{ id }}/changestate`,
        body: change,
        bodySchema: CopyStateUpdate,
      },
      options,
    );
  }

  /**
   * Replaces the disks that are known of a source server. Clears the old layout; works only before the target is configured.
   *
   * Operation: UpdateDiskInfo, `PUT /v3/sources/{source_id}/diskinfo`.
   */
  async updateDiskInfo(id: string, disks: DiskInfoUpdate, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateDiskInfo',
        method: 'PUT',
        path: path`/v3/sources/${{ id }}/diskinfo`,
        body: disks,
        bodySchema: DiskInfoUpdate,
      },
      options,
    );
  }

  /**
   * Deletes the record of a source server, not the server. Restart its agent to bring it back.
   *
   * Operation: DeleteServer, `DELETE /v3/sources/{source_id}`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was deleted.
   */
  async delete(id: string, options?: RequestOptions): Promise<void> {
    return deleteOne(
      this.#transport,
      { operation: 'DeleteServer', method: 'DELETE', path: path`/v3/sources/${{ id }}` },
      options,
    );
  }

  /**
   * Deletes the records of any number of source servers, 50 a request, and returns the outcome of each, in the order of the ids.
   * When the service refuses a batch, the client finds the servers that it was refused for and deletes the others. A failure
   * is an outcome, not a rejection.
   *
   * Operation: DeleteServers, `POST /v3/sources/delete`. IAM action: `sms:server:batchDelete`.
   *
   * @param ids - any number of ids; one that is given twice is deleted once
   */
  async deleteMany(ids: readonly string[], options?: DeleteManyOptions): Promise<DeleteOutcome[]> {
    return deleteMany(
      this.#transport,
      { operation: 'DeleteServers', path: path`/v3/sources/delete`, bodySchema: IdList },
      ids,
      options,
    );
  }

  /**
   * Counts the source servers by state.
   *
   * Operation: ShowOverview, `GET /v3/sources/overview`. IAM action: `sms:server:overview`.
   */
  async overview(options?: RequestOptions): Promise<SourceServerOverview> {
    return this.#transport.request(
      { operation: 'ShowOverview', method: 'GET', path: path`/v3/sources/overview`, response: SourceServerOverview },
      options,
    );
  }

  /**
   * Lists one page of source servers whose migration failed: the first 50 when the query says nothing.
   *
   * Operation: ListErrorServers, `GET /v3/errors`. IAM action: `sms:server:listErrors`.
   */
  async listErrors(query?: SourceServerErrorQuery, options?: RequestOptions): Promise<SourceServerErrorPage> {
    return this.#transport.request(
      {
        operation: 'ListErrorServers',
        method: 'GET',
        path: path`/v3/errors`,
        // The service insists on an offset.
        query: { offset: 0, ...query },
        querySchema: SourceServerErrorQuery,
        response: SourceServerErrorPage,
      },
      options,
    );
  }

  /**
   * Yields all source servers whose migration failed, 100 a request (or `query.limit`); see {@link SourceServers.listAll}.
   *
   * Operation: ListErrorServers, `GET /v3/errors`. IAM action: `sms:server:listErrors`.
   *
   * @throws {@link InvalidRequestError} before the first server when more than 65,635 match: the service reads no further.
   */
  listAllErrors(query: SourceServerErrorQuery = {}, options?: RequestOptions): AsyncIterable<SourceServerError> {
    return listAll(
      'ListErrorServers',
      (page, within) => this.listErrors(page, within),
      query,
      this.#transport,
      options,
    );
  }
}
