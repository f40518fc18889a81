import { createSource, inventDisks } from '../sources/create-source.js';
import type { SourceRecord } from '../sources/source-record.js';
import { createTemplate } from '../templates/template-record.js';
import type { World } from '../world.js';
import { addTask, createTask } from './create-task.js';
import { setState } from './set-state.js';
import { copyKindOf } from './steps.js';
import { type TaskSeed, taskStates } from './task-seed.js';

/** Puts a task into the world with the past that its state tells of, and returns its id. */
export function seedTask(world: World, seed: TaskSeed): string {
  const { clock, identifiers } = world;
  const now = clock.migration();
  const length = seed.durationMs ?? 600_000;
  const state = taskStates.find((known) => known === seed.state) ?? 'READY';
  // Three lengths and a minute are more than any past takes.
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
  // Reads lag behind the operations of clients only, not behind those of the past.
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

// A seed may name any template; the one it names is then there to be read.
function addTemplate(world: World, id: string | undefined): void {
  if (id === undefined || world.templates.has(id)) return;
  world.templates.set(id, createTemplate(id, { name: 'template', is_template: false }));
}

function failureOf(seed: TaskSeed, osType: string): TaskSeed['failAt'] {
  const kind = copyKindOf(osType, seed.type ?? 'MIGRATE_FILE');
  if (seed.state === 'MIGRATE_FAIL' || seed.state === 'FAIL') return { step: `MIGRATE_${kind}` };
  return seed.state === 'SYNC_FAIL' ? { step: `SYNC_${kind}` } : undefined;
}
