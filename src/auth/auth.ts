/** Tokens: the resource over IAM, and what authorises the requests to SMS. */
import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  InvalidRequestError,
  NotFoundError,
  ResponseFormatError,
} from '../errors.js';
import { anything, body, check, text } from '../schemas/fields.js';
import { type Project, ProjectPage, TokenBody } from '../schemas/token.js';
import { path } from '../transport/path.js';
import { RequestOptions } from '../transport/request-options.js';
import { openCall } from '../transport/scope.js';
import { type Authenticator, Transport, type TransportOptions } from '../transport/transport.js';
import {
  type Credentials,
  headerText,
  type PasswordCredentials,
  parseCredentials,
  toLoginBody,
} from './credentials.js';
import { RefusalGuard } from './refusal-guard.js';
import { Token } from './token.js';
import { type Session, TokenCache } from './token-cache.js';

const withoutCatalog = { query: { nocatalog: 'true' }, querySchema: body({ nocatalog: text() }) };
// The form in which the reference of IAM prints it.
const headers = { 'content-type': 'application/json;charset=utf8' };

/**
 * Tokens of IAM: `sms.auth`.
 *
 * Calls to SMS log in by themselves; these methods are for those who need a token of their own, or want to know about one.
 */
export class Auth implements Authenticator {
  readonly #credentials: Credentials;
  readonly #settings: Pick<TransportOptions, 'logger' | 'totalTimeoutMs'>;
  readonly #anonymous: Transport;
  readonly #authorised: Transport;
  readonly #cache = new TokenCache<Token | undefined>(() => this.#obtain());
  readonly #guard = new RefusalGuard();

  /** @internal */
  constructor(credentials: Credentials, transport: Omit<TransportOptions, 'authenticator' | 'service'>) {
    this.#credentials = credentials;
    this.#settings = transport;
    this.#anonymous = new Transport({ ...transport, service: 'iam' });
    this.#authorised = new Transport({ ...transport, service: 'iam', authenticator: this });
  }

  /**
   * Logs in and answers a fresh token, which the calls to SMS use from then on. Joins a login that is under way. As a login
   * belongs to all who wait for it, `signal` and `totalTimeoutMs` end the wait alone, and the other options do not apply.
   *
   * Operation: `POST {iam}/v3/auth/tokens`. Needs a password; a user may always call it.
   *
   * @throws {@link AuthenticationError} when IAM refuses. For the next 60 seconds the same error answers every login with these
   * credentials, without asking IAM again: wrong passwords lock accounts.
   * @throws {@link ResponseFormatError} when IAM agrees, but sends no token that can be used.
   * @throws {@link ConfigurationError} when the credentials are a token.
   */
  async login(options: RequestOptions = {}): Promise<Token> {
    const { details } = await this.#within(options, () => this.#cache.renew());
    if (details === undefined)
      throw new ConfigurationError('credentials: a login needs a password, but they hold a token');
    return details;
  }

  /**
   * Answers the token that calls to SMS use: from memory when it is alive, else after a login. For credentials that are a token,
   * IAM is asked about it.
   *
   * @throws {@link AuthenticationError} when IAM refuses; see {@link Auth.login}.
   */
  async getToken(options: RequestOptions = {}): Promise<Token> {
    const { details, value } = await this.#within(options, () => this.#cache.get());
    if (details !== undefined) return details;
    const token = await this.verifyToken(value, options);
    if (token !== null) return token;
    throw new AuthenticationError({
      service: 'iam',
      status: 401,
      code: null,
      serviceMessage: 'the given token has expired, was revoked or is unknown',
      requestId: null,
      method: 'GET',
      path: '/v3/auth/tokens',
      details: [],
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
      const answer = await this.#anonymous.request(
        {
          operation: 'ValidateToken',
          method: 'GET',
          path: path`/v3/auth/tokens`,
          ...withoutCatalog,
          headers: { ...headers, 'x-auth-token': value, 'x-subject-token': value },
          secrets: [value],
          response: TokenBody,
        },
        options,
      );
      return readToken('ValidateToken (GET /v3/auth/tokens)', value, answer);
    } catch (error) {
      if (meansDeadToken(error)) return null;
      throw error;
    }
  }

  /**
   * Lists the projects that the user may use: where to find a `projectId`.
   *
   * Operation: `GET {iam}/v3/auth/projects`. Any user may call it.
   */
  async listProjects(options: RequestOptions = {}): Promise<Project[]> {
    const operation = {
      operation: 'ListAuthProjects',
      method: 'GET',
      path: path`/v3/auth/projects`,
      headers,
      response: ProjectPage,
    } as const;
    const page: ProjectPage | undefined = await this.#authorised.request(operation, options);
    return page?.projects ?? [];
  }

  /** Forgets the token, for instance when it was revoked elsewhere. The next call logs in. Sends nothing. */
  async forgetToken(): Promise<void> {
    this.#cache.forget();
  }

  /** @internal */
  async authorize(): Promise<Record<string, string>> {
    return { 'x-auth-token': (await this.#cache.get()).value };
  }

  /** @internal */
  accepted({ 'x-auth-token': value = '' }: Readonly<Record<string, string>>): void {
    this.#cache.accept(value);
  }

  /** @internal */
  async refused({ 'x-auth-token': value = '' }: Readonly<Record<string, string>>): Promise<boolean> {
    if (typeof this.#credentials !== 'function' && 'token' in this.#credentials) return false;
    return this.#cache.refuse(value);
  }

  async #within<T>(options: RequestOptions, work: () => Promise<T>): Promise<T> {
    const { issues } = check(RequestOptions, options);
    if (issues !== undefined) throw new InvalidRequestError('CreateToken', issues);
    const { signal, totalTimeoutMs = this.#settings.totalTimeoutMs } = options;
    const scope = openCall(this.#anonymous.openScope, 'CreateToken (POST /v3/auth/tokens)', totalTimeoutMs, signal);
    try {
      scope.throwIfEnded();
      return await scope.race(work());
    } finally {
      scope.close();
    }
  }

  async #obtain(): Promise<Session<Token | undefined>> {
    const given = this.#credentials;
    const credentials = typeof given === 'function' ? parseCredentials(await given(), 'credentials()') : given;
    if ('token' in credentials) {
      const { expiresAt, token } = credentials;
      return {
        value: token,
        lifeMs: expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt.getTime() - Date.now(),
        details: undefined,
      };
    }
    const token = await this.#logIn(credentials);
    return { value: token.value, lifeMs: token.expiresAt.getTime() - token.issuedAt.getTime(), details: token };
  }

  async #logIn(credentials: PasswordCredentials): Promise<Token> {
    const request = toLoginBody(credentials);
    const key = JSON.stringify(request);
    this.#guard.throwIfRefused(key);
    try {
      const answer = await this.#anonymous.exchange({
        operation: 'CreateToken',
        method: 'POST',
        path: path`/v3/auth/tokens`,
        ...withoutCatalog,
        headers,
        bodySchema: anything(),
        body: request,
        idempotent: true,
        secrets: [credentials.password],
        secretAnswer: true,
        response: TokenBody,
      });
      const token = readToken(
        'CreateToken (POST /v3/auth/tokens)',
        answer.headers.get('x-subject-token') ?? undefined,
        answer.data,
      );
      this.#settings.logger.info('logged in', { expiresAt: token.expiresAt.toISOString() });
      return token;
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 401, 403].includes(error.status)) throw error;
      const refusal = new AuthenticationError({ ...error, hint: error.code === null ? loginHint : error.hint });
      this.#guard.remember(key, refusal);
      throw refusal;
    }
  }
}

const loginHint =
  'Check user name, password, domain name and project. A HUAWEI ID cannot log in with a password: use an IAM user with programmatic access.';

// A 404 of the gateway says that the endpoint is wrong, not that the token is.
function meansDeadToken(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error instanceof NotFoundError) return !error.code?.startsWith('APIGW.');
  return error instanceof AuthenticationError || error.code === 'IAM.0009';
}

// With `responseValidation: 'warn'` the body may be anything.
function readToken(subject: string, value: string | undefined, answer: unknown): Token {
  const issues = (check(headerText('a token'), value).issues ?? []).map((issue) => ({
    ...issue,
    path: 'X-Subject-Token',
  }));
  const { token } = Object(answer) as Partial<TokenBody>;
  const lifeMs = Date.parse(String(token?.expires_at)) - Date.parse(String(token?.issued_at));
  if (!(lifeMs > 0)) {
    issues.push({ path: 'token.expires_at', expected: 'a date after token.issued_at', received: 'another value' });
  }
  if (value === undefined || token === undefined || issues.length > 0) {
    throw new ResponseFormatError(`${subject} was answered without a usable token`, issues, undefined);
  }
  return new Token(value, token);
}
