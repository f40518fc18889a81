import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/testing/index.js';
import {
  adapterNames,
  createBench,
  createCaller,
  fetchEndpoints,
  login,
  loginBody,
  openEndpoints,
  send,
  signIn,
} from './support.js';

describe('simulator.fetch', () => {
  it('accepts text, URL and Request, needs no this, and serves any host', async () => {
    const { fetch, smsEndpoint } = createSimulator();
    const endpoints = { fetch, sms: smsEndpoint, iam: 'https://iam.myhuaweicloud.eu' };
    const headers = { 'content-type': 'application/json', 'x-auth-token': await signIn(endpoints) };
    const url = 'https://sms.myhuaweicloud.eu/v3/tasks?limit=5';
    for (const input of [url, new URL(url), new Request(url, { headers })]) {
      const response = await fetch(input, input instanceof Request ? undefined : { headers });
      expect(response.status).toBe(200);
      expect(response.url).toBe(url);
    }
    const request = new Request(`${smsEndpoint}/v3/tasks/delete`, { method: 'POST', headers, body: '{"ids":["x"]}' });
    expect((await fetch(request)).status).toBe(404);
  });

  it('rejects at once for an aborted signal, and records nothing', async () => {
    const { simulator, call } = await createBench();
    const before = simulator.requests.length;
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(call('GET', '/v3/tasks', undefined, { signal })).rejects.toThrow('gone');
    await expect(simulator.fetch(new Request(simulator.smsEndpoint, { signal }))).rejects.toThrow('gone');
    expect(simulator.requests).toHaveLength(before);
  });

  it('rejects with the reason of a signal that aborts meanwhile', async () => {
    const { call } = await createBench();
    const controller = new AbortController();
    const pending = call('GET', '/v3/tasks', undefined, { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    await expect(pending).rejects.toThrow('changed my mind');
  });

  it('refuses connections once closed', async () => {
    const { simulator, call } = await createBench();
    await simulator.close();
    await simulator.close();
    await expect(call('GET', '/v3/tasks')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

describe('simulator.listen', () => {
  it('serves IAM and SMS on one loopback address, over the same memory', async () => {
    await using simulator = createSimulator();
    const address = await simulator.listen();
    expect(address.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([address.smsEndpoint, address.iamEndpoint]).toEqual([address.url, address.url]);
    const id = simulator.addTask({ name: 'Größe' });
    const endpoints = { fetch, sms: address.url, iam: address.url };
    const call = await createCaller(endpoints);
    const task = await call('GET', `/v3/tasks/${id}`);
    expect(task.json.name).toBe('Größe');
    const inside = await createCaller(fetchEndpoints(simulator));
    await inside('PUT', `/v3/tasks/${id}`, { name: '新名' });
    expect((await call('GET', `/v3/tasks/${id}`)).json.name).toBe('新名');
    const headers = { 'x-auth-token': call.token, 'x-subject-token': call.token };
    expect((await send(endpoints, 'HEAD', `${address.url}/v3/auth/tokens`, { headers })).status).toBe(200);
    expect((await send(endpoints, 'DELETE', `${address.url}/v3/auth/tokens`, { headers })).status).toBe(204);
  });

  it('listens once, can try another port when one is in use, and closes even with open connections', async () => {
    await using first = createSimulator();
    const { url } = await first.listen();
    await expect(first.listen()).rejects.toThrow('listening already');
    const second = createSimulator();
    await expect(second.listen(Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const address = await second.listen();
    await login({ fetch, sms: address.url, iam: address.url });
    await second.close();
    await second.close();
    await expect(fetch(address.url)).rejects.toThrow('fetch failed');
    await expect(second.listen()).rejects.toThrow('closed');
  });
});

describe.each(adapterNames)('requests through %s', (name) => {
  it('are recorded without their secrets', async () => {
    await using simulator = createSimulator({ now: () => 1234 });
    const endpoints = await openEndpoints(simulator, name);
    const token = await signIn(endpoints);
    const call = await createCaller(endpoints);
    await login(endpoints, { auth: { identity: { methods: ['token'], token: { id: token } } } });
    const totp = { user: { id: 'u', passcode: '987654' } };
    await login(endpoints, { auth: { identity: { ...loginBody.auth.identity, methods: ['password', 'totp'], totp } } });
    await call('GET', '/v3/tasks?limit=3');
    await call('GET', '/nowhere');
    const [first] = simulator.requests;
    expect(first).toMatchObject({
      method: 'POST',
      path: '/v3/auth/tokens',
      query: { nocatalog: 'true' },
      operation: 'CreateToken',
      status: 201,
      at: 1234,
    });
    expect(first?.body).toEqual({
      auth: {
        ...loginBody.auth,
        identity: {
          methods: ['password'],
          password: { user: { ...loginBody.auth.identity.password.user, password: '***' } },
        },
      },
    });
    expect(simulator.requests.at(-2)).toMatchObject({
      operation: 'ListTasks',
      query: { limit: '3' },
      body: null,
      headers: { 'x-auth-token': '***', 'content-type': 'application/json' },
    });
    expect(simulator.requests.at(-1)).toMatchObject({ operation: null, status: 404 });
    const all = JSON.stringify(simulator.requests);
    for (const secret of ['"Password"', token, call.token, '987654']) expect(all).not.toContain(secret);
  });

  it('have no status when they were not performed', async () => {
    await using simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, name));
    simulator.faults.cut(1, { performed: false });
    await call('GET', '/v3/tasks').catch(() => null);
    expect(simulator.requests.at(-1)?.status).toBeNull();
  });
});

describe('a simulator', () => {
  it('shares nothing with another one', async () => {
    const [one, two] = [await createBench(), await createBench()];
    one.simulator.addTask();
    expect((await two.call('GET', '/v3/tasks')).json.count).toBe(0);
    const endpoints = fetchEndpoints(two.simulator);
    const headers = { 'x-auth-token': one.call.token, 'content-type': 'application/json' };
    expect((await send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, { headers })).status).toBe(401);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the speed %d', (speed) => {
    expect(() => createSimulator({ speed })).toThrow(RangeError);
  });

  it('moves its clock only forwards', () => {
    const simulator = createSimulator();
    expect(() => simulator.advance(-1)).toThrow(RangeError);
    expect(() => simulator.advance(Number.NaN)).toThrow(RangeError);
  });

  it('reads Date.now by default', async () => {
    const before = Date.now();
    const simulator = createSimulator();
    await signIn(fetchEndpoints(simulator));
    expect(simulator.requests[0]?.at).toBeGreaterThanOrEqual(before);
  });

  it('imports nothing of the client, and node:http only to listen', () => {
    const root = new URL('../../src/testing/', import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const text = readFileSync(new URL(file, root), 'utf8');
      const depth = file.split('/').length - 1;
      for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
        if (target === 'node:http') expect(file).toBe('adapters/listen.ts');
        else
          expect(target.split('/').filter((part) => part === '..').length, `${file}: ${target}`).toBeLessThanOrEqual(
            depth,
          );
      }
      expect(text.split('\n').length, file).toBeLessThan(250);
    }
  });
});
