import { refuseInput, respondJson, type ServiceResponse } from '../core/exchange.js';
import {
  maximumInt32,
  passes,
  passesEnterpriseProject,
  passesPart,
  readQueryFlag,
  refuseOtherWords,
  respondPage,
} from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findCurrentTask, findCurrentTasks } from '../tasks/find-task.js';
import { observeShown, type TaskRecord } from '../tasks/task-record.js';
import type { World } from '../world.js';
import { describeListedSource, describeSourceFully, hasComparison, showSourceState } from './source-body.js';
import type { SourceRecord } from './source-record.js';
import { requireSource } from './source-state.js';

/** Reading one source server, listing many, and counting all. */
export const sourceRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/sources', operation: 'ListServers', handle: handleList },
  { service: 'sms', pattern: 'GET /v3/sources/overview', operation: 'ShowOverview', handle: handleOverview },
  { service: 'sms', pattern: 'GET /v3/sources/{source_id}', operation: 'ShowServer', handle: handleShow },
];

/** A source server with its current task, or null when it has none. */
export interface SourceWithTask {
  /** The source server. */
  readonly source: SourceRecord;
  /** Its current task. */
  readonly task: TaskRecord | null;
}

/** All source servers with their current tasks, oldest first. */
function listSources(world: World): SourceWithTask[] {
  const tasks = findCurrentTasks(world);
  return world.sources.values().map((source) => ({ source, task: tasks.get(source.id) ?? null }));
}

// `premiging` is missing, which other places use.
const filterStates = [
  'unavailable',
  'waiting',
  'initialize',
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
  'premiged',
  'premigfailed',
  'cloning',
  'cutovering',
  'finished',
  'error',
];
const filterCycles = ['checking', 'setting', 'replicating', 'syncing', 'cutovering', 'cutovered'];

function handleShow({ world, parameters }: Call): ServiceResponse {
  const source = requireSource(world, parameters.source_id);
  return respondJson(describeSourceFully(source, findCurrentTask(world, source.id), world.clock.migration()));
}

function handleList(call: Call): ServiceResponse {
  const { world, query } = call;
  refuseOtherWords(query, 'state', filterStates);
  refuseOtherWords(query, 'migration_cycle', filterCycles);
  const now = world.clock.migration();
  // ASSUMPTION: `connected` selects what it says; a comment in an SDK has it the other way round.
  const connected = readQueryFlag(query, 'connected');
  const compared = readQueryFlag(query, 'is_consistency_result_exist');
  const matches = listSources(world).filter(
    ({ source, task }) =>
      isMatch(query, source, task, now) &&
      (connected ?? source.connected) === source.connected &&
      (compared === null || compared === hasComparison(task, now)),
  );
  const limits = { standard: 200, maximum: maximumInt32, maximumOffset: maximumInt32 };
  return respondPage(call, 'source_servers', limits, matches, ({ source, task }) =>
    describeListedSource(source, task, now),
  );
}

function isMatch(query: Call['query'], source: SourceRecord, task: TaskRecord | null, now: number): boolean {
  const { state, cycle } = showSourceState(source, task, now);
  return (
    passes(query.state, state) &&
    passesPart(query.name, source.name) &&
    passes(query.id, source.id) &&
    // The address of version 4 goes first when both are named.
    ((query.ip ?? '') === '' ? passes(query.ipv6, source.ipv6) : passes(query.ip, source.ip)) &&
    passes(query.migproject, source.migprojectid) &&
    passes(query.migration_cycle, cycle) &&
    passesEnterpriseProject(query, source.enterprise_project_id) &&
    passes(query.vm_id, task?.clone?.vmId ?? '')
  );
}

// States that the response counts. ASSUMPTION: those without a task are counted as `unconfigured` besides, so that each
// number but that one is what a list with that state counts.
const counted = [
  'waiting',
  'replicate',
  'syncing',
  'stopped',
  'deleting',
  'cutovering',
  'unavailable',
  'stopping',
  'skipping',
  'finished',
  'initialize',
  'error',
  'cloning',
] as const;

function handleOverview({ world }: Call): ServiceResponse {
  const now = world.clock.migration();
  const sources = listSources(world);
  const states = sources.map(({ source, task }) => showSourceState(source, task, now).state);
  const counts = counted.map((state) => [state, states.filter((candidate) => candidate === state).length]);
  const unconfigured = sources.filter(({ task }, index) => task === null && states[index] === 'waiting').length;
  return respondJson({ ...Object.fromEntries(counts), unconfigured });
}

/** Source servers whose migration failed. */
export const errorRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/errors', operation: 'ListErrorServers', handle: handleErrors },
];

const failedStates = ['MIGRATE_FAIL', 'SYNC_FAIL', 'FAIL'];

function handleErrors(call: Call): ServiceResponse {
  const { world, query } = call;
  if ((query.offset ?? '') === '') throw refuseInput('The parameter offset is mandatory.');
  const now = world.clock.migration();
  const matches = listSources(world).flatMap(({ source, task }) => {
    if (task === null) return [];
    const { state, error } = observeShown(task, now);
    const isWanted =
      failedStates.includes(state) &&
      passes(query.migproject, source.migprojectid) &&
      passesEnterpriseProject(query, source.enterprise_project_id);
    if (!isWanted) return [];
    return {
      // The documented maximum.
      error_json: String(task.shown.error_json ?? error).slice(0, 255),
      host_name: source.hostname,
      name: source.name,
      source_id: source.id,
      source_ip: source.ip,
      target_ip: task.migration_ip,
    };
  });
  const limits = { standard: 50, maximum: 100, maximumOffset: 65_535 };
  return respondPage(call, 'migration_errors', limits, matches, (match) => match);
}
