import type { BtrfsFileSystem, VolumeGroup } from '../sources/layout.js';
import type { SourceRecord } from '../sources/source-record.js';
import type { World } from '../world.js';
import { describeAgentError } from './agent-error.js';
import type { Chapter } from './chapter.js';
import { createDisks, type DiskInput, mirrorDisk } from './disk-records.js';
import { lookUpTask } from './find-task.js';
import { copyKindOf, planGroup } from './steps.js';
import type { TaskRecord, TaskSettings } from './task-record.js';
import type { FailureSeed } from './task-seed.js';

/** What a task is made from; whatever is missing gets its default. */
export interface TaskInput {
  /** Task id. */
  readonly id?: string | undefined;
  /** Source server. */
  readonly source: SourceRecord;
  /** Cloud server of the target. */
  readonly vmId?: string | undefined;
  /** Whether the target exists already. */
  readonly existServer?: boolean | undefined;
  /** Disks of the target. Those of the source without it. */
  readonly disks?: readonly DiskInput[] | undefined;
  /** Volume groups of the target. Those of the source without it. */
  readonly volumeGroups?: readonly VolumeGroup[] | undefined;
  /** Btrfs file systems of the target. Those of the source without it. */
  readonly btrfsList?: readonly BtrfsFileSystem[] | undefined;
  /** Whether the task goes on in SYNCING. */
  readonly syncing?: boolean | undefined;
  /** Whether files are compared after a copy. */
  readonly checksConsistency?: boolean | undefined;
  /** Length of the first round in ms. */
  readonly durationMs?: number | undefined;
  /** Lag of reads behind starts in ms. */
  readonly lagMs?: number | undefined;
  /** A failure to meet. */
  readonly failAt?: FailureSeed | undefined;
  /** Fields shown as they are. */
  readonly settings: { readonly [Key in keyof TaskSettings]?: TaskSettings[Key] | undefined };
}

/** Puts a new task in state READY into the world, created at the given time of the migration clock. */
export function createTaskRecord(world: World, input: TaskInput, createdAt: number): TaskRecord {
  const { source } = input;
  const { osType } = source;
  const settings = fillSettings(world, input, osType);
  const copyKind = copyKindOf(osType, settings.type);
  const fromTemplate = !(input.existServer ?? settings.templateId === null);
  const durationMs = requirePositive('durationMs', input.durationMs ?? 600_000);
  const beginning: Chapter = {
    kind: 'rest',
    at: createdAt,
    shownFrom: createdAt,
    steps: [],
    ledger: { startedAt: null, finishedAt: null, workedMs: 0, failures: 0 },
    state: 'READY',
    error: '',
  };
  const task: TaskRecord = {
    id: input.id ?? nextTaskId(world),
    createdAt,
    osType,
    copyKind,
    sourceId: source.id,
    target: {
      id: world.identifiers.uuid(),
      vmId: input.vmId ?? world.identifiers.uuid(),
      name: source.name,
      imageDiskId: world.identifiers.uuid(),
      disks: createDisks(input.disks ?? migratedDisks(source).map(mirrorDisk), osType, world.identifiers),
      volumeGroups: input.volumeGroups ?? source.volumeGroups,
      btrfsList: input.btrfsList ?? source.btrfsList,
    },
    fromTemplate,
    syncing: input.syncing ?? false,
    checksConsistency: input.checksConsistency ?? false,
    durationMs,
    lagMs: input.lagMs ?? 0,
    failure: readFailure(input.failAt),
    settings,
    speedSlots: [],
    clone: null,
    networkCheck: null,
    log: null,
    configurations: [],
    consistencyReports: [],
    agentReport: null,
    passphrase: world.identifiers.hex(),
    chapters: [beginning],
  };
  checkFailure(task);
  if (lookUpTask(world, task.id) !== null) throw new RangeError(`The task ${task.id} exists already`);
  // What was reported of a server without a task must not come back when this one is deleted.
  source.reported = null;
  world.tasks.set(task.id, task);
  return task;
}

function fillSettings(world: World, input: TaskInput, osType: string): TaskSettings {
  const { settings } = input;
  const project = world.accounts.flatMap(({ projects }) => projects)[0];
  const regionId = settings.regionId ?? project?.name ?? 'cn-north-4';
  const projectName = settings.projectName ?? project?.name ?? 'cn-north-4';
  return {
    name: settings.name ?? 'MigrationTask',
    type: settings.type ?? (osType === 'WINDOWS' ? 'MIGRATE_BLOCK' : 'MIGRATE_FILE'),
    priority: settings.priority ?? 1,
    speedLimit: settings.speedLimit ?? 0,
    regionId,
    regionName: settings.regionName ?? regionId,
    projectId: settings.projectId ?? project?.id ?? '05825205120026802ff0c01721bc1xxx',
    projectName,
    migrationIp: settings.migrationIp ?? '192.168.0.100',
    templateId: settings.templateId ?? null,
    startTargetServer: settings.startTargetServer ?? true,
    usePublicIp: settings.usePublicIp ?? false,
    needMigrationTest: settings.needMigrationTest ?? false,
    enterpriseProjectId: settings.enterpriseProjectId ?? '0',
  };
}

function migratedDisks({ disks }: SourceRecord) {
  return disks.filter(({ need_migration }) => need_migration);
}

// Seeds may bring ids of their own, so a counted one can be taken already.
function nextTaskId(world: World): string {
  const id = world.identifiers.task();
  return world.tasks.has(id) ? nextTaskId(world) : id;
}

function readFailure(seed: FailureSeed | undefined): TaskRecord['failure'] {
  if (seed === undefined) return null;
  return { step: seed.step, error: seed.error ?? networkError, times: seed.times ?? 1 };
}

const networkError = describeAgentError(
  'SMS.0807',
  'A network error occurred between the source server and the target server.',
);

function checkFailure(task: TaskRecord): void {
  if (task.failure === null) return;
  const wanted = task.failure.step;
  // A start may ask for the comparison of files later on, so its step is always possible.
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
