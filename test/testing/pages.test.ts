import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/testing/index.js';
import { adapterNames, createCaller, openEndpoints } from './support.js';

describe.each(adapterNames)('pages through %s', (name) => {
  async function prepare() {
    const simulator = createSimulator();
    const ids = ['a', 'b', 'c', 'd', 'e'].map((id) => simulator.addTask({ id }));
    const call = await createCaller(await openEndpoints(simulator, name));
    const list = async (query = '') => {
      const { json } = await call('GET', `/v3/tasks${query}`);
      return { ...json, tasks: json.tasks.map(({ id }: { id: string }) => id) };
    };
    return { simulator, ids, call, list };
  }

  it('have at most cap items, whatever limit was requested', async () => {
    const { simulator, list } = await prepare();
    await using _closed = simulator;
    simulator.faults.pages({ cap: 2 });
    expect(await list('?limit=4')).toEqual({ count: 5, tasks: ['a', 'b'] });
    expect(await list('?limit=1&offset=2')).toEqual({ count: 5, tasks: ['c'] });
    simulator.faults.pages({});
    expect((await list()).tasks).toHaveLength(5);
  });

  it('report another count, or none', async () => {
    const { simulator, list } = await prepare();
    await using _closed = simulator;
    simulator.faults.pages({ count: (count) => count - 3 });
    expect((await list()).count).toBe(2);
    simulator.faults.pages({ count: null });
    expect(await list()).toEqual({ tasks: ['a', 'b', 'c', 'd', 'e'] });
    simulator.faults.clear();
    expect((await list()).count).toBe(5);
  });

  it('lose items at their end, up to all of them', async () => {
    const { simulator, list } = await prepare();
    await using _closed = simulator;
    simulator.faults.pages({ cap: 2, lose: 1 });
    expect([(await list()).tasks, (await list('?offset=2')).tasks]).toEqual([['a'], ['c']]);
    simulator.faults.pages({ lose: Number.POSITIVE_INFINITY });
    expect(await list()).toEqual({ count: 5, tasks: [] });
  });

  it('apply to every list', async () => {
    const { simulator, call } = await prepare();
    await using _closed = simulator;
    simulator.task('a').fail();
    await call('POST', '/v3/vm/templates', { template: { name: 'web' } });
    simulator.faults.pages({ lose: 9, count: () => 77 });
    for (const [path, key] of [
      ['/v3/sources', 'source_servers'],
      ['/v3/vm/templates', 'templates'],
      ['/v3/migprojects', 'migprojects'],
      ['/v3/errors?offset=0', 'migration_errors'],
    ] as const) {
      expect((await call('GET', path)).json).toEqual({ count: 77, [key]: [] });
    }
  });

  it('respond with 500 when count throws', async () => {
    const { simulator, call } = await prepare();
    await using _closed = simulator;
    simulator.faults.pages({
      count: () => {
        throw new Error('cannot count');
      },
    });
    expect((await call('GET', '/v3/tasks')).json.error_msg).toContain('cannot count');
  });
});

describe('list filters outside the facts', () => {
  it.each([
    '/v3/tasks?state=SYNC_SUCCESS',
    '/v3/tasks?state=running',
    '/v3/sources?state=premiging',
    '/v3/sources?migration_cycle=done',
  ])('are a 400: %s', async (path) => {
    const simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, 'fetch'));
    const reply = await call('GET', path);
    expect([reply.status, reply.json.error_code]).toEqual([400, 'APIGW.0602']);
  });
});
