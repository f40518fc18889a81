/** The webhook of the environment, or one on this machine that prints what it gets. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Opens a webhook when none is given. */
export async function openWebhook(url: string | undefined): Promise<{ readonly url: string; close(): void }> {
  if (url) return { url, close: () => undefined };
  const server = createServer(async (request, response) => {
    console.log('The webhook got', await json(request), '\n');
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
