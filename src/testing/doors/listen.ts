import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Answer } from '../core/exchange.js';
import type { Line } from '../core/line.js';

/** A server that answers for a simulator. */
export interface Listener {
  /** Address, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

/** The door for clients that take an address: an HTTP server on the loopback interface. */
export async function openListener(line: Line, port: number): Promise<Listener> {
  // Loaded here, so that everything else runs where there is no node:http.
  const { createServer } = await import('node:http');
  const server = createServer((incoming, outgoing) => {
    serve(line, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${readPort(server)}`, close: () => closeServer(server) };
}

async function serve(line: Line, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
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
  const request = { method, path: url.pathname, queryText: url.search.slice(1), query, headers, bodyText };
  const outcome = await line.send(request, gone.signal);
  if (outcome.kind === 'cut') {
    outgoing.destroy();
    return;
  }
  const bytes = new TextEncoder().encode(outcome.answer.bodyText);
  writeHead(outgoing, outcome.answer, bytes.length);
  if (outcome.kind === 'answer') outgoing.end(bytes);
  else outgoing.write(bytes.slice(0, Math.ceil(bytes.length / 2)), () => outgoing.destroy());
}

function writeHead(outgoing: ServerResponse, answer: Answer, length: number): void {
  const hasLength = answer.status !== 204 && answer.status !== 304;
  outgoing.writeHead(
    answer.status,
    hasLength ? { ...answer.headers, 'content-length': String(length) } : answer.headers,
  );
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of incoming) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function readPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Clients keep their connections open, so the server would otherwise wait for them.
    server.closeAllConnections();
  });
}
