/** Tokens: the resource over IAM. */
import { ApiError, AuthenticationError, ConfigurationError, InvalidRequestError, NotFoundError } from '../errors.js';
import { check } from '../schemas/fields.js';
import { type Project, ProjectPage, TokenBody } from '../schemas/token.js';
import { path } from '../transport/path.js';
import { RequestOptions } from '../transport/request-options.js';
import { limitCall, type Scope, workForCaller } from '../transport/scope.js';
import { type Authenticator, Transport, type TransportOptions } from '../transport/transport.js';
import { type Credentials, headerText } from './credentials.js';
import { iamHeaders, nameLoginAt, readToken, type Source, withoutCatalog } from './login.js';
import { RefusalGuard } from './refusal-guard.js';
import type { Session } from './session.js';
import { SessionAuthenticator } from './session-authenticator.js';
import { Sessions } from './sessions.js';
import type { Token } from './token.js';
import { TokenCache } from './token-cache.js';
import type { TokenStore } from './token-store.js';

interface AuthOptions extends Omit<TransportOptions, 'authenticator' | 'service'> {
  readonly tokenStore: TokenStore | undefined;
}

/** @internal What {@link Auth} works with. */
interface AuthParts {
  readonly options: AuthOptions;
  /** Sends requests that carry their own token. */
  readonly anonymous: Transport;
  /** Sends requests of the user. */
  readonly authorised: Transport;
  readonly sessions: Sessions;
  readonly cache: TokenCache;
}

/**
 * Tokens of IAM: `sms.auth`.
 *
 * Calls to SMS log in automatically. Use these methods when you need a token yourself, or information about one.
 */
export class Auth {
  readonly #options: AuthOptions;
  readonly #anonymous: Transport;
  readonly #authorised: Transport;
  readonly #sessions: Sessions;
  readonly #cache: TokenCache;

  /** @internal */
  constructor({ anonymous, authorised, cache, options, sessions }: AuthParts) {
    this.#options = options;
    this.#anonymous = anonymous;
    this.#authorised = authorised;
    this.#sessions = sessions;
    this.#cache = cache;
  }

  /**
   * Logs in and returns a new token. Calls to SMS use it from then on, also in other processes when there is a `tokenStore`. When a
   * login is in flight, this call shares it. `signal` and `totalTimeoutMs` end the wait of this call. They end the login only when
   * no other call waits for it. The other options do not apply.
   *
   * Operation: `POST {iam}/v3/auth/tokens`. Needs a password, or an agency; a user may always call it.
   *
   * @throws {@link AuthenticationError} when IAM rejects the login. For the next 60 seconds the client does not retry the same credentials,
   * because wrong passwords lock accounts: every login rejects with this error, and the hint says so.
   * @throws {@link ResponseFormatError} when IAM accepts the login but returns no valid token.
   * @throws {@link ConfigurationError} when the credentials are a token or access keys, contain a passcode that was used before, or
   * come from a function that throws.
   */
  async login(options: RequestOptions = {}): Promise<Token> {
    const session = await this.#within(options, (scope) => this.#cache.issue(scope));
    if (session.token === undefined && session.sign === undefined)
      throw new ConfigurationError('credentials: a login needs a password, but they hold a token');
    return expectToken(session);
  }

  /**
   * Returns the token that calls to SMS use: from memory or the `tokenStore` while it is valid, otherwise from a login. When the
   * credentials are a token, the client checks it at IAM. When it has expired and came from a function, the function is called again.
   *
   * @throws {@link AuthenticationError} when IAM rejects the login; see {@link Auth.login}.
   * @throws {@link ConfigurationError} when the credentials are access keys: they sign requests and have no token.
   */
  async getToken(options: RequestOptions = {}): Promise<Token> {
    for (let isLast = false; ; isLast = true) {
      const session = await this.#within(options, async (scope) => this.#cache.get(scope));
      if (session.token !== undefined || session.sign !== undefined) return expectToken(session);
      const token = await this.verifyToken(session.value, options);
      if (token !== null) return token;
      if (isLast || !this.#sessions.canRenew || !this.#cache.refuse(session)) break;
    }
    throw new AuthenticationError({
      service: 'iam',
      status: 401,
      code: null,
      serviceMessage: 'the given token has expired, was revoked or is unknown',
      requestId: null,
      method: 'GET',
      path: '/v3/auth/tokens',
      details: [],
      host: new URL(this.#options.endpoint).host,
      hint: 'Give the client another token.',
      isJson: true,
    });
  }

  /**
   * Asks IAM about a token: its user, scope and end, or null when it has expired, was revoked or is unknown. The token vouches
   * for itself, so no permission and no login is needed.
   *
   * Operation: `GET {iam}/v3/auth/tokens`.
   */
  async verifyToken(value: string, options: RequestOptions = {}): Promise<Token | null> {
    const checked = check(headerText('a token'), value);
    if (checked.issues !== undefined) {
      throw new InvalidRequestError(
        'ValidateToken',
        checked.issues.map((issue) => ({ ...issue, path: 'value' })),
      );
    }
    try {
      const response = await this.#anonymous.request(
        {
          operation: 'ValidateToken',
          method: 'GET',
          path: path`/v3/auth/tokens`,
          ...withoutCatalog,
          headers: { ...iamHeaders, 'x-auth-token': value, 'x-subject-token': value },
          secrets: [value],
          response: TokenBody,
        },
        options,
      );
      return readToken(`ValidateToken (GET /v3/auth/tokens at ${this.#anonymous.host})`, value, response);
    } catch (error) {
      if (meansDeadToken(error)) return null;
      throw error;
    }
  }

  /**
   * Lists the projects that the user may use: where to find a `projectId`.
   *
   * Operation: `GET {iam}/v3/auth/projects`. Any user may call it. With access keys the request is signed.
   */
  async listProjects(options: RequestOptions = {}): Promise<Project[]> {
    const operation = {
      operation: 'ListAuthProjects',
      method: 'GET',
      path: path`/v3/auth/projects`,
      headers: iamHeaders,
      response: ProjectPage,
    } as const;
    const page: ProjectPage | undefined = await this.#authorised.request(operation, options);
    return page?.projects ?? [];
  }

  /**
   * Forgets the token, for example after it was revoked elsewhere. The next call logs in. Sends nothing and waits for nothing.
   * With a `tokenStore`, the client also removes the token there in the background, unless another token has replaced it. This
   * client never uses it again.
   */
  async forgetToken(): Promise<void> {
    const value = this.#cache.forget();
    if (value !== undefined) this.#sessions.forget(value);
  }

  async #within<T>(options: RequestOptions, work: (scope: Scope) => Promise<T>): Promise<T> {
    const { issues } = check(RequestOptions, options);
    if (issues !== undefined) throw new InvalidRequestError('CreateToken', issues);
    const { signal, totalTimeoutMs = this.#options.totalTimeoutMs } = options;
    const { host, openScope } = this.#anonymous;
    return workForCaller(openScope, limitCall(nameLoginAt(host), totalTimeoutMs, signal), work);
  }
}

/** @internal The tokens of one account: the resource, what authorises the requests to SMS, and authorised requests to IAM. */
export function openAuth(
  credentials: Credentials,
  options: AuthOptions,
  guard = new RefusalGuard(),
): Source & { readonly auth: Auth; readonly authenticator: Authenticator } {
  const { endpoint, logger, timeoutMs, tokenStore } = options;
  const anonymous = new Transport({ ...options, service: 'iam' });
  const { openScope } = anonymous;
  const sessions: Sessions = new Sessions({
    credentials,
    transport: anonymous,
    endpoint,
    logger,
    tokenStore,
    guard,
    openSource: (source) => openAuth(source, options, guard),
    isAlive: (value, signal) =>
      auth.verifyToken(value, { signal }).then(
        (token) => token !== null,
        () => undefined,
      ),
  });
  const cache = new TokenCache({ renew: (renewal) => sessions.obtain(renewal), openScope, timeoutMs, logger });
  const authenticator = new SessionAuthenticator(sessions, cache, logger);
  const authorised = new Transport({ ...options, service: 'iam', authenticator });
  const auth: Auth = new Auth({ options, anonymous, authorised, sessions, cache });
  return { auth, authenticator, authorised, cache };
}

function expectToken({ token }: Session): Token {
  if (token !== undefined) return token;
  throw new ConfigurationError(
    'credentials: access keys sign each request; there is no token, and nothing to log in to',
  );
}

// Only IAM knows the token. A 404 of the gateway says that the endpoint is wrong, not that the token is.
function meansDeadToken(error: unknown): boolean {
  if (!(error instanceof ApiError && error.isJson)) return false;
  if (error instanceof NotFoundError) return !error.code?.startsWith('APIGW.');
  return error instanceof AuthenticationError || error.code === 'IAM.0009';
}
