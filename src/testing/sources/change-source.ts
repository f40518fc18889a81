import { optionalText, requireBody, requireWord } from '../core/body.js';
import { type Answer, answerNothing } from '../core/exchange.js';
import { refuseUnknown } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { findCurrentTask } from '../tasks/current-task.js';
import { observeTruth } from '../tasks/task-record.js';
import { planDisks, planVolumeGroups } from './adjust-layout.js';
import { requireSource } from './find-source.js';
import { readBtrfs, readDisks, readVolumeGroups } from './layout.js';
import { describeSourceState } from './source-state.js';

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

function handleUpdate({ world, parameters, body: sent }: Call): Answer {
  const body = requireBody(sent);
  const name = optionalText(body, 'name', { min: 1 });
  const projectId = optionalText(body, 'migprojectid', { min: 1 });
  const source = requireSource(world, parameters.source_id);
  const disks = planDisks(source.disks, body);
  const volumeGroups = planVolumeGroups(source.volumeGroups, body);
  if (projectId !== undefined && !world.migrationProjects.has(projectId)) {
    throw refuseUnknown(`migration project ${projectId}`);
  }
  source.name = name ?? source.name;
  source.migrationProjectId = projectId ?? source.migrationProjectId;
  // The layout is honoured only before the target is configured.
  if (findCurrentTask(world, source.id) === null) Object.assign(source, { disks, volumeGroups });
  return answerNothing('');
}

function handleState({ world, parameters, body: sent }: Call): Answer {
  const body = requireBody(sent);
  const wanted = requireWord(body, 'copystate', copyStates);
  const cycle = requireWord(body, 'migrationcycle', cycles);
  const source = requireSource(world, parameters.source_id);
  const now = world.clock.migration();
  const task = findCurrentTask(world, source.id);
  const view = task === null ? null : { task, moment: observeTruth(task, now), now };
  if (!settled.includes(describeSourceState(source, view).state)) {
    // Here alone the state `initialize` has another name.
    const state = wanted === 'init' ? 'initialize' : wanted;
    const own = describeSourceState({ ...source, reported: null }, view);
    source.reported = { state, cycle, insteadOf: own.state, insteadSince: own.since, at: now };
  }
  return answerNothing('{}');
}

// ASSUMPTION: "works only before the target is configured" means that it is taken without effect afterwards.
function handleDisks({ world, parameters, body: sent }: Call): Answer {
  const body = requireBody(sent ?? {});
  const source = requireSource(world, parameters.source_id);
  const disks = readDisks(body.disks, world.identifiers);
  const volumeGroups = readVolumeGroups(body.volumegroups, world.identifiers);
  const btrfsList = readBtrfs(body.btrfs_list);
  if (findCurrentTask(world, source.id) === null) Object.assign(source, { disks, volumeGroups, btrfsList });
  return answerNothing('""');
}
