import { describe, expect, it } from 'vitest';
import { createSimulator, type SimulatorOptions } from '../../src/testing/index.js';
import { newTask, registration, template } from './bodies.js';
import { createBench, createNow, fetchEndpoints, login, send, signIn } from './support.js';

/** Everything that a simulator makes up. */
async function run(options: SimulatorOptions): Promise<string> {
  const simulator = createSimulator({ now: createNow(), accounts: [account], ...options });
  const endpoints = fetchEndpoints(simulator);
  const reply = await login(endpoints, {
    auth: { identity: { methods: ['password'], password: { user: { ...account, name: 'u', domain: { name: 'd' } } } } },
  });
  const headers = { 'content-type': 'application/json', 'x-auth-token': reply.headers.get('x-subject-token') ?? '' };
  const call = async (method: string, path: string, json?: unknown) => {
    const { text, headers: received } = await send(endpoints, method, endpoints.sms + path, { headers, json });
    return [...received].join() + text;
  };
  simulator.addTask({ state: 'RUNNING' });
  const seen = [headers['x-auth-token'], reply.text];
  seen.push(await call('POST', '/v3/sources', registration));
  const source = JSON.parse((seen.at(-1) ?? '').replace(/^[^{]*/, '')).id;
  seen.push(await call('POST', '/v3/tasks', { ...newTask, source_server: { id: source } }));
  seen.push(await call('POST', '/v3/vm/templates', { template }));
  for (const path of ['/v3/tasks', '/v3/sources', '/v3/vm/templates', '/v3/migprojects', `/v3/sources/${source}`]) {
    seen.push(await call('GET', path));
  }
  return seen.join('\n');
}

const account = { username: 'u', password: 'p', domainName: 'd' };

describe('a seed', () => {
  it('makes everything that is generated the same in each run', async () => {
    const [one, other] = [await run({ seed: 7 }), await run({ seed: 7 })];
    expect(one).toBe(other);
    expect(one).not.toBe(await run({ seed: 8 }));
    expect(await run({})).not.toBe(await run({}));
  });

  it('makes ids that differ from one another', () => {
    const simulator = createSimulator({ seed: 0 });
    const ids = Array.from({ length: 2000 }, () => simulator.addSourceServer());
    expect(new Set(ids).size).toBe(2000);
    for (const id of ids.slice(0, 50))
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('a wall clock that is set back', () => {
  it('moves nothing back, and time goes on from there', async () => {
    const { simulator, now, show } = await createBench({ tasks: [{ id: 'given', state: 'RUNNING' }] });
    now.pass(300_000);
    const before = await show('given');
    now.pass(-3_600_000);
    expect(await show('given')).toEqual(before);
    now.pass(60_000);
    const after = await show('given');
    expect(after.total_time - before.total_time).toBe(60_000);
    expect(simulator.requests.at(-1)?.at).toBeGreaterThan(simulator.requests.at(-2)?.at ?? 0);
  });

  it('revives no token, and moves no lag into the future', async () => {
    const { simulator, now, call } = await createBench({ tokenLifetimeMs: 1000, tasks: [{ id: 'given' }] });
    now.pass(1000);
    expect((await call('GET', '/v3/tasks')).status).toBe(401);
    now.pass(-900);
    expect((await call('GET', '/v3/tasks')).status).toBe(401);
    const token = await signIn(fetchEndpoints(simulator));
    simulator.faults.lag(500);
    simulator.task('given').start();
    now.pass(-86_400_000);
    const headers = { 'x-auth-token': token };
    const read = async () => (await call('GET', '/v3/tasks/given', undefined, { headers })).json.state;
    expect(await read()).toBe('READY');
    now.pass(500);
    expect(await read()).toBe('RUNNING');
  });
});

describe('requests', () => {
  it('keeps the last ones', async () => {
    const { simulator, call } = await createBench({ keepRequests: 3 });
    const { requests } = simulator;
    for (let limit = 1; limit <= 5; limit += 1) await call('GET', `/v3/tasks?limit=${limit}`);
    expect(requests.map(({ query }) => query.limit)).toEqual(['3', '4', '5']);
    const none = await createBench({ keepRequests: 0 });
    await none.call('GET', '/v3/tasks');
    expect(none.simulator.requests).toEqual([]);
  });

  it('are reported to onRequest once they are done, whatever their outcome', async () => {
    const seen: (string | number | null)[] = [];
    const { simulator, call } = await createBench({
      onRequest: ({ operation, status }) => seen.push(operation, status),
    });
    await call('GET', '/v3/tasks');
    simulator.faults.cut(1, { performed: false });
    await call('GET', '/v3/tasks').catch(() => null);
    expect(seen).toEqual(['CreateToken', 201, 'ListTasks', 200, 'ListTasks', null]);
  });
});
