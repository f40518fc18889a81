import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/testing/index.js';
import { calls } from '../operations/calls.js';
import { newTask, registration, template } from './bodies.js';
import { findDifferences, type Operation, operations } from './shape.js';
import { adapterNames, createCaller, openEndpoints, type Reply } from './support.js';

const slots = { speed_limit: [{ start: '0:00', end: '24:00', speed: 100 }] };
const comparison = {
  dir_check: '/data',
  num_total_files: 3,
  num_different_files: 1,
  num_target_miss_files: 0,
  num_target_more_files: 0,
};
const measurement = {
  network_delay: 1,
  network_jitter: 1,
  migration_speed: 1,
  loss_percentage: 0,
  cpu_usage: 1,
  mem_usage: 1,
  evaluation_result: 'BAD',
};
const migrationProject = { name: 'wave 1', region: 'cn-north-4', type: 'MIGRATE_FILE' };

/** What an operation is called with besides its path. */
const inputs: Record<string, { body?: unknown; query?: string; exact?: string }> = {
  UpdateTask: { body: { name: 'renamed' } },
  UpdateTaskStatus: { body: { operation: 'network_check' }, exact: '""' },
  UpdateTaskSpeed: {
    body: { subtask_name: 'SSL_CONFIG', progress: 5, replicatesize: 0, totalsize: 1, process_trace: '' },
    exact: '{}',
  },
  CollectLog: { body: { log_bucket: 'logs' }, exact: '""' },
  UnlockTargetEcs: { exact: '' },
  CheckNetAcl: { query: '?region_id=cn-north-4&os_type=LINUX', exact: '{}' },
  UpdateSpeed: { body: slots, exact: '{}' },
  UpdateNetworkCheckInfo: { body: measurement },
  UpdateConsistencyResult: { body: { consistency_result: [comparison] }, exact: '""' },
  UploadSpecialConfigurationSetting: {
    body: { configurations: [{ config_key: 'LINUX_CPU_LIMIT', config_value: '50' }] },
    exact: '{}',
  },
  UpdateServerName: { body: { name: 'renamed' }, exact: '' },
  UpdateCopyState: { body: { copystate: 'premiging', migrationcycle: 'setting' }, exact: '{}' },
  UpdateDiskInfo: { body: { disks: registration.disks }, exact: '""' },
  ListErrorServers: { query: '?offset=0' },
  UpdateCommandResult: { body: { command_name: 'START', result: 'success', result_detail: {} }, exact: '""' },
  UpdateTemplate: { body: { template: { name: 'renamed' } }, exact: '""' },
  UpdateMigproject: { body: { name: 'renamed' }, exact: '""' },
  UpdateDefaultMigproject: { exact: '{}' },
  CreatePrivacyAgreements: { exact: '""' },
  DeleteTask: { exact: '' },
  DeleteTasks: { exact: '""' },
  DeleteServer: { exact: '{}' },
  DeleteServers: { exact: '""' },
  DeleteTemplate: { exact: '' },
  DeleteTemplates: { exact: '{}' },
  DeleteMigproject: { exact: '' },
};

function pathOf(operation: Operation, values: Readonly<Record<string, string>>): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? `missing-${name}`);
}

describe.each(adapterNames)('all operations of the facts through %s', (name) => {
  it('exist, with the shapes of the models and the unusual success responses of the service', async () => {
    await using simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, name));
    const done = new Set<string>();
    const values: Record<string, string> = { version: 'v3', key: 'agent', t_project_id: 'p', t_network_id: 'n' };

    async function run(id: string, body: unknown = inputs[id]?.body): Promise<Reply> {
      const operation = operations.find((candidate) => candidate.id === id);
      if (operation === undefined) throw new Error(`the facts know no operation ${id}`);
      const given = { ...values, ...(operation.path.startsWith('/v3/vm/') ? { id: values.template_id ?? '' } : {}) };
      const reply = await call(operation.method, pathOf(operation, given) + (inputs[id]?.query ?? ''), body);
      expect([id, reply.status, reply.text]).toEqual([id, 200, inputs[id]?.exact ?? reply.text]);
      expect(simulator.requests.at(-1)?.operation).toBe(id);
      if (operation.response.model !== null) {
        expect(findDifferences(operation.response.model, reply.json)).toEqual([]);
      }
      done.add(id);
      return reply;
    }

    values.mig_project_id = (await run('CreateMigproject', migrationProject)).json.id;
    for (const id of ['ListMigprojects', 'ShowMigproject', 'UpdateMigproject', 'UpdateDefaultMigproject'])
      await run(id);
    values.template_id = (await run('CreateTemplate', { template })).json.id;
    for (const id of ['ListTemplates', 'ShowTemplate', 'ShowTargetPassword', 'UpdateTemplate']) await run(id);
    const source = (await run('RegisterServer', registration)).json.id;
    Object.assign(values, { source_id: source, server_id: source });
    for (const id of ['ListServers', 'ShowServer', 'UpdateServerName', 'UpdateDiskInfo', 'UpdateCopyState'])
      await run(id);
    await run('ShowServer');
    values.task_id = (await run('CreateTask', { ...newTask, source_server: { id: source } })).json.id;
    await call('POST', `/v3/tasks/${values.task_id}/action`, { operation: 'start' });
    const beginning = ['ListTasks', 'ShowTask', 'UpdateTask', 'UpdateTaskStatus', 'UpdateTaskSpeed', 'ShowCommand'];
    const middle = ['UpdateCommandResult', 'CollectLog', 'UnlockTargetEcs', 'CheckNetAcl', 'UpdateSpeed'];
    const results = ['ShowsSpeedLimits', 'UpdateNetworkCheckInfo', 'UpdateConsistencyResult', 'ShowConsistencyResult'];
    const settings = ['UploadSpecialConfigurationSetting', 'ShowConfigSetting', 'ShowPassphrase', 'ShowCertKey'];
    for (const id of [...beginning, ...middle, ...results, ...settings]) await run(id);
    await run('ExportConsistencyResults', { task_info: [{ task_id: values.task_id }] });
    // Those that need no more than what is there by now.
    const rest = operations.filter(({ id }) => !done.has(id) && !id.startsWith('Delete')).map(({ id }) => id);
    for (const id of rest) await run(id, inputs[id]?.body ?? calls[id]?.body);
    for (const id of ['ListErrorServers', 'ListServers', 'ShowServer', 'ListTasks', 'ShowTask']) await run(id);
    simulator.addTask({ state: 'MIGRATE_FAIL' });
    await run('ListErrorServers');
    simulator.advance(3_600_000);
    for (const id of ['ListServers', 'ShowServer', 'ListTasks', 'ShowTask', 'DeleteTask']) await run(id);
    await run('DeleteTasks', { ids: [simulator.addTask()] });
    simulator.advance(10_000);
    await run('DeleteServer');
    await run('DeleteServers', { ids: [simulator.addSourceServer()] });
    await run('DeleteTemplate');
    values.template_id = (await run('CreateTemplate', { template })).json.id;
    await run('DeleteTemplates', { ids: [values.template_id] });
    values.mig_project_id = (await run('CreateMigproject', { ...migrationProject, isdefault: false })).json.id;
    await run('DeleteMigproject');
    expect([...done].sort()).toEqual(operations.map(({ id }) => id).sort());
  });
});

describe('an operation with an unknown id', () => {
  const named = operations.filter(({ path }) => /\{(task_id|source_id|server_id|mig_project_id|id)\}/.test(path));
  const bodies: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(inputs).map(([id, { body }]) => [id, body])),
    UpdateTaskStatus: { operation: 'start' },
  };

  it.each(named.map((operation) => [operation.id, operation] as const))('is 404 for %s', async (id, operation) => {
    await using simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, 'fetch'));
    const reply = await call(operation.method, pathOf(operation, {}), bodies[id]);
    expect(reply.status).toBe(404);
    const isOfTask = /\{(task_id|source_id|server_id)\}/.test(operation.path);
    expect(reply.json.error_code).toBe(isOfTask ? 'SMS.2252' : 'SMS.0404');
    expect(Object.keys(reply.json).sort()).toEqual(['error_code', 'error_msg']);
  });

  it.each([
    ['/v3/tasks/delete', { ids: ['unknown'] }],
    ['/v3/sources/delete', { ids: ['unknown'] }],
    ['/v3/vm/templates/delete', { ids: ['unknown'] }],
    ['/v3/tasks/consistency-results/export', { task_info: [{ task_id: 'unknown' }] }],
  ])('is 404 for POST %s', async (path, body) => {
    await using simulator = createSimulator();
    const call = await createCaller(await openEndpoints(simulator, 'fetch'));
    expect((await call('POST', path, body)).status).toBe(404);
  });
});
