import { type Answer, answerNothing } from '../core/exchange.js';
import { readFlag, readObject, readText } from '../core/json.js';
import { refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
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

function handleAction(call: Call): Answer {
  const body = readObject(call.body);
  const operation = readText(body?.operation);
  if (body === null || operation === null) throw refuseInput('The parameter operation is mandatory.');
  const act = actions.get(operation);
  if (act === undefined) throw refuseInput(`The operation ${operation} is unknown.`);
  const task = findTask(call);
  const input = {
    identifiers: call.world.identifiers,
    checksConsistency: readFlag(body.is_need_consistency_check) === true,
  };
  act(task, call.world, input);
  return answerNothing('""');
}

type Action = (task: TaskRecord, world: World, input: StartInput) => void;

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['start', (task, world, input) => startTask(task, world.clock.migration(), input)],
  ['restart', (task, world, input) => restartTask(task, world.clock.migration(), input)],
  ['stop', (task, world) => stopTask(task, world.clock.migration())],
  ['cutover', (task, world, input) => cutOverTask(task, world.clock.migration(), input)],
  ['skip', (task, world) => skipConsistencyCheck(task, world.clock.migration())],
  ['clone_test', cloneTarget],
  ['clear', clearTarget],
  ['network_check', checkNetwork],
  // The target test and the drill leave no trace in a task that any source describes.
  ['test', requireCopied],
  ['migration_test', requireCopied],
]);

function checkNetwork(task: TaskRecord): void {
  task.networkCheck = measureNetwork();
}

// Removes snapshots, of which a simulated task has none: the clone is what can be cleared.
function clearTarget(task: TaskRecord, world: World): void {
  requireCopied(task, world);
  task.clone = null;
}

function cloneTarget(task: TaskRecord, world: World): void {
  requireCopied(task, world);
  task.clone = { vmId: world.identifiers.uuid(), at: world.clock.migration() };
}

function requireCopied(task: TaskRecord, world: World): void {
  const { state, steps, active } = observeTruth(task, world.clock.migration());
  const copied = steps.some(({ name, endedAt }) => name.startsWith('MIGRATE_') && endedAt !== null);
  if (!copied || active !== null || state === 'ABORTING' || state === 'DELETING') throw refuseState();
}
