import { Refusal } from '../core/refusal.js';
import { addSource, inventDisks } from '../sources/add-source.js';
import type { SourceRecord } from '../sources/source-record.js';
import { createTemplate } from '../templates/template-record.js';
import type { World } from '../world.js';
import { gone } from './chapter.js';
import { createTaskRecord, type TaskInput } from './create-task-record.js';
import { pass, passingMs, startTask, stopTask } from './life-cycle.js';
import { copyKindOf } from './steps.js';
import { observeTruth, openChapter, type TaskRecord } from './task-record.js';
import type { SeedState, TaskSeed } from './task-seed.js';

/** Puts a task into the world with the past that its state tells of, and answers its id. */
export function seedTask(world: World, seed: TaskSeed): string {
  const now = world.clock.migration();
  const history = histories.get(seed.state ?? 'READY') ?? liveThroughSuccess;
  const length = seed.durationMs ?? 600_000;
  // The past is lived through with the very operations that a client would send, so that it cannot be one no task has.
  // Three lengths and a minute are more than any of these histories takes.
  const created = now - 3 * length - 60_000;
  const source = findSource(world, seed, created);
  addTemplate(world, seed.vm_template_id);
  const task = createTaskRecord(world, { ...readSeed(seed, source), lagMs: 0 }, created);
  live(() => history(world, task, now));
  const { state } = observeTruth(task, now);
  if (seed.state !== undefined && seed.state !== state) showState(task, seed.state, now);
  // Reads lag behind the operations of the client only, not behind those of the past.
  task.lagMs = seed.lagMs ?? 0;
  return task.id;
}

// A seed may forbid its own past, such as a pause after a failure; the state is shown all the same.
function live(history: () => void): void {
  try {
    history();
  } catch (reason) {
    if (!(reason instanceof Refusal)) throw reason;
  }
}

type History = (world: World, task: TaskRecord, now: number) => void;

const histories: ReadonlyMap<string, History> = new Map<string, History>([
  ['READY', () => undefined],
  ['RUNNING', (world, task, now) => startTask(task, now, world)],
  ['SYNC_SUCCESS', liveThroughResync],
  ['SYNC_FAIL', liveThroughResync],
  ['ABORTING', pauseHalfway],
  ['ABORT', (world, task, now) => pauseHalfway(world, task, now - passingMs)],
  ['DELETING', (_world, task, now) => pass(task, now, 'DELETING', gone)],
]);

function liveThroughSuccess(world: World, task: TaskRecord, now: number): void {
  startTask(task, now - task.durationMs - 60_000, world);
}

function liveThroughResync(world: World, task: TaskRecord, now: number): void {
  startTask(task, now - 2 * task.durationMs - 60_000, world);
  startTask(task, now - task.durationMs, world);
}

function pauseHalfway(world: World, task: TaskRecord, stoppedAt: number): void {
  startTask(task, stoppedAt - task.durationMs / 2, world);
  stopTask(task, stoppedAt);
}

function showState(task: TaskRecord, state: SeedState, now: number): void {
  const { steps, ledger } = observeTruth(task, now);
  openChapter(task, { kind: 'rest', at: now, shownFrom: now, steps, ledger, state, error: '' }, now);
}

function findSource(world: World, seed: TaskSeed, addedAt: number): SourceRecord {
  const id = seed.source_server_id;
  const osType = seed.os_type ?? 'LINUX';
  const disks = seed.disks === undefined ? undefined : inventDisks(world, seed.disks, osType);
  if (id === undefined) return addSource(world, { osType, disks, addedAt });
  const source = world.sources.get(id);
  if (source === undefined) throw new RangeError(`The source server ${id} does not exist`);
  if ((seed.os_type ?? source.osType) !== source.osType)
    throw new RangeError(`The source server ${id} is not ${osType}`);
  return source;
}

// A seed may name any template; the one it names is then there to be read.
function addTemplate(world: World, id: string | undefined): void {
  if (id === undefined || world.templates.has(id)) return;
  world.templates.set(id, createTemplate(id, { name: 'template', is_template: false }));
}

function readSeed(seed: TaskSeed, source: SourceRecord): TaskInput {
  const failing = seed.state === 'MIGRATE_FAIL' ? 'REPLICATE' : seed.state === 'SYNC_FAIL' ? 'RESYNC' : null;
  return {
    id: seed.id,
    source,
    existServer: seed.existServer,
    disks: seed.disks,
    syncing: seed.syncing ?? seed.state === 'SYNCING',
    durationMs: seed.durationMs,
    failAt: seed.failAt ?? (failing === null ? undefined : { step: copyStepOf(seed, source.osType, failing) }),
    settings: {
      name: seed.name,
      type: seed.type,
      priority: seed.priority,
      speedLimit: seed.speed_limit,
      regionId: seed.region_id,
      projectId: seed.project_id,
      templateId: seed.vm_template_id,
    },
  };
}

function copyStepOf(seed: TaskSeed, osType: string, group: 'REPLICATE' | 'RESYNC'): string {
  const kind = copyKindOf(osType, seed.type ?? 'MIGRATE_FILE');
  return group === 'REPLICATE' ? `MIGRATE_${kind}` : `SYNC_${kind}`;
}
