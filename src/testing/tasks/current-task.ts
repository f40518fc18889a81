import type { World } from '../world.js';
import { listTasks } from './find-task.js';
import type { TaskRecord } from './task-record.js';

/** The current task of every source server that has one: the last that was created for it and still exists. */
export function findCurrentTasks(world: World): ReadonlyMap<string, TaskRecord> {
  return new Map(listTasks(world).map((task) => [task.sourceId, task]));
}

/** The current task of a source server, or null. */
export function findCurrentTask(world: World, sourceId: string): TaskRecord | null {
  return findCurrentTasks(world).get(sourceId) ?? null;
}
