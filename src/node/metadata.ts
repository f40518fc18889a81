/** The metadata service, which hands the temporary access key of its agency to an ECS. */
import { type AccessKeyCredentials, headerText } from '../auth/credentials.js';
import { parseStamp } from '../auth/token.js';
import { check, custom, type Field, loose, number, settings, text } from '../schemas/fields.js';
import { Scope, SignalHub, workUnder } from '../transport/scope.js';
import type { Fetch } from '../transport/transport.js';
import { createFetch } from './create-fetch.js';

/** How the metadata service is asked. */
export interface MetadataOptions {
  /** URL of the service: `http://169.254.169.254` when left out. */
  endpoint?: string | undefined;
  /** How long each request may take, in milliseconds: 1000 when left out. A request that fails is sent three times at most. */
  timeoutMs?: number | undefined;
  /** The `fetch` to ask with. When left out, one that goes past every proxy. */
  fetch?: Fetch | undefined;
}

const longestTimeoutMs = 2 ** 31 - 1;
const isFunction = (value: unknown) => typeof value === 'function';
const isEndpoint = (value: unknown) =>
  typeof value === 'string' && /^https?:\/\/[^?#@]+$/i.test(value) && URL.canParse(value);
const metadataOptions = settings(
  {},
  {
    endpoint: custom<string>('a URL of http or https, without a user and a query', isEndpoint),
    timeoutMs: number({ min: 1, max: longestTimeoutMs }),
    fetch: custom<Fetch>('a function', isFunction),
  },
);
/** @internal */
export const MetadataOptions: Field<MetadataOptions> = metadataOptions;

const securityKey = loose({
  credential: loose({
    access: headerText('an id'),
    secret: headerText('a key'),
    securitytoken: headerText('a token'),
    expires_at: text(),
  }),
});

interface Reply {
  readonly status: number;
  readonly text: string;
}

const mostTries = 3;
const firstPauseMs = 100;
// Far more than an access key needs.
const longestText = 65_536;

/** @internal Asks the metadata service of one place, as often as it is needed. */
export class Metadata {
  readonly #endpoint: string;
  readonly #timeoutMs: number;
  readonly #fetch: Fetch;

  constructor({ endpoint = 'http://169.254.169.254', fetch, timeoutMs = 1000 }: MetadataOptions = {}) {
    this.#endpoint = endpoint.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
    // A proxy would get to see the key, or respond with one of its own.
    this.#fetch = fetch ?? createFetch({ proxy: false, keepAliveMs: 0 });
  }

  /**
   * The access key of this ECS, or why there is none.
   *
   * @throws the reason of the signal when it aborts.
   */
  read(signal?: AbortSignal): Promise<AccessKeyCredentials | string> {
    return workUnder(
      (limits) => new Scope(new SignalHub(), limits),
      { signal },
      (scope) => this.#find(scope),
    );
  }

  async #find(scope: Scope): Promise<AccessKeyCredentials | string> {
    const subject = `The metadata service at ${this.#endpoint}`;
    try {
      const session = await this.#openSession(scope);
      const headers: Record<string, string> = session === undefined ? {} : { 'x-metadata-token': session };
      const reply = await this.#askPatiently(scope, 'GET', '/openstack/latest/securitykey', headers);
      if (reply.status === 404) return `${subject} responded 404: has this server an agency?`;
      if (reply.status !== 200) return `${subject} responded ${reply.status}`;
      return readKey(reply.text) ?? `${subject} responded with something else than an access key`;
    } catch (error) {
      scope.throwIfEnded();
      // The texts of such errors may quote headers.
      const { cause, name } = Object(error) as Error;
      const code: unknown = Object(cause).code;
      const isTimeout = error instanceof MetadataTimeout;
      return `${subject} did not respond (${isTimeout ? `${this.#timeoutMs} ms` : (code ?? name ?? 'unknown reason')})`;
    }
  }

  // Its first version knows no sessions, and behind a hop too many, as in a container, the second one is silent.
  async #openSession(scope: Scope): Promise<string | undefined> {
    const headers = { 'x-metadata-token-ttl-seconds': '60' };
    const reply = await this.#ask(scope, 'PUT', '/meta-data/latest/api/token', headers).catch(() => undefined);
    const token = reply?.text.trim();
    return reply?.status === 200 && check(headerText('a token'), token).issues === undefined ? token : undefined;
  }

  async #askPatiently(scope: Scope, method: string, path: string, headers: Record<string, string>): Promise<Reply> {
    for (let tries = 1; ; tries += 1) {
      const isLast = tries === mostTries;
      const reply = await this.#ask(scope, method, path, headers).catch((error) => {
        if (isLast) throw error;
        return undefined;
      });
      if (reply !== undefined && (isLast || !isTransient(reply.status))) return reply;
      await scope.sleep(firstPauseMs * 2 ** (tries - 1));
    }
  }

  async #ask(scope: Scope, method: string, path: string, headers: Record<string, string>): Promise<Reply> {
    scope.throwIfEnded();
    const controller = new AbortController();
    const { signal } = controller;
    const askOnce = async (): Promise<Reply> => {
      const fetch = this.#fetch;
      const response = await fetch(`${this.#endpoint}${path}`, { method, headers, redirect: 'manual', signal });
      return { status: response.status, text: await response.text() };
    };
    try {
      // A fetch may ignore its signal.
      return await scope.race(askOnce(), { timeoutMs: this.#timeoutMs, onTimeout: () => new MetadataTimeout() });
    } catch (error) {
      controller.abort(error);
      throw error;
    }
  }
}

class MetadataTimeout extends Error {}

function isTransient(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function parseObject(body: string): unknown {
  try {
    return body.length > longestText ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readKey(body: string): AccessKeyCredentials | undefined {
  const checked = check(securityKey, parseObject(body));
  if (checked.issues !== undefined) return undefined;
  const { access, expires_at, secret, securitytoken } = checked.value.credential;
  const expiresAt = new Date(parseStamp(expires_at));
  if (Number.isNaN(expiresAt.getTime())) return undefined;
  return { accessKeyId: access, secretAccessKey: secret, securityToken: securitytoken, expiresAt };
}
