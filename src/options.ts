/** The options of the client: their checks and their defaults. */
import { type Credentials, parseCredentials } from './auth/credentials.js';
import type { TokenStore } from './auth/token-store.js';
import { ConfigurationError } from './errors.js';
import { findRegion, listRegions } from './regions.js';
import {
  check,
  custom,
  exactlyOneOf,
  type Field,
  findNearest,
  formatIssues,
  settingsOf,
  text,
} from './schemas/fields.js';
import { guardLogger, type Logger, readLogger } from './transport/logger.js';
import { isLoopback } from './transport/loopback.js';
import { callback, retries, timeout } from './transport/option-kinds.js';
import type { ResponseEvent } from './transport/request-options.js';
import type { RetryEvent } from './transport/retry.js';
import { fetchByRuntime } from './transport/runtime.js';
import type { FailureEvent, Fetch } from './transport/transport.js';
import { version } from './version.js';

/** The options of {@link SmsClient}. */
export interface ClientOptions {
  /** The credentials: a user name with its password, an access key, a token, an agency, or a function that returns one of these. */
  credentials: Credentials;
  /**
   * Region whose SMS is used, for instance `eu-west-101` or `ap-southeast-3`; sets `endpoint` and `iamEndpoint`. SMS serves a
   * whole site: the region of a target is part of its task.
   */
  region?: string | undefined;
  /** URL of SMS, for instance `https://sms.myhuaweicloud.eu`. `http` is allowed for this machine only. A `/v3` at its end is dropped. */
  endpoint?: string | undefined;
  /**
   * URL of IAM, for instance `https://iam.myhuaweicloud.eu`. Needed beside `endpoint` when no region is given. A `/v3` at its
   * end is dropped.
   */
  iamEndpoint?: string | undefined;
  /**
   * A store to share logins with other processes, for instance a `Keyv`. When left out, each client logs in for itself. Tokens that
   * you pass in and access keys are not shared.
   */
  tokenStore?: TokenStore | undefined;
  /** How long one attempt may take, its whole body included, in milliseconds: 30000 when left out. */
  timeoutMs?: number | undefined;
  /** How long a call may take in all, logins, attempts and waits included, in milliseconds: 120000 when left out. */
  totalTimeoutMs?: number | undefined;
  /**
   * How often the client retries a failed attempt: 0 to 100, 2 when left out. It never blindly retries what may have been performed.
   * Retries after a 429 that says how long to wait do not count, unless this is 0. `totalTimeoutMs` ends them.
   */
  maxRetries?: number | undefined;
  /**
   * What happens when a successful response does not fit its schema: `error` (the default) throws a `ResponseFormatError`,
   * `warn` logs it and returns the body as the service sent it.
   */
  responseValidation?: 'error' | 'warn' | undefined;
  /**
   * The `fetch` to send with: for proxies, other runtimes and tests. The runtime's own when left out. It is called with a URL as a
   * string and plain options. What it throws becomes a `NetworkError`, unless it is a programming error.
   */
  fetch?: Fetch | undefined;
  /**
   * Where the client reports what it does, for instance `console`. When left out, the environment variable `SMS_CLIENT_LOG`
   * (`debug`, `info`, `warn` or `error`) writes to the console from that level on; without it nothing is written.
   */
  logger?: Logger | undefined;
  /** Name and version of your application, added to the `User-Agent` header, for instance `mover/1.4`. */
  userAgent?: string | undefined;
  /** Called before each retry, also before the one with a new token. What it throws is logged. */
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Called with every response that ended a call, of SMS and of IAM. What it throws is logged. */
  onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** Called once for every call that ends without a response, unless you aborted it. What it throws is logged. */
  onFailure?: ((event: FailureEvent) => void) | undefined;
}

const credentialKinds = 'a password, an access key, a token, an agency, or a function that returns one of these';

const clientOptions = /* @__PURE__ */ makeSchema();

// @__NO_SIDE_EFFECTS__
function makeSchema(): Field<ClientOptions> {
  return settingsOf<ClientOptions>(
    // What is wrong with them `parseCredentials` says.
    { credentials: custom<Credentials>(credentialKinds, (value) => value !== undefined) },
    {
      region: text({ min: 1 }),
      endpoint: text({ min: 1 }),
      iamEndpoint: text({ min: 1 }),
      tokenStore: methods<TokenStore>('get', 'set', 'delete'),
      timeoutMs: timeout(),
      totalTimeoutMs: timeout(),
      maxRetries: retries(),
      responseValidation: exactlyOneOf('error', 'warn'),
      fetch: callback<Fetch>(),
      logger: methods<Logger>('debug', 'info', 'warn', 'error'),
      userAgent: text({ min: 1, max: 200, pattern: /^[\x20-\x7e]+$/, form: 'a string of printable ASCII characters' }),
      onRetry: callback<(event: RetryEvent) => void>(),
      onResponse: callback<(event: ResponseEvent) => void>(),
      onFailure: callback<(event: FailureEvent) => void>(),
    },
  );
}

function methods<T>(...names: readonly string[]): Field<T> {
  const expected = `an object with the methods ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return custom<T>(expected, (value) => names.every((name) => typeof Object(value)[name] === 'function'));
}

/** @internal The options, checked and completed. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly iamEndpoint: string;
  readonly credentials: Credentials;
  readonly tokenStore: TokenStore | undefined;
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxRetries: number;
  readonly responseValidation: 'error' | 'warn';
  readonly fetch: Fetch;
  readonly logger: Logger;
  readonly userAgent: string;
  readonly onRetry: ClientOptions['onRetry'];
  readonly onResponse: ClientOptions['onResponse'];
  readonly onFailure: ClientOptions['onFailure'];
}

/**
 * @internal Checks the options and fills in the defaults.
 *
 * @throws {@link ConfigurationError} naming every option that is wrong.
 */
export function parseOptions(options: ClientOptions): ClientSettings {
  const { issues } = readable(() => check(clientOptions, options));
  if (issues !== undefined) throw new ConfigurationError(`SmsClient: ${formatIssues(issues).replaceAll('\n', '; ')}`);
  const { credentials, logger, userAgent } = options;
  return {
    ...parseEndpoints(options),
    credentials: typeof credentials === 'function' ? credentials : parseCredentials(credentials),
    tokenStore: options.tokenStore,
    timeoutMs: options.timeoutMs ?? 30_000,
    totalTimeoutMs: options.totalTimeoutMs ?? 120_000,
    maxRetries: options.maxRetries ?? 2,
    responseValidation: options.responseValidation ?? 'error',
    fetch: options.fetch ?? fetchByRuntime,
    logger: logger === undefined ? readLogger(globalThis.process?.env?.SMS_CLIENT_LOG) : guardLogger(logger),
    userAgent: `org-sms-client/${version}${userAgent === undefined ? '' : ` ${userAgent}`}`,
    onRetry: options.onRetry,
    onResponse: options.onResponse,
    onFailure: options.onFailure,
  };
}

/** @internal Reads options. A getter of the caller's may throw, and what it throws may hold a secret. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ConfigurationError('SmsClient: expected plain options, received some that throw when they are read', {
      cause,
    });
  }
}

function parseEndpoints({ endpoint, iamEndpoint, region }: ClientOptions): { endpoint: string; iamEndpoint: string } {
  const known = region === undefined ? undefined : findRegion(region.trim().toLowerCase());
  if (region !== undefined && known === undefined && (endpoint === undefined || iamEndpoint === undefined)) {
    const regions = listRegions();
    const nearest = findNearest(region.trim(), regions);
    const suggestion = nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`;
    throw new ConfigurationError(
      `region: expected one of ${regions.join(', ')}, received ${JSON.stringify(region)}${suggestion}; for other regions give endpoint and iamEndpoint`,
    );
  }
  return {
    endpoint: parseEndpoint('endpoint', endpoint ?? known?.endpoint),
    iamEndpoint: parseEndpoint('iamEndpoint', iamEndpoint ?? known?.iamEndpoint),
  };
}

function parseEndpoint(name: string, value: string | undefined): string {
  if (value === undefined) throw new ConfigurationError(`${name}: expected a URL, or a region, received nothing`);
  const url = parseUrl(value);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ConfigurationError(
      `${name}: expected a URL such as https://sms.myhuaweicloud.eu, received another string`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(
      `${name}: expected a URL without user, password, query and fragment, received one with some`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new ConfigurationError(
      `${name}: expected https, received http: a token would travel unprotected to ${url.hostname}`,
    );
  }
  // Keystone's clients and Terraform write the version as a part of it.
  return `${url.origin}${url.pathname.replace(/(\/v3)?\/*$/, '')}`;
}

// `URL.canParse` is younger than some runtimes.
function parseUrl(value: string): URL | undefined {
  try {
    return new URL(value.trim());
  } catch {
    return undefined;
  }
}
