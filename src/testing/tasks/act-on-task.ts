import { readFlag, readObject, readText } from '../core/body.js';
import { refuse, refuseInput, respondEmpty, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { hasFailedCheck } from '../sources/source-state.js';
import type { World } from '../world.js';
import { findTask } from './find-task.js';
import {
  cutOverTask,
  refuseState,
  restartTask,
  type StartInput,
  skipConsistencyCheck,
  startTask,
  stopTask,
} from './life-cycle.js';
import { measureNetwork } from './task-figures.js';
import { observeTruth, type TaskRecord } from './task-record.js';

/** Running an operation on a task. */
export const actionRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'POST /v3/tasks/{task_id}/action',
    operation: 'UpdateTaskStatus',
    handle: handleAction,
    needsAgreement: true,
  },
];

function handleAction(call: Call): ServiceResponse {
  const body = readObject(call.body);
  const operation = readText(body?.operation);
  if (body === null || operation === null) throw refuseInput('The parameter operation is mandatory.');
  const act = actions.get(operation);
  if (act === undefined) throw refuseInput(`The operation ${operation} is unknown.`);
  const { world } = call;
  const task = findTask(call);
  const input = {
    identifiers: world.identifiers,
    checksConsistency: readFlag(body.is_need_consistency_check) === true,
  };
  world.tasks.set(task.id, act(task, world, input));
  return respondEmpty('""');
}

/** A task after its start. Throws when the service refuses it, for the state or for the source server. */
export function startIfPossible(task: TaskRecord, world: World, input: StartInput): TaskRecord {
  const started = startTask(task, world.clock.migration(), input);
  checkSource(task, world);
  return started;
}

// FACT: users report both codes of tasks that do not start. ASSUMPTION: they come as refusals of the start, with 400.
function checkSource(task: TaskRecord, world: World): void {
  const source = world.sources.get(task.sourceId);
  if (source?.connected === false) throw refuse(400, 'SMS.6603', 'The agent of the source server is not connected.');
  if (source !== undefined && hasFailedCheck(source.checks)) {
    throw refuse(400, 'SMS.6520', 'The source server is not available: a feasibility check has failed.');
  }
}

type Action = (task: TaskRecord, world: World, input: StartInput) => TaskRecord;

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['start', startIfPossible],
  [
    'restart',
    (task, world, input) => {
      const restarted = restartTask(task, world.clock.migration(), input);
      checkSource(task, world);
      return restarted;
    },
  ],
  ['stop', (task, world) => stopTask(task, world.clock.migration())],
  ['cutover', (task, world, input) => cutOverTask(task, world.clock.migration(), input)],
  ['skip', (task, world) => skipConsistencyCheck(task, world.clock.migration())],
  ['clone_test', cloneTarget],
  ['clear', clearTarget],
  ['network_check', (task) => ({ ...task, network_check_info: measureNetwork() })],
  // The target test and the drill leave no trace in a task that any source describes.
  ['test', requireCopied],
  ['migration_test', requireCopied],
]);

// Removes snapshots, of which a simulated task has none: the clone is what can be cleared.
function clearTarget(task: TaskRecord, world: World): TaskRecord {
  return { ...requireCopied(task, world), clone: null };
}

function cloneTarget(task: TaskRecord, world: World): TaskRecord {
  const clone = { vmId: world.identifiers.uuid(), at: world.clock.migration() };
  return { ...requireCopied(task, world), clone };
}

function requireCopied(task: TaskRecord, world: World): TaskRecord {
  const { state, steps, active } = observeTruth(task, world.clock.migration());
  const copied = steps.some(({ name, endedAt }) => name.startsWith('MIGRATE_') && endedAt !== null);
  if (!copied || active !== null || state === 'ABORTING' || state === 'DELETING') throw refuseState();
  return task;
}
