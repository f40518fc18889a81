import { refuseUnknown } from '../core/refusal.js';
import type { TaskRecord } from '../tasks/task-record.js';
import type { World } from '../world.js';
import type { SourceRecord } from './source-record.js';

/** The source server with this id. */
export function requireSource(world: World, id: string | undefined): SourceRecord {
  const source = world.sources.get(id ?? '');
  if (source === undefined) throw refuseUnknown(`source server ${id}`);
  return source;
}

/** The source server of a task. It outlives the task: deleting it deletes the task before. */
export function findSourceOf(world: World, task: TaskRecord): SourceRecord {
  return requireSource(world, task.sourceId);
}
