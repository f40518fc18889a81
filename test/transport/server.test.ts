import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logUpload, rejectionOf } from '../support/fake-client.js';
import { respondToLogin, serve } from '../support/http-server.js';
import { makeClient } from '../support/make-client.js';

type Respond = Parameters<typeof serve>[0];

/** A client of a real server on this machine, which logs in by itself. */
async function connect(respond: Respond) {
  const server = await serve((request, response) => {
    if (request.url.startsWith('/v3/auth/tokens')) respondToLogin(response, 'token-of-the-server');
    else respond(request, response);
  });
  const sms = makeClient(server.url, { maxRetries: 1 });
  return { ...server, sms };
}

/** A port without a server. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])(
    'with %i is never followed: the token does not reach the other host',
    async (status) => {
      const other = await serve((_request, response) => response.end('{"id":"a","state":"READY"}'));
      const { requests, sms } = await connect((_request, response) => {
        response.writeHead(status, { location: `${other.url}/v3/tasks/t` }).end();
      });

      const read = await rejectionOf(sms.tasks.get('t'));
      const acting = await rejectionOf(sms.tasks.collectLog('t', logUpload));

      for (const error of [read, acting]) {
        expect(error).toMatchObject({
          name: 'ApiError',
          status,
          hint: expect.stringContaining('Redirects are never followed'),
        });
      }
      expect(other.requests).toEqual([]);
      expect(requests).toHaveLength(3);
    },
  );

  it('of a login is never followed: the password does not reach the other host', async () => {
    const other = await serve((_request, response) => respondToLogin(response));
    const { url } = await serve((_request, response) => {
      response.writeHead(307, { location: `${other.url}/v3/auth/tokens` }).end();
    });
    const sms = makeClient(url);

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ service: 'iam', status: 307 });
    expect(other.requests).toEqual([]);
  });
});

describe('over a socket', () => {
  it('a small response that decompresses beyond 64 MiB is given up', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, 32));
    const { requests, sms } = await connect((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });

    expect(bomb.length).toBeLessThan(100_000);
    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'ResponseFormatError',
      message: expect.stringContaining('too large a body'),
    });
    expect(requests).toHaveLength(2);
  });

  it('a compressed response is read', async () => {
    const { sms } = await connect((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"id":"a","state":"READY"}'));
    });

    expect(await sms.tasks.get('t')).toEqual({ id: 'a', state: 'READY' });
  });

  it('headers over the limit of the runtime are reported as such, and the call is not repeated', async () => {
    const { requests, sms } = await connect((_request, response) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(20_000) }).end('{}');
    });

    const error = await rejectionOf(sms.tasks.get('t'));

    expect(error).toMatchObject({ name: 'NetworkError', code: expect.stringMatching(/HEADERS?_OVERFLOW$/) });
    expect((error as Error).message).toContain('--max-http-header-size');
    expect(requests).toHaveLength(2);
  });

  it('a truncated body is a NetworkError once the retries are used up', async () => {
    const { requests, sms } = await connect((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"id":', () => response.destroy());
    });
    const error = await rejectionOf(sms.tasks.get('t'));

    expect(error).toMatchObject({ name: 'NetworkError', code: expect.stringMatching(/^(UND_ERR_SOCKET|ECONNRESET)$/) });
    expect(requests).toHaveLength(3);
  });

  it('a refused connection is reported with its code', async () => {
    const free = await freePort();
    const closed = `http://127.0.0.1:${free}`;
    const credentials = { token: 'given' };
    const sms = makeClient(closed, { credentials, maxRetries: 0 });

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'NetworkError',
      code: 'ECONNREFUSED',
      message: `ShowTask (GET /v3/tasks/t at 127.0.0.1:${free}) got no response: connect ECONNREFUSED 127.0.0.1:${free}`,
    });
  });

  it('an abort ends the request on the wire', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const controller = new AbortController();
    const { sms } = await connect((_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      response.write('{');
      controller.abort('enough');
    });

    expect(await rejectionOf(sms.tasks.get('t', { signal: controller.signal }))).toBe('enough');
    await closed;
  });
});
