/** Templates of target servers: `sms.templates`. */
import { CreatedId, IdList } from '../schemas/identity.js';
import {
  TargetPassword,
  type Template,
  TemplateCreate,
  type TemplateInput,
  TemplatePage,
  TemplateQuery,
  TemplateResponse,
  TemplateUpdate,
} from '../schemas/template.js';
import type { DeleteOutcome } from '../tracking/outcomes.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { type DeleteManyOptions, deleteMany } from './delete-many.js';
import { listAll } from './page.js';
import { createOne, deleteOne } from './send-once.js';

/**
 * Templates that target servers are made from: `sms.templates`.
 *
 * Every method may throw what {@link Tasks} lists.
 */
export class Templates {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Creates a template and returns its id.
   *
   * Operation: CreateTemplate, `POST /v3/vm/templates`. IAM action: `sms:template:create`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was created.
   */
  async create(template: TemplateInput, options?: RequestOptions): Promise<CreatedId> {
    return createOne(
      this.#transport,
      {
        operation: 'CreateTemplate',
        method: 'POST',
        path: path`/v3/vm/templates`,
        body: { template },
        bodySchema: TemplateCreate,
        response: CreatedId,
      },
      options,
    );
  }

  /**
   * Lists one page of templates: the first 50 when the query says nothing. `count` is the number of all matches.
   *
   * Operation: ListTemplates, `GET /v3/vm/templates`. IAM action: `sms:template:list`.
   */
  async list(query?: TemplateQuery, options?: RequestOptions): Promise<TemplatePage> {
    return this.#transport.request(
      {
        operation: 'ListTemplates',
        method: 'GET',
        path: path`/v3/vm/templates`,
        query,
        querySchema: TemplateQuery,
        response: TemplatePage,
      },
      options,
    );
  }

  /**
   * Yields all templates, 100 a request (or `query.limit`). The next page is fetched while you use one. Each template is yielded once,
   * and none is missed: when the list changes, it is read again. Leave the loop or abort the signal to stop.
   *
   * Operation: ListTemplates, `GET /v3/vm/templates`. IAM action: `sms:template:list`.
   */
  listAll(query: TemplateQuery = {}, options?: RequestOptions): AsyncIterable<Template> {
    return listAll('ListTemplates', (page, within) => this.list(page, within), query, this.#transport, options);
  }

  /**
   * Reads a template. `is_template` is text here and a boolean in requests.
   *
   * Operation: ShowTemplate, `GET /v3/vm/templates/{id}`. IAM action: `sms:template:get`.
   */
  async get(id: string, options?: RequestOptions): Promise<Template> {
    const body = await this.#transport.request(
      { operation: 'ShowTemplate', method: 'GET', path: path`/v3/vm/templates/${{ id }}`, response: TemplateResponse },
      options,
    );
    // With `responseValidation: 'warn'` it may be nothing.
    return Object(body).template;
  }

  /**
   * Replaces a template.
   *
   * Operation: UpdateTemplate, `PUT /v3/vm/templates/{id}`. IAM action: `sms:template:update`.
   */
  async update(id: string, template: TemplateInput, options?: RequestOptions): Promise<void> {
    return this.#transport.request(
      {
        operation: 'UpdateTemplate',
        method: 'PUT',
        path: path`/v3/vm/templates/${{ id }}`,
        body: { template },
        bodySchema: TemplateUpdate,
      },
      options,
    );
  }

  /**
   * Deletes a template.
   *
   * Operation: DeleteTemplate, `DELETE /v3/vm/templates/{id}`. IAM action: `sms:template:delete`.
   *
   * @throws {@link OutcomeUnknownError} when a response is lost and the client cannot tell whether it was deleted.
   */
  async delete(id: string, options?: RequestOptions): Promise<void> {
    return deleteOne(
      this.#transport,
      { operation: 'DeleteTemplate', method: 'DELETE', path: path`/v3/vm/templates/${{ id }}` },
      options,
    );
  }

  /**
   * Deletes any number of templates, 50 a request; see {@link SourceServers.deleteMany}.
   *
   * Operation: DeleteTemplates, `POST /v3/vm/templates/delete`. IAM action: `sms:template:batchDelete`.
   */
  async deleteMany(ids: readonly string[], options?: DeleteManyOptions): Promise<DeleteOutcome[]> {
    return deleteMany(
      this.#transport,
      { operation: 'DeleteTemplates', path: path`/v3/vm/templates/delete`, bodySchema: IdList },
      ids,
      options,
    );
  }

  /**
   * Reads the password of the servers that a template makes. Secret: the client keeps it out of errors and logs; so should you.
   *
   * Operation: ShowTargetPassword, `GET /v3/vm/templates/{id}/target-password`. IAM action: `sms:template:getTargetPassword`.
   */
  async getTargetPassword(id: string, options?: RequestOptions): Promise<TargetPassword> {
    return this.#transport.request(
      {
        operation: 'ShowTargetPassword',
        method: 'GET',
        path: path`/v3/vm/templates/${{ id }}/target-password`,
        response: TargetPassword,
      },
      options,
    );
  }
}
