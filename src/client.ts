/** The client: checks its options and wires transport, tokens and resources. */
import { type Auth, openAuth } from './auth/auth.js';
import { type EnvironmentOverrides, nameVariables, readEnvironment } from './environment.js';
import { type ClientOptions, parseOptions } from './options.js';
import { AgentApi } from './resources/agent.js';
import { type CustomRequest, sendCustomRequest } from './resources/custom-request.js';
import { MigrationProjects } from './resources/migration-projects.js';
import { PrivacyAgreements } from './resources/privacy-agreements.js';
import { ServiceApi } from './resources/service.js';
import { SourceServers } from './resources/source-servers.js';
import { Tasks } from './resources/tasks.js';
import { Templates } from './resources/templates.js';
import type { RequestOptions } from './transport/request-options.js';
import { SignalHub } from './transport/scope.js';
import { Transport } from './transport/transport.js';

/**
 * A client of the Server Migration Service (SMS) v3.
 *
 * It logs in at the first call and renews its token. It checks requests and responses. It retries transient failures, but never a
 * request that may have been performed and must not be repeated. There are no connections to close.
 *
 * @example
 * ```ts
 * import { SmsClient } from '@org/sms-client';
 *
 * const sms = new SmsClient({
 *   region: 'eu-west-101',
 *   credentials: { username: 'testname', password: process.env.HW_USER_PASSWORD!, domainName: 'testname', projectId: '0215ef11e49d4743be23dd97a1561xxx' },
 * });
 * const task = await sms.tasks.startAndWait('8abda8635e09d185015e09d188dd0001xx');
 * console.log(task.state);
 * ```
 */
export class SmsClient {
  /** Tokens of IAM. */
  readonly auth: Auth;
  /** Migration tasks. */
  readonly tasks: Tasks;
  /** Source servers. */
  readonly sourceServers: SourceServers;
  /** Templates of target servers. */
  readonly templates: Templates;
  /** Migration projects. */
  readonly migrationProjects: MigrationProjects;
  /** The privacy agreement of the account. */
  readonly privacyAgreements: PrivacyAgreements;
  /** Versions and settings of the service. */
  readonly service: ServiceApi;
  /** What only the migration agent calls. */
  readonly agent: AgentApi;
  readonly #transport: Transport;

  /**
   * Creates a client. Sends nothing.
   *
   * @throws {@link ConfigurationError} when an option is wrong; it names the option, what was expected and what was received.
   */
  constructor(options: ClientOptions) {
    const { credentials, endpoint, iamEndpoint, ...settings } = parseOptions(options);
    const shared = { ...settings, hub: new SignalHub() };
    const { auth, authenticator } = openAuth(credentials, { ...shared, endpoint: iamEndpoint });
    this.auth = auth;
    const transport = new Transport({ ...shared, service: 'sms', endpoint, authenticator });
    this.sourceServers = new SourceServers(transport);
    this.templates = new Templates(transport);
    this.migrationProjects = new MigrationProjects(transport);
    this.privacyAgreements = new PrivacyAgreements(transport);
    this.tasks = new Tasks(transport, settings, this);
    this.service = new ServiceApi(transport);
    this.agent = new AgentApi(transport);
    this.#transport = transport;
  }

  /**
   * Calls any operation of SMS, also one that this package does not know. Authentication, retries, timeouts and errors work as for
   * the other methods. GET, PUT and DELETE count as idempotent unless `idempotent` says otherwise.
   *
   * @returns the response as the schema parses it; without a schema, the parsed JSON or the text
   * @throws {@link InvalidRequestError} when the request is wrong, {@link ResponseFormatError} when the response does not fit the
   * schema, and everything else that a call may throw.
   *
   * @example
   * ```ts
   * import { SmsClient } from '@org/sms-client';
   * import * as z from 'zod';
   *
   * const sms = SmsClient.fromEnv();
   * const Quota = z.object({ used: z.number(), max: z.number() });
   * const quota = await sms.request({ method: 'GET', path: '/v3/quotas', query: { type: 'task' }, response: Quota });
   * console.log(quota.used, 'of', quota.max);
   * ```
   */
  async request<T = unknown>(request: CustomRequest<T>, options?: RequestOptions): Promise<T> {
    return sendCustomRequest(this.#transport, request, options);
  }

  /**
   * Creates a client from the environment: from the variables of `process.env` that Terraform reads, then from those of the
   * official SDKs. It uses the first credentials of this list that are complete:
   *
   * 1. a password: `HW_USER_NAME`, `HW_USER_PASSWORD`, `HW_DOMAIN_NAME`
   * 2. an access key: `HW_ACCESS_KEY`, `HW_SECRET_KEY`, and `HW_SECURITY_TOKEN` for a temporary one
   * 3. an access key: `HUAWEICLOUD_SDK_AK`, `HUAWEICLOUD_SDK_SK`, `HUAWEICLOUD_SDK_SECURITY_TOKEN`
   * 4. a token, which cannot be renewed: `HW_AUTH_TOKEN`
   *
   * With `HW_ASSUME_ROLE_AGENCY_NAME`, and `HW_ASSUME_ROLE_DOMAIN_NAME` or `HW_ASSUME_ROLE_DOMAIN_ID`, they assume that agency.
   * The project is `HW_PROJECT_ID`, `HUAWEICLOUD_SDK_PROJECT_ID` or, but for access keys, `HW_PROJECT_NAME`; the domain of
   * access keys `HW_DOMAIN_ID` or `HUAWEICLOUD_SDK_DOMAIN_ID`. The region is `HW_REGION_NAME` or `HUAWEICLOUD_SDK_REGION_ID`.
   * `HUAWEICLOUD_SDK_SMS_ENDPOINT`, and `HW_AUTH_URL` or `HUAWEICLOUD_SDK_IAM_ENDPOINT`, take precedence over its endpoints.
   *
   * @param overrides - options that take precedence over the environment
   * @throws {@link ConfigurationError} when something is missing or wrong; it names the variables.
   */
  static fromEnv(overrides: EnvironmentOverrides = {}): SmsClient {
    const { options, origins } = readEnvironment(overrides);
    return nameVariables(origins, () => new SmsClient(options));
  }
}
