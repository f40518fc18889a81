import { describe, expect, it } from 'vitest';
import { template } from './bodies.js';
import { createBench, type Json, names, readFixture } from './support.js';

async function prepare() {
  const bench = await createBench();
  const create = async (more: object = {}): Promise<string> =>
    (await bench.call('POST', '/v3/vm/templates', { template: { ...template, ...more } })).json.id;
  const read = async (id: string): Promise<Json> => (await bench.call('GET', `/v3/vm/templates/${id}`)).json.template;
  return { ...bench, create, read };
}

describe('a template', () => {
  it('is created, listed, read, changed and deleted', async () => {
    const { call, create, read } = await prepare();
    const id = await create();
    expect(await read(id)).toMatchObject({
      id,
      name: 'web',
      vpc: { id: 'autoCreate', name: 'vpc', cidr: '' },
      publicip: { type: '5_bgp', bandwidth_size: 10, bandwidth_share_type: 'PER' },
      disk: [{ id: expect.any(Number), index: 0, size: 40 }],
      region: '',
    });
    const list = (await call('GET', '/v3/vm/templates')).json;
    expect(list).toEqual({ count: 1, templates: [await read(id)] });
    const before = await read(id);
    const change = { name: 'web-2', is_template: false, region: 'eu-west-101' };
    expect((await call('PUT', `/v3/vm/templates/${id}`, { template: change })).text).toBe('""');
    expect(await read(id)).toEqual({ ...before, ...change, is_template: 'false' });
    expect((await call('PUT', `/v3/vm/templates/${id}`)).status).toBe(200);
    expect((await call('DELETE', `/v3/vm/templates/${id}`)).text).toBe('');
    expect((await call('GET', `/v3/vm/templates/${id}`)).status).toBe(404);
  });

  it('accepts a boolean and returns text', async () => {
    const { create, read } = await prepare();
    expect((await read(await create({ is_template: true }))).is_template).toBe('true');
    expect((await read(await create({ is_template: false }))).is_template).toBe('false');
  });

  it('shows its password in one response only, and in no record of requests', async () => {
    const { simulator, call, create, read } = await prepare();
    const id = await create();
    expect((await read(id)).target_password).toBe('');
    const { json } = await call('GET', `/v3/vm/templates/${id}/target-password`);
    expect(Object.keys(json)).toEqual(Object.keys(readFixture('show-target-password.response.json')));
    expect(json).toEqual({ template_id: id, target_password: 'Secret-123' });
    expect(JSON.stringify(simulator.requests)).not.toContain('Secret-123');
  });

  it('is deleted with many others', async () => {
    const { call, create } = await prepare();
    const [one, two, three] = [await create(), await create(), await create()];
    expect((await call('POST', '/v3/vm/templates/delete', { ids: [one, 'unknown'] })).status).toBe(404);
    expect((await call('POST', '/v3/vm/templates/delete', { ids: [one, three] })).text).toBe('{}');
    expect((await call('GET', '/v3/vm/templates')).json.templates).toMatchObject([{ id: two }]);
    expect((await call('POST', '/v3/vm/templates/delete')).status).toBe(400);
  });

  it('is found by name, zone, region and id', async () => {
    const { call, create } = await prepare();
    const one = await create({ name: 'web-1', region: 'r1', availability_zone: 'r1a' });
    const two = await create({ name: 'db-1', region: 'r2', availability_zone: 'r2a' });
    const found = async (query: string) =>
      (await call('GET', `/v3/vm/templates?${query}`)).json.templates.map(({ id }: Json) => id);
    expect(await found('name=web')).toEqual([one]);
    expect(await found('region=r2')).toEqual([two]);
    expect(await found('availability_zone=r1a')).toEqual([one]);
    expect(await found(`id=${two}`)).toEqual([two]);
    expect((await call('GET', '/v3/vm/templates?limit=101')).status).toBe(400);
  });

  it.each([
    [{ name: '' }],
    [{ name: 'x'.repeat(65) }],
    [{ name: 'no spaces' }],
    [{ region: 7 }],
    [{ region: 'x'.repeat(256) }],
    [{ is_template: 'maybe' }],
    [{ vpc: [] }],
    [{ nics: [{ id: 'x', name: 'y' }] }],
    [{ security_groups: [{ id: 'x' }] }],
    [{ publicip: { type: '5_bgp' } }],
    [{ publicip: { type: '5_bgp', bandwidth_size: 2001 } }],
    [{ disk: [{ index: 0, name: 'x', disktype: 'SAS' }] }],
  ])('refuses %j', async (change) => {
    const { call, create } = await prepare();
    const reply = await call('POST', '/v3/vm/templates', { template: { ...template, ...change } });
    expect([reply.status, reply.json.error_code]).toEqual([400, 'APIGW.0602']);
    const id = await create();
    expect((await call('PUT', `/v3/vm/templates/${id}`, { template: { name: 'x', ...change } })).status).toBe(400);
  });

  it('accepts names in Chinese, and requires its wrapper', async () => {
    const { call, create, read } = await prepare();
    expect((await read(await create({ name: '模板_1' }))).name).toBe('模板_1');
    expect((await call('POST', '/v3/vm/templates', template)).status).toBe(400);
  });
});

describe('a task from a template', () => {
  it('requires the template to exist', async () => {
    const { simulator, call, create, show } = await prepare();
    const body = {
      name: 'web',
      type: 'MIGRATE_FILE',
      region_id: 'r',
      region_name: 'r',
      project_id: 'p',
      project_name: 'p',
      source_server: { id: simulator.addSourceServer() },
      target_server: { name: 'web' },
      exist_server: false,
      auto_start: true,
    };
    expect((await call('POST', '/v3/tasks', body)).status).toBe(400);
    expect((await call('POST', '/v3/tasks', { ...body, vm_template_id: 'unknown' })).status).toBe(404);
    const id = await create();
    const task = await show((await call('POST', '/v3/tasks', { ...body, vm_template_id: id })).json.id);
    expect(task).toMatchObject({ state: 'RUNNING', vm_template_id: id });
    expect(names(task)[0]).toBe('CREATE_CLOUD_SERVER');
    expect((await call('PUT', `/v3/tasks/${task.id}`, { vm_template_id: 'unknown' })).status).toBe(404);
  });

  it('that is seeded creates the template it names', async () => {
    const { simulator, read } = await prepare();
    simulator.addTask({ vm_template_id: 'mine' });
    expect(await read('mine')).toMatchObject({ id: 'mine', is_template: 'false' });
  });
});
