/** Connections through a proxy. */
import { type ClientRequest, request as requestByHttp } from 'node:http';
import { Agent, type AgentOptions, request as requestByHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectByTls, type SecureContext } from 'node:tls';
import { type ProxyServer, stripBrackets } from './proxy.js';

interface TunnelOptions extends ConnectionOptions {
  readonly abortSignal?: AbortSignal;
}

/** What a proxy said in place of opening a tunnel. The code is the one that Node's own proxy support uses. */
class TunnelRefused extends Error {
  readonly code = 'ERR_PROXY_TUNNEL';
  readonly syscall = 'connect';
}

const tunnelTimeoutMs = 10_000;

/** Keeps connections to hosts behind a proxy, each through a tunnel of its own (CONNECT). */
export class TunnelAgent extends Agent {
  readonly #proxy: ProxyServer;
  readonly #secureContext: SecureContext | undefined;

  constructor(proxy: ProxyServer, { secureContext, ...options }: AgentOptions) {
    super({ ...options, ...(secureContext && { secureContext }) });
    this.#proxy = proxy;
    this.#secureContext = secureContext;
  }

  override createConnection(
    options: TunnelOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const settle = callback as (error: Error | null, stream?: Duplex) => void;
    this.#openTunnel(options).then(
      (socket) => {
        // A host that is an address is not named in the handshake.
        const { host = '', servername = host } = options;
        settle(null, connectByTls({ ...options, socket, servername } as ConnectionOptions));
      },
      (error) => settle(error),
    );
    return undefined;
  }

  #openTunnel({ abortSignal, host = '', port = 443 }: TunnelOptions): Promise<Duplex> {
    const { authorization, url } = this.#proxy;
    const { hostname, port: proxyPort, protocol } = url;
    const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const send = protocol === 'https:' ? requestByHttps : requestByHttp;
    return new Promise((resolve, reject) => {
      const request: ClientRequest = send({
        host: stripBrackets(hostname),
        port: proxyPort || (protocol === 'https:' ? 443 : 80),
        method: 'CONNECT',
        path: target,
        headers: {
          host: target,
          ...(authorization !== undefined && { 'proxy-authorization': authorization }),
        },
        agent: false,
        ...(this.#secureContext && { secureContext: this.#secureContext }),
      });
      const giveUp = (reason: string) => request.destroy(new TunnelRefused(reason));
      const onAbort = () => giveUp('the request for the tunnel was aborted');
      const settle = () => abortSignal?.removeEventListener('abort', onAbort);
      abortSignal?.addEventListener('abort', onAbort, { once: true });
      if (abortSignal?.aborted) onAbort();
      request.setTimeout(tunnelTimeoutMs, () => giveUp(`the proxy did not respond within ${tunnelTimeoutMs} ms`));
      request.once('error', (error) => {
        settle();
        reject(error);
      });
      request.once('connect', ({ statusCode = 0 }, socket) => {
        settle();
        socket.setTimeout(0);
        if (statusCode >= 200 && statusCode <= 299) return resolve(socket);
        socket.destroy();
        reject(new TunnelRefused(`the proxy refused the tunnel with ${statusCode}`));
      });
      request.once('response', ({ statusCode }) => giveUp(`the proxy refused the tunnel with ${statusCode}`));
      request.end();
    });
  }
}
