import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../src/testing/index.js';
import {
  adapterNames,
  type Caller,
  createBench,
  createCaller,
  createNow,
  fetchEndpoints,
  login,
  openEndpoints,
  send,
} from './support.js';

const simulators: Simulator[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()));
});

/** Reads a task through an adapter without faults. */
async function prepare(name: (typeof adapterNames)[number]) {
  const now = createNow();
  const simulator = createSimulator({ now });
  simulators.push(simulator);
  const id = simulator.addTask();
  const call = await createCaller(await openEndpoints(simulator, name));
  const inside = await createCaller(fetchEndpoints(simulator));
  const state = async () => (await inside('GET', `/v3/tasks/${id}`)).json.state;
  const start = (caller: Caller = call, init: RequestInit = {}) =>
    caller('POST', `/v3/tasks/${id}/action`, { operation: 'start' }, { ...init, headers: headersOf(caller) });
  return { simulator, now, id, call, state, start };
}

function headersOf(caller: Caller) {
  return { 'content-type': 'application/json', 'x-auth-token': caller.token };
}

/** Matches any request, and does something once it waits. */
function whenSeen(act: () => void): () => boolean {
  return () => {
    queueMicrotask(act);
    return true;
  };
}

async function reasonOf(promise: Promise<unknown>): Promise<Error & { cause?: { code?: string } }> {
  return promise.then(
    () => Promise.reject(new Error('it should have been rejected')),
    (reason) => reason,
  );
}

describe.each(adapterNames)('faults through %s', (name) => {
  it('fail refuses the next n requests and performs nothing', async () => {
    const { simulator, state, start } = await prepare(name);
    simulator.faults.fail(2, 503, { retryAfter: 7 });
    for (let count = 0; count < 2; count += 1) {
      const reply = await start();
      expect(reply.status).toBe(503);
      expect(reply.headers.get('retry-after')).toBe('7');
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
      expect(reply.json).toEqual({ error_code: 'APIGW.0613', error_msg: 'Simulated failure.' });
    }
    expect(await state()).toBe('READY');
    expect((await start()).status).toBe(200);
  });

  it('fail accepts a code, a message, an HTTP date, and performed', async () => {
    const { simulator, state, start } = await prepare(name);
    const retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
    simulator.faults.fail(1, 500, { code: 'SMS.6301', message: 'database', retryAfter, performed: true });
    const reply = await start();
    expect(reply.json).toEqual({ error_code: 'SMS.6301', error_msg: 'database' });
    expect(reply.headers.get('retry-after')).toBe(retryAfter);
    expect(await state()).toBe('RUNNING');
  });

  it("fail uses IAM's error format for calls of IAM", async () => {
    const { simulator } = await prepare(name);
    const endpoints = fetchEndpoints(simulator);
    simulator.faults.fail(1, 503);
    const plain = await login(endpoints);
    expect(plain.json).toEqual({ error: { code: 503, message: 'Simulated failure.', title: 'Service Unavailable' } });
    expect(plain.headers.get('x-iam-trace-id')).not.toBeNull();
    simulator.faults.fail(1, 429, { code: 'IAM.0012' });
    expect((await login(endpoints)).json.error_code).toBe('IAM.0012');
  });

  it('cut breaks the connection after the request was performed, unless performed is false', async () => {
    const { simulator, state, start } = await prepare(name);
    simulator.faults.cut(1, { performed: false });
    const reason = await reasonOf(start());
    expect(reason).toBeInstanceOf(TypeError);
    expect(reason.message).toBe('fetch failed');
    expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(reason.cause?.code);
    expect(await state()).toBe('READY');
    simulator.faults.cut(1);
    await reasonOf(start());
    expect(await state()).toBe('RUNNING');
  });

  it('truncate sends the headers and half of the body', async () => {
    const { simulator, id, state, start, call } = await prepare(name);
    simulator.faults.truncate(1, { performed: false });
    expect(await reasonOf(start())).toBeInstanceOf(TypeError);
    expect(await state()).toBe('READY');
    simulator.faults.truncate(1);
    expect((await reasonOf(start())).message).toBe('terminated');
    expect(await state()).toBe('RUNNING');
    simulator.faults.truncate(1);
    const endpoints = name === 'fetch' ? fetchEndpoints(simulator) : null;
    if (endpoints !== null) {
      const response = await endpoints.fetch(`${endpoints.sms}/v3/tasks/${id}`, { headers: headersOf(call) });
      expect(response.status).toBe(200);
      const first = await response.body?.getReader().read();
      const length = Number(response.headers.get('content-length'));
      expect(first?.value?.length).toBe(Math.ceil(length / 2));
    }
  });

  it('truncate is a cut where there is no body', async () => {
    const { simulator, id, call, start } = await prepare(name);
    simulator.faults.truncate(1);
    await reasonOf(call('DELETE', `/v3/tasks/${id}`));
    expect((await start()).status).toBe(400);
  });

  it('corrupt responds with 200 without JSON', async () => {
    const { simulator, state, start } = await prepare(name);
    simulator.faults.corrupt(1, { performed: false });
    const reply = await start();
    expect(reply.status).toBe(200);
    expect(reply.json).toBeUndefined();
    expect(reply.headers.get('content-type')).toBe('text/html');
    expect(await state()).toBe('READY');
    simulator.faults.corrupt(1);
    await start();
    expect(await state()).toBe('RUNNING');
  });

  it('hang never responds, and ends with the signal', async () => {
    const { simulator, state, start, call } = await prepare(name);
    const controller = new AbortController();
    simulator.faults.hang(1, { match: whenSeen(() => controller.abort(new Error('enough'))) });
    expect((await reasonOf(start(call, { signal: controller.signal }))).message).toBe('enough');
    expect(await state()).toBe('READY');
  });

  it('hang can perform the request, and ends as a cut when the simulator is closed', async () => {
    const { simulator, start, call } = await prepare(name);
    simulator.faults.hang(1, { performed: true, match: whenSeen(() => simulator.close()) });
    expect((await reasonOf(start(call))).message).toBe('fetch failed');
    expect(simulator.requests.at(-1)?.status).toBe(200);
  });

  it('delay responds later, and honours an abort', async () => {
    const { simulator, state, start, call } = await prepare(name);
    simulator.faults.delay(1, 5);
    expect((await start()).status).toBe(200);
    const controller = new AbortController();
    const abort = whenSeen(() => controller.abort(new Error('enough')));
    simulator.faults.delay(1, 600_000, { match: abort });
    expect((await reasonOf(start(call, { signal: controller.signal }))).message).toBe('enough');
    expect(await state()).toBe('RUNNING');
  });

  it('match selects requests by operation or by a predicate', async () => {
    const { simulator, id, call } = await prepare(name);
    simulator.faults.fail(1, 500, { match: 'UpdateTaskStatus' });
    expect((await call('GET', `/v3/tasks/${id}`)).status).toBe(200);
    expect((await call('POST', `/v3/tasks/${id}/action`, { operation: 'start' })).status).toBe(500);
    simulator.faults.fail(1, 500, { match: ({ path, query }) => path === '/v3/tasks' && query.limit === '7' });
    expect((await call('GET', '/v3/tasks?limit=8')).status).toBe(200);
    expect((await call('GET', '/v3/tasks?limit=7')).status).toBe(500);
  });

  it('expireTokens and revokeTokens end all current tokens', async () => {
    const { simulator, call } = await prepare(name);
    simulator.faults.expireTokens();
    expect((await call('GET', '/v3/tasks')).json.error_code).toBe('APIGW.0307');
    const next = await createCaller(fetchEndpoints(simulator));
    expect((await next('GET', '/v3/tasks')).status).toBe(200);
    simulator.faults.revokeTokens();
    expect((await next('GET', '/v3/tasks')).json.error_code).toBe('APIGW.0301');
    expect((await call('GET', '/v3/tasks')).json.error_code).toBe('APIGW.0307');
  });

  it('throttle responds with 429 above its limit per second', async () => {
    const { simulator, now, call } = await prepare(name);
    simulator.faults.throttle(2);
    const get = () => call('GET', '/v3/tasks');
    expect([(await get()).status, (await get()).status]).toEqual([200, 200]);
    const refused = await get();
    expect([refused.status, refused.json.error_code]).toEqual([429, 'APIGW.0308']);
    expect(refused.headers.get('retry-after')).toBe('1');
    now.pass(1000);
    expect((await get()).status).toBe(200);
    simulator.faults.throttle(0);
    for (let count = 0; count < 5; count += 1) expect((await get()).status).toBe(200);
  });
});

describe('faults', () => {
  it('fire in the order of their calls, one per request, until cleared', async () => {
    const { simulator, call } = await createBench();
    simulator.faults.fail(1, 500);
    simulator.faults.fail(1, 502);
    simulator.faults.fail(9, 504);
    simulator.faults.throttle(3);
    const get = async () => (await call('GET', '/v3/tasks')).status;
    expect([await get(), await get(), await get()]).toEqual([500, 502, 504]);
    expect(await get()).toBe(429);
    simulator.faults.clear();
    expect(await get()).toBe(200);
  });

  it('refuse invalid numbers', () => {
    const { faults } = createSimulator();
    expect(() => faults.fail(1, 42)).toThrow(RangeError);
    expect(() => faults.cut(-1)).toThrow(RangeError);
    expect(() => faults.hang(Number.NaN)).toThrow(RangeError);
  });

  it('cut simulator.fetch with the error of Node', async () => {
    const { simulator, call } = await createBench();
    simulator.faults.cut(1);
    const reason = await reasonOf(call('GET', '/v3/tasks'));
    expect(reason.cause).toMatchObject({ message: 'read ECONNRESET', code: 'ECONNRESET' });
  });

  it('delay performs the request after the delay by default, and not after an abort', async () => {
    vi.useFakeTimers();
    const { simulator, call, show } = await createBench();
    const id = simulator.addTask();
    const start = (init?: RequestInit) =>
      call('POST', `/v3/tasks/${id}/action`, { operation: 'start' }, { ...init, headers: headersOf(call) });
    const controller = new AbortController();
    simulator.faults.delay(1, 1000, { performed: false });
    const given = reasonOf(start({ signal: controller.signal }));
    await vi.advanceTimersByTimeAsync(999);
    controller.abort();
    expect((await given).name).toBe('AbortError');
    await vi.advanceTimersByTimeAsync(1000);
    expect((await show(id)).state).toBe('READY');

    simulator.faults.delay(1, 1000, { performed: false, match: 'UpdateTaskStatus' });
    const late = start();
    await vi.advanceTimersByTimeAsync(999);
    expect((await show(id)).state).toBe('READY');
    await vi.advanceTimersByTimeAsync(1);
    expect((await late).status).toBe(200);
    expect((await show(id)).state).toBe('RUNNING');
  });

  it('leave no listener on the signal of a caller', async () => {
    const { simulator, call } = await createBench();
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, 'addEventListener');
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const endpoints = fetchEndpoints(simulator);
    const get = () =>
      send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, { headers: headersOf(call), signal: controller.signal });
    await get();
    expect(added).not.toHaveBeenCalled();
    simulator.faults.delay(1, 1);
    await get();
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledTimes(1);
  });
});
