import { createSource, inventDisks } from '../sources/create-source.js';
import type { BtrfsFileSystem, VolumeGroup } from '../sources/layout.js';
import type { SourceRecord } from '../sources/source-record.js';
import { createTemplate } from '../templates/template-record.js';
import type { World } from '../world.js';
import { createDisks, type DiskInput, describeAgentError, mirrorDisks } from './disks.js';
import { lookUpTask } from './find-task.js';
import type { Phase } from './phase.js';
import { setState } from './set-state.js';
import { copyKindOf, planGroup } from './steps.js';
import type { TaskRecord, TaskSettings } from './task-record.js';
import { type FailureSeed, type TaskSeed, taskStates } from './task-seed.js';

/** What a task is created from, by a request or by a seed. Missing fields get their defaults. */
export interface NewTask extends Partial<{ readonly [Key in keyof TaskSettings]: TaskSettings[Key] | undefined }> {
  /** Task id. */
  readonly id?: string | undefined;
  /** Source server. */
  readonly source: SourceRecord;
  /** Cloud server of the target. */
  readonly vm_id?: string | undefined;
  /** Whether the target exists already. */
  readonly exist_server?: boolean | undefined;
  /** Disks of the target. Those of the source without it. */
  readonly disks?: readonly DiskInput[] | undefined;
  /** Volume groups of the target. Those of the source without it. */
  readonly volume_groups?: readonly VolumeGroup[] | undefined;
  /** Btrfs file systems of the target. Those of the source without it. */
  readonly btrfs_list?: readonly BtrfsFileSystem[] | undefined;
  /** Whether the task goes on in SYNCING. */
  readonly syncing?: boolean | undefined;
  /** Whether files are compared after a copy. */
  readonly checksConsistency?: boolean | undefined;
  /** Length of the first round in ms. */
  readonly durationMs?: number | undefined;
  /** A failure that will happen. */
  readonly failAt?: FailureSeed | undefined;
}

/** A new task in state READY, created at the given time of the migration clock. It is not in the collection yet. */
export function createTask(world: World, input: NewTask, createdAt: number): TaskRecord {
  const { source } = input;
  const { identifiers } = world;
  const settings = fillSettings(world, input, source.os_type);
  const beginning: Phase = {
    kind: 'idle',
    at: createdAt,
    shownFrom: createdAt,
    steps: [],
    ledger: { startedAt: null, finishedAt: null, workedMs: 0, failures: 0 },
    state: 'READY',
    error: '',
  };
  const task: TaskRecord = {
    ...settings,
    id: input.id ?? nextTaskId(world),
    create_date: createdAt,
    os_type: source.os_type,
    exist_server: input.exist_server ?? settings.vm_template_id === null,
    syncing: input.syncing ?? false,
    network_check_info: null,
    sourceId: source.id,
    target: {
      id: identifiers.uuid(),
      vm_id: input.vm_id ?? identifiers.uuid(),
      name: source.name,
      image_disk_id: identifiers.uuid(),
      disks: createDisks(input.disks ?? mirrorDisks(source), source.os_type, identifiers),
      volume_groups: input.volume_groups ?? source.volume_groups,
      btrfs_list: input.btrfs_list ?? source.btrfs_list,
    },
    copyKind: copyKindOf(source.os_type, settings.type),
    checksConsistency: input.checksConsistency ?? false,
    durationMs: requirePositive('durationMs', input.durationMs ?? 600_000),
    lagMs: 0,
    failure: readFailure(input.failAt),
    speedSlots: [],
    clone: null,
    log: null,
    configurations: [],
    consistencyReports: [],
    agentReport: null,
    passphrase: identifiers.hex(),
    shown: {},
    phases: [beginning],
  };
  checkFailure(task);
  return task;
}

/** Adds a new task to the collection. */
export function addTask(world: World, task: TaskRecord): void {
  if (lookUpTask(world, task.id) !== null) throw new RangeError(`The task ${task.id} exists already`);
  const source = world.sources.get(task.sourceId);
  // A state reported before the task must not come back when the task is deleted.
  if (source !== undefined && source.reported !== null) world.sources.set(source.id, { ...source, reported: null });
  world.tasks.set(task.id, task);
}

function fillSettings(world: World, input: NewTask, osType: string): TaskSettings {
  const project = world.accounts.flatMap(({ projects }) => projects)[0];
  const region = input.region_id ?? project?.name ?? 'cn-north-4';
  return {
    name: input.name ?? 'MigrationTask',
    type: input.type ?? (osType === 'WINDOWS' ? 'MIGRATE_BLOCK' : 'MIGRATE_FILE'),
    priority: input.priority ?? 1,
    speed_limit: input.speed_limit ?? 0,
    region_id: region,
    region_name: input.region_name ?? region,
    project_id: input.project_id ?? project?.id ?? '05825205120026802ff0c01721bc1xxx',
    project_name: input.project_name ?? project?.name ?? 'cn-north-4',
    migration_ip: input.migration_ip ?? '192.168.0.100',
    vm_template_id: input.vm_template_id ?? null,
    start_target_server: input.start_target_server ?? true,
    use_public_ip: input.use_public_ip ?? false,
    need_migration_test: input.need_migration_test ?? false,
    enterprise_project_id: input.enterprise_project_id ?? '0',
  };
}

// Seeds may have ids of their own, so a counted id can exist already.
function nextTaskId(world: World): string {
  const id = world.identifiers.task();
  return world.tasks.has(id) ? nextTaskId(world) : id;
}

function readFailure(seed: FailureSeed | undefined): TaskRecord['failure'] {
  if (seed === undefined) return null;
  return { step: seed.step, error: seed.error ?? networkError, times: seed.times ?? 1 };
}

/** The default failure of a task. */
export const networkError = describeAgentError(
  'SMS.0807',
  'A network error occurred between the source server and the target server.',
);

function checkFailure(task: TaskRecord): void {
  if (task.failure === null) return;
  const wanted = task.failure.step;
  // A start may request the comparison of files later, so its step is always possible.
  const input = { ...task, checksConsistency: true };
  const names = (['REPLICATE', 'RESYNC', 'CUTOVER'] as const).flatMap((group) => planGroup(group, input));
  if (names.some(({ name }) => name === wanted)) return;
  const known = [...new Set(names.map(({ name }) => name))].join(', ');
  throw new RangeError(`failAt.step ${wanted} is no step of this task; it has ${known}`);
}

function requirePositive(name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} must be a number above 0`);
  return value;
}

/** Adds a task with a history that fits its state, and returns its id. */
export function seedTask(world: World, seed: TaskSeed): string {
  const { clock, identifiers } = world;
  const now = clock.migration();
  const length = seed.durationMs ?? 600_000;
  const state = taskStates.find((known) => known === seed.state) ?? 'READY';
  // Every history fits into three lengths and a minute.
  const created = now - 3 * length - 60_000;
  const source = findSource(world, seed, created);
  const { existServer, os_type: _system, source_server_id: _source, state: _state, lagMs = 0, ...fields } = seed;
  const task = createTask(
    world,
    {
      ...fields,
      source,
      exist_server: existServer,
      syncing: seed.syncing ?? state === 'SYNCING',
      failAt: seed.failAt ?? failureOf(seed, source.os_type),
    },
    created,
  );
  const lived = state === 'READY' ? task : setState(task, state, { now, identifiers });
  addTemplate(world, seed.vm_template_id);
  if (!world.sources.has(source.id)) world.sources.set(source.id, source);
  // Reads lag only behind the operations of clients, not behind the history.
  addTask(world, { ...lived, lagMs });
  return task.id;
}

function findSource(world: World, seed: TaskSeed, addedAt: number): SourceRecord {
  const id = seed.source_server_id;
  const osType = seed.os_type ?? 'LINUX';
  const disks = seed.disks === undefined ? undefined : inventDisks(world, seed.disks, osType);
  if (id === undefined) return createSource(world, { os_type: osType, disks, add_date: addedAt });
  const source = world.sources.get(id);
  if (source === undefined) throw new RangeError(`The source server ${id} does not exist`);
  if ((seed.os_type ?? source.os_type) !== source.os_type)
    throw new RangeError(`The source server ${id} is not ${osType}`);
  return source;
}

// A seed may name any template, which is then added.
function addTemplate(world: World, id: string | undefined): void {
  if (id === undefined || world.templates.has(id)) return;
  world.templates.set(id, createTemplate(id, { name: 'template', is_template: false }));
}

function failureOf(seed: TaskSeed, osType: string): TaskSeed['failAt'] {
  const kind = copyKindOf(osType, seed.type ?? 'MIGRATE_FILE');
  if (seed.state === 'MIGRATE_FAIL' || seed.state === 'FAIL') return { step: `MIGRATE_${kind}` };
  return seed.state === 'SYNC_FAIL' ? { step: `SYNC_${kind}` } : undefined;
}
