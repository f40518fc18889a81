import { refuseUnknown } from '../core/refusal.js';
import type { Call } from '../core/route.js';
import type { World } from '../world.js';
import { gone } from './chapter.js';
import { observeTruth, type TaskRecord } from './task-record.js';

/** The task that the path of a call names. */
export function findTask({ world, parameters }: Call): TaskRecord {
  return requireTask(world, parameters.task_id ?? '');
}

/** The task with this id. */
export function requireTask(world: World, id: string): TaskRecord {
  const task = lookUpTask(world, id);
  if (task === null) throw refuseUnknown(`task ${id}`);
  return task;
}

/** The task with this id, or null. Deletion takes a while, and no timer ends it, so its end is noticed here. */
export function lookUpTask(world: World, id: string): TaskRecord | null {
  const task = world.tasks.get(id);
  if (task === undefined) return null;
  if (observeTruth(task, world.clock.migration()).state !== gone) return task;
  world.tasks.delete(id);
  return null;
}

/** All tasks that exist now. */
export function listTasks(world: World): TaskRecord[] {
  return [...world.tasks.keys()].flatMap((id) => lookUpTask(world, id) ?? []);
}
