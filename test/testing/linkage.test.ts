import { describe, expect, it } from 'vitest';
import { newTask, registration } from './bodies.js';
import { createBench, type Json, readFixture } from './support.js';

const minute = 60_000;

async function prepare(body: object = registration) {
  const bench = await createBench();
  const source: string = (await bench.call('POST', '/v3/sources', body)).json.id;
  const create = (more: object = {}) =>
    bench.call('POST', '/v3/tasks', { ...newTask, source_server: { id: source }, ...more });
  return { ...bench, source, create };
}

describe('a task and its source server', () => {
  it('mirrors the disks, volume groups and Btrfs file systems of the source, the latter as text', async () => {
    const { create, show } = await prepare();
    const { target_server: target } = await show((await create()).json.id);
    expect(target.disks).toMatchObject([{ name: '/dev/sda', size: 1000, physical_volumes: [{ name: '/dev/sda1' }] }]);
    expect(target.volume_groups).toMatchObject([{ name: 'vg', logical_volumes: [{ name: 'lv' }] }]);
    expect(target.btrfs_list.map((text: string) => JSON.parse(text).name)).toEqual(['btrfs1']);
  });

  it('migrates what the agent reported, in the official bodies', async () => {
    const { network, ...body } = readFixture('register-server.linux.v1.request.json');
    const { simulator, source, create, show } = await prepare({ ...body, networks: [network], agent_version: '8' });
    const official = readFixture('create-task.linux-file.v1.request.json');
    const { id } = (await create({ ...official, source_server: { id: source }, auto_start: true })).json;
    simulator.advance(10 * minute);
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });

  it.each([
    ['another size', [{ name: '/dev/sda', size: 1001 }]],
    ['another disk', [{ name: '/dev/sdb', size: 1000 }]],
    [
      'a partition of another size',
      [{ name: '/dev/sda', size: 1000, physical_volumes: [{ name: '/dev/sda1', size: 1 }] }],
    ],
  ])('fails with SMS.0515 when it runs with %s, however often it is started', async (_what, disks) => {
    const { simulator, act, create, show } = await prepare();
    const reply = await create({ target_server: { ...newTask.target_server, disks } });
    expect(reply.status).toBe(200);
    for (const operation of ['start', 'start', 'restart']) {
      await act(reply.json.id, operation);
      simulator.advance(10 * minute);
      const task = await show(reply.json.id);
      expect([task.state, JSON.parse(task.error_json).error_code]).toEqual(['MIGRATE_FAIL', 'SMS.0515']);
    }
    expect(openStep(await show(reply.json.id))).toBe('FORMAT_DISK_LINUX_FILE');
  });

  it('uses the planned sizes', async () => {
    const { simulator, call, source, create, show } = await prepare();
    const [disk] = (await call('GET', `/v3/sources/${source}`)).json.disks;
    await call('PUT', `/v3/sources/${source}`, { disks: [{ id: String(disk.id), adjust_size: 2000 }] });
    const target_server = { ...newTask.target_server, disks: [{ name: '/dev/sda', size: 2000 }] };
    const { id } = (await create({ target_server, auto_start: true })).json;
    simulator.advance(10 * minute);
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });

  it('never has more data on a target than a shrunk partition holds', async () => {
    const { call, source, create, show } = await prepare();
    const [disk] = (await call('GET', `/v3/sources/${source}`)).json.disks;
    const volume = { id: String(disk.physical_volumes[0].id), adjust_size: 100 };
    await call('PUT', `/v3/sources/${source}`, { disks: [{ id: String(disk.id), physical_volumes: [volume] }] });
    const [made] = (await show((await create()).json.id)).target_server.disks;
    expect(made.physical_volumes).toMatchObject([{ size: 100, used_size: 100, free_size: 0 }]);
  });

  it("keeps the request's settings for syncing, the network and public addresses", async () => {
    const { simulator, call, source, create, show } = await prepare();
    const wishes = { syncing: true, auto_start: true, start_network_check: true, use_public_ip: true };
    const { id } = (await create(wishes)).json;
    expect((await show(id)).network_check_info).not.toBeNull();
    expect((await call('GET', `/v3/sources/${source}`)).json.current_task).toMatchObject({ id, use_public_ip: true });
    simulator.advance(10 * minute);
    expect((await show(id)).state).toBe('SYNCING');
    expect((await call('GET', `/v3/sources/${source}`)).json.state).toBe('syncing');
  });

  it.each([
    [{ os_type: 'WINDOWS', type: 'MIGRATE_BLOCK' }],
    [{ priority: 3 }],
    [{ speed_limit: -1 }],
    [{ syncing: 'perhaps' }],
    [{ vm_template_id: 7 }],
    [{ target_server: { name: 'x', disks: {} } }],
  ])('refuses %j', async (change) => {
    const { create } = await prepare();
    expect((await create(change)).status).toBe(400);
  });

  it('shows the last of several tasks', async () => {
    const { simulator, call, source, create } = await prepare();
    const first = (await create()).json.id;
    const second = (await create()).json.id;
    const current = async () => (await call('GET', `/v3/sources/${source}`)).json.current_task?.id ?? null;
    expect(await current()).toBe(second);
    await call('DELETE', `/v3/tasks/${second}`);
    simulator.advance(2000);
    expect(await current()).toBe(first);
  });
});

function openStep(task: Json): string {
  return task.sub_tasks.find(({ end_date }: Json) => end_date === null).name;
}

describe('paging', () => {
  const template = (index: number) => ({ template: { name: `t-${index}` } });
  const project = (index: number) => ({ name: `p-${index}`, region: 'r', type: 'MIGRATE_FILE' });

  it.each([
    ['/v3/tasks', 'tasks', 'id', 23],
    ['/v3/sources', 'source_servers', 'id', 23],
    ['/v3/errors', 'migration_errors', 'source_id', 23],
    ['/v3/vm/templates', 'templates', 'id', 23],
    ['/v3/migprojects', 'migprojects', 'id', 24],
  ])('gives every item of %s once, and counts all of them on each page', async (path, list, id, total) => {
    const { call } = await createBench({ tasks: Array.from({ length: 23 }, () => ({ state: 'MIGRATE_FAIL' })) });
    for (let index = 0; index < 23; index += 1) {
      await call('POST', '/v3/vm/templates', template(index));
      await call('POST', '/v3/migprojects', project(index));
    }
    const seen: string[] = [];
    for (let offset = 0; offset < 30; offset += 5) {
      const { json } = await call('GET', `${path}?limit=5&offset=${offset}`);
      expect(json.count).toBe(total);
      seen.push(...json[list].map((item: Json) => item[id]));
    }
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
  });
});
