import { describe, expect, it } from 'vitest';
import { createBench, type Json } from './support.js';

const minute = 60_000;

async function prepare(options: Parameters<typeof createBench>[0] = {}) {
  const bench = await createBench(options);
  const read = async (id: string): Promise<Json> => (await bench.call('GET', `/v3/sources/${id}`)).json;
  const sourceOf = async (task: string): Promise<string> => (await bench.show(task)).source_server.id;
  return { ...bench, read, sourceOf };
}

describe('the state of a source server', () => {
  it.each([
    ['READY', 'waiting'],
    ['RUNNING', 'replicate'],
    ['SYNCING', 'syncing'],
    ['ABORTING', 'stopping'],
    ['ABORT', 'stopped'],
    ['MIGRATE_FAIL', 'error'],
    ['SYNC_FAIL', 'error'],
    ['MIGRATE_SUCCESS', 'finished'],
    ['DELETING', 'deleting'],
    ['SYNC_F_ROLLBACKING', 'clearing'],
  ])('follows its task: %s is %s, in every response', async (state, expected) => {
    const { simulator, call, show, read } = await prepare();
    const task = await show(simulator.addTask({ state }));
    const { id } = task.source_server;
    expect(task.source_server.state).toBe(expected);
    expect((await read(id)).state).toBe(expected);
    expect((await call('GET', `/v3/sources?state=${expected}`)).json.count).toBe(1);
  });

  it('is waiting again when its task is gone', async () => {
    const { simulator, call, read, sourceOf } = await prepare();
    const task = simulator.addTask({ state: 'MIGRATE_SUCCESS' });
    const id = await sourceOf(task);
    await call('DELETE', `/v3/tasks/${task}`);
    expect((await read(id)).state).toBe('deleting');
    simulator.advance(2000);
    expect(await read(id)).toMatchObject({ state: 'waiting', current_task: null });
  });

  it('has the time of its last change', async () => {
    const { simulator, now, act, read, sourceOf } = await prepare();
    const task = simulator.addTask();
    const id = await sourceOf(task);
    simulator.advance(minute);
    await act(task, 'start');
    const started = now() + minute;
    expect(await read(id)).toMatchObject({ state_action_time: started, stage_action_time: started });
    simulator.advance(5 * minute);
    await act(task, 'stop');
    expect(await read(id)).toMatchObject({ state_action_time: started + 5 * minute, stage_action_time: started });
    simulator.advance(minute);
    expect((await read(id)).state_action_time).toBe(started + 5 * minute + 2000);
    expect((await read(id)).add_date).toBeLessThan(now());
  });
});

describe('UpdateCopyState', () => {
  const state = (copystate: string, migrationcycle = 'setting') => ({ copystate, migrationcycle });

  it('sets the state until the task moves on, and spells initialize as the service does', async () => {
    const { simulator, call, act, read, sourceOf } = await prepare();
    const task = simulator.addTask();
    const id = await sourceOf(task);
    await call('PUT', `/v3/sources/${id}/changestate`, state('init', 'ready_for_test'));
    expect(await read(id)).toMatchObject({ state: 'initialize', migration_cycle: 'ready_for_test' });
    await call('PUT', `/v3/sources/${id}/changestate`, state('premigready'));
    expect((await read(id)).state).toBe('premigready');
    await act(task, 'start');
    expect((await read(id)).state).toBe('replicate');
  });

  it('does not come back when the task comes to the same state again', async () => {
    const { simulator, call, act, read, sourceOf } = await prepare();
    const task = simulator.addTask({ state: 'RUNNING' });
    const id = await sourceOf(task);
    await call('PUT', `/v3/sources/${id}/changestate`, state('premiging'));
    expect((await read(id)).state).toBe('premiging');
    simulator.advance(minute);
    await act(task, 'stop');
    simulator.advance(minute);
    await act(task, 'start');
    expect((await read(id)).state).toBe('replicate');
  });

  it('does not come back when the task is gone', async () => {
    const { simulator, call, read } = await prepare();
    const id = simulator.addSourceServer();
    await call('PUT', `/v3/sources/${id}/changestate`, state('premiged'));
    expect((await read(id)).state).toBe('premiged');
    const task = simulator.addTask({ source_server_id: id });
    expect((await read(id)).state).toBe('waiting');
    await call('DELETE', `/v3/tasks/${task}`);
    simulator.advance(2000);
    expect((await read(id)).state).toBe('waiting');
  });

  it.each(['ABORT', 'MIGRATE_SUCCESS', 'ABORTING', 'DELETING'])('has no effect in %s', async (seed) => {
    const { simulator, call, read, sourceOf } = await prepare();
    const id = await sourceOf(simulator.addTask({ state: seed }));
    const before = await read(id);
    expect((await call('PUT', `/v3/sources/${id}/changestate`, state('replicate'))).status).toBe(200);
    expect(await read(id)).toEqual(before);
  });

  it('has no effect for a server that failed the check', async () => {
    const { simulator, call, read } = await prepare();
    const id = simulator.addSourceServer({ checks: [{ name: 'CPU', result: 'ERROR' }] });
    await call('PUT', `/v3/sources/${id}/changestate`, state('waiting'));
    expect((await read(id)).state).toBe('unavailable');
  });

  it.each([[{}], [state('initialize')], [state('waiting', 'never')], [{ copystate: 'waiting' }]])(
    'refuses %j',
    async (body) => {
      const { simulator, call } = await prepare();
      expect((await call('PUT', `/v3/sources/${simulator.addSourceServer()}/changestate`, body)).status).toBe(400);
    },
  );
});

describe('ShowOverview', () => {
  it('counts source servers by state, and those without a task', async () => {
    const { simulator, call } = await prepare({ sources: [{}, {}] });
    simulator.addSourceServer({ checks: [{ name: 'CPU', result: 'ERROR' }] });
    for (const state of ['READY', 'RUNNING', 'ABORT', 'ABORT', 'MIGRATE_FAIL', 'MIGRATE_SUCCESS', 'SYNCING']) {
      simulator.addTask({ state });
    }
    expect((await call('GET', '/v3/sources/overview')).json).toEqual({
      waiting: 3,
      replicate: 1,
      syncing: 1,
      stopped: 2,
      deleting: 0,
      cutovering: 0,
      unavailable: 1,
      stopping: 0,
      skipping: 0,
      finished: 1,
      initialize: 0,
      error: 1,
      cloning: 0,
      unconfigured: 2,
    });
  });
});

describe('ListErrorServers', () => {
  it('lists the servers whose task failed, until it is started again', async () => {
    const { simulator, call, act, show } = await prepare();
    simulator.addTask();
    const task = simulator.addTask({ state: 'MIGRATE_FAIL', failAt: { step: 'SSL_CONFIG', error: 'x'.repeat(300) } });
    const { source_server: source, migration_ip } = await show(task);
    const { json } = await call('GET', '/v3/errors?offset=0');
    expect(json).toEqual({
      count: 1,
      migration_errors: [
        {
          error_json: 'x'.repeat(255),
          host_name: source.name,
          name: source.name,
          source_id: source.id,
          source_ip: source.ip,
          target_ip: migration_ip,
        },
      ],
    });
    expect((await call('GET', '/v3/errors?offset=0&migproject=other')).json.count).toBe(0);
    await act(task, 'start');
    expect((await call('GET', '/v3/errors?offset=0')).json.count).toBe(0);
  });

  it('requires an offset, and returns 50 by default and 100 at most', async () => {
    const { call } = await prepare({ tasks: Array.from({ length: 120 }, () => ({ state: 'MIGRATE_FAIL' })) });
    expect((await call('GET', '/v3/errors')).status).toBe(400);
    expect((await call('GET', '/v3/errors?offset=0&limit=101')).status).toBe(400);
    expect((await call('GET', '/v3/errors?offset=0')).json.migration_errors).toHaveLength(50);
    const last = (await call('GET', '/v3/errors?offset=100&limit=100')).json;
    expect([last.count, last.migration_errors.length]).toEqual([120, 20]);
  });
});

describe('deleting source servers and tasks', () => {
  it.each(['RUNNING', 'SYNCING', 'ABORTING', 'DELETING'])('is refused for a server in %s', async (state) => {
    const { simulator, call, sourceOf } = await prepare();
    const busy = await sourceOf(simulator.addTask({ state }));
    const idle = simulator.addSourceServer();
    const replies = [
      await call('DELETE', `/v3/sources/${busy}`),
      await call('POST', '/v3/sources/delete', { ids: [idle, busy] }),
    ];
    for (const reply of replies) expect([reply.status, reply.json.error_code]).toEqual([400, 'SMS.2015']);
    expect((await call('GET', '/v3/sources')).json.count).toBe(2);
  });

  it('deletes the tasks of the server, too', async () => {
    const { simulator, call, sourceOf } = await prepare();
    const [one, two] = [simulator.addTask({ state: 'MIGRATE_SUCCESS' }), simulator.addTask()];
    expect((await call('POST', '/v3/sources/delete', { ids: [await sourceOf(one)] })).status).toBe(200);
    expect((await call('GET', `/v3/tasks/${one}`)).status).toBe(404);
    expect((await call('GET', '/v3/tasks')).json.tasks.map(({ id }: Json) => id)).toEqual([two]);
  });

  it('is allowed in any state while the agent is disconnected', async () => {
    const { simulator, call } = await prepare();
    const seed = { source_server_id: simulator.addSourceServer({ connected: false }), state: 'RUNNING' };
    expect((await call('DELETE', `/v3/tasks/${simulator.addTask(seed)}`)).status).toBe(200);
    simulator.addTask(seed);
    expect((await call('DELETE', `/v3/sources/${seed.source_server_id}`)).status).toBe(200);
  });

  it('is refused for a task whose server is busy with a clone, or was set to a busy state', async () => {
    const { simulator, call, act, sourceOf } = await prepare();
    const cloned = simulator.addTask({ state: 'MIGRATE_SUCCESS' });
    await act(cloned, 'clone_test');
    const drilled = simulator.addTask();
    const body = { copystate: 'premiging', migrationcycle: 'setting' };
    await call('PUT', `/v3/sources/${await sourceOf(drilled)}/changestate`, body);
    for (const task of [cloned, drilled]) {
      expect((await call('DELETE', `/v3/tasks/${task}`)).json.error_code).toBe('SMS.2015');
    }
    simulator.advance(minute);
    expect((await call('DELETE', `/v3/tasks/${cloned}`)).status).toBe(200);
  });

  it('requires ids', async () => {
    const { call } = await prepare();
    for (const body of [undefined, {}, { ids: [] }, { ids: 'x' }]) {
      expect((await call('POST', '/v3/sources/delete', body)).status).toBe(400);
    }
  });
});
