import { requireIds } from '../core/body.js';
import { respondEmpty, type ServiceResponse } from '../core/exchange.js';
import { maximumInt32 } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findCurrentTasks } from '../tasks/find-task.js';
import type { World } from '../world.js';
import { requireSource } from './find-source.js';
import type { SourceRecord } from './source-record.js';
import { isBusy, refuseBusy } from './source-state.js';

/** Deleting the record of one source server or of many. */
export const deleteSourceRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'DELETE /v3/sources/{source_id}', operation: 'DeleteServer', handle: handleDelete },
  { service: 'sms', pattern: 'POST /v3/sources/delete', operation: 'DeleteServers', handle: handleDeleteMany },
];

function handleDelete({ world, parameters }: Call): ServiceResponse {
  deleteAll(world, [requireSource(world, parameters.source_id)]);
  return respondEmpty('{}');
}

function handleDeleteMany({ world, body }: Call): ServiceResponse {
  deleteAll(
    world,
    requireIds(body, maximumInt32).map((id) => requireSource(world, id)),
  );
  return respondEmpty('""');
}

// ASSUMPTION: the rule for tasks holds for source servers too, one busy server keeps the others of the request, and the
// tasks of a server go with it; no source speaks of any of this.
function deleteAll(world: World, sources: readonly SourceRecord[]): void {
  const now = world.clock.migration();
  const current = findCurrentTasks(world);
  if (sources.some((source) => isBusy(source, current.get(source.id) ?? null, now))) throw refuseBusy();
  removeSources(world, sources);
}

/** Takes source servers out of the world, with their tasks. */
export function removeSources(world: World, sources: readonly SourceRecord[]): void {
  const ids = new Set(sources.map(({ id }) => id));
  // The tasks first: at no time is there one without its source server.
  for (const task of world.tasks.values()) if (ids.has(task.sourceId)) world.tasks.delete(task.id);
  for (const id of ids) world.sources.delete(id);
}
