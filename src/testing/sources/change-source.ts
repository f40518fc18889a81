import { optionalText, requireBody, requireIds, requireWord } from '../core/body.js';
import { refuseMissing, respondEmpty, type ServiceResponse } from '../core/exchange.js';
import { maximumInt32 } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findCurrentTask, findCurrentTasks } from '../tasks/find-task.js';
import { observeTruth } from '../tasks/task-record.js';
import type { World } from '../world.js';
import { planDisks, planVolumeGroups, readBtrfs, readDisks, readVolumeGroups } from './layout.js';
import type { SourceRecord } from './source-record.js';
import { describeSourceState, isBusy, refuseBusy, requireSource } from './source-state.js';

/** Changing what is known of a source server. */
export const changeRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'PUT /v3/sources/{source_id}', operation: 'UpdateServerName', handle: handleUpdate },
  {
    service: 'sms',
    pattern: 'PUT /v3/sources/{source_id}/changestate',
    operation: 'UpdateCopyState',
    handle: handleState,
  },
  { service: 'sms', pattern: 'PUT /v3/sources/{source_id}/diskinfo', operation: 'UpdateDiskInfo', handle: handleDisks },
];

const copyStates = [
  'unavailable',
  'waiting',
  'init',
  'replicate',
  'syncing',
  'stopping',
  'stopped',
  'skipping',
  'deleting',
  'clearing',
  'cleared',
  'clearfailed',
  'premigready',
  'premiging',
  'premiged',
  'premigfailed',
  'cloning',
  'cutovering',
  'finished',
  'error',
] as const;

const cycles = [
  'no_ready',
  'ready_for_test',
  'testing',
  'tested',
  'cutovering',
  'cutovered',
  'checking',
  'setting',
  'replicating',
  'syncing',
] as const;

// Servers that failed the check, are pausing, paused, being deleted, finished or clearing.
const settled = ['unavailable', 'stopping', 'stopped', 'deleting', 'finished', 'clearing'];

function handleUpdate({ world, parameters, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const name = optionalText(body, 'name', { min: 1 });
  const projectId = optionalText(body, 'migprojectid', { min: 1 });
  const source = requireSource(world, parameters.source_id);
  const disks = planDisks(source.disks, body);
  const volume_groups = planVolumeGroups(source.volume_groups, body);
  if (projectId !== undefined && !world.migrationProjects.has(projectId)) {
    throw refuseMissing(`migration project ${projectId}`);
  }
  // The layout is honoured only before the target is configured.
  const layout = findCurrentTask(world, source.id) === null ? { disks, volume_groups } : {};
  const changed = { ...source, ...layout, name: name ?? source.name, migprojectid: projectId ?? source.migprojectid };
  world.sources.set(source.id, changed);
  return respondEmpty('');
}

function handleState({ world, parameters, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const wanted = requireWord(body, 'copystate', copyStates);
  const cycle = requireWord(body, 'migrationcycle', cycles);
  const source = requireSource(world, parameters.source_id);
  const task = findCurrentTask(world, source.id);
  const now = world.clock.migration();
  const view = task === null ? null : { task, moment: observeTruth(task, now), now };
  // Only here the state `initialize` has another name.
  const state = wanted === 'init' ? 'initialize' : wanted;
  if (!settled.includes(describeSourceState(source, view).state)) {
    world.sources.set(source.id, reportState(world, source, { state, cycle }));
  }
  return respondEmpty('{}');
}

/** A source server with a state set from outside, until the state that follows from its task changes. */
export function reportState(
  world: World,
  source: SourceRecord,
  { state, cycle }: { readonly state?: string | undefined; readonly cycle?: string | undefined },
): SourceRecord {
  const now = world.clock.migration();
  const task = findCurrentTask(world, source.id);
  const view = task === null ? null : { task, moment: observeTruth(task, now), now };
  const own = describeSourceState({ ...source, reported: null }, view);
  const shown = describeSourceState(source, view);
  const reported = { state: state ?? shown.state, cycle: cycle ?? shown.cycle };
  return { ...source, reported: { ...reported, insteadOf: own.state, insteadSince: own.since, at: now } };
}

// ASSUMPTION: "works only before the target is configured" means that it has no effect afterwards.
function handleDisks({ world, parameters, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent ?? {});
  const source = requireSource(world, parameters.source_id);
  const disks = readDisks(body.disks, world.identifiers);
  const volume_groups = readVolumeGroups(body.volumegroups, world.identifiers);
  const btrfs_list = readBtrfs(body.btrfs_list);
  if (findCurrentTask(world, source.id) === null) {
    world.sources.set(source.id, { ...source, disks, volume_groups, btrfs_list });
  }
  return respondEmpty('""');
}

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

/** Removes source servers with their tasks. */
export function removeSources(world: World, sources: readonly SourceRecord[]): void {
  const ids = new Set(sources.map(({ id }) => id));
  // The tasks first, so that no task is ever without its source server.
  for (const task of world.tasks.values()) if (ids.has(task.sourceId)) world.tasks.delete(task.id);
  for (const id of ids) world.sources.delete(id);
}
