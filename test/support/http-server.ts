import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case, in the order of arrival; a name that came twice is there twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A server on 127.0.0.1 that keeps what it received; it is gone when the test is over. */
export async function serve(respond: (request: WireRequest, response: ServerResponse) => void) {
  const requests: WireRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await receive(incoming);
    requests.push(request);
    respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, requests };
}

async function receive(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = '', rawHeaders, url = '' } = incoming;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

/** Responds to a login like IAM. */
export function respondToLogin(response: ServerResponse, token = 'token-1'): void {
  response.writeHead(201, { 'content-type': 'application/json', 'x-subject-token': token });
  const [issued_at, expires_at] = ['2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z'];
  response.end(JSON.stringify({ token: { issued_at, expires_at } }));
}
