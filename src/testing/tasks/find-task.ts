import { refuseUnknown } from '../core/exchange.js';
import type { Call } from '../core/route.js';
import type { World } from '../world.js';
import { gone } from './phase.js';
import { observeTruth, type TaskRecord } from './task-record.js';

/** The task in the path of a request. */
export function findTask({ world, parameters }: Call): TaskRecord {
  return requireTask(world, parameters.task_id ?? '');
}

/** The task with this id. */
export function requireTask(world: World, id: string): TaskRecord {
  const task = lookUpTask(world, id);
  if (task === null) throw refuseUnknown(`task ${id}`);
  return task;
}

/** The task with this id, or null. No timer ends a deletion, so its end is noticed here. */
export function lookUpTask(world: World, id: string): TaskRecord | null {
  const task = world.tasks.get(id);
  return task === undefined || isGone(task, world.clock.migration()) ? null : task;
}

/** All tasks that exist now. */
export function listTasks(world: World): TaskRecord[] {
  const now = world.clock.migration();
  return world.tasks.values().filter((task) => !isGone(task, now));
}

/** Whether the deletion of a task has ended. */
export function isGone(task: TaskRecord, now: number): boolean {
  return observeTruth(task, now).state === gone;
}

/** The current task of every source server that has one: the last that was created for it and still exists. */
export function findCurrentTasks(world: World): ReadonlyMap<string, TaskRecord> {
  return new Map(listTasks(world).map((task) => [task.sourceId, task]));
}

/** The current task of a source server, or null. */
export function findCurrentTask(world: World, sourceId: string): TaskRecord | null {
  return findCurrentTasks(world).get(sourceId) ?? null;
}
