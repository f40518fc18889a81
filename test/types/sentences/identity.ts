/** Issue 13, item 3: what cannot be missed is required, and nothing else. */
import type {
  CloneServer,
  CreatedId,
  CurrentTask,
  Disk,
  ListedMigrationProject,
  MigrationProject,
  MigrationProjectPage,
  PhysicalVolume,
  Project,
  SmsClient,
  SourceServer,
  SourceServerErrorPage,
  SourceServerPage,
  SubTask,
  SuggestedTarget,
  TargetDisk,
  TargetPhysicalVolume,
  TargetServer,
  TargetSummary,
  Task,
  TaskPage,
  TaskSummary,
  Template,
  TemplatePage,
  Token,
  TokenDomain,
  TokenProject,
} from '@org/sms-client';
import { expectTypeOf, it } from './expectations.js';

declare const sms: SmsClient;

/** The names of the fields that are always there. */
type Sure<T> = { [Name in keyof T]-?: undefined extends T[Name] ? never : Name }[keyof T];

it('a task has an id and a state', () => {
  expectTypeOf<Sure<Task>>().toEqualTypeOf<'id' | 'state'>();
  expectTypeOf<Sure<TaskSummary>>().toEqualTypeOf<'id' | 'state'>();
});

it('the items of lists have an id', () => {
  expectTypeOf<Sure<SourceServer>>().toEqualTypeOf<'id'>();
  expectTypeOf<Sure<Template>>().toEqualTypeOf<'id'>();
  expectTypeOf<Sure<ListedMigrationProject>>().toEqualTypeOf<'id'>();
  expectTypeOf<Sure<Project>>().toEqualTypeOf<'id'>();
});

it('a step has an id, and so has what was created', () => {
  expectTypeOf<Sure<SubTask>>().toEqualTypeOf<'id'>();
  expectTypeOf<Sure<CreatedId>>().toEqualTypeOf<'id'>();
});

it('the source and the target of a task have an id, and so have the disks and partitions of the target', () => {
  expectTypeOf<NonNullable<Task['source_server']>['id']>().toEqualTypeOf<string>();
  expectTypeOf<Sure<TargetServer>>().toEqualTypeOf<'id'>();
  expectTypeOf<Sure<TargetDisk>>().toEqualTypeOf<'id'>();
  expectTypeOf<Sure<TargetPhysicalVolume>>().toEqualTypeOf<'id'>();
  expectTypeOf<NonNullable<Task['target_server']>>().toEqualTypeOf<TargetServer>();
  expectTypeOf<NonNullable<TargetServer['disks']>>().toEqualTypeOf<TargetDisk[]>();
});

it('a page has its list', () => {
  expectTypeOf<Sure<TaskPage>>().toEqualTypeOf<'tasks'>();
  expectTypeOf<Sure<SourceServerPage>>().toEqualTypeOf<'source_servers'>();
  expectTypeOf<Sure<SourceServerErrorPage>>().toEqualTypeOf<'migration_errors'>();
  expectTypeOf<Sure<TemplatePage>>().toEqualTypeOf<'templates'>();
  expectTypeOf<Sure<MigrationProjectPage>>().toEqualTypeOf<'migprojects'>();
});

it('the project and the domain of a token have an id and a name', () => {
  expectTypeOf<Sure<TokenProject>>().toEqualTypeOf<'id' | 'name'>();
  expectTypeOf<Sure<TokenDomain>>().toEqualTypeOf<'id' | 'name'>();
  expectTypeOf<NonNullable<Token['project']>['name']>().toEqualTypeOf<string>();
  expectTypeOf<Token['domain']['id']>().toEqualTypeOf<string>();
});

it('the disks of a source and of a suggestion, a current task, its target, clones and a migration project may lack an id', () => {
  expectTypeOf<Sure<Disk>>().toEqualTypeOf<never>();
  expectTypeOf<Sure<PhysicalVolume>>().toEqualTypeOf<never>();
  expectTypeOf<Sure<SuggestedTarget>>().toEqualTypeOf<never>();
  expectTypeOf<Sure<TargetSummary>>().toEqualTypeOf<never>();
  expectTypeOf<Sure<CloneServer>>().toEqualTypeOf<never>();
  expectTypeOf<Sure<MigrationProject>>().toEqualTypeOf<never>();
  expectTypeOf<NonNullable<CurrentTask['target_server']>>().toEqualTypeOf<TargetSummary>();
});

it('what is found in a list is asked for without a default', () => {
  sms.sourceServers.list().then(({ source_servers: servers }) => servers.map(({ id }) => sms.sourceServers.get(id)));
  sms.templates.list().then(({ templates }) => templates.map(({ id }) => sms.templates.get(id)));
  sms.migrationProjects.list().then(({ migprojects }) => migprojects.map(({ id }) => sms.migrationProjects.get(id)));
  sms.auth.listProjects().then((projects) => projects.map(({ id }): string => id));
});
