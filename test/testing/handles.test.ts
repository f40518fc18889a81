import { describe, expect, it } from 'vitest';
import { createSimulator, type TaskFields } from '../../src/testing/index.js';
import {
  adapterNames,
  createBench,
  createCaller,
  fetchEndpoints,
  ids,
  openEndpoints,
  progress,
  signIn,
} from './support.js';

const minute = 60_000;

describe.each(adapterNames)('the handle of a task through %s', (name) => {
  async function prepare(seed: Parameters<ReturnType<typeof createSimulator>['addTask']>[0] = {}) {
    const simulator = createSimulator();
    const id = simulator.addTask(seed);
    const call = await createCaller(await openEndpoints(simulator, name));
    return {
      simulator,
      handle: simulator.task(id),
      show: async () => (await call('GET', `/v3/tasks/${id}`)).json,
      call,
    };
  }

  it('shows what ShowTask shows', async () => {
    const { simulator, handle, show } = await prepare({ state: 'MIGRATE_SUCCESS' });
    await using _closed = simulator;
    expect(handle.body).toEqual(await show());
    expect(handle.state).toBe('MIGRATE_SUCCESS');
  });

  it('sets wire fields, which later responses show', async () => {
    const { simulator, handle, show, call } = await prepare();
    await using _closed = simulator;
    const fields = { name: 'renamed', priority: 2, error_json: '{"error_code":"SMS.0805"}', sub_tasks: null };
    handle.set(fields);
    expect(await show()).toMatchObject(fields);
    expect((await call('GET', '/v3/tasks')).json.tasks[0]).toMatchObject(fields);
    handle.start();
    // What follows from the life of the task holds until its next operation.
    expect(await show()).toMatchObject({ name: 'renamed', error_json: '', sub_tasks: expect.any(Array) });
  });

  it('starts, pauses, fails and finishes the task like another client', async () => {
    const { simulator, handle, show } = await prepare();
    await using _closed = simulator;
    handle.start();
    expect((await show()).state).toBe('RUNNING');
    handle.pause();
    expect((await show()).state).toBe('ABORTING');
    simulator.advance(2000);
    expect((await show()).state).toBe('ABORT');
    handle.start();
    handle.fail('{"error_code":"SMS.9999"}');
    expect(await show()).toMatchObject({ state: 'MIGRATE_FAIL', error_json: '{"error_code":"SMS.9999"}' });
    handle.fail({ error_code: 'SMS.0001' });
    expect((await show()).error_json).toBe('{"error_code":"SMS.0001"}');
    handle.finish();
    expect(await show()).toMatchObject({ state: 'MIGRATE_SUCCESS', error_json: '' });
    expect(progress(await show())).toEqual([100, 100, 100, 100]);
  });

  it('removes the task at once', async () => {
    const { simulator, handle, call } = await prepare({ state: 'RUNNING' });
    await using _closed = simulator;
    handle.remove();
    expect((await call('GET', `/v3/tasks/${handle.id}`)).status).toBe(404);
    expect((await call('GET', '/v3/tasks')).json.count).toBe(0);
    for (const use of [() => handle.state, () => handle.body, () => handle.start(), () => handle.remove()]) {
      expect(use).toThrow(`There is no task "${handle.id}"`);
    }
  });
});

describe('the handle of a task', () => {
  it.each([
    'READY',
    'RUNNING',
    'SYNCING',
    'ABORTING',
    'ABORT',
    'MIGRATE_FAIL',
    'MIGRATE_SUCCESS',
    'SYNC_FAIL',
    'DELETING',
  ])('ends the round of a %s task with the history of such an end', async (state) => {
    const { simulator, now } = await createBench();
    for (const end of ['finish', 'fail'] as const) {
      const handle = simulator.task(simulator.addTask({ state }));
      handle[end]();
      const { body } = handle;
      expect(body.state).toMatch(end === 'finish' ? /^(MIGRATE|SYNC)_SUCCESS$/ : /^(MIGRATE|SYNC)_FAIL$/);
      expect(body.finish_date).toBe(now());
      expect(body.start_date).toBeLessThanOrEqual(now());
      const steps = body.sub_tasks as { progress: number; start_date: number; end_date: number | null }[];
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.some((step) => step.progress < 100)).toBe(end === 'fail');
      for (const step of steps.filter(({ progress }) => progress === 100)) {
        expect(step.end_date ?? 0).toBeGreaterThanOrEqual(step.start_date);
      }
      expect(simulator.task(handle.id).body.error_json === '').toBe(end === 'finish');
    }
  });

  it('goes on from a state that was set', async () => {
    const { simulator, show } = await createBench();
    const handle = simulator.task(simulator.addTask({ durationMs: 10 * minute }));
    handle.set({ state: 'RUNNING' });
    simulator.advance(10 * minute);
    expect(handle.state).toBe('MIGRATE_SUCCESS');
    const before = ids(await show(handle.id));
    handle.set({ state: 'ABORT' });
    handle.start();
    handle.set({ state: 'MIGRATE_FAIL' });
    handle.start();
    expect(handle.state).toBe('RUNNING');
    simulator.advance(10 * minute);
    handle.start();
    expect(ids(await show(handle.id)).slice(0, before.length)).toEqual(before);
    expect(ids(await show(handle.id)).length).toBeGreaterThan(before.length);
  });

  it.each([
    ['SKIPPING', 'MIGRATE_SUCCESS'],
    ['RESETING', 'READY'],
    ['SYNC_F_ROLLBACKING', 'SYNC_F_ROLLBACK_SUCCESS'],
    ['ABORTING', 'ABORT'],
  ])('moves a task from %s to %s, seeded or set', (state, then) => {
    const simulator = createSimulator({ now: () => 1_700_000_000_000 });
    const seeded = simulator.task(simulator.addTask({ state }));
    const set = simulator.task(simulator.addTask());
    set.set({ state });
    expect([seeded.state, set.state]).toEqual([state, state]);
    simulator.advance(2000);
    expect([seeded.state, set.state]).toEqual([then, then]);
    seeded.start();
    expect(seeded.state).toBe('RUNNING');
  });

  it('shows an unknown state, from which no operation leads', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'RUNNING' });
    simulator.task(id).set({ state: 'NEVER_HEARD_OF' });
    expect((await show(id)).state).toBe('NEVER_HEARD_OF');
    expect((await act(id, 'start')).status).toBe(400);
    expect(() => simulator.task(id).start()).toThrow(/would not start .* which is NEVER_HEARD_OF/);
    simulator.task(id).finish();
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });

  it('can make a task fail the moment it starts', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask();
    simulator.respond('UpdateTaskStatus', async (_request, next) => {
      const response = await next();
      simulator.task(id).fail();
      return response;
    });
    expect((await act(id, 'start')).status).toBe(200);
    const task = await show(id);
    expect([task.state, task.sub_tasks[0].progress]).toEqual(['MIGRATE_FAIL', 0]);
  });

  it('refuses what the service would refuse, naming the state and the reason', () => {
    const simulator = createSimulator({ privacyAgreementAccepted: false });
    const running = simulator.task(simulator.addTask({ state: 'RUNNING' }));
    expect(() => running.start()).toThrow(/agreement/);
    const agreed = createSimulator();
    const offline = agreed.addSourceServer({ connected: false });
    expect(() => agreed.task(agreed.addTask({ source_server_id: offline })).start()).toThrow(/READY.*not connected/);
    expect(() => agreed.task(agreed.addTask()).pause()).toThrow(/which is READY/);
    expect(() => agreed.task('unknown')).toThrow('There is no task "unknown"');
    expect(() => agreed.source('unknown')).toThrow('There is no source server "unknown"');
  });

  it('refuses unknown fields and values of another type', () => {
    const simulator = createSimulator();
    const handle = simulator.task(simulator.addTask());
    const set = (fields: unknown) => () => handle.set(fields as TaskFields);
    expect(set({ eror_json: '' })).toThrow(/no member "eror_json" \(did you mean error_json\?\)/);
    expect(set({ state: 5 })).toThrow('fields.state must be a text, not 5');
    expect(set({ state: '' })).toThrow(TypeError);
    expect(set({ name: null })).toThrow('fields.name must be a text, not null');
    expect(set({ priority: Number.NaN })).toThrow(TypeError);
    expect(set({ sub_tasks: {} })).toThrow('fields.sub_tasks must be a list or null');
    expect(set(null)).toThrow('fields must be an object');
    expect(() => handle.fail(7 as unknown as string)).toThrow(TypeError);
    expect(handle.state).toBe('READY');
  });

  it('keeps what was set from later changes of the same objects', () => {
    const simulator = createSimulator();
    const handle = simulator.task(simulator.addTask());
    const sub_tasks = [{ id: 1 }];
    handle.set({ sub_tasks });
    sub_tasks.push({ id: 2 });
    expect(handle.body.sub_tasks).toEqual([{ id: 1 }]);
  });
});

describe.each(adapterNames)('the handle of a source server through %s', (name) => {
  it('shows it, sets its fields, and removes it with its tasks', async () => {
    await using simulator = createSimulator();
    const id = simulator.addSourceServer();
    const task = simulator.task(simulator.addTask({ source_server_id: id }));
    const handle = simulator.source(id);
    const call = await createCaller(await openEndpoints(simulator, name));
    const show = async () => (await call('GET', `/v3/sources/${id}`)).json;
    expect(handle.body).toEqual(await show());
    handle.set({ name: 'web-9', connected: false, memory: 17, state: 'premigready' });
    expect(await show()).toMatchObject({ name: 'web-9', connected: false, memory: 17, state: 'premigready' });
    expect(handle.state).toBe('premigready');
    expect(() => task.start()).toThrow(/not connected/);
    handle.set({ connected: true });
    task.start();
    expect((await show()).state).toBe('replicate');
    handle.remove();
    expect((await call('GET', `/v3/sources/${id}`)).status).toBe(404);
    expect(() => task.state).toThrow('There is no task');
    expect(() => handle.state).toThrow('There is no source server');
  });
});

describe('the handle of a source server', () => {
  it('sets checks, and a failed check keeps it unavailable although it has a task', async () => {
    const { simulator, act, call } = await createBench();
    const id = simulator.addSourceServer();
    const task = simulator.addTask({ source_server_id: id });
    simulator.source(id).set({ checks: [{ name: 'FIRMWARE', result: 'ERROR', error_code: 'SMS.6563' }] });
    expect((await call('GET', `/v3/sources/${id}`)).json.state).toBe('unavailable');
    const refused = await act(task, 'start');
    expect([refused.status, refused.json.error_code]).toEqual([400, 'SMS.6520']);
    simulator.source(id).set({ checks: [] });
    expect((await act(task, 'start')).status).toBe(200);
  });

  it('refuses unknown fields and values of another type', () => {
    const simulator = createSimulator();
    const handle = simulator.source(simulator.addSourceServer());
    expect(() => handle.set({ conected: false } as object)).toThrow(/did you mean connected\?/);
    expect(() => handle.set({ connected: 'no' } as object)).toThrow('fields.connected must be a flag, not "no"');
    expect(() => handle.set({ checks: [{ name: 'CPU', result: 'BAD' }] } as object)).toThrow(/checks\[0\].result/);
    expect(() => handle.set({ state: '' })).toThrow(TypeError);
  });
});

describe('reset', () => {
  it('restores what the options made, and drops the rest', async () => {
    const tasks = [{ id: 'given', state: 'RUNNING' }] as const;
    const { simulator, call, show } = await createBench({ tasks, seed: 3 });
    const before = simulator.task('given').body;
    simulator.task('given').remove();
    const added = simulator.addTask();
    simulator.advance(5000);
    simulator.faults.fail(5, 500);
    simulator.faults.lag(1000);
    simulator.faults.pages({ cap: 1 });
    simulator.faults.throttle(1);
    simulator.respond('ListTasks', () => ({ overridden: true }));
    simulator.reset();
    expect(simulator.requests).toEqual([]);
    expect(simulator.faults.pending).toEqual([]);
    expect(simulator.task('given').body).toEqual(before);
    expect(() => simulator.task(added)).toThrow('There is no task');
    expect((await call('GET', '/v3/tasks')).status).toBe(401);
    const endpoints = fetchEndpoints(simulator);
    const again = await createCaller(endpoints);
    expect((await again('GET', '/v3/tasks')).json.count).toBe(1);
    expect((await show('given')).error_code).toBe('APIGW.0301');
  });

  it('keeps a server listening, and ends requests that hang', async () => {
    await using simulator = createSimulator();
    const { url } = await simulator.listen();
    simulator.faults.hang(2, { match: 'ListIdentityVersions' });
    const hanging = [fetch(`${url}/`), simulator.fetch(`${simulator.smsEndpoint}/`)].map((pending) =>
      pending.then(
        () => 'responded',
        ({ message }) => message,
      ),
    );
    while (simulator.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    simulator.reset();
    expect(await Promise.all(hanging)).toEqual(['fetch failed', 'fetch failed']);
    expect((await fetch(`${url}/`)).status).toBe(300);
    await signIn({ fetch, sms: url, iam: url });
  });
});
