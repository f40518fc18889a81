/** A lean `fetch` on `node:http` and `node:https`. */
import { X509Certificate } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as requestByHttp } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, type RequestOptions, request as requestByHttps } from 'node:https';
import { isIP } from 'node:net';
import * as tls from 'node:tls';
import { ConfigurationError } from '../errors.js';
import { check, custom, formatIssues, number, settingsOf } from '../schemas/fields.js';
import { markLean } from '../transport/lean-fetch.js';
import type { Fetch } from '../transport/transport.js';
import { LeanResponse } from './lean-response.js';
import { type ProxyServer, readProxies, stripBrackets } from './proxy.js';
import { TunnelAgent } from './tunnel-agent.js';

/** How {@link createFetch} sends. */
export interface FetchOptions {
  /**
   * URL of the proxy, for instance `http://user:password@proxy.example:3128`, or `false` for none. When left out, `HTTPS_PROXY`
   * and `HTTP_PROXY` are used. Requests to hosts of `NO_PROXY`, to this machine and to link-local addresses use no proxy.
   */
  proxy?: string | false | undefined;
  /** Certificate authorities in PEM that are trusted beside those of Node: of a proxy that decrypts TLS, or of a private cloud. */
  ca?: string | readonly string[] | undefined;
  /** How many bytes the headers of a response may have: 65536 when left out. Node's own `fetch` allows 16384. */
  maxHeaderSize?: number | undefined;
  /** How long an idle connection is kept for the next request, in milliseconds: 4000 when left out; 0 keeps none. */
  keepAliveMs?: number | undefined;
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const fetchOptions = settingsOf<FetchOptions>(
  {},
  {
    proxy: custom<string | false>('the URL of a proxy, or false', (value) => value === false || isText(value)),
    ca: custom<string | readonly string[]>('a certificate in PEM, or a list of some', (value) =>
      Array.isArray(value) ? value.every(isText) : isText(value),
    ),
    maxHeaderSize: number({ min: 1024, max: 16 * 1024 * 1024 }),
    keepAliveMs: number({ min: 0, max: 2 ** 31 - 1 }),
  },
);

/**
 * Creates a `fetch` for the client's option of the same name: on Node's own HTTP client, with connections that are kept alive,
 * compressed responses, proxies and certificate authorities of your own. It costs less than the `fetch` of Node.
 *
 * It never follows a redirect, sends no cookies and keeps no cache. A response has no stream: read it with `text()`, `json()` or
 * `arrayBuffer()`, of 64 MiB at most.
 *
 * @throws `ConfigurationError` when an option or a variable for a proxy is wrong; it names which.
 *
 * @example
 * ```ts
 * import { SmsClient } from '@org/sms-client';
 * import { createFetch } from '@org/sms-client/node';
 *
 * const sms = SmsClient.fromEnv({ fetch: createFetch({ proxy: 'http://proxy.example:3128' }) });
 * ```
 */
export function createFetch(options: FetchOptions = {}): Fetch {
  const { issues } = check(fetchOptions, options);
  if (issues !== undefined) throw new ConfigurationError(`createFetch: ${formatIssues(issues).replaceAll('\n', '; ')}`);
  const { ca, keepAliveMs = 4_000, maxHeaderSize = 65_536 } = options;
  const findProxy = readProxies(options.proxy);
  const secureContext = ca === undefined ? undefined : trust(ca);
  const agentOptions: AgentOptions = {
    keepAlive: keepAliveMs > 0,
    ...(keepAliveMs > 0 && { timeout: keepAliveMs }),
    scheduling: 'lifo',
    ...(secureContext && { secureContext }),
  };
  const plain = new HttpAgent({ ...agentOptions });
  const secure = new HttpsAgent(agentOptions);
  const tunnels = new Map<string, TunnelAgent>();
  const pickAgent = ({ protocol }: URL) => (protocol === 'https:' ? secure : plain);
  const openTunnel = (proxy: ProxyServer): TunnelAgent => {
    const tunnel = tunnels.get(proxy.url.href) ?? new TunnelAgent(proxy, agentOptions);
    tunnels.set(proxy.url.href, tunnel);
    return tunnel;
  };
  return markLean(async (address, init = {}) => {
    const url = new URL(address);
    const body = init.body === undefined || typeof init.body === 'string' ? init.body : await readBody(init.body);
    const headers = readHeaders(init.headers);
    headers['accept-encoding'] ??= 'gzip, deflate, br';
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const head = { method: init.method ?? 'GET', headers, path: `${url.pathname}${url.search}`, maxHeaderSize };
    const proxy = findProxy(url);
    if (proxy === undefined) return send(url, url, { ...head, agent: pickAgent(url) }, body, init.signal);
    if (url.protocol === 'https:') return send(url, url, { ...head, agent: openTunnel(proxy) }, body, init.signal);
    // Without TLS there is no tunnel: the proxy itself is asked for the whole URL.
    const path = `${url.origin}${head.path}`;
    headers.host = url.host;
    if (proxy.authorization !== undefined) headers['proxy-authorization'] = proxy.authorization;
    // Or else Node takes the host of the header for that of the certificate. An address is not named in a handshake.
    const servername = isIP(stripBrackets(proxy.url.hostname)) === 0 ? proxy.url.hostname : '';
    return send(url, proxy.url, { ...head, path, servername, agent: pickAgent(proxy.url) }, body, init.signal);
  });
}

function send(
  url: URL,
  { hostname, port, protocol }: URL,
  options: RequestOptions,
  body: string | Uint8Array | undefined,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const start = protocol === 'https:' ? requestByHttps : requestByHttp;
    const request = start({
      ...options,
      protocol,
      hostname: stripBrackets(hostname),
      port,
      // For the tunnel of a proxy; Node's own `signal` costs every request.
      ...(signal && { abortSignal: signal }),
    });
    const onAbort = () => request.destroy();
    signal?.addEventListener('abort', onAbort, { once: true });
    // Aborts reject with their reason, whatever the socket says.
    const explain = (error: unknown) =>
      signal?.aborted ? signal.reason : new TypeError('fetch failed', { cause: error });
    request.on('error', (error) => reject(explain(error)));
    // Nobody asked for another protocol; without this, the call would wait for a body that never ends.
    const refuseSwitch = () => {
      reject(explain(new Error('the server switched to another protocol (101)')));
      request.destroy();
    };
    request.on('upgrade', (_message, socket) => {
      socket.destroy();
      refuseSwitch();
    });
    request.on('close', () => signal?.removeEventListener('abort', onAbort));
    request.on('response', (message: IncomingMessage) => {
      if (message.statusCode === 101) return refuseSwitch();
      resolve(new LeanResponse(message, url.href, explain) as unknown as Response);
    });
    request.end(body);
  });
}

function readHeaders(given: RequestInit['headers']): Record<string, string> {
  const headers: Record<string, string> = {};
  const pairs = given instanceof Headers || Array.isArray(given) ? given : Object.entries<string>({ ...given });
  for (const [name = '', value = ''] of pairs) headers[name.toLowerCase()] = value;
  return headers;
}

// What is no text goes the way that the runtime knows.
async function readBody(body: RequestInit['body']): Promise<string | Uint8Array | undefined> {
  if (body === undefined || body === null) return undefined;
  if (body instanceof Uint8Array) return body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function trust(ca: string | readonly string[]): tls.SecureContext {
  // Newer Nodes know of those that the environment adds. Looked up by its name: webpack makes a property of a module a named
  // import, which older Nodes refuse to load.
  const listAuthorities: typeof tls.getCACertificates | undefined = Reflect.get(tls, 'getCACertificates');
  const known = listAuthorities?.('default') ?? tls.rootCertificates;
  const given = typeof ca === 'string' ? [ca] : ca;
  try {
    // Which a context would pass over in silence.
    for (const certificate of given) new X509Certificate(certificate);
    return tls.createSecureContext({ ca: [...known, ...given] });
  } catch {
    throw new ConfigurationError('createFetch: ca: expected certificates in PEM, received another text');
  }
}
