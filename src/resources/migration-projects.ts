/** Migration projects: `sms.migrationProjects`. */
import { CreatedId } from '../schemas/identity.js';
import {
  MigrationProject,
  MigrationProjectCreate,
  MigrationProjectPage,
  MigrationProjectQuery,
  MigrationProjectUpdate,
} from '../schemas/migration-project.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { listAll } from './page.js';
import { createOne, deleteOne } from './send-once.js';

/**
 * Migration projects, which group source servers and hold their defaults: `sms.migrationProjects`. Not the projects of IAM.
 *
 * Every method may throw what {@link Tasks} lists.
 */
export class MigrationProjects {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Creates a migration project and returns its id.
   *
   * Operation: CreateMigproject, `POST /v3/migprojects`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was created.
   */
  async create(project: MigrationProjectCreate, options?: RequestOptions): Promise<CreatedId> {
    return createOne(
      this.#transport,
      {
        operation: 'CreateMigproject',
        method: 'POST',
        path: path`/v3/migprojects`,
        body: project,
        bodySchema: MigrationProjectCreate,
        response: CreatedId,
      },
      options,
    );
  }

  /**
   * Lists one page of migration projects: the first 50 when the query says nothing. `count` is the number of all.
   *
   * Operation: ListMigprojects, `GET /v3/migprojects`. IAM action: `sms:migproject:list`.
   */
  async list(query?: MigrationProjectQuery, options?: RequestOptions): Promise<MigrationProjectPage> {
    return this.#transport.request(
      {
        operation: 'ListMigprojects',
        method: 'GET',
        path: path`/v3/migprojects`,
        query,
        querySchema: MigrationProjectQuery,
        response: MigrationProjectPage,
      },
      options,
    );
  }

  /**
   * Yields all migration projects, 100 a request (or `query.limit`). The next page is fetched while you use one. No project comes
   * twice, and none that is there all the time is missed: when the list moves, it is read again. Leave the loop or abort the signal
   * to stop.
   *
   * Operation: ListMigprojects, `GET /v3/migprojects`. IAM action: `sms:migproject:list`.
   */
  listAll(query: MigrationProjectQuery = {}, options?: RequestOptions): AsyncIterable<MigrationProject> {
    return listAll('ListMigprojects', (page, within) => this.list(page, within), query, this.#transport, options);
  }

  /**
   * Reads a migration project.
   *
   * Operation: ShowMigproject, `GET /v3/migprojects/{mig_project_id}`.
   */
  async get(id: string, options?: RequestOptions): Promise<MigrationProject> {
    return this.#transport.request(
      { operation: 'ShowMigproject', method: 'GET', path: path`/v3/migprojects/${{ id }}`, response: MigrationProject },
      options,
    );
  }

  /**
   * Changes a migration project; what is left out stays.
   *
   * Operation: UpdateMigproject, `PUT /v3/migprojects/{mig_project_id}`.
   */
  async update(id: string, change: MigrationProjectUpdate, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateMigproject',
        method: 'PUT',
        path: path`/v3/migprojects/${{ id }}`,
        body: change,
        bodySchema: MigrationProjectUpdate,
      },
      options,
    );
  }

  /**
   * Makes a migration project the one that new source servers belong to.
   *
   * Operation: UpdateDefaultMigproject, `PUT /v3/migprojects/{mig_project_id}/default`. IAM action: `sms:migproject:update`.
   */
  async setDefault(id: string, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      { operation: 'UpdateDefaultMigproject', method: 'PUT', path: path`/v3/migprojects/${{ id }}/default` },
      options,
    );
  }

  /**
   * Deletes a migration project.
   *
   * Operation: DeleteMigproject, `DELETE /v3/migprojects/{mig_project_id}`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was deleted.
   */
  async delete(id: string, options?: RequestOptions): Promise<void> {
    return deleteOne(
      this.#transport,
      { operation: 'DeleteMigproject', method: 'DELETE', path: path`/v3/migprojects/${{ id }}` },
      options,
    );
  }
}
