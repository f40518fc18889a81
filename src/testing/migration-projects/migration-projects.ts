import {
  optionalFlag,
  optionalNumber,
  optionalText,
  optionalWord,
  requireBody,
  requireText,
  requireWord,
} from '../core/body.js';
import { type Answer, answerJson, answerNothing } from '../core/exchange.js';
import type { JsonObject } from '../core/json.js';
import { takePage } from '../core/query.js';
import { refuseInput, refuseUnknown } from '../core/refusal.js';
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

function handleCreate({ world, body: sent }: Call): Answer {
  const body = requireBody(sent);
  const project = createMigrationProject(world.identifiers.uuid(), {
    ...readFields(body),
    name: requireText(body, 'name', { max: 20 }),
    region: requireText(body, 'region'),
    type: requireWord(body, 'type', kinds),
  });
  world.migrationProjects.set(project.id, project);
  if (optionalFlag(body, 'isdefault') === true) makeDefault(world, project);
  return answerJson({ id: project.id });
}

function handleList({ world, query }: Call): Answer {
  const projects = [...world.migrationProjects.values()];
  const page = takePage(query, { standard: 50, maximum: 100 }, 65_535, projects);
  return answerJson({ count: projects.length, migprojects: page });
}

function handleShow(call: Call): Answer {
  const { id: _id, ...project } = findProject(call);
  return answerJson(project);
}

// ASSUMPTION: `isdefault: false` takes nothing from the default project, since there would be none then.
function handleUpdate(call: Call): Answer {
  const body = requireBody(call.body ?? {});
  const isDefault = optionalFlag(body, 'isdefault');
  const fields = readFields(body);
  const project = findProject(call);
  Object.assign(project, fields);
  if (isDefault === true) makeDefault(call.world, project);
  return answerNothing('""');
}

function handleDefault(call: Call): Answer {
  makeDefault(call.world, findProject(call));
  return answerNothing('{}');
}

// ASSUMPTION: the default project cannot be deleted, and the source servers of another one go to the default one; no source
// speaks of either.
function handleDelete(call: Call): Answer {
  const { world } = call;
  const project = findProject(call);
  if (project.isdefault) throw refuseInput('The default migration project cannot be deleted.');
  world.migrationProjects.delete(project.id);
  const heir = [...world.migrationProjects.values()].find(({ isdefault }) => isdefault);
  for (const source of world.sources.values()) {
    if (source.migrationProjectId === project.id) source.migrationProjectId = heir?.id ?? '';
  }
  return answerNothing('');
}

function makeDefault(world: World, chosen: MigrationProjectRecord): void {
  for (const project of world.migrationProjects.values()) project.isdefault = project === chosen;
}

function findProject({ world, parameters }: Call): MigrationProjectRecord {
  const project = world.migrationProjects.get(parameters.mig_project_id ?? '');
  if (project === undefined) throw refuseUnknown(`migration project ${parameters.mig_project_id}`);
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
