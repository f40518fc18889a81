import { describe, expect, it } from 'vitest';
import { createBench, type Json } from './support.js';

const minute = 60_000;

async function prepare(seed: Parameters<Awaited<ReturnType<typeof createBench>>['simulator']['addTask']>[0] = {}) {
  const bench = await createBench();
  const id = bench.simulator.addTask(seed);
  const get = (suffix: string) => bench.call('GET', `/v3/tasks/${id}/${suffix}`);
  const post = (suffix: string, body?: unknown) => bench.call('POST', `/v3/tasks/${id}/${suffix}`, body);
  const listed = async (): Promise<Json> => (await bench.call('GET', `/v3/tasks?id=${id}`)).json.tasks[0];
  return { ...bench, id, get, post, listed };
}

describe('CollectLog', () => {
  it('goes from INIT over UPLOADING to UPLOADED, and may be requested again', async () => {
    const { simulator, post, listed } = await prepare();
    expect((await listed()).log_collect_status).toBe('INIT');
    await post('log', { log_bucket: 'logs' });
    expect((await listed()).log_collect_status).toBe('UPLOADING');
    simulator.advance(9999);
    expect((await listed()).log_collect_status).toBe('UPLOADING');
    simulator.advance(1);
    expect((await listed()).log_collect_status).toBe('UPLOADED');
    await post('log', { log_bucket: 'logs' });
    expect((await listed()).log_collect_status).toBe('UPLOADING');
  });

  it.each([[undefined], [{}], [{ log_bucket: '' }], [{ log_bucket: 7 }]])('refuses %j', async (body) => {
    const { post } = await prepare();
    expect((await post('log', body)).status).toBe(400);
  });
});

describe('CheckNetAcl', () => {
  it('requires a region and a system', async () => {
    const { call } = await createBench();
    const check = async (query: string) => (await call('GET', `/v3/tasks/p/networkacl/n/check?${query}`)).status;
    expect(await check('region_id=r&os_type=WINDOWS')).toBe(200);
    for (const query of ['', 'region_id=r', 'os_type=LINUX', 'region_id=r&os_type=BSD']) {
      expect(await check(query)).toBe(400);
    }
  });
});

describe('advanced options', () => {
  it('are kept one by one, filtered on demand, and shown in the list of tasks', async () => {
    const { id, get, post, listed } = await prepare();
    expect((await get('configuration-setting')).json).toEqual({
      task_id: id,
      migrate_type: 'LINUX_MIGRATE_FILE',
      configurations: [],
    });
    const set = (config_key: string, config_value: string) =>
      post('configuration-setting', { configurations: [{ config_key, config_value }] });
    await set('LINUX_CPU_LIMIT', '50');
    await set('SYNC_EXCLUDE_DIR', '/tmp');
    await set('LINUX_CPU_LIMIT', '60');
    const both = [
      { config_key: 'LINUX_CPU_LIMIT', config_value: '60', config_status: '' },
      { config_key: 'SYNC_EXCLUDE_DIR', config_value: '/tmp', config_status: '' },
    ];
    expect((await get('configuration-setting')).json.configurations).toEqual(both);
    const filtered = await get('configuration-setting?config_key=SYNC_EXCLUDE_DIR');
    expect(filtered.json.configurations).toEqual(both.slice(1));
    expect((await listed()).special_config).toEqual(both);
  });

  it.each([
    [{ type: 'MIGRATE_BLOCK' } as const, 'LINUX_MIGRATE_BLOCK'],
    [{ os_type: 'WINDOWS' } as const, 'WINDOWS_MIGRATE_BLOCK'],
  ])('name the method of the task: %j', async (seed, expected) => {
    const { get } = await prepare(seed);
    expect((await get('configuration-setting')).json.migrate_type).toBe(expected);
  });

  it.each([
    [{}],
    [{ configurations: [{ config_key: 'UNHEARD_OF', config_value: '1' }] }],
    [{ configurations: [{ config_key: 'LINUX_CPU_LIMIT' }] }],
    [{ configurations: ['LINUX_CPU_LIMIT'] }],
  ])('refuse %j', async (body) => {
    const { post } = await prepare();
    expect((await post('configuration-setting', body)).status).toBe(400);
  });
});

describe('comparisons of files', () => {
  const result = {
    dir_check: '/data, "old"',
    num_total_files: 10,
    num_different_files: 1,
    num_target_miss_files: 2,
    num_target_more_files: 3,
  };

  it('come from the step that compares, unless it was skipped, and from the agent', async () => {
    const { simulator, now, id, act, get, post } = await prepare();
    const results = async () =>
      (await get('consistency-result')).json.result_list.map((text: string) => JSON.parse(text));
    expect(await results()).toEqual([]);
    await act(id, 'start', { is_need_consistency_check: true });
    simulator.advance(10 * minute);
    expect(await results()).toMatchObject([
      { finished_time: now() + 10 * minute, check_result: 'CONSISTENT', consistency_result: [{ dir_check: '/' }] },
    ]);
    await post('consistency-result', { consistency_result: [result] });
    expect((await results())[1]).toEqual({
      finished_time: now() + 10 * minute,
      check_result: 'INCONSISTENT',
      consistency_result: [result],
    });
    await act(id, 'start', { is_need_consistency_check: true });
    simulator.advance(2.4 * minute);
    expect((await act(id, 'skip')).status).toBe(200);
    simulator.advance(minute);
    expect(await results()).toHaveLength(2);
  });

  it('are exported as a file', async () => {
    const { id, call, post } = await prepare();
    await post('consistency-result', { consistency_result: [result] });
    const body = { task_info: [{ task_id: id, source_name: 'web-01' }] };
    const reply = await call('POST', '/v3/tasks/consistency-results/export', body);
    expect(reply.headers.get('content-type')).toBe('text/csv;charset=utf-8');
    expect(reply.headers.get('content-disposition')).toContain('consistency-results.csv');
    const [head, row, end] = reply.text.split('\r\n');
    expect(head).toMatch(/^Task ID,/);
    expect(row).toContain(`${id},web-01,`);
    expect(row).toContain('"/data, ""old""",10,1,2,3');
    expect(end).toBe('');
  });

  it('are refused without a count or with too many tasks', async () => {
    const { id, call, post } = await prepare();
    for (const key of Object.keys(result)) {
      const body = { consistency_result: [{ ...result, [key]: undefined }] };
      expect((await post('consistency-result', body)).status).toBe(400);
    }
    for (const task_info of [undefined, [], Array.from({ length: 201 }, () => ({ task_id: id }))]) {
      expect((await call('POST', '/v3/tasks/consistency-results/export', { task_info })).status).toBe(400);
    }
  });
});

describe('the secrets of a task', () => {
  it('stay the same, and differ between tasks', async () => {
    const { simulator, call, id, get } = await prepare();
    const { json } = await get('passphrase');
    expect(json).toEqual({ task_id: id, passphrase: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect((await get('passphrase')).json).toEqual(json);
    const other = simulator.addTask();
    expect((await call('GET', `/v3/tasks/${other}/passphrase`)).json.passphrase).not.toBe(json.passphrase);
  });

  it('have the form of certificates, with that of the authority on demand', async () => {
    const { get } = await prepare();
    const { json } = await get('certkey');
    expect(json.cert).toMatch(/^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/);
    expect(json.private_key).toContain('PRIVATE KEY');
    expect(json.ca).toBe('');
    expect((await get('certkey?enable_ca_cert=false')).json.ca).toBe('');
    expect((await get('certkey?enable_ca_cert=true')).json.ca).toContain('BEGIN CERTIFICATE');
    expect((await get('certkey?enable_ca_cert=maybe')).status).toBe(400);
  });
});

describe('speed limits', () => {
  it('keep the threshold that was sent, and may overlap', async () => {
    const { get, post } = await prepare();
    const slots = [
      { start: '00:00', end: '12:00', speed: 10, over_speed_threshold: 20.5 },
      { start: '08:00', end: '24:00', speed: 0 },
    ];
    expect((await post('speed-limit', { speed_limit: slots })).status).toBe(200);
    expect((await get('speed-limit')).json).toEqual({ speed_limit: slots });
  });
});
