import {
  type JsonObject,
  optionalFlag,
  optionalNumber,
  optionalText,
  optionalWord,
  requireBody,
  requireText,
  requireWord,
} from '../core/body.js';
import { refuseInput, refuseMissing, respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import { respondPage } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import type { World } from '../world.js';
import { createMigrationProject, type MigrationProjectRecord } from './migration-project-record.js';

/** Migration projects, of which exactly one is the default one. */
export const migrationProjectRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/migprojects', operation: 'CreateMigproject', handle: handleCreate },
  { service: 'sms', pattern: 'GET /v3/migprojects', operation: 'ListMigprojects', handle: handleList },
  { service: 'sms', pattern: 'GET /v3/migprojects/{mig_project_id}', operation: 'ShowMigproject', handle: handleShow },
  {
    service: 'sms',
    pattern: 'PUT /v3/migprojects/{mig_project_id}',
    operation: 'UpdateMigproject',
    handle: handleUpdate,
  },
  {
    service: 'sms',
    pattern: 'PUT /v3/migprojects/{mig_project_id}/default',
    operation: 'UpdateDefaultMigproject',
    handle: handleDefault,
  },
  {
    service: 'sms',
    pattern: 'DELETE /v3/migprojects/{mig_project_id}',
    operation: 'DeleteMigproject',
    handle: handleDelete,
  },
];

const kinds = ['MIGRATE_BLOCK', 'MIGRATE_FILE'] as const;

function handleCreate({ world, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const project = createMigrationProject(world.identifiers.uuid(), {
    ...readFields(body),
    name: requireText(body, 'name', { max: 20 }),
    region: requireText(body, 'region'),
    type: requireWord(body, 'type', kinds),
  });
  world.migrationProjects.set(project.id, project);
  if (optionalFlag(body, 'isdefault') === true) makeDefault(world, project);
  return respondJson({ id: project.id });
}

function handleList(call: Call): ServiceResponse {
  const limits = { standard: 50, maximum: 100, maximumOffset: 65_535 };
  return respondPage(call, 'migprojects', limits, call.world.migrationProjects.values(), (project) => project);
}

function handleShow(call: Call): ServiceResponse {
  const { id: _id, ...project } = findProject(call);
  return respondJson(project);
}

// ASSUMPTION: `isdefault: false` takes nothing from the default project, since there would be none then.
function handleUpdate(call: Call): ServiceResponse {
  const body = requireBody(call.body ?? {});
  const isDefault = optionalFlag(body, 'isdefault');
  const fields = readFields(body);
  const project = findProject(call);
  const changed = { ...project, ...fields };
  call.world.migrationProjects.set(project.id, changed);
  if (isDefault === true) makeDefault(call.world, changed);
  return respondEmpty('""');
}

function handleDefault(call: Call): ServiceResponse {
  makeDefault(call.world, findProject(call));
  return respondEmpty('{}');
}

// ASSUMPTION: the default project cannot be deleted, and the source servers of another one go to the default one; no source
// speaks of either.
function handleDelete(call: Call): ServiceResponse {
  const { world } = call;
  const project = findProject(call);
  if (project.isdefault) throw refuseInput('The default migration project cannot be deleted.');
  world.migrationProjects.delete(project.id);
  const heir = world.migrationProjects.values().find(({ isdefault }) => isdefault);
  for (const source of world.sources.values()) {
    if (source.migprojectid === project.id) world.sources.set(source.id, { ...source, migprojectid: heir?.id ?? '' });
  }
  return respondEmpty('');
}

function makeDefault(world: World, chosen: MigrationProjectRecord): void {
  for (const project of world.migrationProjects.values()) {
    const isdefault = project.id === chosen.id;
    if (project.isdefault !== isdefault) world.migrationProjects.set(project.id, { ...project, isdefault });
  }
}

function findProject({ world, parameters }: Call): MigrationProjectRecord {
  const project = world.migrationProjects.get(parameters.mig_project_id ?? '');
  if (project === undefined) throw refuseMissing(`migration project ${parameters.mig_project_id}`);
  return project;
}

function readFields(body: JsonObject): Partial<MigrationProjectRecord> {
  const fields = {
    name: optionalText(body, 'name', { min: 1, max: 20 }),
    description: optionalText(body, 'description'),
    region: optionalText(body, 'region'),
    start_target_server: optionalFlag(body, 'start_target_server'),
    speed_limit: optionalNumber(body, 'speed_limit', { min: 0 }),
    use_public_ip: optionalFlag(body, 'use_public_ip'),
    exist_server: optionalFlag(body, 'exist_server'),
    type: optionalWord(body, 'type', kinds),
    enterprise_project: optionalText(body, 'enterprise_project'),
    syncing: optionalFlag(body, 'syncing'),
    start_network_check: optionalFlag(body, 'start_network_check'),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
