import { describe, expect, it } from 'vitest';
import { registration } from './bodies.js';
import { createBench, type Json, readFixture } from './support.js';

const body = { name: 'wave 1', region: 'eu-west-101', type: 'MIGRATE_BLOCK' };

async function prepare() {
  const bench = await createBench();
  const create = async (more: object = {}): Promise<string> =>
    (await bench.call('POST', '/v3/migprojects', { ...body, ...more })).json.id;
  const read = async (id: string): Promise<Json> => (await bench.call('GET', `/v3/migprojects/${id}`)).json;
  const list = async (query = ''): Promise<Json> => (await bench.call('GET', `/v3/migprojects${query}`)).json;
  const defaults = async (): Promise<string[]> =>
    (await list()).migprojects.filter(({ isdefault }: Json) => isdefault).map(({ id }: Json) => id);
  return { ...bench, create, read, list, defaults };
}

describe('a migration project', () => {
  it('is created, listed, read, changed and deleted', async () => {
    const { call, create, read, list } = await prepare();
    const id = await create({ description: 'first', syncing: true });
    const project = await read(id);
    expect(project).toEqual({
      ...body,
      description: 'first',
      isdefault: false,
      start_target_server: true,
      speed_limit: 0,
      use_public_ip: true,
      exist_server: true,
      enterprise_project: 'default',
      syncing: true,
      start_network_check: false,
    });
    expect((await list()).migprojects[1]).toEqual({ ...project, id });
    expect((await call('PUT', `/v3/migprojects/${id}`, { name: 'wave 2', speed_limit: 50 })).text).toBe('""');
    expect(await read(id)).toEqual({ ...project, name: 'wave 2', speed_limit: 50 });
    expect((await call('DELETE', `/v3/migprojects/${id}`)).status).toBe(200);
    expect((await call('GET', `/v3/migprojects/${id}`)).status).toBe(404);
    expect((await list()).count).toBe(1);
  });

  it('has exactly one default', async () => {
    const { call, create, defaults } = await prepare();
    const [first] = await defaults();
    expect(await defaults()).toHaveLength(1);
    const second = await create({ isdefault: true });
    expect(await defaults()).toEqual([second]);
    const third = await create();
    const reply = await call('PUT', `/v3/migprojects/${third}/default`);
    expect(reply.json).toEqual(readFixture('update-default-migproject.response.json'));
    expect(await defaults()).toEqual([third]);
    await call('PUT', `/v3/migprojects/${first}`, { isdefault: true });
    await call('PUT', `/v3/migprojects/${first}`, { isdefault: false });
    expect(await defaults()).toEqual([first]);
    expect((await call('DELETE', `/v3/migprojects/${first}`)).status).toBe(400);
  });

  it('gets new source servers when it is the default, others when they are moved, and hands them back when it is deleted', async () => {
    const { simulator, call, create, defaults } = await prepare();
    const [first] = await defaults();
    const old = simulator.addSourceServer();
    const second = await create({ isdefault: true });
    const seeded = simulator.addSourceServer();
    const registered = (await call('POST', '/v3/sources', registration)).json.id;
    const made = (await call('GET', `/v3/tasks/${simulator.addTask()}`)).json.source_server.id;
    const chosen = simulator.addSourceServer({ migprojectid: first });
    const members = async (project: string | undefined) =>
      (await call('GET', `/v3/sources?migproject=${project}`)).json.source_servers.map(({ id }: Json) => id);
    expect(await members(first)).toEqual([old, chosen]);
    expect(await members(second)).toEqual([seeded, registered, made]);
    await call('PUT', `/v3/sources/${old}`, { migprojectid: second });
    expect(await members(second)).toEqual([old, seeded, registered, made]);
    expect((await call('PUT', `/v3/sources/${old}`, { migprojectid: 'unknown' })).status).toBe(404);
    await call('PUT', `/v3/migprojects/${first}/default`);
    await call('DELETE', `/v3/migprojects/${second}`);
    expect(await members(first)).toHaveLength(5);
  });

  it.each([
    [{ name: undefined }],
    [{ name: 'x'.repeat(21) }],
    [{ region: undefined }],
    [{ type: 'MIGRATE_ALL' }],
    [{ speed_limit: -1 }],
    [{ syncing: 'perhaps' }],
  ])('refuses %j', async (change) => {
    const { call } = await prepare();
    const reply = await call('POST', '/v3/migprojects', { ...body, ...change });
    expect([reply.status, reply.json.error_code]).toEqual([400, 'APIGW.0602']);
  });
});
