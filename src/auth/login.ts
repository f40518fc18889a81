/** A login of any kind of credentials, agencies and passcodes included. */
import { ApiError, AuthenticationError, ConfigurationError, isSmsError, ResponseFormatError } from '../errors.js';
import { anything, check, markSecret, strict, text } from '../schemas/fields.js';
import { secretsOf } from '../schemas/secrets.js';
import { TokenBody } from '../schemas/token.js';
import type { Logger } from '../transport/logger.js';
import { path } from '../transport/path.js';
import type { Scope } from '../transport/scope.js';
import type { Transport } from '../transport/transport.js';
import {
  type Credentials,
  headerText,
  isPasscode,
  type LoginCredentials,
  type PasswordCredentials,
  schemaOf,
  type UserIdCredentials,
} from './credentials.js';
import { Exclusive } from './exclusive.js';
import { now } from './life.js';
import { toLoginBody } from './login-body.js';
import type { RefusalGuard } from './refusal-guard.js';
import { openTokenSession, type Session } from './session.js';
import { Token } from './token.js';
import type { Renewal, TokenCache } from './token-cache.js';

/** @internal Leaves out the catalog of a token, which can overflow the limit of headers. */
export const withoutCatalog = { query: { nocatalog: 'true' }, querySchema: strict({}, { nocatalog: text() }) };
/** @internal The form in which the reference of IAM prints it. */
export const iamHeaders = { 'content-type': 'application/json;charset=utf8' };

const loginOperation = 'CreateToken';
const loginPath = path`/v3/auth/tokens`;
// Nothing of a response that comes with a token is printed.
const loginResponse = /* @__PURE__ */ markSecret(TokenBody);

/** @internal What a login at a host is called in messages. */
export function nameLoginAt(host: string): string {
  return `${loginOperation} (POST ${loginPath.text} at ${host})`;
}

/** @internal The source of an agency. */
export interface Source {
  /** A transport to IAM that it authorises. */
  readonly authorised: Transport;
  readonly cache: TokenCache;
}

/** @internal What a login needs of its client. */
export interface LoginOptions {
  /** A transport to IAM without an authenticator. */
  readonly transport: Transport;
  /** URL of IAM. */
  readonly endpoint: string;
  readonly guard: RefusalGuard;
  readonly logger: Logger;
  readonly openSource: (source: Credentials) => Source;
}

/** @internal Logs in at IAM. */
export class Login {
  readonly #options: LoginOptions;
  readonly #passcodes = new Exclusive<unknown>();
  #usedPasscode: string | undefined;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /** Logs in; the scope ends it. */
  async perform(
    credentials: LoginCredentials,
    { isAwaited, scope }: Pick<Renewal, 'isAwaited' | 'scope'>,
  ): Promise<Session> {
    const { guard, logger, openSource } = this.#options;
    const source = 'source' in credentials ? openSource(credentials.source) : undefined;
    const transport = source?.authorised ?? this.#options.transport;
    const session = isFixed(credentials) ? undefined : await source?.cache.get(scope);
    const login = nameSecretly(credentials, session);
    const askedAt = now();
    let value: string | undefined;
    try {
      guard.throwIfRefused(login);
      const passcode = 'mfa' in credentials ? await this.#readPasscode(credentials, scope) : undefined;
      const data = await transport.request(
        {
          operation: loginOperation,
          method: 'POST',
          path: loginPath,
          ...withoutCatalog,
          headers: iamHeaders,
          bodySchema: anything(),
          body: toLoginBody(credentials, passcode),
          // A passcode serves once.
          idempotent: passcode === undefined,
          secrets: [...secretsOf(schemaOf(credentials), credentials), ...(passcode === undefined ? [] : [passcode])],
          response: loginResponse,
          isAwaited,
          onHeaders: (headers) => {
            value = headers.get('x-subject-token') ?? undefined;
          },
        },
        { signal: scope.signal },
      );
      const token = readToken(nameLoginAt(transport.host), value, data);
      logger.info('logged in', { expiresAt: token.expiresAt.toISOString() });
      return openTokenSession(token, askedAt);
    } catch (error) {
      // What a function returned may be outdated. A session of a login stays, or there would be a login for each call.
      if (session !== undefined && session.token === undefined) source?.cache.forget();
      throw this.#explain(error, credentials, login);
    }
  }

  #explain(error: unknown, credentials: LoginCredentials, login: string): unknown {
    const { endpoint, guard } = this.#options;
    // A login of the source was refused.
    if (!(error instanceof ApiError) || (error instanceof AuthenticationError && guard.knows(error))) return error;
    const notIam = { hint: `There seems to be no IAM at ${endpoint}: ${elsewhereHint}` };
    if (error.status === 404) return error.with(notIam);
    if (![400, 401, 403].includes(error.status)) return error;
    if (!error.isJson) return error.with(notIam, ApiError);
    const hint = 'source' in credentials ? agencyHint : credentials.mfa === undefined ? loginHint : passcodeHint;
    const refusal = error.with(error.code === null ? { hint } : {}, AuthenticationError);
    guard.remember(login, refusal);
    return refusal;
  }

  async #readPasscode({ mfa }: PasswordCredentials | UserIdCredentials, scope: Scope): Promise<string | undefined> {
    const passcode = mfa?.passcode;
    if (typeof passcode === 'function') {
      const given = await askCaller(
        () => this.#passcodes.ask(() => passcode(), scope),
        scope,
        'credentials.mfa.passcode()',
      );
      if (isPasscode(given)) return given;
      throw new ConfigurationError(
        'credentials.mfa.passcode(): expected a non-empty string without white space, received another value',
      );
    }
    // It would be refused, and refused logins lock accounts.
    if (passcode !== undefined && passcode === this.#usedPasscode)
      throw new ConfigurationError(`credentials.mfa.passcode: there was a login with it before. ${oncePerLogin}`);
    this.#usedPasscode = passcode;
    return passcode;
  }
}

/**
 * @internal Waits for a function of the caller. What it throws may hold a secret, so it becomes a cause, and stands in no message.
 */
export async function askCaller<T>(ask: () => Promise<T>, scope: Scope, subject: string): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    scope.throwIfEnded();
    if (isSmsError(error)) throw error;
    throw new ConfigurationError(`${subject} failed; cause.error of this error is what it threw`, { cause: error });
  }
}

/**
 * @internal Identifies a login, secrets included: only for the memory of this process.
 *
 * @param session - that of the source, where only a function knows who it is
 */
export function nameSecretly(credentials: LoginCredentials, session?: Session): string {
  return JSON.stringify([
    toLoginBody(credentials),
    session?.secrets ?? ('source' in credentials && credentials.source),
  ]);
}

function isFixed(credentials: Credentials): boolean {
  return typeof credentials !== 'function' && (!('source' in credentials) || isFixed(credentials.source));
}

/** @internal Reads what IAM says of a token. With `responseValidation: 'warn'` the body may be anything. */
export function readToken(subject: string, value: string | undefined, response: unknown): Token {
  const issues = (check(headerText('a token'), value).issues ?? []).map((issue) => ({
    ...issue,
    path: 'X-Subject-Token',
  }));
  const { token } = Object(response) as Partial<TokenBody>;
  const details = token ? new Token(value ?? '', token) : undefined;
  if (details === undefined || !(details.lifeMs > 0)) {
    issues.push({ path: 'token.expires_at', expected: 'a date after token.issued_at', received: 'another value' });
  }
  if (details === undefined || issues.length > 0) {
    throw new ResponseFormatError(`${subject} returned no usable token`, issues, undefined);
  }
  return details;
}

const elsewhereHint =
  'check iamEndpoint, and whether a proxy or a login page responds in its place. The credentials are not the reason.';
const oncePerLogin = 'A passcode serves one login: pass a function that returns the next one.';
const loginHint =
  'Check user name, password, domain name and project; the project must belong to the region of iamEndpoint. A user with a second factor (login protection) needs credentials.mfa. A HUAWEI ID cannot log in with a password: use an IAM user with programmatic access.';
const passcodeHint = `${loginHint} ${oncePerLogin}`;
const agencyHint =
  'Check agency, domain and project, and that the user who assumes the agency has the role Agent Operator.';
