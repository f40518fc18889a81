import { createServer as createPlainServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createFetch } from '@org/sms-client/node';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { serve } from '../support/http-server.js';
import { makeClient } from '../support/make-client.js';
import { ca, serveProxy, serveSecurely } from '../support/proxy-server.js';
import { recordControllers } from '../support/record-controllers.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const secureUrl = 'https://sms.test.example:8443/v3/tasks/a?b=c';

describe('a call of the client over createFetch', () => {
  it('costs one controller and one timer, and no Request: it is sent without ky', async () => {
    const { url } = await serve((_request, response) => response.end('{"id":"t","state":"READY"}'));
    const sms = makeClient(url, { fetch: createFetch(), credentials: { token: 'a-token' } });
    await sms.tasks.get('t');
    const makers = recordControllers();
    const makeRequest = vi.fn();
    vi.stubGlobal('Request', makeRequest);
    const timers = vi.spyOn(globalThis, 'setTimeout');

    await sms.tasks.get('t');

    expect(makers).toHaveLength(1);
    expect(timers).toHaveBeenCalledTimes(1);
    expect(makeRequest).not.toHaveBeenCalled();
  });
});

describe('a request of createFetch', () => {
  it('carries method, path, query, headers and body as they are, and the length of the body in bytes', async () => {
    const { requests, url } = await serve((_request, response) => response.end('{}'));
    const fetch = createFetch();
    await fetch(`${url}/v3/x%2Fy?a=b%20c`, { method: 'POST', headers: { 'X-Name': 'v' }, body: '{"name":"ü"}' });
    await fetch(`${url}/v3/x`, { headers: [['x-pair', 'p']] });
    await fetch(`${url}/v3/x`, {
      method: 'DELETE',
      headers: new Headers({ 'x-name': 'h' }),
      body: new Uint8Array([49]),
    });
    expect(requests.map(({ body, method, url: path }) => [method, path, body])).toEqual([
      ['POST', '/v3/x%2Fy?a=b%20c', '{"name":"ü"}'],
      ['GET', '/v3/x', ''],
      ['DELETE', '/v3/x', '1'],
    ]);
    const [first, second] = requests.map(({ headers }) => new Map(headers.map((pair) => [...pair])));
    expect(first?.get('content-length')).toBe('13');
    expect(first?.get('x-name')).toBe('v');
    expect(first?.get('accept-encoding')).toBe('gzip, deflate, br');
    expect(second?.get('x-pair')).toBe('p');
    expect(second?.has('content-length')).toBe(false);
  });

  it('is not followed when it is redirected', async () => {
    const { requests, url } = await serve((_request, response) => response.writeHead(302, { location: '/x' }).end());
    expect((await createFetch()(url, {})).status).toBe(302);
    expect(requests).toHaveLength(1);
  });

  it('shares connections with those before it, unless keepAliveMs is 0', async () => {
    const ports = new Set<number | undefined>();
    const server = createPlainServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [fetch, connections] of [
      [createFetch(), 1],
      [createFetch({ keepAliveMs: 0 }), 3],
    ] as const) {
      ports.clear();
      for (let count = 0; count < 3; count += 1) await (await fetch(url, {})).text();
      expect(ports.size).toBe(connections);
    }
    server.closeAllConnections();
  });

  it('that is aborted rejects with the reason: before, while it waits, and while its body comes', async () => {
    const { requests, url } = await serve(({ url: path }, response) => {
      if (path === '/body') response.writeHead(200).write('{');
    });
    const fetch = createFetch();
    const reason = new Error('enough');
    expect(await rejectionOf(fetch(url, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(requests).toEqual([]);
    const waiting = new AbortController();
    const call = rejectionOf(fetch(url, { signal: waiting.signal }));
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    waiting.abort(reason);
    expect(await call).toBe(reason);
    const reading = new AbortController();
    const response = await fetch(`${url}/body`, { signal: reading.signal });
    reading.abort(reason);
    expect(await rejectionOf(response.text())).toBe(reason);
  });

  it('that cannot connect rejects with the code of the runtime', async () => {
    const error = await rejectionOf(createFetch()('http://127.0.0.1:1', {}));
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED', syscall: 'connect' } });
  });
});

describe('a response of createFetch', () => {
  it('has status, headers, text, JSON and bytes, each body once', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(
        418,
        'Teapot',
        [
          ['X-Id', '1'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ].flat(),
      );
      response.end('\ufeff{"name":"ü"}');
    });
    const ask = () => createFetch()(url, {});
    const response = await ask();
    expect([response.status, response.statusText, response.ok]).toEqual([418, 'Teapot', false]);
    expect(response.headers.get('x-ID')).toBe('1');
    expect(response.headers.has('x-id')).toBe(true);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...response.headers].find(([name]) => name === 'x-id')).toEqual(['x-id', '1']);
    expect(await response.text()).toBe('{"name":"ü"}');
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(await (await ask()).json()).toEqual({ name: 'ü' });
    expect(new TextDecoder().decode(await (await ask()).arrayBuffer())).toBe('{"name":"ü"}');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['deflate', deflateRawSync],
    ['gzip, gzip', (text: string) => gzipSync(gzipSync(text))],
    ['deflate, br', (text: string) => brotliCompressSync(deflateSync(text))],
  ])('is decompressed: %s', async (encoding, pack) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('{"id":"a"}'));
    });
    expect(await (await createFetch()(url, {})).json()).toEqual({ id: 'a' });
  });

  it('with a body that does not match its encoding has its status, and rejects when it is read', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
    });
    const response = await createFetch()(url, {});
    expect(response.status).toBe(200);
    expect(await rejectionOf(response.text())).toMatchObject({
      message: 'fetch failed',
      cause: { code: 'Z_DATA_ERROR' },
    });
  });

  it('with a truncated body has its status, and rejects when it is read', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(503, { 'content-length': '1000' }).write('{');
      setTimeout(() => response.destroy(), 5);
    });
    const response = await createFetch()(url, {});
    expect(response.status).toBe(503);
    expect(await rejectionOf(response.text())).toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it.each([
    ['that names it', 'connection: upgrade\r\nupgrade: other\r\n'],
    ['that does not', ''],
  ])('that switches to another protocol fails at once: one %s', async (_what, headers) => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const error = await rejectionOf(createFetch()(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2_000) }));
    expect(error).toMatchObject({ message: 'fetch failed', cause: { message: expect.stringContaining('(101)') } });
  });

  it('may have headers of 64 KiB, and more with maxHeaderSize', async () => {
    const { url } = await serve(({ url: path }, response) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(Number(path.slice(1))) }).end('{}');
    });
    expect((await createFetch()(`${url}/60000`, {})).headers.get('x-large')).toHaveLength(60_000);
    expect(await rejectionOf(createFetch()(`${url}/70000`, {}))).toMatchObject({
      cause: { code: 'HPE_HEADER_OVERFLOW' },
    });
    const large = await createFetch({ maxHeaderSize: 100_000 })(`${url}/70000`, {});
    expect(large.headers.get('x-large')).toHaveLength(70_000);
  });
});

describe('a proxy', () => {
  it('gets a request for a tunnel to the host, with its own password, and sees nothing of what goes through', async () => {
    const target = await serveSecurely();
    const proxy = await serveProxy(target.port);
    const fetch = createFetch({ proxy: proxy.url.replace('//', '//user:p%40ss@'), ca });
    for (let count = 0; count < 2; count += 1)
      expect(await (await fetch(secureUrl, { headers: { 'x-auth-token': 't' } })).json()).toMatchObject({ id: 'a' });
    expect(target.requests.map(({ headers, url }) => [url, headers.host, headers['x-auth-token']])).toEqual(
      Array(2).fill(['/v3/tasks/a?b=c', 'sms.test.example:8443', 't']),
    );
    // One tunnel for both.
    expect(proxy.tunnels.map(({ headers, target: host }) => [host, headers['proxy-authorization']])).toEqual([
      ['sms.test.example:8443', `Basic ${Buffer.from('user:p@ss').toString('base64')}`],
    ]);
    expect(JSON.stringify(proxy.tunnels)).not.toContain('x-auth-token');
  });

  it('cannot impersonate the host: without its certificate it gets nothing', async () => {
    const target = await serveSecurely();
    const proxy = await serveProxy(target.port);
    const fetch = createFetch({ proxy: proxy.url, ca });
    const error = await rejectionOf(fetch('https://iam.test.example/', {}));
    expect(error).toMatchObject({ cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
    expect(target.requests).toEqual([]);
  });

  it.each([
    ['407 Proxy Authentication Required', /refused the tunnel with 407/, 1],
    ['502 Bad Gateway', /refused the tunnel with 502/, 2],
  ])(
    'that refuses the tunnel with %s sent nothing: what a login cannot mend is repeated, whatever it is',
    async (refusal, text, attempts) => {
      const proxy = await serveProxy(0, refusal);
      const fetch = createFetch({ proxy: proxy.url, ca });
      const error = await rejectionOf(fetch(secureUrl, { method: 'POST', body: '{}' }));
      expect(error).toMatchObject({
        cause: { code: 'ERR_PROXY_TUNNEL', syscall: 'connect', message: expect.stringMatching(text) },
      });
      const sms = makeClient(fetch, { credentials: { token: 'token' }, maxRetries: 1 });
      const failure = await rejectionOf(sms.tasks.unlockTarget('t'));
      expect(failure).toMatchObject({ name: 'NetworkError', code: 'ERR_PROXY_TUNNEL' });
      expect(proxy.tunnels).toHaveLength(1 + attempts);
    },
  );

  it('is itself asked for what has no TLS, with its own password', async () => {
    const proxy = await serve((_request, response) => response.end('{"id":"a"}'));
    vi.stubEnv('http_proxy', proxy.url.replace('//', '//user:p%40ss@'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const response = await createFetch()('http://sms.test.example:8080/v3/x%2Fy?a=b#c', { method: 'POST', body: '{}' });
    expect(await response.json()).toEqual({ id: 'a' });
    expect(proxy.requests).toMatchObject([
      { method: 'POST', url: 'http://sms.test.example:8080/v3/x%2Fy?a=b', body: '{}' },
    ]);
    expect(Object.fromEntries(proxy.requests[0]?.headers ?? [])).toMatchObject({
      host: 'sms.test.example:8080',
      'proxy-authorization': `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    });
  });

  it('with TLS shows a certificate of its own, not one of the host that it is asked for', async () => {
    const { port, requests } = await serveSecurely();
    const fetch = createFetch({ proxy: `https://127.0.0.1:${port}`, ca });
    expect(await (await fetch('http://other.example/v3', {})).json()).toMatchObject({ id: 'a' });
    expect(requests.map(({ url }) => url)).toEqual(['http://other.example/v3']);
  });

  it('that never responds does not delay an abort', async () => {
    const proxy = await serveProxy(0, 'nothing');
    const controller = new AbortController();
    const call = rejectionOf(createFetch({ proxy: proxy.url })(secureUrl, { signal: controller.signal }));
    await vi.waitFor(() => expect(proxy.tunnels).toHaveLength(1));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await call).toBe(reason);
  });

  it('of the environment is used, lower case first, but not for this machine, link-local addresses and NO_PROXY', async () => {
    const target = await serveSecurely();
    const proxy = await serveProxy(target.port);
    vi.stubEnv('HTTPS_PROXY', 'http://wrong.test.example:1');
    vi.stubEnv('https_proxy', proxy.url.replace('http://', ''));
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
    vi.stubEnv('NO_PROXY', 'other.example, *.internal.example 10.0.0.0/8,exact.example:444');
    onTestFinished(() => void vi.unstubAllEnvs());
    const fetch = createFetch({ ca });
    await fetch(secureUrl, {});
    expect(proxy.tunnels.map(({ target: host }) => host)).toEqual(['sms.test.example:8443']);
    const { requests, url } = await serve((_request, response) => response.end('{}'));
    await fetch(url, {});
    expect(requests).toHaveLength(1);
    // Given an option, the environment says only whom not to ask through it.
    await createFetch({ ca, proxy: proxy.url })(secureUrl, {});
    expect(proxy.tunnels).toHaveLength(2);
    await rejectionOf(createFetch({ proxy: false })('https://sms.invalid/', {}));
    expect(proxy.tunnels).toHaveLength(2);
  });
});

describe('the options of createFetch', () => {
  it.each([
    [{ proxy: '' }, /createFetch: proxy: expected the URL of a proxy, or false/],
    [{ proxy: 'socks5://user:secret@h:1' }, /createFetch: proxy: expected the URL of a proxy, such as/],
    [{ proxy: 'http://user:50%secret@h:1' }, /createFetch: proxy: expected a user and a password in percent-encoding/],
    [{ ca: '' }, /createFetch: ca: expected a certificate/],
    [
      { ca: '-----BEGIN CERTIFICATE-----\nsecret\n-----END CERTIFICATE-----' },
      /createFetch: ca: expected certificates in PEM/,
    ],
    [{ maxHeaderSize: 1 }, /createFetch: maxHeaderSize: expected/],
    [{ keepAliveMs: -1 }, /createFetch: keepAliveMs: expected/],
    [{ keepaliveMs: 1 } as object, /createFetch: /],
  ])('are refused when they are invalid, without their values: %j', (options, message) => {
    expect(() => createFetch(options)).toThrow(message);
    expect(() => createFetch(options)).not.toThrow(/secret/);
  });

  it('are refused when a proxy variable is invalid, naming it', () => {
    vi.stubEnv('HTTPS_PROXY', 'ftp://user:secret@h');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => createFetch()).toThrow(/^HTTPS_PROXY: expected the URL of a proxy/);
    vi.stubEnv('HTTPS_PROXY', 'http://50%secret:p@h');
    expect(() => createFetch()).toThrow(/^HTTPS_PROXY: expected a user and a password in percent-encoding/);
    expect(() => createFetch()).not.toThrow(/secret/);
  });
});
