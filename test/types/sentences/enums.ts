/** Issue 13, item 4: a set of values is the union of those that are known. */
import type {
  CloneServerInput,
  DiskInput,
  MigrationProject,
  MigrationProjectUpdate,
  NetworkInterface,
  NetworkInterfaceInput,
  SmsClient,
  SourceServer,
  SourceServerRegistration,
  Task,
  TaskCreate,
  TaskQuery,
  TaskSummary,
  Template,
  TemplateInput,
} from '@org/sms-client';
import { assertType, expectTypeOf, it } from './expectations.js';

declare const sms: SmsClient;
declare const task: Task;
declare const server: SourceServer;
declare const template: Template;

it('a misspelt state does not compile', () => {
  assertType<Task['state']>('MIGRATE_SUCCESS');
  // @ts-expect-error -- misspelt
  assertType<Task['state']>('MIGRATE_SUCESS');
  // @ts-expect-error -- never true
  task.state === 'MIGRATE_SUCESS';
  // @ts-expect-error -- never true
  server.state === 'wating';
  // @ts-expect-error -- never true
  if (server.os_type === 'Linux') return;
});

it('a comparison narrows', () => {
  if (task.state === 'READY' || task.state === 'ABORT') expectTypeOf(task.state).toEqualTypeOf<'READY' | 'ABORT'>();
  if (server.os_type === 'LINUX') expectTypeOf(server.os_type).toEqualTypeOf<'LINUX'>();
  else expectTypeOf(server.os_type).toEqualTypeOf<'WINDOWS' | null | undefined>();
  switch (task.type) {
    case 'MIGRATE_FILE':
      return expectTypeOf(task.type).toEqualTypeOf<'MIGRATE_FILE'>();
    default:
      return expectTypeOf(task.type).toEqualTypeOf<'MIGRATE_BLOCK' | null | undefined>();
  }
});

it('what a response gives fits the request', () => {
  assertType<Pick<TaskCreate, 'os_type' | 'priority' | 'speed_limit' | 'migration_ip' | 'start_target_server'>>(task);
  sms.tasks.create({
    name: 'a',
    type: task.type ?? 'MIGRATE_FILE',
    os_type: server.os_type,
    source_server: { id: server.id },
    target_server: {
      vm_id: task.target_server?.vm_id,
      disks: server.disks,
      volume_groups: server.volume_groups,
      btrfs_list: server.btrfs_list,
    },
    region_id: 'a',
    region_name: 'a',
    project_id: 'a',
    project_name: 'a',
  });
  assertType<DiskInput[] | null | undefined>(task.target_server?.disks);
  assertType<CloneServerInput | null | undefined>(task.clone_server);
  assertType<MigrationProjectUpdate>({} as MigrationProject);
  assertType<Omit<NetworkInterfaceInput, 'mac'>>({} as NetworkInterface);
  assertType<SourceServerRegistration['firmware']>(server.firmware);
  assertType<SourceServerRegistration['migration_cycle']>(server.migration_cycle);
  assertType<TemplateInput>({ name: 'a', volumetype: template.volumetype, disk: [], vpc: template.vpc });
});

it('the exceptions are btrfs_list of a target, is_template, and four states that the filter lacks', () => {
  // @ts-expect-error -- text in the response
  assertType<TaskCreate['target_server']['btrfs_list']>(task.target_server?.btrfs_list);
  // @ts-expect-error -- text in the response
  assertType<TemplateInput['is_template']>(template.is_template);
  expectTypeOf<Exclude<TaskSummary['state'], TaskQuery['state']>>().toEqualTypeOf<
    'SYNC_SUCCESS' | 'SYNC_FAIL' | 'SKIPPING' | 'RESETING'
  >();
});

it('a filter takes known values alone', () => {
  sms.tasks.list({ state: 'RUNNING' });
  // @ts-expect-error -- misspelt
  sms.tasks.list({ state: 'RUNING' });
  // @ts-expect-error -- not of the filter
  sms.sourceServers.listAll({ state: 'premiging' });
  // @ts-expect-error -- misspelt
  sms.sourceServers.listAll({ state: 'wating' });
});

it('an id of a body may be a number, one of a path is a text', () => {
  assertType<DiskInput>({ id: '42' });
  assertType<DiskInput>({ id: 42, disk_id: 'a' });
  sms.tasks.update('a', { target_server: { id: 42 } });
  // @ts-expect-error -- a path
  sms.tasks.update(42, {});
});
