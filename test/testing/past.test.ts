import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/testing/index.js';
import { newTask } from './bodies.js';
import { adapterNames, createBench, createCaller, createNow, openEndpoints } from './support.js';

async function prepare(name: (typeof adapterNames)[number]) {
  const now = createNow();
  const simulator = createSimulator({ now });
  const call = await createCaller(await openEndpoints(simulator, name));
  const show = async (id: string) => {
    const reply = await call('GET', `/v3/tasks/${id}`);
    return reply.status === 200 ? reply.json.state : reply.status;
  };
  const list = async () => (await call('GET', '/v3/tasks')).json.tasks.map(({ state }: { state: string }) => state);
  return { now, simulator, call, show, list };
}

describe.each(adapterNames)('lag through %s', (name) => {
  it('shows reads the state of that many ms ago, without what is younger', async () => {
    const { now, simulator, show, list, call } = await prepare(name);
    await using _closed = simulator;
    simulator.faults.lag(1000);
    const id = simulator.addTask();
    expect([await show(id), await list()]).toEqual([404, []]);
    now.pass(999);
    expect(await show(id)).toBe(404);
    now.pass(1);
    expect([await show(id), await list()]).toEqual(['READY', ['READY']]);
    expect((await call('POST', `/v3/tasks/${id}/action`, { operation: 'start' })).status).toBe(200);
    expect(await show(id)).toBe('READY');
    expect(simulator.task(id).state).toBe('RUNNING');
    now.pass(1000);
    expect([await show(id), await list()]).toEqual(['RUNNING', ['RUNNING']]);
    simulator.task(id).remove();
    expect(await show(id)).toBe('RUNNING');
    now.pass(1000);
    expect([await show(id), await list()]).toEqual([404, []]);
  });

  it('applies only to the reads that it matches: the list may lag while the task does not', async () => {
    const { now, simulator, show, list, call } = await prepare(name);
    await using _closed = simulator;
    const id = simulator.addTask();
    now.pass(5000);
    simulator.faults.lag(2000, { match: 'ListTasks' });
    simulator.task(id).start();
    expect([await show(id), await list()]).toEqual(['RUNNING', ['READY']]);
    const source = (await call('GET', `/v3/tasks/${id}`)).json.source_server.id;
    expect((await call('GET', `/v3/sources/${source}`)).json.current_task.state).toBe('RUNNING');
    simulator.faults.lag(0);
    expect(await list()).toEqual(['RUNNING']);
  });

  it('is replaced by a later one with the same match, and of several the longest counts', async () => {
    const { now, simulator, show, list } = await prepare(name);
    await using _closed = simulator;
    const id = simulator.addTask();
    now.pass(5000);
    simulator.task(id).start();
    now.pass(1000);
    simulator.faults.lag(3000, { match: 'ShowTask' });
    simulator.faults.lag(500);
    expect([await show(id), await list()]).toEqual(['READY', ['RUNNING']]);
    simulator.faults.lag(200, { match: 'ShowTask' });
    expect(await show(id)).toBe('RUNNING');
    simulator.faults.lag(2000);
    expect(await show(id)).toBe('READY');
    simulator.faults.lag(0, { match: 'ShowTask' });
    expect(await show(id)).toBe('READY');
    simulator.faults.lag(0);
    expect(await show(id)).toBe('RUNNING');
  });
});

describe('lag', () => {
  it('does not hide what the options made', async () => {
    const { simulator, show } = await createBench({ tasks: [{ id: 'given' }] });
    simulator.faults.lag(60_000);
    expect((await show('given')).state).toBe('READY');
  });

  it('shows the migration clock as it was, leaps included', async () => {
    const { simulator, show, now } = await createBench({ tasks: [{ id: 'given', state: 'RUNNING' }] });
    now.pass(1000);
    simulator.advance(300_000);
    simulator.faults.lag(500);
    expect((await show('given')).sub_tasks[0].progress).toBeLessThan(100);
    now.pass(500);
    expect((await show('given')).sub_tasks[0].progress).toBe(100);
  });

  it('applies to every kind of read: names, templates, projects, the agreement', async () => {
    const { simulator, call, now } = await createBench({ privacyAgreementAccepted: false, tasks: [{ id: 'given' }] });
    now.pass(5000);
    simulator.faults.lag(1000);
    await call('PUT', '/v3/tasks/given', { name: 'renamed' });
    await call('POST', '/v3/privacy-agreements');
    await call('POST', '/v3/vm/templates', { template: { name: 'web' } });
    await call('POST', '/v3/migprojects', { name: 'wave', region: 'r', type: 'MIGRATE_FILE' });
    const read = async () => [
      (await call('GET', '/v3/tasks/given')).json.name,
      (await call('GET', '/v3/privacy-agreements')).json.flag,
      (await call('GET', '/v3/vm/templates')).json.count,
      (await call('GET', '/v3/migprojects')).json.count,
    ];
    expect(await read()).toEqual(['MigrationTask', false, 0, 1]);
    now.pass(1000);
    expect(await read()).toEqual(['renamed', true, 1, 2]);
  });

  it('does not apply to requests that change something', async () => {
    const { simulator, call, act } = await createBench();
    simulator.faults.lag(60_000);
    const source = simulator.addSourceServer();
    const created = await call('POST', '/v3/tasks', { ...newTask, source_server: { id: source } });
    expect(created.status).toBe(200);
    expect((await act(created.json.id, 'start')).status).toBe(200);
    expect((await act(created.json.id, 'start')).status).toBe(400);
  });

  it('remembers 10,000 changes, and forgets those before', async () => {
    const { simulator, show, now } = await createBench();
    const id = simulator.addTask();
    const handle = simulator.task(id);
    now.pass(1000);
    for (let count = 0; count < 25_000; count += 1) handle.set({ priority: count % 3 });
    simulator.faults.lag(500);
    expect((await show(id)).id).toBe(id);
  });
});

describe.each(adapterNames)('stale through %s', (name) => {
  it('shows the next reads the state before the last change of the task, and later reads the new one', async () => {
    const { simulator, show } = await prepare(name);
    await using _closed = simulator;
    const [id, other] = [simulator.addTask({ state: 'ABORT' }), simulator.addTask()];
    simulator.task(id).start();
    simulator.task(other).start();
    expect(await show(id)).toBe('RUNNING');
    simulator.faults.stale(1, { match: 'ShowTask' });
    expect(await show(id)).toBe('ABORT');
    expect(await show(id)).toBe('RUNNING');
    simulator.task(id).finish();
    simulator.faults.stale(1, { skip: 1 });
    expect([await show(id), await show(id), await show(id)]).toEqual(['MIGRATE_SUCCESS', 'RUNNING', 'MIGRATE_SUCCESS']);
  });

  it('shows lists the state before the last change of any task', async () => {
    const { simulator, list } = await prepare(name);
    await using _closed = simulator;
    const [one, other] = [simulator.addTask(), simulator.addTask()];
    simulator.task(one).start();
    simulator.task(other).start();
    simulator.faults.stale(2, { match: 'ListTasks' });
    expect([await list(), await list(), await list()]).toEqual([
      ['RUNNING', 'READY'],
      ['RUNNING', 'READY'],
      ['RUNNING', 'RUNNING'],
    ]);
  });
});

describe('stale', () => {
  it('counts a seed as a change, but progress not', async () => {
    const { simulator, call, show, now } = await createBench();
    const id = simulator.addTask({ state: 'RUNNING' });
    now.pass(60_000);
    simulator.faults.stale(1);
    expect((await call('GET', `/v3/tasks/${id}`)).status).toBe(404);
    simulator.task(id).pause();
    simulator.advance(600_000);
    simulator.faults.stale(1);
    const stale = await show(id);
    expect(stale.state).toBe('RUNNING');
    // As it was when it was paused, not as it would have gone on.
    expect(stale.sub_tasks.at(-1).progress).toBeLessThan(50);
  });

  it('ignores requests that read nothing of SMS', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask();
    simulator.faults.stale(1);
    await act(id, 'start');
    expect(simulator.faults.pending).toHaveLength(1);
    expect((await show(id)).state).toBe('READY');
    expect(simulator.faults.pending).toEqual([]);
  });

  it('shows a source server before the last change of it or of its task, and templates before theirs', async () => {
    const { simulator, call } = await createBench();
    const source = simulator.addSourceServer({ name: 'web' });
    const task = simulator.task(simulator.addTask({ source_server_id: source }));
    const read = async () => (await call('GET', `/v3/sources/${source}`)).json;
    task.start();
    simulator.faults.stale(1);
    expect((await read()).current_task.state).toBe('READY');
    simulator.source(source).set({ name: 'db' });
    simulator.faults.stale(1);
    expect(await read()).toMatchObject({ name: 'web', current_task: { state: 'RUNNING' } });
    const id = (await call('POST', '/v3/vm/templates', { template: { name: 'first' } })).json.id;
    await call('PUT', `/v3/vm/templates/${id}`, { template: { name: 'second' } });
    task.fail();
    simulator.faults.stale(1);
    expect((await call('GET', `/v3/vm/templates/${id}`)).json.template.name).toBe('first');
  });
});
