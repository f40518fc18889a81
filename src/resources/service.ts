/** What the service says about itself: `sms.service`. */
import { AgentDigest, ApiVersion, ApiVersions, ServiceConfig } from '../schemas/service.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';

/**
 * Versions and settings of the service: `sms.service`.
 *
 * Every method may throw what {@link Tasks} lists.
 */
export class ServiceApi {
  readonly #transport: Transport;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists the versions of the API. No permission is needed.
   *
   * Operation: ListApiVersion, `GET /`.
   */
  async listVersions(options?: RequestOptions): Promise<ApiVersions> {
    return this.#transport.request(
      { operation: 'ListApiVersion', method: 'GET', path: path`/`, response: ApiVersions },
      options,
    );
  }

  /**
   * Reads one version of the API, for instance `v3`.
   *
   * Operation: ShowApiVersion, `GET /{version}`.
   */
  async getVersion(version: string, options?: RequestOptions): Promise<ApiVersion> {
    return this.#transport.request(
      { operation: 'ShowApiVersion', method: 'GET', path: path`/${{ version }}`, response: ApiVersion },
      options,
    );
  }

  /**
   * Reads the settings of the service that the agent works with: main region, OBS domain, disk types, regions.
   *
   * Operation: ShowConfig, `GET /v3/config`.
   */
  async getConfig(options?: RequestOptions): Promise<ServiceConfig> {
    return this.#transport.request(
      { operation: 'ShowConfig', method: 'GET', path: path`/v3/config`, response: ServiceConfig },
      options,
    );
  }

  /**
   * Reads the SHA-256 that the service keeps under a key. Only the Go SDK knows this operation.
   *
   * Operation: ShowSha256, `GET /v3/sha256/{key}`.
   */
  async getAgentDigest(key: string, options?: RequestOptions): Promise<AgentDigest> {
    return this.#transport.request(
      { operation: 'ShowSha256', method: 'GET', path: path`/v3/sha256/${{ key }}`, response: AgentDigest },
      options,
    );
  }
}
