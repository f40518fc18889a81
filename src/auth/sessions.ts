/** How credentials become a session: given as they are, from the token store, or by a login. */
import type { Logger } from '../transport/logger.js';
import type { Transport } from '../transport/transport.js';
import { type Credentials, type LoginCredentials, parseCredentials, type StaticCredentials } from './credentials.js';
import { Exclusive } from './exclusive.js';
import { describeIdentity, isSameCredentials } from './identity.js';
import { askCaller, Login, nameSecretly, type Source } from './login.js';
import type { RefusalGuard } from './refusal-guard.js';
import { ServiceClock } from './service-clock.js';
import { openGivenSession, type Session } from './session.js';
import { SharedLogin } from './shared-login.js';
import type { Renewal } from './token-cache.js';
import type { TokenStore } from './token-store.js';

/** @internal What sessions need of their client. */
export interface SessionsOptions {
  readonly credentials: Credentials;
  /** A transport to IAM without an authenticator. */
  readonly transport: Transport;
  /** URL of IAM. */
  readonly endpoint: string;
  readonly logger: Logger;
  readonly tokenStore: TokenStore | undefined;
  readonly guard: RefusalGuard;
  readonly openSource: (source: Credentials) => Source;
  /** Asks IAM whether a token is alive; undefined when IAM does not say. */
  readonly isAlive: (value: string, signal: AbortSignal) => Promise<boolean | undefined>;
}

/** @internal Obtains sessions for one client. */
export class Sessions {
  /** Which time it is at the service. */
  readonly clock: ServiceClock = new ServiceClock();
  readonly #options: SessionsOptions;
  readonly #login: Login;
  readonly #shared: SharedLogin | undefined;
  readonly #provider = new Exclusive<StaticCredentials>();
  #source: (Source & { readonly credentials: Credentials }) | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#login = new Login({ ...options, openSource: (source) => this.#openSource(source) });
    const { endpoint, isAlive, logger, tokenStore: store, transport } = options;
    this.#shared = store && new SharedLogin({ store, endpoint, logger, openScope: transport.openScope, isAlive });
  }

  /** Whether there are other credentials to be had than those that were refused. */
  get canRenew(): boolean {
    const given = this.#options.credentials;
    return typeof given === 'function' || !('token' in given || 'accessKeyId' in given);
  }

  /** A session of the credentials. */
  async obtain(renewal: Renewal): Promise<Session> {
    const credentials = await this.#read(renewal);
    if ('token' in credentials || 'accessKeyId' in credentials) {
      return openGivenSession(credentials, this.clock.now());
    }
    return this.#obtainByLogin(credentials, renewal);
  }

  /** Reports that the service refused a session. */
  refuse(value: string): void {
    this.#shared?.refuse(value);
  }

  /** Refuses a session and removes it from the token store. */
  forget(value: string): void {
    this.#shared?.forget(value);
  }

  async #read({ scope }: Renewal): Promise<StaticCredentials> {
    const given = this.#options.credentials;
    if (typeof given !== 'function') return given;
    const found = await askCaller(
      () => this.#provider.ask((signal) => given({ signal }), scope),
      scope,
      'credentials()',
    );
    return parseCredentials(found, 'credentials()');
  }

  #obtainByLogin(credentials: LoginCredentials, renewal: Renewal): Promise<Session> {
    const logIn = () => this.#login.perform(credentials, renewal);
    const identity = describeIdentity(credentials);
    if (this.#shared === undefined || identity === undefined) return logIn();
    return this.#shared.obtain({ identity, login: nameSecretly(credentials), logIn }, renewal);
  }

  // The source keeps its token from one login to the next, also when a function returns it again each time.
  #openSource(credentials: Credentials): Source {
    if (this.#source === undefined || !isSameCredentials(this.#source.credentials, credentials)) {
      this.#source = { ...this.#options.openSource(credentials), credentials };
    }
    return this.#source;
  }
}
