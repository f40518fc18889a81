/** The options of the client: their checks and their defaults. */
import { type Credentials, parseCredentials } from './auth/credentials.js';
import type { TokenStore } from './auth/token-store.js';
import { ConfigurationError } from './errors.js';
import { findRegion, listRegions } from './regions.js';
import {
  anything,
  check,
  custom,
  exactlyOneOf,
  type Field,
  formatIssues,
  type Infer,
  settings,
  text,
} from './schemas/fields.js';
import { guardLogger, type Logger, silentLogger } from './transport/logger.js';
import { callback, type ResponseEvent, retries, timeout } from './transport/request-options.js';
import type { RetryEvent } from './transport/retry.js';
import type { Fetch } from './transport/transport.js';
import { version } from './version.js';

const clientOptions = settings(
  {
    /** Who is calling: a user name with its password, an access key, a token, an agency, or a function that answers one of these. */
    credentials: anything() as Field<Credentials>,
  },
  {
    /**
     * Region whose SMS is used, for instance `eu-west-101` or `ap-southeast-3`; sets `endpoint` and `iamEndpoint`. SMS serves a
     * whole site: the region of a target is part of its task.
     */
    region: text({ min: 1 }),
    /** URL of SMS, for instance `https://sms.myhuaweicloud.eu`. `http` is allowed for this machine only. */
    endpoint: text({ min: 1 }),
    /**
     * URL of IAM, for instance `https://iam.myhuaweicloud.eu`. Needed beside `endpoint` when no region is given. A `/v3` at its
     * end is dropped.
     */
    iamEndpoint: text({ min: 1 }),
    /**
     * Where logins are shared with other processes: a `Keyv` of any kind, or something like it. Each client logs in for itself when
     * left out. Tokens that were given and access keys are not shared.
     */
    tokenStore: custom<TokenStore>('an object with the methods get, set and delete', (value) =>
      ['get', 'set', 'delete'].every((method) => typeof Object(value)[method] === 'function'),
    ),
    /** How long one attempt may take, its whole body included, in milliseconds: 30000 when left out. */
    timeoutMs: timeout(),
    /** How long a call may take in all, logins, attempts and waits included, in milliseconds: 120000 when left out. */
    totalTimeoutMs: timeout(),
    /** How often a failed attempt is repeated: 0 to 100, 2 when left out. What may have been performed is never blindly repeated. */
    maxRetries: retries(),
    /**
     * What happens when a successful answer does not fit its schema: `error` (the default) throws a `ResponseFormatError`,
     * `warn` logs it and answers the body as it came.
     */
    responseValidation: exactlyOneOf('error', 'warn'),
    /** The `fetch` to send with: for proxies, other runtimes and tests. The runtime's own when left out. */
    fetch: callback<Fetch>(),
    /** Where the client reports what it does, for instance `console`. Nowhere when left out. */
    logger: custom<Logger>('an object with the methods debug, info, warn and error', (value) =>
      ['debug', 'info', 'warn', 'error'].every((level) => typeof Object(value)[level] === 'function'),
    ),
    /** Put at the end of the `User-Agent` header: name and version of your application, for instance `mover/1.4`. */
    userAgent: text({ min: 1, max: 200, pattern: /^[\x20-\x7e]+$/, form: 'a string of printable ASCII characters' }),
    /** Called before a failed attempt is repeated. What it throws is logged. */
    onRetry: callback<(event: RetryEvent) => void>(),
    /** Called with every answer that ended a call, of SMS and of IAM. What it throws is logged. */
    onResponse: callback<(event: ResponseEvent) => void>(),
  },
);

/** The options of {@link SmsClient}. */
export interface ClientOptions extends Infer<typeof clientOptions> {}

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
}

/**
 * @internal Checks the options and fills in the defaults.
 *
 * @throws {@link ConfigurationError} naming every option that is wrong.
 */
export function parseOptions(options: ClientOptions): ClientSettings {
  const { issues } = check(clientOptions, options);
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
    // Looked up at each call, so that a global fetch replaced later, by a proxy agent or a test, is used.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    logger: logger === undefined ? silentLogger : guardLogger(logger),
    userAgent: `org-sms-client/${version}${userAgent === undefined ? '' : ` ${userAgent}`}`,
    onRetry: options.onRetry,
    onResponse: options.onResponse,
  };
}

function parseEndpoints({ endpoint, iamEndpoint, region }: ClientOptions): { endpoint: string; iamEndpoint: string } {
  const known = region === undefined ? undefined : findRegion(region);
  if (region !== undefined && known === undefined && (endpoint === undefined || iamEndpoint === undefined)) {
    throw new ConfigurationError(
      `region: expected one of ${listRegions().join(', ')}, received ${JSON.stringify(region)}; for other regions give endpoint and iamEndpoint`,
    );
  }
  return {
    endpoint: parseEndpoint('endpoint', endpoint ?? known?.endpoint),
    // Keystone's clients and Terraform write the version as a part of it.
    iamEndpoint: parseEndpoint('iamEndpoint', iamEndpoint ?? known?.iamEndpoint).replace(/\/v3$/, ''),
  };
}

function parseEndpoint(name: string, value: string | undefined): string {
  if (value === undefined) throw new ConfigurationError(`${name}: expected a URL, or a region, received nothing`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
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
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
