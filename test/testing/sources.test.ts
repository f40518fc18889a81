import { describe, expect, it } from 'vitest';
import type { SourceSeed } from '../../src/testing/index.js';
import { registration } from './bodies.js';
import { createBench, type Json, readFixture } from './support.js';

const minute = 60_000;

async function prepare(options: Parameters<typeof createBench>[0] = {}) {
  const bench = await createBench(options);
  const read = async (id: string): Promise<Json> => (await bench.call('GET', `/v3/sources/${id}`)).json;
  const list = async (query = ''): Promise<Json> => (await bench.call('GET', `/v3/sources${query}`)).json;
  const found = async (query: string): Promise<string[]> =>
    (await list(query)).source_servers.map(({ id }: Json) => id);
  return { ...bench, read, list, found };
}

describe('RegisterServer', () => {
  it('makes the server visible to other operations, and its deletion removes it', async () => {
    const { call, read, found, now } = await prepare();
    const { id } = (await call('POST', '/v3/sources', registration)).json;
    expect(await found('')).toEqual([id]);
    const source = await read(id);
    expect(source).toMatchObject({
      id,
      name: 'web-01',
      ip: '10.0.0.7',
      hostname: 'web-01.local',
      state: 'waiting',
      migration_cycle: 'setting',
      connected: true,
      add_date: now(),
      replicatesize: 0,
      totalsize: 400,
      current_task: null,
      adjust_disk: false,
      networks: [{ mac: 'fa:16:3e:00:00:99', mtu: 1500, gateway: null }],
    });
    expect(source.disks[0]).toMatchObject({ name: '/dev/sda', need_migration: true, adjust_size: null });
    expect(source.init_target_server.disks[0].physical_volumes[0]).toMatchObject({ name: '/dev/sda1', size: 900 });
    expect(source.volume_groups[0].logical_volumes[0].name).toBe('lv');
    expect(source.btrfs_list[0].subvolumn[0].is_snapshot).toBe('false');
    const named = await call('PUT', `/v3/sources/${id}`, readFixture('update-server-name.request.json'));
    expect(named.status).toBe(200);
    expect((await read(id)).name).toBe('newName');
    expect((await call('DELETE', `/v3/sources/${id}`)).status).toBe(200);
    expect((await call('GET', `/v3/sources/${id}`)).status).toBe(404);
    expect(await found('')).toEqual([]);
  });

  it('accepts the official body with the fields that later documents require', async () => {
    const { call, read } = await prepare();
    const { network, ...body } = readFixture('register-server.linux.v1.request.json');
    const reply = await call('POST', '/v3/sources', { ...body, networks: [network], agent_version: '8.0.0' });
    const source = await read(reply.json.id);
    expect(source.disks.map(({ size }: Json) => size)).toEqual([85897247744, 214745218048]);
    expect(source.state).toBe('waiting');
  });

  it('shows memory in MB in one response and in bytes in the other, whatever the agent sent', async () => {
    const { call, read, list } = await prepare();
    for (const [memory, mac] of [
      [8192, 'a'],
      [8192 * 1_048_576, 'b'],
    ]) {
      const { id } = (await call('POST', '/v3/sources', { ...registration, memory, networks: [{ mac }] })).json;
      expect((await read(id)).memory).toBe(8192);
      expect((await list(`?id=${id}`)).source_servers[0].memory).toBe(8_589_934_592);
    }
  });

  it('refuses a server that exists already, by its id or first MAC address, with a special 401', async () => {
    const { call, simulator } = await prepare();
    const id = simulator.addSourceServer();
    await call('POST', '/v3/sources', registration);
    const others = { ...registration, networks: [{ mac: 'other' }] };
    for (const body of [registration, { ...others, id }]) {
      const reply = await call('POST', '/v3/sources', body);
      expect([reply.status, reply.json.error_code]).toEqual([401, 'SMS.2013']);
    }
    expect((await call('POST', '/v3/sources', { ...others, id: 'my-own' })).json).toEqual({ id: 'my-own' });
  });

  it.each([
    ['no name', { name: undefined }, 'APIGW.0602'],
    ['no version of the agent', { agent_version: null }, 'APIGW.0602'],
    ['no network', { networks: [] }, 'APIGW.0602'],
    ['an empty MAC address', { networks: [{ mac: '' }] }, 'APIGW.0602'],
    ['disks that are no list', { disks: {} }, 'APIGW.0602'],
    ['a size that is no number', { disks: [{ size: 'big' }] }, 'APIGW.0602'],
    ['another system', { os_type: 'SOLARIS' }, 'SMS.2206'],
    ['a partition without a name', { disks: [{ size: 1, physical_volumes: [{}] }] }, 'SMS.6104'],
    ['unknown firmware', { firmware: 'COREBOOT' }, 'APIGW.0602'],
  ])('refuses %s', async (_what, change, code) => {
    const { call, list } = await prepare();
    const reply = await call('POST', '/v3/sources', { ...registration, ...change });
    expect([reply.status, reply.json.error_code]).toEqual([400, code]);
    expect((await list()).count).toBe(0);
  });

  it.each([
    ['rsync is missing', { has_rsync: false }, 'RSYNC', 'SMS.6517'],
    [
      'a file system is unknown',
      { disks: [{ size: 1, physical_volumes: [{ name: 'a', file_system: 'zfs' }] }] },
      'FILE_SYSTEM',
      'SMS.6509',
    ],
  ])('leaves a server unavailable when %s', async (_what, change, name, code) => {
    const { call, read } = await prepare();
    const source = await read((await call('POST', '/v3/sources', { ...registration, ...change })).json.id);
    expect(source).toMatchObject({ state: 'unavailable', migration_cycle: 'checking' });
    const failed = source.checks.filter(({ result }: Json) => result !== 'OK');
    expect(failed).toMatchObject([{ name, result: 'ERROR', error_code: code, error_or_warn: 'error' }]);
  });
});

describe('seeds', () => {
  it('have the given fields, and default to a healthy server', async () => {
    const seed: SourceSeed = {
      id: 'mine',
      name: 'db-01',
      ip: '10.1.1.1',
      hostname: 'db',
      os_type: 'WINDOWS',
      firmware: 'UEFI',
      cpu_quantity: 16,
      memoryBytes: 1_073_741_824,
      disks: [{ sizeBytes: 2e9, usedBytes: 1e9 }],
      connected: false,
      checks: [
        { name: 'CPU', result: 'WARN' },
        { name: 'VSS', result: 'ERROR', error_code: 'SMS.6533' },
      ],
    };
    const { simulator, read } = await prepare({ sources: [seed] });
    const source = await read('mine');
    expect(source).toMatchObject({ name: 'db-01', ip: '10.1.1.1', hostname: 'db', firmware: 'UEFI', memory: 1024 });
    expect(source).toMatchObject({ os_version: 'WINDOWS2019_64BIT', connected: false, state: 'unavailable' });
    expect(source.disks).toMatchObject([{ name: 'Disk 0', size: 2e9, used_size: 1e9 }]);
    expect(source.checks.map(({ name, result }: Json) => `${name} ${result}`)).toEqual([
      'OS_VERSION OK',
      'FIRMWARE OK',
      'CPU WARN',
      'MEMORY OK',
      'FILE_SYSTEM OK',
      'VSS ERROR',
    ]);
    const other = await read(simulator.addSourceServer());
    expect(other).toMatchObject({ os_type: 'LINUX', connected: true, state: 'waiting' });
    expect(other.disks[0].size).toBe(42_949_672_960);
    expect(() => simulator.addSourceServer({ id: 'mine' })).toThrow(RangeError);
    expect(() => simulator.addSourceServer({ migprojectid: 'nowhere' })).toThrow(RangeError);
  });

  it('can be the source of seeded tasks, which get its system and its disks', async () => {
    const sources = [{ id: 's', os_type: 'WINDOWS' as const, disks: [{ sizeBytes: 5e9, usedBytes: 1e9 }] }];
    const { simulator, show, read } = await prepare({ sources, tasks: [{ id: 't', source_server_id: 's' }] });
    const task = await show('t');
    expect(task).toMatchObject({ os_type: 'WINDOWS', type: 'MIGRATE_BLOCK', source_server: { id: 's' } });
    expect(task.target_server.disks).toMatchObject([{ name: 'Disk 0', size: 5e9 }]);
    expect((await read('s')).current_task.id).toBe('t');
    expect(() => simulator.addTask({ source_server_id: 'unknown' })).toThrow(RangeError);
    expect(() => simulator.addTask({ source_server_id: 's', os_type: 'LINUX' })).toThrow(RangeError);
  });

  it('of a failed task name the failed step by the system of the source', async () => {
    const { simulator, show } = await prepare();
    const source = simulator.addSourceServer({ os_type: 'WINDOWS' });
    const task = await show(simulator.addTask({ source_server_id: source, state: 'MIGRATE_FAIL' }));
    expect(task).toMatchObject({ state: 'MIGRATE_FAIL', os_type: 'WINDOWS' });
  });
});

describe('ListServers', () => {
  it('filters by everything in the reference', async () => {
    const { simulator, call, act, list, found } = await prepare();
    const web = simulator.addSourceServer({ name: 'web-01', ip: '10.0.0.1' });
    const gone = simulator.addSourceServer({ name: 'web-02', connected: false });
    const failed = simulator.addSourceServer({ checks: [{ name: 'CPU', result: 'ERROR' }] });
    const { id: project } = (
      await call('POST', '/v3/migprojects', { name: 'w', region: 'r', type: 'MIGRATE_FILE', isdefault: true })
    ).json;
    const task = simulator.addTask({ state: 'MIGRATE_SUCCESS' });
    const copied = (await call('GET', `/v3/tasks/${task}`)).json.source_server.id;
    await act(task, 'clone_test');
    const clone = (await call('GET', `/v3/tasks/${task}`)).json.clone_server.vm_id;
    await call('POST', `/v3/tasks/${task}/consistency-result`, { consistency_result: [] });
    expect(await found('?state=waiting')).toEqual([web, gone]);
    expect(await found('?state=unavailable')).toEqual([failed]);
    expect(await found('?state=cloning')).toEqual([copied]);
    expect(await found('?name=web')).toEqual([web, gone]);
    expect(await found(`?id=${web}`)).toEqual([web]);
    expect(await found('?ip=10.0.0.1')).toEqual([web]);
    expect(await found('?ip=10.0.0.1&ipv6=::9')).toEqual([web]);
    expect(await found('?ipv6=::9')).toEqual([]);
    expect(await found(`?migproject=${project}`)).toEqual([copied]);
    expect(await found('?migration_cycle=replicating')).toEqual([copied]);
    expect(await found('?connected=false')).toEqual([gone]);
    expect(await found('?connected=true')).toHaveLength(3);
    expect(await found('?is_consistency_result_exist=true')).toEqual([copied]);
    expect(await found('?is_consistency_result_exist=false')).toHaveLength(3);
    expect(await found(`?vm_id=${clone}`)).toEqual([copied]);
    expect(await found('?enterprise_project_id=0')).toHaveLength(4);
    expect(await found('?enterprise_project_id=other')).toEqual([]);
    expect(await found('?state=&name=&migproject=&connected=&limit=')).toHaveLength(4);
    expect(await list('?limit=1&offset=1')).toMatchObject({ count: 4, source_servers: [{ id: gone }] });
    for (const query of ['?connected=maybe', '?limit=-1', '?offset=x', '?limit=1.5']) {
      expect((await call('GET', `/v3/sources${query}`)).status).toBe(400);
    }
  });

  it('returns 200 for no limit and for 0, and accepts any larger limit', async () => {
    const { list } = await prepare({ sources: Array.from({ length: 250 }, () => ({})) });
    for (const [query, length] of [
      ['', 200],
      ['?limit=0', 200],
      ['?limit=1000', 250],
    ] as const) {
      expect((await list(query)).source_servers).toHaveLength(length);
    }
  });

  it('shows the current task, its copy and its log', async () => {
    const { simulator, call, list, act } = await prepare();
    const id = simulator.addTask({ disks: [{ sizeBytes: 80e9, usedBytes: 40e9 }] });
    const before = (await list()).source_servers[0];
    expect(before).toMatchObject({ replicatesize: 0, totalsize: 40e9, current_task: { id, state: 'READY' } });
    await act(id, 'start');
    simulator.advance(5 * minute);
    await call('POST', `/v3/tasks/${id}/log`, { log_bucket: 'logs' });
    const [source] = (await list()).source_servers;
    expect(source.replicatesize).toBeGreaterThan(0);
    expect(source.replicatesize).toBeLessThan(40e9);
    expect(source.current_task).toMatchObject({
      state: 'RUNNING',
      remain_seconds: 300,
      log_collect_status: 'UPLOADING',
    });
    expect(source.current_task).toMatchObject({ log_bucket: 'logs', log_share_url: null, exist_server: true });
    simulator.advance(5 * minute);
    const after = (await list()).source_servers[0];
    expect(after.replicatesize).toBe(40e9);
    await act(id, 'start');
    simulator.advance(minute);
    expect((await list()).source_servers[0].replicatesize).toBeLessThan(40e9);
    expect(after.current_task).toMatchObject({ log_collect_status: 'UPLOADED' });
    expect(after.current_task.log_share_url).toContain('logs');
  });
});
