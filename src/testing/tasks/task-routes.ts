import {
  type JsonObject,
  optionalFlag,
  optionalNumber,
  optionalObjects,
  optionalText,
  optionalWord,
  readObject,
  readText,
  requireBody,
  requireIds,
  requireText,
  requireWord,
} from '../core/body.js';
import {
  refuse,
  refuseInput,
  refuseMissing,
  respondEmpty,
  respondJson,
  type ServiceResponse,
} from '../core/exchange.js';
import { passes, passesEnterpriseProject, passesPart, refuseOtherWords, respondPage } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { readBtrfs, readVolumeGroups } from '../sources/layout.js';
import type { SourceRecord } from '../sources/source-record.js';
import { isBusy, refuseBusy, requireSource } from '../sources/source-state.js';
import type { World } from '../world.js';
import { startIfPossible } from './act-on-task.js';
import { addTask, createTask } from './create-task.js';
import { findMismatch, readTargetDisks } from './disks.js';
import { findTask, listTasks, requireTask } from './find-task.js';
import { passThrough } from './life-cycle.js';
import { gone } from './phase.js';
import { describeTask, describeTaskSummary } from './task-body.js';
import { measureNetwork } from './task-figures.js';
import { observeShown, observeTruth, type TaskRecord } from './task-record.js';

/** Creating a task and changing what may be changed. */
export const writeRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/tasks', operation: 'CreateTask', handle: handleCreate, needsAgreement: true },
  { service: 'sms', pattern: 'PUT /v3/tasks/{task_id}', operation: 'UpdateTask', handle: handleUpdate },
];

const mandatory = ['name', 'region_id', 'region_name', 'project_id', 'project_name'] as const;
const kinds = ['MIGRATE_FILE', 'MIGRATE_BLOCK'] as const;

function handleCreate({ world, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const target = readObject(body.target_server);
  if (target === null) throw refuseInput('The parameter target_server is mandatory.');
  for (const name of mandatory) requireText(body, name);
  const type = requireWord(body, 'type', kinds);
  const source = findCreatable(world, body);
  const osType = optionalWord(body, 'os_type', ['LINUX', 'WINDOWS']) ?? source.os_type;
  // ASSUMPTION: no source says what a system that is not that of the source server leads to, nor a target that neither
  // exists nor has a template; nor that a source server could not have several tasks, so it can.
  if (osType !== source.os_type) throw refuseInput('The parameter os_type is not that of the source server.');
  if (type === 'MIGRATE_FILE' && osType === 'WINDOWS') {
    throw refuseInput('Windows servers are migrated by blocks only.');
  }
  const settings = readSettings(body);
  requireTemplate(world, settings.vm_template_id);
  const existServer = optionalFlag(body, 'exist_server');
  if (existServer === false && settings.vm_template_id === undefined) {
    throw refuseInput('A target server that does not exist needs the parameter vm_template_id.');
  }
  const disks = readTargetDisks(target);
  const { identifiers, clock } = world;
  const created = createTask(
    world,
    {
      ...settings,
      source,
      vm_id: optionalText(target, 'vm_id'),
      exist_server: existServer,
      disks,
      volume_groups: isEmpty(target, 'volume_groups') ? undefined : readVolumeGroups(target.volume_groups, identifiers),
      btrfs_list: isEmpty(target, 'btrfs_list') ? undefined : readBtrfs(target.btrfs_list),
      syncing: optionalFlag(body, 'syncing'),
      checksConsistency: optionalFlag(body, 'is_need_consistency_check'),
      failAt: findMismatch(source, type, disks),
    },
    clock.migration(),
  );
  const measures = optionalFlag(body, 'start_network_check') === true;
  const task = { ...created, network_check_info: measures ? measureNetwork() : null };
  addTask(world, optionalFlag(body, 'auto_start') === true ? startIfPossible(task, world, world) : task);
  return respondJson({ id: task.id });
}

function handleUpdate(call: Call): ServiceResponse {
  const body = requireBody(call.body);
  const task = findTask(call);
  const settings = readSettings(body);
  requireTemplate(call.world, settings.vm_template_id);
  const changes = Object.entries(settings).filter(([, value]) => value !== undefined);
  call.world.tasks.set(task.id, { ...task, ...Object.fromEntries(changes) });
  return respondJson({ id: task.id });
}

function readSettings(body: JsonObject) {
  return {
    name: optionalText(body, 'name', { min: 1 }),
    type: optionalWord(body, 'type', kinds),
    priority: optionalNumber(body, 'priority', { min: 0, max: 2 }),
    speed_limit: optionalNumber(body, 'speed_limit', { min: 0, max: 65_535 }),
    region_id: optionalText(body, 'region_id'),
    region_name: optionalText(body, 'region_name'),
    project_id: optionalText(body, 'project_id'),
    project_name: optionalText(body, 'project_name'),
    migration_ip: optionalText(body, 'migration_ip'),
    // An empty id means none: clients fill every field of a form.
    vm_template_id: optionalText(body, 'vm_template_id') || undefined,
    start_target_server: optionalFlag(body, 'start_target_server'),
    use_public_ip: optionalFlag(body, 'use_public_ip'),
    need_migration_test: optionalFlag(body, 'need_migration_test'),
  };
}

function findCreatable(world: World, body: JsonObject): SourceRecord {
  const source = world.sources.get(readText(readObject(body.source_server)?.id) ?? '');
  if (source === undefined) {
    throw refuse(400, 'SMS.2216', 'The task cannot be created because the source server does not exist.');
  }
  return source;
}

function requireTemplate(world: World, id: string | undefined): void {
  if (id !== undefined && !world.templates.has(id)) throw refuseMissing(`template ${id}`);
}

function isEmpty(target: JsonObject, name: string): boolean {
  return (optionalObjects(target, name) ?? []).length === 0;
}

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
  for (const task of new Set(alive)) world.tasks.set(task.id, passThrough(task, now, 'DELETING', gone));
}

/** Reading one task and listing many. */
export const readRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/tasks', operation: 'ListTasks', handle: handleList },
  { service: 'sms', pattern: 'GET /v3/tasks/{task_id}', operation: 'ShowTask', handle: handleShow },
];

// The filter lacks SYNC_SUCCESS, SYNC_FAIL, SKIPPING and RESETING, which bodies show.
const filterStates = [
  'READY',
  'RUNNING',
  'SYNCING',
  'MIGRATE_SUCCESS',
  'MIGRATE_FAIL',
  'ABORTING',
  'ABORT',
  'DELETING',
  'SYNC_F_ROLLBACKING',
  'SYNC_F_ROLLBACK_SUCCESS',
];

function handleShow(call: Call): ServiceResponse {
  return respondJson(describeTask(call.world, findTask(call), call.world.clock.migration()));
}

function handleList(call: Call): ServiceResponse {
  const { world, query } = call;
  refuseOtherWords(query, 'state', filterStates);
  const now = world.clock.migration();
  const matches = listTasks(world).filter(
    (task) =>
      passes(query.state, observeShown(task, now).state) &&
      passes(query.id, task.id) &&
      passes(query.source_server_id, task.sourceId) &&
      passesPart(query.name, task.name) &&
      passesEnterpriseProject(query, task.enterprise_project_id),
  );
  const limits = { standard: 100, maximum: 200, maximumOffset: 65_535 };
  return respondPage(call, 'tasks', limits, matches, (task) => describeTaskSummary(world, task, now));
}
