import {
  optionalFlag,
  optionalNumber,
  optionalObjects,
  optionalText,
  optionalWord,
  requireBody,
  requireText,
  requireWord,
} from '../core/body.js';
import { type Answer, answerJson } from '../core/exchange.js';
import { type JsonObject, readObject, readText } from '../core/json.js';
import { refuse, refuseInput, refuseUnknown } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { readBtrfs, readVolumeGroups } from '../sources/layout.js';
import type { SourceRecord } from '../sources/source-record.js';
import type { World } from '../world.js';
import { createTaskRecord } from './create-task-record.js';
import { findMismatch } from './disk-mismatch.js';
import { readTargetDisks } from './disk-records.js';
import { findTask } from './find-task.js';
import { startTask } from './life-cycle.js';
import { measureNetwork } from './task-figures.js';

/** Creating a task and changing what may be changed. */
export const writeRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/tasks', operation: 'CreateTask', handle: handleCreate, needsAgreement: true },
  { service: 'sms', pattern: 'PUT /v3/tasks/{task_id}', operation: 'UpdateTask', handle: handleUpdate },
];

const mandatory = ['name', 'region_id', 'region_name', 'project_id', 'project_name'] as const;
const kinds = ['MIGRATE_FILE', 'MIGRATE_BLOCK'] as const;

function handleCreate({ world, body: sent }: Call): Answer {
  const body = requireBody(sent);
  const target = readObject(body.target_server);
  if (target === null) throw refuseInput('The parameter target_server is mandatory.');
  for (const name of mandatory) requireText(body, name);
  const type = requireWord(body, 'type', kinds);
  const source = findCreatable(world, body);
  const osType = optionalWord(body, 'os_type', ['LINUX', 'WINDOWS']) ?? source.osType;
  // ASSUMPTION: no source says what a system that is not that of the source server leads to, nor a target that neither
  // exists nor has a template; nor that a source server could not have several tasks, so it can.
  if (osType !== source.osType) throw refuseInput('The parameter os_type is not that of the source server.');
  if (type === 'MIGRATE_FILE' && osType === 'WINDOWS') {
    throw refuseInput('Windows servers are migrated by blocks only.');
  }
  const settings = readSettings(body);
  requireTemplate(world, settings.templateId);
  const existServer = optionalFlag(body, 'exist_server');
  if (existServer === false && settings.templateId === undefined) {
    throw refuseInput('A target server that does not exist needs the parameter vm_template_id.');
  }
  const disks = readTargetDisks(target);
  const { identifiers, clock } = world;
  const now = clock.migration();
  const task = createTaskRecord(
    world,
    {
      source,
      vmId: optionalText(target, 'vm_id'),
      existServer,
      disks,
      volumeGroups: isEmpty(target, 'volume_groups') ? undefined : readVolumeGroups(target.volume_groups, identifiers),
      btrfsList: isEmpty(target, 'btrfs_list') ? undefined : readBtrfs(target.btrfs_list),
      syncing: optionalFlag(body, 'syncing'),
      checksConsistency: optionalFlag(body, 'is_need_consistency_check'),
      failAt: findMismatch(source, type, disks),
      settings,
    },
    now,
  );
  if (optionalFlag(body, 'start_network_check') === true) task.networkCheck = measureNetwork();
  if (optionalFlag(body, 'auto_start') === true) startTask(task, now, world);
  return answerJson({ id: task.id });
}

function handleUpdate(call: Call): Answer {
  const body = requireBody(call.body);
  const task = findTask(call);
  const settings = readSettings(body);
  requireTemplate(call.world, settings.templateId);
  const changes = Object.entries(settings).filter(([, value]) => value !== undefined);
  Object.assign(task.settings, Object.fromEntries(changes));
  return answerJson({ id: task.id });
}

function readSettings(body: JsonObject) {
  return {
    name: optionalText(body, 'name', { min: 1 }),
    type: optionalWord(body, 'type', kinds),
    priority: optionalNumber(body, 'priority', { min: 0, max: 2 }),
    speedLimit: optionalNumber(body, 'speed_limit', { min: 0, max: 65_535 }),
    regionId: optionalText(body, 'region_id'),
    regionName: optionalText(body, 'region_name'),
    projectId: optionalText(body, 'project_id'),
    projectName: optionalText(body, 'project_name'),
    migrationIp: optionalText(body, 'migration_ip'),
    // An empty id means none: clients fill every field of a form.
    templateId: optionalText(body, 'vm_template_id') || undefined,
    startTargetServer: optionalFlag(body, 'start_target_server'),
    usePublicIp: optionalFlag(body, 'use_public_ip'),
    needMigrationTest: optionalFlag(body, 'need_migration_test'),
  };
}

function findCreatable(world: World, body: JsonObject): SourceRecord {
  const source = world.sources.get(readText(readObject(body.source_server)?.id) ?? '');
  if (source === undefined) {
    throw refuse(400, 'SMS.2216', 'The task cannot be created because the source server does not exist.');
  }
  return source;
}

// ASSUMPTION: no source names the code for a template that does not exist.
function requireTemplate(world: World, id: string | undefined): void {
  if (id !== undefined && !world.templates.has(id)) throw refuseUnknown(`template ${id}`);
}

function isEmpty(target: JsonObject, name: string): boolean {
  return (optionalObjects(target, name) ?? []).length === 0;
}
