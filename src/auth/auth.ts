/** Tokens: the resource over IAM, and what authorises the requests to SMS. */
import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  InvalidRequestError,
  NotFoundError,
  ResponseFormatError,
} from '../errors.js';
import { anything, check, strict, text } from '../schemas/fields.js';
import { type Project, ProjectPage, TokenBody } from '../schemas/token.js';
import { path } from '../transport/path.js';
import { RequestOptions } from '../transport/request-options.js';
import { openCall, type Scope } from '../transport/scope.js';
import {
  type Authenticator,
  type Authorisation,
  type OutgoingRequest,
  Transport,
  type TransportOptions,
} from '../transport/transport.js';
import {
  type AccessKeyCredentials,
  type AgencyCredentials,
  type Credentials,
  headerText,
  type LoginCredentials,
  type PasswordCredentials,
  parseCredentials,
  toLoginBody,
  type UserIdCredentials,
} from './credentials.js';
import { RefusalGuard } from './refusal-guard.js';
import { ServiceClock } from './service-clock.js';
import { SharedLogin } from './shared-login.js';
import { createSigner, type Signer } from './signer.js';
import { Token } from './token.js';
import { type Renewal, type Session, TokenCache } from './token-cache.js';
import type { TokenStore } from './token-store.js';

const withoutCatalog = {
  query: { nocatalog: 'true' },
  querySchema: strict(
    {},
    {
      nocatalog: text(),
    },
  ),
};
// The form in which the reference of IAM prints it.
const headers = { 'content-type': 'application/json;charset=utf8' };

interface AuthTransportOptions extends Omit<TransportOptions, 'authenticator' | 'service'> {
  readonly tokenStore: TokenStore | undefined;
}
interface AccessKey {
  readonly sign: Signer;
  /** What must not be printed beside the signature. */
  readonly secrets: readonly string[];
}

// A token that was given has no details.
type AuthSession = Session<Token | AccessKey | undefined>;

interface Proof extends Authorisation {
  readonly session: AuthSession;
  /** The time that a signature was made for. */
  readonly signedAt?: number;
}

/**
 * Tokens of IAM: `sms.auth`.
 *
 * Calls to SMS log in by themselves; these methods are for those who need a token of their own, or want to know about one.
 */
export class Auth implements Authenticator {
  readonly #credentials: Credentials;
  readonly #settings: AuthTransportOptions;
  readonly #anonymous: Transport;
  readonly #authorised: Transport;
  readonly #cache = new TokenCache<AuthSession['details']>((renewal) => this.#obtain(renewal));
  readonly #guard: RefusalGuard;
  readonly #shared: SharedLogin | undefined;
  readonly #clock = new ServiceClock();
  readonly #sources = new WeakMap<AgencyCredentials, Auth>();
  readonly #usedPasscodes = new WeakSet<LoginCredentials>();

  /** @internal */
  constructor(credentials: Credentials, transport: AuthTransportOptions, guard = new RefusalGuard()) {
    this.#credentials = credentials;
    this.#guard = guard;
    this.#settings = transport;
    this.#anonymous = new Transport({ ...transport, service: 'iam' });
    this.#authorised = new Transport({ ...transport, service: 'iam', authenticator: this });
    const { endpoint, logger, tokenStore: store } = transport;
    const { openScope } = this.#anonymous;
    const isAlive = async (value: string) => (await this.verifyToken(value).catch(() => null)) !== null;
    this.#shared = store && new SharedLogin({ store, endpoint, logger, openScope, isAlive });
  }

  /**
   * Logs in and answers a fresh token, which the calls to SMS use from then on, and those of other processes when there is a
   * `tokenStore`. Joins a login that is under way. As a login belongs to all who wait for it, `signal` and `totalTimeoutMs` end
   * the wait alone, and the other options do not apply.
   *
   * Operation: `POST {iam}/v3/auth/tokens`. Needs a password, or an agency; a user may always call it.
   *
   * @throws {@link AuthenticationError} when IAM refuses. For the next 60 seconds the same error, with a hint that says so,
   * answers every login with these credentials, without asking IAM again: wrong passwords lock accounts.
   * @throws {@link ResponseFormatError} when IAM agrees, but sends no token that can be used.
   * @throws {@link ConfigurationError} when the credentials are a token or access keys, or hold a passcode that was used before.
   */
  async login(options: RequestOptions = {}): Promise<Token> {
    const { details } = await this.#within(options, () => this.#cache.issue());
    if (details === undefined)
      throw new ConfigurationError('credentials: a login needs a password, but they hold a token');
    return expectToken(details);
  }

  /**
   * Answers the token that calls to SMS use: from memory or the `tokenStore` when it is alive, else after a login. For
   * credentials that are a token, IAM is asked about it; when it is dead and came from a provider, the provider is asked again.
   *
   * @throws {@link AuthenticationError} when IAM refuses; see {@link Auth.login}.
   * @throws {@link ConfigurationError} when the credentials are access keys: they sign requests and have no token.
   */
  async getToken(options: RequestOptions = {}): Promise<Token> {
    for (let isLast = false; ; isLast = true) {
      const session = await this.#within(options, () => this.#cache.get());
      if (session.details !== undefined) return expectToken(session.details);
      const token = await this.verifyToken(session.value, options);
      if (token !== null) return token;
      if (isLast || !this.#renews() || !this.#cache.refuse(session.value)) break;
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
      host: new URL(this.#settings.endpoint).host,
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
   * Operation: `GET {iam}/v3/auth/projects`. Any user may call it. With access keys the request is signed.
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

  /**
   * Forgets the token, for instance when it was revoked elsewhere. The next call logs in. Sends nothing. With a `tokenStore` the
   * token is removed there, too, unless another one has taken its place, and this client never takes it from there again.
   */
  async forgetToken(): Promise<void> {
    const value = this.#cache.forget();
    if (value !== undefined) await this.#shared?.forget(value);
  }

  /** @internal */
  async authorize(request: OutgoingRequest, scope: Scope): Promise<Proof> {
    const session = await scope.race(this.#cache.get());
    const { details, value } = session;
    if (!isAccessKey(details)) return { headers: { 'x-auth-token': value }, secrets: [value], session };
    const signedAt = this.#clock.now();
    const headers = await details.sign(request, signedAt);
    const { authorization = '' } = headers;
    // A gateway may quote the signature alone.
    const signature = authorization.slice(authorization.lastIndexOf('=') + 1);
    return { headers, secrets: [...details.secrets, authorization, signature], session, signedAt };
  }

  /** @internal */
  accepted({ session }: Proof): void {
    this.#cache.accept(session.value);
  }

  /** @internal */
  refused({ session, signedAt }: Proof, answer: Headers): boolean {
    if (signedAt !== undefined && this.#clock.correct(signedAt, answer)) {
      this.#settings.logger.warn('the local clock is wrong; requests are signed with the time of the service');
      return true;
    }
    this.#shared?.refuse(session.value);
    return this.#renews() && this.#cache.refuse(session.value);
  }

  // Whether there are other credentials to be had than those that were refused.
  #renews(): boolean {
    const given = this.#credentials;
    return typeof given === 'function' || !('token' in given || 'accessKeyId' in given);
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

  async #obtain(renewal: Renewal): Promise<AuthSession> {
    const given = this.#credentials;
    const credentials = typeof given === 'function' ? parseCredentials(await given(), 'credentials()') : given;
    if ('token' in credentials || 'accessKeyId' in credentials) {
      const { expiresAt } = credentials;
      const lifeMs = expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt.getTime() - this.#clock.now();
      return 'token' in credentials
        ? { value: credentials.token, lifeMs, details: undefined }
        : { value: credentials.securityToken ?? credentials.accessKeyId, lifeMs, details: prepareKey(credentials) };
    }
    const logIn = () => this.#logIn(credentials);
    if (this.#shared !== undefined) return this.#shared.obtain(describeLogin(credentials), logIn, renewal);
    const token = await logIn();
    return { value: token.value, lifeMs: token.expiresAt.getTime() - token.issuedAt.getTime(), details: token };
  }

  async #logIn(credentials: LoginCredentials): Promise<Token> {
    const key = JSON.stringify(describeLogin(credentials));
    this.#guard.throwIfRefused(key);
    const passcode = 'mfa' in credentials ? await this.#readPasscode(credentials) : undefined;
    const transport = 'source' in credentials ? this.#sourceOf(credentials).#authorised : this.#anonymous;
    try {
      const answer = await transport.exchange({
        operation: 'CreateToken',
        method: 'POST',
        path: path`/v3/auth/tokens`,
        ...withoutCatalog,
        headers,
        bodySchema: anything(),
        body: toLoginBody(credentials, passcode),
        // A passcode serves once.
        idempotent: passcode === undefined,
        secrets: 'password' in credentials ? [credentials.password, passcode ?? ''] : [],
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
      // A login of the source was refused.
      if (error instanceof AuthenticationError && this.#guard.knows(error)) throw error;
      if (!(error instanceof ApiError) || ![400, 401, 403].includes(error.status)) throw error;
      const hint =
        'source' in credentials ? agencyHint : passcode === undefined ? loginHint : `${loginHint} ${passcodeHint}`;
      const refusal = error.with(error.code === null ? { hint } : {}, AuthenticationError);
      this.#guard.remember(key, refusal);
      throw refusal;
    }
  }

  // The source keeps its token from one login to the next.
  #sourceOf(credentials: AgencyCredentials): Auth {
    const known = this.#sources.get(credentials);
    const source = known ?? new Auth(credentials.source, this.#settings, this.#guard);
    this.#sources.set(credentials, source);
    return source;
  }

  async #readPasscode(credentials: PasswordCredentials | UserIdCredentials): Promise<string | undefined> {
    const { passcode } = credentials.mfa ?? {};
    if (typeof passcode !== 'function') {
      // It would be refused, and refused logins lock accounts.
      if (passcode !== undefined && this.#usedPasscodes.has(credentials))
        throw new ConfigurationError(`credentials.mfa.passcode: there was a login with it before. ${passcodeHint}`);
      this.#usedPasscodes.add(credentials);
      return passcode;
    }
    const answer: unknown = await passcode();
    if (typeof answer === 'string' && answer !== '') return answer;
    throw new ConfigurationError('credentials.mfa.passcode(): expected a non-empty string, received another value');
  }
}

const loginHint =
  'Check user name, password, domain name and project. A HUAWEI ID cannot log in with a password: use an IAM user with programmatic access.';
const agencyHint =
  'Check agency, domain and project, and that the user who assumes the agency has the role Agent Operator.';
const passcodeHint = 'A passcode serves one login: pass a function that answers the next one.';

// Without the passcode, which differs each time: a wrong password stays one.
function describeLogin(credentials: LoginCredentials): object {
  return [toLoginBody(credentials), 'source' in credentials && credentials.source];
}

function prepareKey(credentials: AccessKeyCredentials): AccessKey {
  const { secretAccessKey, securityToken = '' } = credentials;
  return { sign: createSigner(credentials), secrets: [secretAccessKey, securityToken] };
}

function isAccessKey(details: AuthSession['details']): details is AccessKey {
  return details !== undefined && 'sign' in details;
}

function expectToken(details: Token | AccessKey): Token {
  if (!isAccessKey(details)) return details;
  throw new ConfigurationError(
    'credentials: access keys sign each request; there is no token, and nothing to log in to',
  );
}

// A 404 of the gateway says that the endpoint is wrong, not that the token is.
function meansDeadToken(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error instanceof NotFoundError) return !error.code?.startsWith('APIGW.');
  return error instanceof AuthenticationError || error.code === 'IAM.0009';
}

function parseDate(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

// With `responseValidation: 'warn'` the body may be anything.
function readToken(subject: string, value: string | undefined, answer: unknown): Token {
  const issues = (check(headerText('a token'), value).issues ?? []).map((issue) => ({
    ...issue,
    path: 'X-Subject-Token',
  }));
  const { token } = Object(answer) as Partial<TokenBody>;
  const lifeMs = parseDate(token?.expires_at) - parseDate(token?.issued_at);
  if (!(lifeMs > 0)) {
    issues.push({ path: 'token.expires_at', expected: 'a date after token.issued_at', received: 'another value' });
  }
  if (value === undefined || token === undefined || issues.length > 0) {
    throw new ResponseFormatError(`${subject} was answered without a usable token`, issues, undefined);
  }
  return new Token(value, token);
}
