import { describe, expect, it } from 'vitest';
import { createBench, type Json, names, progress, readFixture } from './support.js';

const minute = 60_000;

/** Paths of all keys of a JSON value; members of lists count as one. */
function keyPaths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((member) => keyPaths(member, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [`${path}.${key}`, ...keyPaths(member, `${path}.${key}`)]);
}

// Fields of the reference that the official example leaves out.
const extras = [
  '.compress_rate',
  '.total_cpu_usage',
  '.agent_cpu_usage',
  '.total_mem_usage',
  '.agent_mem_usage',
  '.total_disk_io',
  '.agent_disk_io',
  '.need_migration_test',
  '.subtask_info',
  '.enterprise_project_id',
  '.connected',
  '.network_check_info',
  '.sub_tasks[].process_trace',
  '.sub_tasks[].migrate_speed',
  '.target_server.btrfs_list',
];

describe('ShowTask', () => {
  it('has every key of the official example, and beyond it only keys of the reference', async () => {
    const { simulator, show } = await createBench();
    const task = await show(simulator.addTask({ state: 'SYNC_SUCCESS' }));
    const official = readFixture('show-task.response.json');
    expect(keyPaths(task).sort()).toEqual([...keyPaths(official), ...extras].sort());
  });

  it('has null where the example has null', async () => {
    const { simulator, show } = await createBench();
    const task = await show(simulator.addTask({ state: 'SYNC_SUCCESS' }));
    const { target_server: target } = task;
    const nulls = [task.clone_server, task.target_snapshot_id, task.vm_template_id, target.ip, target.os_version];
    nulls.push(target.system_dir, target.rollback_snapshot_ids, target.disks[0].physical_volumes[0].uuid);
    expect(nulls.every((value) => value === null)).toBe(true);
  });

  it('has the disk of the example by default, to the byte', async () => {
    const { simulator, show } = await createBench();
    const [disk] = (await show(simulator.addTask())).target_server.disks;
    const [official] = readFixture('show-task.response.json').target_server.disks;
    const strip = ({ id, disk_id, ...rest }: Json) => rest;
    const volume = (given: Json) => given.physical_volumes.map(strip);
    expect({ ...strip(disk), physical_volumes: volume(disk) }).toEqual({
      ...strip(official),
      physical_volumes: volume(official),
    });
  });

  it('describes several disks, and those of Windows', async () => {
    const { simulator, show } = await createBench();
    const disks = [
      { sizeBytes: 100e9, usedBytes: 10e9 },
      { sizeBytes: 200e9, usedBytes: 20e9 },
    ];
    const linux = (await show(simulator.addTask({ disks }))).target_server;
    expect(linux.disks.map((disk: Json) => [disk.name, disk.relation_name, disk.device_use, disk.size])).toEqual([
      ['/dev/sda', '/dev/vda', 'BOOT', 100e9],
      ['/dev/sdb', '/dev/vdb', 'NORMAL', 200e9],
    ]);
    const windows = (await show(simulator.addTask({ disks, os_type: 'WINDOWS' }))).target_server;
    expect(windows.system_dir).toBe('C:\\Windows');
    expect(windows.disks[1].physical_volumes[0]).toMatchObject({ name: 'D:', file_system: 'NTFS', used_size: 20e9 });
  });

  it('has the fields of the seed', async () => {
    const { simulator, show } = await createBench();
    const id = simulator.addTask({
      id: 'my-task',
      name: 'mine',
      priority: 2,
      speed_limit: 100,
      region_id: 'eu-west-101',
      project_id: 'p',
      type: 'MIGRATE_BLOCK',
    });
    expect(id).toBe('my-task');
    expect(await show(id)).toMatchObject({
      id: 'my-task',
      name: 'mine',
      priority: 2,
      speed_limit: 100,
      region_id: 'eu-west-101',
      project_id: 'p',
      type: 'MIGRATE_BLOCK',
    });
    expect(() => simulator.addTask({ id: 'my-task' })).toThrow(RangeError);
  });

  it('defaults to the project of the first account and to counted ids', async () => {
    const { simulator, show } = await createBench();
    const id = simulator.addTask();
    expect(id).toBe('8abda8635e09d185015e09d188dd0001');
    expect(simulator.addTask()).toBe('8abda8635e09d185015e09d188dd0002');
    expect(await show(id)).toMatchObject({ project_id: '0215ef11e49d4743be23dd97a1561xxx', region_id: 'cn-north-4' });
  });
});

describe('seeded states', () => {
  it.each([
    ['READY', []],
    ['RUNNING', [0, 0, 0, 0]],
    ['ABORTING', 'paused'],
    ['ABORT', 'paused'],
    ['MIGRATE_FAIL', [100, 100, 100, 50]],
    ['MIGRATE_SUCCESS', [100, 100, 100, 100]],
    ['SYNCING', [100, 100, 100, 100]],
    ['SYNC_SUCCESS', [100, 100, 100, 100, 100, 100, 100]],
    ['SYNC_FAIL', [100, 100, 100, 100, 100, 100, 50]],
    ['DELETING', []],
    ['SYNC_F_ROLLBACK_SUCCESS', [100, 100, 100, 100]],
    ['SYNC_F_ROLLBACKING', [100, 100, 100, 100]],
    ['SKIPPING', [100, 100, 100, 100]],
    ['SUCCESS', [100, 100, 100, 100]],
    ['FAIL', [100, 100, 100, 50]],
    ['RESETING', []],
  ])('%s comes with its steps', async (state, expected) => {
    const { simulator, show, now } = await createBench({ tasks: [{ id: 'seeded', state }] });
    for (const id of ['seeded', simulator.addTask({ state })]) {
      const task = await show(id);
      expect(task.state).toBe(state);
      expect(task.create_date).toBeLessThan(now());
      if (expected === 'paused') {
        expect(names(task)).toHaveLength(4);
        expect(progress(task).at(-1)).toBeGreaterThan(10);
        expect(progress(task).at(-1)).toBeLessThan(90);
      } else {
        expect(progress(task)).toEqual(expected);
      }
      for (const step of task.sub_tasks) expect(step.start_date ?? 0).toBeLessThanOrEqual(now());
    }
  });

  it.each([[{ state: 'SYNC_SUCCESS', syncing: true }], [{ state: 'ABORT', failAt: { step: 'SSL_CONFIG' } }]])(
    'shows the state even when the seed contradicts its history: %j',
    async (seed) => {
      const { simulator, show } = await createBench();
      expect((await show(simulator.addTask(seed))).state).toBe(seed.state);
    },
  );

  it('RUNNING starts at the moment it is added', async () => {
    const { simulator, show } = await createBench();
    const id = simulator.addTask({ state: 'RUNNING' });
    simulator.advance(10 * minute - 1);
    expect((await show(id)).state).toBe('RUNNING');
    simulator.advance(1);
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });
});

describe('ListTasks', () => {
  const expectedKeys = [
    ...['id', 'name', 'type', 'os_type', 'state', 'estimate_complete_time', 'create_date', 'priority', 'speed_limit'],
    ...[
      'migrate_speed',
      'compress_rate',
      'start_target_server',
      'error_json',
      'total_time',
      'migration_ip',
      'sub_tasks',
    ],
    ...['source_server', 'enterprise_project_id', 'target_server', 'log_collect_status', 'clone_server', 'syncing'],
    ...['network_check_info', 'special_config', 'total_cpu_usage', 'agent_cpu_usage', 'total_mem_usage'],
    ...['agent_mem_usage', 'total_disk_io', 'agent_disk_io', 'need_migration_test', 'subtask_info'],
  ];

  it('has the shape of the reference: no remain_seconds, no user_op', async () => {
    const { simulator, call } = await createBench();
    simulator.addTask({ state: 'RUNNING' });
    const { json } = await call('GET', '/v3/tasks');
    expect(json.count).toBe(1);
    expect(Object.keys(json.tasks[0]).sort()).toEqual(expectedKeys.sort());
    const [step] = json.tasks[0].sub_tasks;
    expect(Object.keys(step).sort()).toEqual(['end_date', 'id', 'name', 'process_trace', 'progress', 'start_date']);
    expect(json.tasks[0].estimate_complete_time).toBeGreaterThan(0);
  });

  it('filters, and counts all matches', async () => {
    const { simulator, call } = await createBench();
    const ready = simulator.addTask({ name: 'web-01' });
    simulator.addTask({ name: 'web-02', state: 'ABORT' });
    simulator.addTask({ name: 'db-01', state: 'ABORT' });
    const list = async (query: string) => {
      const { json } = await call('GET', `/v3/tasks?${query}`);
      return [json.count, ...json.tasks.map((task: Json) => task.name)];
    };
    expect(await list('')).toEqual([3, 'web-01', 'web-02', 'db-01']);
    expect(await list('state=ABORT')).toEqual([2, 'web-02', 'db-01']);
    expect(await list('name=web')).toEqual([2, 'web-01', 'web-02']);
    expect(await list(`id=${ready}`)).toEqual([1, 'web-01']);
    expect(await list('limit=1&offset=1')).toEqual([3, 'web-02']);
    expect(await list('limit=1&offset=5')).toEqual([3]);
    expect(await list('limit=0')).toEqual([3, 'web-01', 'web-02', 'db-01']);
    expect(await list('enterprise_project_id=0')).toHaveLength(4);
    expect(await list('enterprise_project_id=all_granted_eps')).toHaveLength(4);
    expect(await list('enterprise_project_id=other')).toEqual([0]);
    const source = (await call('GET', `/v3/tasks/${ready}`)).json.source_server.id;
    expect(await list(`source_server_id=${source}`)).toEqual([1, 'web-01']);
  });

  it('returns 100 by default and 200 at most', async () => {
    const { call } = await createBench({ tasks: Array.from({ length: 250 }, () => ({})) });
    expect((await call('GET', '/v3/tasks')).json.tasks).toHaveLength(100);
    expect((await call('GET', '/v3/tasks?limit=200&offset=100')).json.tasks).toHaveLength(150);
    for (const query of ['limit=201', 'limit=-1', 'limit=x', 'offset=65536', 'limit=1.5']) {
      expect((await call('GET', `/v3/tasks?${query}`)).status).toBe(400);
    }
  });
});

describe('deleting', () => {
  it('shows DELETING, and then the task is unknown', async () => {
    const { simulator, call, act } = await createBench();
    const id = simulator.addTask({ state: 'MIGRATE_SUCCESS' });
    expect(await call('DELETE', `/v3/tasks/${id}`)).toMatchObject({ status: 200, text: '' });
    expect((await call('GET', `/v3/tasks/${id}`)).json.state).toBe('DELETING');
    expect((await act(id, 'start')).status).toBe(400);
    expect((await call('DELETE', `/v3/tasks/${id}`)).status).toBe(200);
    simulator.advance(2000);
    expect((await call('GET', `/v3/tasks/${id}`)).status).toBe(404);
    expect((await call('GET', '/v3/tasks')).json.count).toBe(0);
    expect(simulator.addTask({ id })).toBe(id);
  });

  it.each(['RUNNING', 'SYNCING', 'ABORTING'])('is refused in %s, for one and for many', async (state) => {
    const { simulator, call } = await createBench();
    const [busy, idle] = [simulator.addTask({ state }), simulator.addTask()];
    const replies = [
      await call('DELETE', `/v3/tasks/${busy}`),
      await call('POST', '/v3/tasks/delete', { ids: [idle, busy] }),
    ];
    for (const reply of replies) expect([reply.status, reply.json.error_code]).toEqual([400, 'SMS.2015']);
    expect((await call('GET', `/v3/tasks/${idle}`)).json.state).toBe('READY');
  });

  it('accepts 1 to 50 ids at once', async () => {
    const { simulator, call } = await createBench();
    const all = Array.from({ length: 50 }, () => simulator.addTask());
    for (const body of [{}, { ids: [] }, { ids: [...all, 'x'] }]) {
      expect((await call('POST', '/v3/tasks/delete', body)).status).toBe(400);
    }
    expect((await call('POST', '/v3/tasks/delete', { ids: ['unknown'] })).status).toBe(404);
    expect((await call('POST', '/v3/tasks/delete', { ids: all })).status).toBe(200);
    simulator.advance(2000);
    expect((await call('GET', '/v3/tasks')).json.count).toBe(0);
  });
});

describe('CreateTask', () => {
  async function prepare() {
    const bench = await createBench();
    const source = (await bench.show(bench.simulator.addTask())).source_server.id;
    const body = { ...readFixture('create-task.linux-file.v1.request.json'), source_server: { id: source } };
    return { ...bench, body };
  }

  it('accepts the official request and returns only the id', async () => {
    const { call, show, body } = await prepare();
    const reply = await call('POST', '/v3/tasks', body);
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.json)).toEqual(['id']);
    const task = await show(reply.json.id);
    expect(task).toMatchObject({ name: 'Linux Migration', state: 'READY', priority: 1, region_id: 'cn-north-1' });
    expect(task.target_server.vm_id).toBe(body.target_server.vm_id);
    expect(task.target_server.disks.map((disk: Json) => [disk.name, disk.physical_volumes.length])).toEqual([
      ['sda', 2],
      ['sdb', 2],
    ]);
    expect(task.source_server.id).toBe(body.source_server.id);
  });

  it('starts at once with auto_start, from a template without a vm_id', async () => {
    const { call, show, body } = await prepare();
    const template = await call('POST', '/v3/vm/templates', { template: { name: 'web' } });
    const more = {
      auto_start: true,
      vm_template_id: template.json.id,
      exist_server: false,
      target_server: { name: 'x' },
    };
    const task = await show((await call('POST', '/v3/tasks', { ...body, ...more })).json.id);
    expect(task.state).toBe('RUNNING');
    expect(names(task)[0]).toBe('CREATE_CLOUD_SERVER');
  });

  it.each([
    ['an unknown source', { source_server: { id: 'unknown' } }, 'SMS.2216'],
    ['no source', { source_server: undefined }, 'SMS.2216'],
    ['no name', { name: '' }, 'APIGW.0602'],
    ['an unknown type', { type: 'MIGRATE_ALL' }, 'APIGW.0602'],
    ['Windows by files', { os_type: 'WINDOWS' }, 'APIGW.0602'],
    ['no region', { region_id: undefined }, 'APIGW.0602'],
    ['no target', { target_server: undefined }, 'APIGW.0602'],
    [
      'a volume without a name',
      { target_server: { disks: [{ size: 1, physical_volumes: [{ size: 1 }] }] } },
      'SMS.6104',
    ],
    ['a disk without a size', { target_server: { disks: [{ name: 'sda' }] } }, 'APIGW.0602'],
  ])('refuses %s', async (_what, change, code) => {
    const { call, body } = await prepare();
    const reply = await call('POST', '/v3/tasks', { ...body, ...change });
    expect([reply.status, reply.json.error_code]).toEqual([400, code]);
  });
});

describe('UpdateTask', () => {
  it('changes the given fields and returns the id', async () => {
    const { simulator, call, show } = await createBench();
    const id = simulator.addTask({ region_id: 'eu-west-101' });
    const reply = await call('PUT', `/v3/tasks/${id}`, { name: 'renamed', speed_limit: 7, unknown: 1 });
    expect(reply.json).toEqual({ id });
    expect(await show(id)).toMatchObject({ name: 'renamed', speed_limit: 7, region_id: 'eu-west-101' });
    expect((await call('PUT', `/v3/tasks/${id}`, [])).status).toBe(400);
  });
});

describe('speed limits', () => {
  it('are kept as sent, and absent before', async () => {
    const { simulator, call } = await createBench();
    const path = `/v3/tasks/${simulator.addTask()}/speed-limit`;
    expect((await call('GET', path)).json.error_code).toBe('SMS.6302');
    const body = readFixture('shows-speed-limits.response.json');
    expect((await call('POST', path, body)).status).toBe(200);
    expect((await call('GET', path)).json).toEqual(body);
  });

  it.each([
    [{}],
    [{ speed_limit: [{ start: '25:00', end: '8:00', speed: 1 }] }],
    [{ speed_limit: [{ start: '0:00', end: '8:00', speed: 1001 }] }],
    [{ speed_limit: [{ start: '0:00', speed: 1 }] }],
  ])('refuse %j', async (body) => {
    const { simulator, call } = await createBench();
    expect((await call('POST', `/v3/tasks/${simulator.addTask()}/speed-limit`, body)).status).toBe(400);
  });
});
