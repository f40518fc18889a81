import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/testing/index.js';
import { adapterNames, createBench, createCaller, openEndpoints, send, signIn } from './support.js';

describe.each(adapterNames)('refusals through %s', (name) => {
  it('are sent to calls without a valid token', async () => {
    await using simulator = createSimulator();
    const endpoints = await openEndpoints(simulator, name);
    const headers = { 'content-type': 'application/json' };
    for (const token of [undefined, 'rubbish']) {
      const sent = token === undefined ? headers : { ...headers, 'x-auth-token': token };
      const reply = await send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, { headers: sent });
      expect(reply.status).toBe(401);
      expect(reply.json.error_code).toBe('APIGW.0301');
    }
  });

  it('are 404 APIGW.0101 for an unknown path or verb', async () => {
    await using simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, name));
    for (const [method, path] of [
      ['GET', '/v3/nothing'],
      ['PATCH', '/v3/tasks'],
      ['GET', '/v3/tasks/'],
    ] as const) {
      const reply = await call(method, path);
      expect([reply.status, reply.json.error_code]).toEqual([404, 'APIGW.0101']);
    }
  });

  it('are SMS.2005 for a body without a content type, SMS.2006 for another one, and 400 for broken JSON', async () => {
    await using simulator = createSimulator();
    const endpoints = await openEndpoints(simulator, name);
    const token = await signIn(endpoints);
    // Bytes, since a text would bring a Content-Type of its own.
    const body = new TextEncoder().encode('{"ids":["unknown"]}');
    const post = (headers: Record<string, string>) =>
      send(endpoints, 'POST', `${endpoints.sms}/v3/tasks/delete`, {
        body,
        headers: { 'x-auth-token': token, ...headers },
      });
    const missing = await post({});
    expect([missing.status, missing.json.error_code]).toEqual([401, 'SMS.2005']);
    const other = await post({ 'content-type': 'text/plain' });
    expect([other.status, other.json.error_code]).toEqual([401, 'SMS.2006']);
    expect((await post({ 'content-type': 'application/json;charset=utf8' })).status).toBe(404);
    const get = (headers: Record<string, string>) =>
      send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, { headers: { 'x-auth-token': token, ...headers } });
    for (const headers of [{}, { 'content-type': 'text/plain' }]) expect((await get(headers)).status).toBe(200);
    const call = await createCaller(endpoints);
    const broken = await call('POST', '/v3/tasks/delete', undefined, {
      body: '{"ids":',
      headers: { 'content-type': 'application/json', 'x-auth-token': token },
    });
    expect(broken.status).toBe(400);
    const long = await call('POST', '/v3/tasks/delete', { ids: ['x'.repeat(10_240)] });
    expect([long.status, long.json.error_code]).toEqual([401, 'SMS.2004']);
  });

  it('have a request id and the date, like every SMS response', async () => {
    await using simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, name));
    for (const reply of [await call('GET', '/v3/tasks'), await call('GET', '/v3/tasks/unknown')]) {
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
      expect(Date.parse(reply.headers.get('date') ?? '')).toBeGreaterThan(0);
      expect(reply.headers.get('content-type')).toBe('application/json');
    }
  });
});

describe('an unknown task', () => {
  it.each([
    ['GET', '', undefined],
    ['PUT', '', {}],
    ['DELETE', '', undefined],
    ['POST', '/action', { operation: 'start' }],
    ['GET', '/speed-limit', undefined],
    ['POST', '/speed-limit', { speed_limit: [] }],
  ])('is 404 for %s %s', async (method, suffix, body) => {
    const { call } = await createBench();
    expect((await call(method, `/v3/tasks/unknown${suffix}`, body)).status).toBe(404);
  });
});
