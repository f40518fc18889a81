import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Dispatcher } from '../core/dispatcher.js';
import { encodeBody, type ServiceResponse } from '../core/exchange.js';

/** A server that responds for a simulator. */
export interface Listener {
  /** Address, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/** Serves clients that need an address: an HTTP server on the loopback interface. */
export async function openListener(dispatcher: Dispatcher, port: number): Promise<Listener> {
  const { createServer } = loadHttp();
  const server = createServer((incoming, outgoing) => {
    serve(dispatcher, readUrl(server), incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: readUrl(server), close: () => closeServer(server) };
}

// An import would be followed by bundlers, and refused by the VM in which Jest runs CommonJS.
function loadHttp(): typeof import('node:http') {
  const http = globalThis.process?.getBuiltinModule?.('node:http');
  if (http === undefined) {
    throw new Error('listen() needs Node.js 20.16, 22.3 or newer, Bun or Deno; simulator.fetch works everywhere');
  }
  return http;
}

async function serve(
  dispatcher: Dispatcher,
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const bodyText = await readBody(incoming);
  const method = incoming.method ?? 'GET';
  const url = new URL(`http://127.0.0.1${incoming.url ?? '/'}`);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const query = Object.fromEntries(url.searchParams);
  const request = { method, origin, path: url.pathname, queryText: url.search.slice(1), query, headers, bodyText };
  const outcome = await dispatcher.send(request, gone.signal);
  if (outcome.kind === 'cut') {
    outgoing.destroy();
    return;
  }
  if (outcome.kind === 'connection') {
    // Bun and Deno cannot reset a socket; there it is closed.
    if (typeof incoming.socket.resetAndDestroy === 'function') incoming.socket.resetAndDestroy();
    else outgoing.destroy();
    return;
  }
  const bytes = encodeBody(outcome.response);
  writeHead(outgoing, outcome.response, bytes.length);
  if (outcome.kind === 'response') outgoing.end(bytes);
  else outgoing.write(bytes.slice(0, Math.ceil(bytes.length / 2)), () => outgoing.destroy());
}

function writeHead(outgoing: ServerResponse, response: ServiceResponse, length: number): void {
  const hasLength = response.status !== 204 && response.status !== 304;
  outgoing.writeHead(
    response.status,
    hasLength ? { ...response.headers, 'content-length': String(length) } : response.headers,
  );
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of incoming) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function readUrl(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Clients keep their connections open, so the server would otherwise wait for them.
    server.closeAllConnections();
  });
}
