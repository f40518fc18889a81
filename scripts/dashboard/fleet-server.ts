/** The page of a fleet and its stream of events, for browsers on this machine. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FeedEvent, FleetFeed } from './fleet-feed.js';

const page = readFileSync(new URL('fleet-page.html', import.meta.url), 'utf8');
// Nothing but the page's own script runs in it, and it loads nothing from elsewhere.
const script = createHash('sha256')
  .update(/<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? '')
  .digest('base64');
const policy = `default-src 'none'; script-src 'sha256-${script}'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:`;

/** Serves 127.0.0.1, on a free port when it is 0. */
export async function serveFleet(feed: FleetFeed, port = 0) {
  const server = createServer((request, response) => {
    // Another site may have its own name resolve to this machine; what it asks for is refused.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (host !== '127.0.0.1' && host !== 'localhost') response.writeHead(403).end();
    else if (request.method !== 'GET') response.writeHead(405).end();
    else if (request.url === '/') {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
      response.writeHead(200, { ...headers, 'cache-control': 'no-store' }).end(page);
    } else if (request.url === '/events') stream(feed, response);
    else response.writeHead(404).end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function stream(feed: FleetFeed, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 2000\n\n');
  let isBehind = false;
  const send = (event: FeedEvent) => {
    // A tab that does not keep up is sent the latest later, so that nothing piles up for it.
    isBehind = response.writableNeedDrain;
    if (!isBehind) response.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  response.on('drain', () => isBehind && send(feed.readAll()));
  response.on('close', feed.join(send));
}
