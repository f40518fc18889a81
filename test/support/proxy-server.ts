import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** What signs the certificate of `serveSecurely`: that certificate itself. */
export const ca = read('proxied-certificate.pem');

/** A server of https that shows a certificate for sms.test.example. */
export async function serveSecurely() {
  const requests: IncomingMessage[] = [];
  const server = createSecureServer({ key: read('key.pem'), cert: ca }, (request, response) => {
    requests.push(request);
    response.end('{"id":"a","state":"READY"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

/** Ends TLS for sms.test.example in front of a server of this machine. */
export async function endTls(port: number): Promise<number> {
  const open = new Set<Socket>();
  const server = createTlsServer({ key: read('key.pem'), cert: ca }, (socket) => {
    const upstream = connectSocket(port, '127.0.0.1');
    for (const end of [socket, upstream]) open.add(end.on('error', () => undefined));
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A proxy that opens each tunnel to one port of this machine, or refuses it. */
export async function serveProxy(port: number, refusal?: string) {
  const tunnels: { readonly target: string; readonly headers: IncomingMessage['headers'] }[] = [];
  const open = new Set<Socket>();
  const proxy = createServer((_request, response) => response.end('not for a proxy'));
  proxy.on('connect', (request, socket: Socket) => {
    tunnels.push({ target: request.url ?? '', headers: request.headers });
    if (refusal === 'nothing') return;
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\ncontent-length: 0\r\n\r\n`);
    const upstream = connectSocket(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) open.add(end.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, tunnels };
}
