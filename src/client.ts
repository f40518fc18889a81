/** The client: checks its options and wires transport, tokens and resources. */
import { Auth } from './auth/auth.js';
import { type ClientOptions, type EnvironmentOverrides, parseOptions, readEnvironment } from './options.js';
import { Agent } from './resources/agent.js';
import { MigrationProjects } from './resources/migration-projects.js';
import { PrivacyAgreements } from './resources/privacy-agreements.js';
import { Service } from './resources/service.js';
import { SourceServers } from './resources/source-servers.js';
import { Tasks } from './resources/tasks.js';
import { Templates } from './resources/templates.js';
import { SignalHub } from './transport/scope.js';
import { Transport } from './transport/transport.js';

/**
 * A client of the Server Migration Service (SMS) v3.
 *
 * It logs in by itself, at the first call; keeps its token alive; checks what it sends and what it gets; repeats what failed in
 * passing, and nothing that may have been performed. It has no connections to close.
 *
 * @example
 * ```ts
 * import { SmsClient } from '@org/sms-client';
 *
 * const sms = new SmsClient({
 *   region: 'eu-west-101',
 *   credentials: { username: 'testname', password: process.env.HW_USER_PASSWORD ?? '', domainName: 'testname', projectId: '0215ef11e49d4743be23dd97a1561xxx' },
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
  readonly service: Service;
  /** What only the migration agent calls. */
  readonly agent: Agent;

  /**
   * Makes a client. Sends nothing.
   *
   * @throws {@link ConfigurationError} when an option is wrong; it names the option, what was expected and what came.
   */
  constructor(options: ClientOptions) {
    const { credentials, endpoint, iamEndpoint, ...settings } = parseOptions(options);
    const shared = { ...settings, hub: new SignalHub() };
    this.auth = new Auth(credentials, { ...shared, endpoint: iamEndpoint });
    const transport = new Transport({ ...shared, service: 'sms', endpoint, authenticator: this.auth });
    this.tasks = new Tasks(transport, settings);
    this.sourceServers = new SourceServers(transport);
    this.templates = new Templates(transport);
    this.migrationProjects = new MigrationProjects(transport);
    this.privacyAgreements = new PrivacyAgreements(transport);
    this.service = new Service(transport);
    this.agent = new Agent(transport);
  }

  /**
   * Makes a client from the environment. Read are, of `process.env`: `HW_USER_NAME`, `HW_USER_PASSWORD`, `HW_DOMAIN_NAME`,
   * `HW_PROJECT_ID`, `HW_PROJECT_NAME`, `HW_REGION_NAME`, `HW_AUTH_URL` and `HW_AUTH_TOKEN`, the names that Terraform uses; then
   * `HUAWEICLOUD_SDK_REGION_ID`, `HUAWEICLOUD_SDK_PROJECT_ID`, `HUAWEICLOUD_SDK_IAM_ENDPOINT` and
   * `HUAWEICLOUD_SDK_SMS_ENDPOINT`, those of the official SDKs. A password wins over a token.
   *
   * @param overrides - options that win over the environment
   * @throws {@link ConfigurationError} when something is missing; it names the variables.
   */
  static fromEnv(overrides: EnvironmentOverrides = {}): SmsClient {
    return new SmsClient(readEnvironment(overrides));
  }
}
