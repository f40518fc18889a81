/** One call of every operation: what is called, and what then travels. The facts say the verb and the path. */
import type { SmsClient } from '@org/sms-client';

/** A call of one operation. */
export interface Call {
  /** Method of the client, as one writes it. */
  readonly method: string;
  readonly call: (sms: SmsClient) => Promise<unknown>;
  /** Values of the parameters in the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The body of the response; none when left out. */
  readonly response?: unknown;
}

const measurement = {
  network_delay: 20,
  network_jitter: 2,
  migration_speed: 100,
  loss_percentage: 0,
  cpu_usage: 12.5,
  mem_usage: 40,
  evaluation_result: 'good',
};
const task = {
  name: 'web-server-01',
  type: 'MIGRATE_FILE',
  source_server: { id: 'source-1' },
  target_server: { vm_id: 'vm-1', disks: [] },
  region_id: 'cn-north-4',
  region_name: 'cn-north-4',
  project_id: 'project-1',
  project_name: 'cn-north-4',
} as const;
const progress = {
  subtask_name: 'ATTACH_AGENT_IMAGE',
  progress: 100,
  replicatesize: 1,
  totalsize: 2,
  process_trace: '',
} as const;
const registration = {
  name: 'web-server-01',
  os_type: 'LINUX',
  os_version: 'CENTOS_7_6_64BIT',
  networks: [{ mac: '0XAC44503B5C' }],
  agent_version: '1.0',
} as const;
const limits = { speed_limit: [{ start: '8:00', end: '24:00', speed: 50 }] };
const configuration = { configurations: [{ config_key: 'SYNC_EXCLUDE_DIR', config_value: '/tmp' }] } as const;
const project = { name: 'data-centre-1', region: 'cn-north-4', type: 'MIGRATE_FILE' } as const;
const copyState = { copystate: 'init', migrationcycle: 'setting' } as const;
const result = { command_name: 'START', result: 'success', result_detail: { key1: 'value1' } } as const;
const consistency = { consistency_result: [] };
const exported = { task_info: [{ task_id: 'task-1' }] };

/** Every operation by its id. */
export const calls: Readonly<Record<string, Call>> = {
  CreateTask: { method: 'tasks.create', call: (sms) => sms.tasks.create(task), body: task, response: { id: 'a' } },
  ListTasks: {
    method: 'tasks.list',
    call: (sms) => sms.tasks.list({ state: 'RUNNING', limit: 200, offset: 0 }),
    query: { state: 'RUNNING', limit: '200', offset: '0' },
    response: { count: 0, tasks: [] },
  },
  ShowTask: {
    method: 'tasks.get',
    call: (sms) => sms.tasks.get('task/1'),
    path: { task_id: 'task%2F1' },
    response: { id: 'task/1', state: 'READY' },
  },
  UpdateTask: {
    method: 'tasks.update',
    call: (sms) => sms.tasks.update('task-1', { name: 'new' }),
    path: { task_id: 'task-1' },
    body: { name: 'new' },
    response: { id: 'task-1' },
  },
  UpdateTaskStatus: {
    method: 'tasks.act',
    call: (sms) => sms.tasks.act('task-1', { operation: 'start' }),
    path: { task_id: 'task-1' },
    body: { operation: 'start' },
  },
  DeleteTask: { method: 'tasks.delete', call: (sms) => sms.tasks.delete('task-1'), path: { task_id: 'task-1' } },
  DeleteTasks: {
    method: 'tasks.deleteMany',
    call: (sms) => sms.tasks.deleteMany(['a', 'b']),
    body: { ids: ['a', 'b'] },
  },
  UpdateTaskSpeed: {
    method: 'agent.reportProgress',
    call: (sms) => sms.agent.reportProgress('task-1', progress),
    path: { task_id: 'task-1' },
    body: progress,
  },
  CollectLog: {
    method: 'tasks.collectLog',
    call: (sms) => sms.tasks.collectLog('task-1', { log_bucket: 'logs' }),
    path: { task_id: 'task-1' },
    body: { log_bucket: 'logs' },
  },
  UnlockTargetEcs: {
    method: 'tasks.unlockTarget',
    call: (sms) => sms.tasks.unlockTarget('task-1'),
    path: { task_id: 'task-1' },
  },
  CheckNetAcl: {
    method: 'tasks.checkNetworkAcl',
    call: (sms) =>
      sms.tasks.checkNetworkAcl(
        { projectId: 'project-1', networkId: 'network-1' },
        { region_id: 'cn-north-4', os_type: 'LINUX' },
      ),
    path: { t_project_id: 'project-1', t_network_id: 'network-1' },
    query: { region_id: 'cn-north-4', os_type: 'LINUX' },
  },
  ShowsSpeedLimits: {
    method: 'tasks.getSpeedLimits',
    call: (sms) => sms.tasks.getSpeedLimits('task-1'),
    path: { task_id: 'task-1' },
    response: limits,
  },
  UpdateSpeed: {
    method: 'tasks.setSpeedLimits',
    call: (sms) => sms.tasks.setSpeedLimits('task-1', limits),
    path: { task_id: 'task-1' },
    body: limits,
  },
  UpdateNetworkCheckInfo: {
    method: 'agent.reportNetworkCheck',
    call: (sms) => sms.agent.reportNetworkCheck('task-1', measurement),
    path: { task_id: 'task-1' },
    body: measurement,
    response: {},
  },
  ShowConsistencyResult: {
    method: 'tasks.getConsistencyResult',
    call: (sms) => sms.tasks.getConsistencyResult('task-1'),
    path: { task_id: 'task-1' },
    response: { task_id: 'task-1', result_list: ['text', { finished_time: 1 }] },
  },
  UpdateConsistencyResult: {
    method: 'agent.reportConsistencyResult',
    call: (sms) => sms.agent.reportConsistencyResult('task-1', consistency),
    path: { task_id: 'task-1' },
    body: consistency,
  },
  ExportConsistencyResults: {
    method: 'tasks.exportConsistencyResults',
    call: (sms) => sms.tasks.exportConsistencyResults(exported),
    body: exported,
    response: 'a file',
  },
  ShowConfigSetting: {
    method: 'tasks.getConfiguration',
    call: (sms) => sms.tasks.getConfiguration('task-1', { config_key: 'SYNC_EXCLUDE_DIR' }),
    path: { task_id: 'task-1' },
    query: { config_key: 'SYNC_EXCLUDE_DIR' },
    response: configuration,
  },
  UploadSpecialConfigurationSetting: {
    method: 'tasks.setConfiguration',
    call: (sms) => sms.tasks.setConfiguration('task-1', configuration),
    path: { task_id: 'task-1' },
    body: configuration,
  },
  ShowConfig: {
    method: 'service.getConfig',
    call: (sms) => sms.service.getConfig(),
    response: { config: {}, regions: [] },
  },
  RegisterServer: {
    method: 'agent.registerServer',
    call: (sms) => sms.agent.registerServer(registration),
    body: registration,
    response: { id: 'source-1' },
  },
  ListServers: {
    method: 'sourceServers.list',
    call: (sms) => sms.sourceServers.list({ state: 'waiting', connected: true }),
    query: { state: 'waiting', connected: 'true' },
    response: { count: 0, source_servers: [] },
  },
  ShowServer: {
    method: 'sourceServers.get',
    call: (sms) => sms.sourceServers.get('source-1'),
    path: { source_id: 'source-1' },
    response: { id: 'source-1' },
  },
  UpdateServerName: {
    method: 'sourceServers.rename',
    call: (sms) => sms.sourceServers.rename('source-1', { name: 'newName' }),
    path: { source_id: 'source-1' },
    body: { name: 'newName' },
  },
  UpdateCopyState: {
    method: 'sourceServers.updateCopyState',
    call: (sms) => sms.sourceServers.updateCopyState('source-1', copyState),
    path: { source_id: 'source-1' },
    body: copyState,
  },
  UpdateDiskInfo: {
    method: 'sourceServers.updateDiskInfo',
    call: (sms) => sms.sourceServers.updateDiskInfo('source-1', { disks: [], volumegroups: [] }),
    path: { source_id: 'source-1' },
    body: { disks: [], volumegroups: [] },
  },
  DeleteServer: {
    method: 'sourceServers.delete',
    call: (sms) => sms.sourceServers.delete('source-1'),
    path: { source_id: 'source-1' },
  },
  DeleteServers: {
    method: 'sourceServers.deleteMany',
    call: (sms) => sms.sourceServers.deleteMany(['a']),
    body: { ids: ['a'] },
  },
  ShowOverview: {
    method: 'sourceServers.overview',
    call: (sms) => sms.sourceServers.overview(),
    response: { waiting: 1 },
  },
  ListErrorServers: {
    method: 'sourceServers.listErrors',
    call: (sms) => sms.sourceServers.listErrors({ limit: 100 }),
    query: { offset: '0', limit: '100' },
    response: { count: 0, migration_errors: [] },
  },
  ShowCommand: {
    method: 'agent.getCommand',
    call: (sms) => sms.agent.getCommand('source-1'),
    path: { server_id: 'source-1' },
    response: { command_name: 'START', command_param: { task_id: 'task-1' } },
  },
  UpdateCommandResult: {
    method: 'agent.reportCommandResult',
    call: (sms) => sms.agent.reportCommandResult('source-1', result),
    path: { server_id: 'source-1' },
    body: result,
  },
  ShowCertKey: {
    method: 'agent.getCertificate',
    call: (sms) => sms.agent.getCertificate('task-1', { enable_ca_cert: true }),
    path: { task_id: 'task-1' },
    query: { enable_ca_cert: 'true' },
    response: { cert: 'PEM' },
  },
  ShowPassphrase: {
    method: 'tasks.getPassphrase',
    call: (sms) => sms.tasks.getPassphrase('task-1'),
    path: { task_id: 'task-1' },
    response: { passphrase: 'secret' },
  },
  ShowSha256: {
    method: 'service.getAgentDigest',
    call: (sms) => sms.service.getAgentDigest('key-1'),
    path: { key: 'key-1' },
    response: { value: 'abc' },
  },
  CreateTemplate: {
    method: 'templates.create',
    call: (sms) => sms.templates.create({ name: 'small', is_template: true }),
    body: { template: { name: 'small', is_template: true } },
    response: { id: 'template-1' },
  },
  ListTemplates: {
    method: 'templates.list',
    call: (sms) => sms.templates.list({ region: 'cn-north-4' }),
    query: { region: 'cn-north-4' },
    response: { count: 0, templates: [] },
  },
  ShowTemplate: {
    method: 'templates.get',
    call: (sms) => sms.templates.get('template-1'),
    path: { id: 'template-1' },
    response: { template: { id: 'template-1', is_template: 'true' } },
  },
  UpdateTemplate: {
    method: 'templates.update',
    call: (sms) => sms.templates.update('template-1', { name: 'large' }),
    path: { id: 'template-1' },
    body: { template: { name: 'large' } },
  },
  DeleteTemplate: {
    method: 'templates.delete',
    call: (sms) => sms.templates.delete('template-1'),
    path: { id: 'template-1' },
  },
  DeleteTemplates: {
    method: 'templates.deleteMany',
    call: (sms) => sms.templates.deleteMany(['a']),
    body: { ids: ['a'] },
  },
  ShowTargetPassword: {
    method: 'templates.getTargetPassword',
    call: (sms) => sms.templates.getTargetPassword('template-1'),
    path: { id: 'template-1' },
    response: { template_id: 'template-1', target_password: 'secret' },
  },
  CreateMigproject: {
    method: 'migrationProjects.create',
    call: (sms) => sms.migrationProjects.create(project),
    body: project,
    response: { id: 'project-1' },
  },
  ListMigprojects: {
    method: 'migrationProjects.list',
    call: (sms) => sms.migrationProjects.list({ limit: 10 }),
    query: { limit: '10' },
    response: { count: 0, migprojects: [] },
  },
  ShowMigproject: {
    method: 'migrationProjects.get',
    call: (sms) => sms.migrationProjects.get('project-1'),
    path: { mig_project_id: 'project-1' },
    response: { name: 'data-centre-1', isdefault: true },
  },
  UpdateMigproject: {
    method: 'migrationProjects.update',
    call: (sms) => sms.migrationProjects.update('project-1', { description: 'new' }),
    path: { mig_project_id: 'project-1' },
    body: { description: 'new' },
  },
  UpdateDefaultMigproject: {
    method: 'migrationProjects.setDefault',
    call: (sms) => sms.migrationProjects.setDefault('project-1'),
    path: { mig_project_id: 'project-1' },
  },
  DeleteMigproject: {
    method: 'migrationProjects.delete',
    call: (sms) => sms.migrationProjects.delete('project-1'),
    path: { mig_project_id: 'project-1' },
  },
  CreatePrivacyAgreements: { method: 'privacyAgreements.accept', call: (sms) => sms.privacyAgreements.accept() },
  ShowPrivacyAgreements: {
    method: 'privacyAgreements.get',
    call: (sms) => sms.privacyAgreements.get(),
    response: { flag: true },
  },
  ListApiVersion: {
    method: 'service.listVersions',
    call: (sms) => sms.service.listVersions(),
    response: { versions: [] },
  },
  ShowApiVersion: {
    method: 'service.getVersion',
    call: (sms) => sms.service.getVersion('v3'),
    path: { version: 'v3' },
    response: { id: 'v3' },
  },
};
