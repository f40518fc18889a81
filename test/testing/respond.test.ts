import { describe, expect, it } from 'vitest';
import { createSimulator, type OperationId } from '../../src/testing/index.js';
import { adapterNames, createBench, createCaller, fetchEndpoints, login, openEndpoints, send } from './support.js';

describe.each(adapterNames)('respond through %s', (name) => {
  async function prepare() {
    const simulator = createSimulator();
    const id = simulator.addTask();
    const endpoints = await openEndpoints(simulator, name);
    const call = await createCaller(endpoints);
    return { simulator, id, endpoints: endpoints, call, show: () => call('GET', `/v3/tasks/${id}`) };
  }

  it('responds with a body or a Response until it is undone', async () => {
    const { simulator, show } = await prepare();
    await using _closed = simulator;
    const undo = simulator.respond('ShowTask', () => ({ id: 'mine' }));
    const body = await show();
    expect([body.status, body.json]).toEqual([200, { id: 'mine' }]);
    expect(body.headers.get('x-request-id')).not.toBeNull();
    const undoOther = simulator.respond(
      'ShowTask',
      () => new Response('näh', { status: 418, headers: { 'x-own': '1' } }),
    );
    const other = await show();
    expect([other.status, other.text, other.headers.get('x-own')]).toEqual([418, 'näh', '1']);
    undoOther();
    expect((await show()).json).toEqual({ id: 'mine' });
    undo();
    undo();
    expect((await show()).json.state).toBe('READY');
  });

  it('applies to that many requests', async () => {
    const { simulator, show } = await prepare();
    await using _closed = simulator;
    simulator.respond('ShowTask', () => ({ old: true }), { times: 2 });
    simulator.respond('ShowTask', () => ({ newer: true }), { times: 1 });
    expect([(await show()).json, (await show()).json, (await show()).json]).toEqual([
      { newer: true },
      { old: true },
      { old: true },
    ]);
    expect((await show()).json.state).toBe('READY');
  });

  it("passes the handler the request, and the simulator's response on demand", async () => {
    const { simulator, id, call } = await prepare();
    await using _closed = simulator;
    simulator.respond('UpdateTaskStatus', async (request, next) => {
      expect(request).toMatchObject({ operation: 'UpdateTaskStatus', body: { operation: 'start' }, status: null });
      expect(request.headers['x-auth-token']).toBe('***');
      const response = await next();
      return { status: response.status, text: await response.text() };
    });
    const act = () => call('POST', `/v3/tasks/${id}/action`, { operation: 'start' });
    expect((await act()).json).toEqual({ status: 200, text: '""' });
    expect(simulator.task(id).state).toBe('RUNNING');
    // Refused, since it runs already.
    expect((await act()).json).toMatchObject({ status: 400, text: expect.stringContaining('SMS.1039') });
    simulator.respond('UpdateTaskStatus', () => undefined);
    const nothing = await act();
    expect([nothing.status, nothing.text]).toEqual([200, '']);
  });

  it('applies after authorisation and before everything else', async () => {
    const { simulator, endpoints } = await prepare();
    await using _closed = simulator;
    simulator.respond('ListTasks', () => ({ mine: true }));
    expect((await send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`)).status).toBe(401);
    simulator.respond('CreateToken', () => new Response('{"error_code":"IAM.0011"}', { status: 400 }));
    expect((await login(endpoints)).json.error_code).toBe('IAM.0011');
  });

  it('sends bytes unchanged', async () => {
    const { simulator, id, endpoints, call } = await prepare();
    await using _closed = simulator;
    const bytes = new Uint8Array([0, 255, 254, 10]);
    simulator.respond('ShowTask', () => new Response(bytes));
    const headers = { 'x-auth-token': call.token };
    const response = await endpoints.fetch(`${endpoints.sms}/v3/tasks/${id}`, { headers });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    simulator.respond('ShowTask', () => new Response(null, { status: 204 }));
    expect((await endpoints.fetch(`${endpoints.sms}/v3/tasks/${id}`, { headers })).status).toBe(204);
  });

  it('responds with 500 when the handler throws, or returns a body that is no JSON', async () => {
    const { simulator, show } = await prepare();
    await using _closed = simulator;
    for (const handler of [
      () => {
        throw new Error('oh no');
      },
      async () => Promise.reject(new Error('oh no')),
      () => ({ big: 1n }),
      () => Response.error(),
    ]) {
      const undo = simulator.respond('ShowTask', handler);
      const reply = await show();
      expect(reply.status).toBe(500);
      expect(reply.json.error_msg).toMatch(/The simulator met an error: .*(oh no|BigInt|faults.cut)/);
      undo();
    }
    expect((await show()).status).toBe(200);
  });
});

describe('respond', () => {
  it('is subject to the faults', async () => {
    const { simulator, call } = await createBench();
    simulator.respond('ListTasks', () => ({ tasks: [] }));
    simulator.faults.mutate(1, (body) => [body]);
    expect((await call('GET', '/v3/tasks')).json).toEqual([{ tasks: [] }]);
    simulator.faults.fail(1, 503);
    expect((await call('GET', '/v3/tasks')).status).toBe(503);
  });

  it('shows a read the past during a lag', async () => {
    const { simulator, call } = await createBench();
    simulator.faults.lag(1000);
    simulator.addTask();
    simulator.respond('ListTasks', async (_request, next) => ({ seen: (await (await next()).json()).count }));
    expect((await call('GET', '/v3/tasks')).json).toEqual({ seen: 0 });
  });

  it('refuses unknown operations, handlers that are no function, and unknown options', () => {
    const simulator = createSimulator();
    const respond =
      (...args: unknown[]) =>
      () =>
        Reflect.apply(simulator.respond, null, args);
    expect(respond('ShowTasks', () => null)).toThrow(/operation must be one of .*did you mean ShowTask\?/);
    expect(respond('ShowTask', { id: 1 })).toThrow('handler must be a function, not an object');
    expect(respond('ShowTask', () => null, { time: 1 })).toThrow(/did you mean times\?/);
    for (const times of [0, -1, 1.5, Number.NaN]) {
      expect(respond('ShowTask', () => null, { times })).toThrow(RangeError);
    }
  });

  it('knows every operation that requests are recorded with', async () => {
    const simulator = createSimulator();
    const known: OperationId[] = ['CreateToken', 'ShowTask', 'ShowIdentityVersion'];
    for (const operation of known) simulator.respond(operation, () => ({ operation }));
    const endpoints = fetchEndpoints(simulator);
    expect((await send(endpoints, 'GET', `${endpoints.iam}/v3`)).json).toEqual({ operation: 'ShowIdentityVersion' });
  });
});
