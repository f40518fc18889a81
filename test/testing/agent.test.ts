import { describe, expect, it } from 'vitest';
import { registration } from './bodies.js';
import { createBench, type Json, progress, readFixture } from './support.js';

const minute = 60_000;

async function prepare(seed: Parameters<Awaited<ReturnType<typeof createBench>>['simulator']['addTask']>[0] = {}) {
  const bench = await createBench();
  const id = bench.simulator.addTask(seed);
  const source: string = (await bench.show(id)).source_server.id;
  const command = async (): Promise<Json> => (await bench.call('GET', `/v3/sources/${source}/command`)).json;
  const report = (body: object) =>
    bench.call('PUT', `/v3/tasks/${id}/progress`, {
      progress: 0,
      replicatesize: 0,
      totalsize: 1000,
      process_trace: 'working',
      ...body,
    });
  return { ...bench, id, source, command, report };
}

describe('ShowCommand', () => {
  it.each([
    ['READY', 'TASK_NOT_STARTED'],
    ['RUNNING', 'START'],
    ['SYNCING', 'START'],
    ['ABORTING', 'STOP'],
    ['ABORT', 'TASK_HAS_STOPPED'],
    ['MIGRATE_FAIL', 'TASK_HAS_STOPPED'],
    ['MIGRATE_SUCCESS', 'TASK_HAS_FINISHED'],
    ['DELETING', 'DELETE'],
  ])('follows the task: %s is %s', async (state, expected) => {
    const { id, command } = await prepare({ state });
    expect(await command()).toEqual({ command_name: expected, command_param: { task_id: id } });
  });

  it('has the shape of the official example, and names the bucket of a log', async () => {
    const { id, call, command } = await prepare({ state: 'RUNNING' });
    const official = readFixture('show-command.start.response.json');
    expect(await command()).toEqual({ ...official, command_param: { task_id: id } });
    await call('POST', `/v3/tasks/${id}/log`, { log_bucket: 'logs' });
    expect((await command()).command_param).toEqual({ task_id: id, bucket: 'logs' });
  });

  it('is 404 for a server without a task', async () => {
    const { simulator, call } = await createBench();
    const reply = await call('GET', `/v3/sources/${simulator.addSourceServer()}/command`);
    expect([reply.status, reply.json.error_code]).toEqual([404, 'SMS.2252']);
  });
});

describe('UpdateCommandResult', () => {
  const result = readFixture('update-command-result.request.json');

  it('accepts the result of the command that was fetched last, and no other', async () => {
    const { call, act, id, source, command } = await prepare({ state: 'RUNNING' });
    const send = (body: unknown) => call('POST', `/v3/sources/${source}/command_result`, body);
    expect((await send(result)).json.error_code).toBe('SMS.2009');
    await command();
    expect((await send(result)).status).toBe(200);
    await act(id, 'stop');
    await command();
    const late = await send(result);
    expect([late.status, late.json.error_code]).toEqual([400, 'SMS.2009']);
    expect((await send({ ...result, command_name: 'STOP', result: 'fail' })).status).toBe(200);
  });

  it.each([[{}], [{ ...result, result: 'perhaps' }], [{ ...result, result_detail: 'text' }]])(
    'refuses %j',
    async (body) => {
      const { call, source, command } = await prepare({ state: 'RUNNING' });
      await command();
      expect((await call('POST', `/v3/sources/${source}/command_result`, body)).status).toBe(400);
    },
  );
});

describe('UpdateTaskSpeed', () => {
  it("moves the current step forward, never back, and shows the agent's figures", async () => {
    const { simulator, now, id, show, call, report, source } = await prepare({ state: 'RUNNING' });
    simulator.advance(1000);
    for (const subtask_name of ['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_FILE']) {
      expect((await report({ subtask_name, progress: 100 })).status).toBe(200);
    }
    const copying = { subtask_name: 'MIGRATE_LINUX_FILE', migrate_speed: 77.5, agent_cpu_usage: 3, replicatesize: 430 };
    await report({ ...copying, progress: 43 });
    const task = await show(id);
    expect(progress(task)).toEqual([100, 100, 100, 43]);
    expect(task).toMatchObject({ state: 'RUNNING', migrate_speed: 77.5, agent_cpu_usage: 3 });
    expect(task.sub_tasks[3].process_trace).toBe('working');
    const seen = (await call('GET', `/v3/sources/${source}`)).json;
    expect(seen).toMatchObject({ replicatesize: 430, totalsize: 1000, state_action_time: now() });
    await report({ ...copying, progress: 20 });
    expect(progress(await show(id))[3]).toBe(43);
    simulator.advance(minute);
    expect(progress(await show(id))[3]).toBeGreaterThan(43);
    await report({ ...copying, progress: 100, need_migration_test: true });
    expect(await show(id)).toMatchObject({
      state: 'MIGRATE_SUCCESS',
      need_migration_test: true,
      total_time: minute + 1000,
    });
    expect((await call('GET', `/v3/sources/${source}`)).json).toMatchObject({ replicatesize: 1000 });
  });

  it('reaches every percentage that an agent can report', async () => {
    const { id, show, report } = await prepare({ state: 'RUNNING', durationMs: 5750 });
    for (let percent = 0; percent <= 99; percent += 1) {
      await report({ subtask_name: 'SSL_CONFIG', progress: percent });
      expect(progress(await show(id))[0]).toBe(percent);
    }
  });

  it('has no effect for a step that is not the current one', async () => {
    const { id, show, report } = await prepare({ state: 'RUNNING' });
    const before = await show(id);
    expect((await report({ subtask_name: 'MIGRATE_LINUX_FILE', progress: 50 })).status).toBe(200);
    expect(await show(id)).toEqual(before);
  });

  it('does not change what a lagging read shows', async () => {
    const { simulator, id, act, show, report } = await prepare({ lagMs: 5000 });
    await act(id, 'start');
    await report({ subtask_name: 'SSL_CONFIG', progress: 100 });
    expect((await show(id)).state).toBe('READY');
    simulator.advance(5000);
    expect(progress(await show(id))[0]).toBe(100);
  });

  it.each([
    [readFixture('update-task-speed.request.json')],
    [{ subtask_name: 'FLY' }],
    [{ subtask_name: 'SSL_CONFIG', progress: 101 }],
    [{ subtask_name: 'SSL_CONFIG', progress: 1.5 }],
    [{ subtask_name: 'SSL_CONFIG', agent_cpu_usage: 101 }],
    [{ subtask_name: 'SSL_CONFIG', process_trace: undefined }],
  ])('refuses %j', async (body) => {
    const { call, id, report } = await prepare({ state: 'RUNNING' });
    // The official example is older than the fields that are mandatory now.
    const isOfficial = 'subtask_name' in body && body.subtask_name === 'ATTACH_AGENT_IMAGE';
    const reply = isOfficial ? await call('PUT', `/v3/tasks/${id}/progress`, body) : await report(body);
    expect(reply.status).toBe(400);
  });
});

describe('UpdateNetworkCheckInfo', () => {
  const measurement = {
    domain_connectivity: true,
    destination_connectivity: false,
    network_delay: 20,
    network_jitter: 2,
    migration_speed: 90,
    loss_percentage: 1.5,
    cpu_usage: 10,
    mem_usage: 20,
    evaluation_result: 'BAD',
  };

  it('sets what the task shows from then on', async () => {
    const { id, call, show } = await prepare();
    expect((await call('POST', `/v3/${id}/update-network-check-info`, measurement)).json).toEqual({ task_id: id });
    expect((await show(id)).network_check_info).toEqual(measurement);
  });

  it.each(['network_delay', 'migration_speed', 'loss_percentage', 'evaluation_result'])('needs %s', async (name) => {
    const { id, call } = await prepare();
    const body = { ...measurement, [name]: undefined };
    expect((await call('POST', `/v3/${id}/update-network-check-info`, body)).status).toBe(400);
  });
});

describe('the layout of a source server', () => {
  async function register() {
    const bench = await createBench();
    const { id } = (await bench.call('POST', '/v3/sources', registration)).json;
    const read = async (): Promise<Json> => (await bench.call('GET', `/v3/sources/${id}`)).json;
    return { ...bench, id, read };
  }

  it('is planned with ids as text, and the suggested target follows', async () => {
    const { call, id, read } = await register();
    const { disks, volume_groups: groups } = await read();
    const [disk] = disks;
    const change = {
      disks: [
        {
          id: String(disk.id),
          adjust_size: 2000,
          physical_volumes: [{ id: String(disk.physical_volumes[0].id), need_migration: false }],
        },
      ],
      volume_groups: [
        {
          id: String(groups[0].id),
          logical_volumes: [{ id: String(groups[0].logical_volumes[0].id), adjust_size: 60 }],
        },
      ],
    };
    expect((await call('PUT', `/v3/sources/${id}`, change)).status).toBe(200);
    const source = await read();
    expect(source.adjust_disk).toBe(true);
    expect(source.disks[0]).toMatchObject({
      size: 1000,
      adjust_size: 2000,
      physical_volumes: [{ need_migration: false }],
    });
    expect(source.volume_groups[0].logical_volumes[0].adjust_size).toBe(60);
    expect(source.init_target_server.disks[0]).toMatchObject({ adjust_size: 2000, physical_volumes: [] });
    expect((await call('PUT', `/v3/sources/${id}`, { disks: [{ id: '1' }] })).status).toBe(400);
    expect((await call('PUT', `/v3/sources/${id}`, { disks: [{ adjust_size: 1 }] })).status).toBe(400);
  });

  it('leaves an excluded disk out of the suggested target and the task', async () => {
    const { simulator, call, show, id, read } = await register();
    await call('PUT', `/v3/sources/${id}/diskinfo`, {
      disks: ['/dev/sda', '/dev/sdb'].map((name) => ({ name, size: 1000, used_size: 10 })),
    });
    const [, second] = (await read()).disks;
    await call('PUT', `/v3/sources/${id}`, { disks: [{ id: String(second.id), need_migration: false }] });
    const kept = [{ name: '/dev/sda' }];
    expect((await read()).init_target_server.disks).toMatchObject(kept);
    const task = await show(simulator.addTask({ source_server_id: id }));
    expect(task.target_server.disks).toMatchObject(kept);
  });

  it('is replaced as a whole by the agent', async () => {
    const { call, id, read } = await register();
    await call('PUT', `/v3/sources/${id}/diskinfo`, { disks: [{ name: '/dev/nvme0n1', size: 7 }] });
    const source = await read();
    expect(source.disks).toMatchObject([{ name: '/dev/nvme0n1', size: 7, physical_volumes: [] }]);
    expect([source.volume_groups, source.btrfs_list]).toEqual([[], []]);
  });

  it('stays as it is once the server has a task', async () => {
    const { simulator, call, id, read } = await register();
    simulator.addTask({ source_server_id: id });
    const { disks } = await read();
    const plan = { name: 'renamed', disks: [{ id: String(disks[0].id), adjust_size: 2000 }] };
    expect((await call('PUT', `/v3/sources/${id}`, plan)).status).toBe(200);
    expect((await call('PUT', `/v3/sources/${id}/diskinfo`, {})).status).toBe(200);
    expect(await read()).toMatchObject({ name: 'renamed', disks });
  });
});
