import { requireIds } from '../core/body.js';
import { respondEmpty, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { requireSource } from '../sources/find-source.js';
import { isBusy, refuseBusy } from '../sources/source-state.js';
import type { World } from '../world.js';
import { gone } from './chapter.js';
import { findTask, requireTask } from './find-task.js';
import { pass } from './life-cycle.js';
import { observeTruth, type TaskRecord } from './task-record.js';

/** Deleting one task or many. */
export const deleteRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'DELETE /v3/tasks/{task_id}', operation: 'DeleteTask', handle: handleDelete },
  { service: 'sms', pattern: 'POST /v3/tasks/delete', operation: 'DeleteTasks', handle: handleDeleteMany },
];

function handleDelete(call: Call): ServiceResponse {
  deleteAll(call.world, [findTask(call)]);
  return respondEmpty('');
}

function handleDeleteMany({ world, body }: Call): ServiceResponse {
  deleteAll(
    world,
    requireIds(body, 50).map((id) => requireTask(world, id)),
  );
  return respondEmpty('""');
}

// ASSUMPTION: one task that cannot be deleted keeps the others of the request too, and a task that is being deleted may be
// deleted again, although the rule counts its source server as busy; no source speaks of either.
function deleteAll(world: World, tasks: readonly TaskRecord[]): void {
  const now = world.clock.migration();
  const alive = tasks.filter((task) => observeTruth(task, now).state !== 'DELETING');
  if (alive.some((task) => isBusy(requireSource(world, task.sourceId), task, now))) throw refuseBusy();
  for (const task of new Set(alive)) world.tasks.set(task.id, pass(task, now, 'DELETING', gone));
}
