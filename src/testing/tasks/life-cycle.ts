import { type Refusal, refuse } from '../core/exchange.js';
import type { Identifiers } from '../core/identifiers.js';
import type { Step, WorkPhase } from './phase.js';
import { type GroupKind, planGroup } from './steps.js';
import { beginPhase, currentPhase, failureAhead, observeTruth, type TaskRecord } from './task-record.js';

/** How long ABORTING, SKIPPING, DELETING, RESETING and SYNC_F_ROLLBACKING last, in ms of the migration clock. */
const passingMs = 2000;

const copied = ['MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'SYNC_F_ROLLBACK_SUCCESS', 'SUCCESS'];
const failed = ['MIGRATE_FAIL', 'SYNC_FAIL', 'FAIL'];

/** The source of ids, and what else the operation requests. */
export interface StartInput {
  /** Source of ids. */
  readonly identifiers: Identifiers;
  /** Whether to compare the files after this copy, even if the task itself does not request it. */
  readonly checksConsistency?: boolean | undefined;
}

/** Starts, resumes or resynchronises, depending on the state of the task. */
export function startTask(task: TaskRecord, now: number, input: StartInput): TaskRecord {
  const { state, steps } = observeTruth(task, now);
  if (state === 'READY') return beginGroup(task, now, steps, 'REPLICATE', input);
  // ASSUMPTION: a resync shows RUNNING until it is done; the reference also knows SYNCING, and no source explains the difference.
  if (copied.includes(state)) return beginGroup(task, now, steps, 'RESYNC', input);
  // The reference shows a name once per round, so a step that was paused or failed goes on under its old id, and a
  // copy goes on from what it has copied.
  if (state === 'ABORT' || failed.includes(state)) return work(task, now, steps);
  // ASSUMPTION: SMS.1039 ("only paused tasks can be resumed") is the nearest code for a task that is busy.
  throw refuse(400, 'SMS.1039', 'Only paused tasks can be resumed.');
}

/** Restarts the failed round: its steps are replaced by new ones with new ids. */
export function restartTask(task: TaskRecord, now: number, input: StartInput): TaskRecord {
  const { state, steps } = observeTruth(task, now);
  // ASSUMPTION: "failed to be created or to migrate" leaves out a failed resync.
  if (state !== 'MIGRATE_FAIL' && state !== 'FAIL') {
    throw refuse(400, 'SMS.1040', 'Only tasks that failed to be created or to migrate can be restarted.');
  }
  const round = steps.at(-1)?.userOp;
  const kept = steps.filter(({ userOp }) => userOp !== round);
  return beginGroup(task, now, kept, round?.startsWith('CUTOVER') === true ? 'CUTOVER' : 'REPLICATE', input);
}

/** Launches the target. ASSUMPTION: prose names this operation, the enum of the reference lacks it. */
export function cutOverTask(task: TaskRecord, now: number, input: StartInput): TaskRecord {
  const { state, steps } = observeTruth(task, now);
  if (!copied.includes(state)) throw refuseState();
  return beginGroup(task, now, steps, 'CUTOVER', input);
}

/** Pauses a task that is copying or synchronising. */
export function stopTask(task: TaskRecord, now: number): TaskRecord {
  const { state } = observeTruth(task, now);
  if (state !== 'RUNNING' && state !== 'SYNCING') {
    throw refuse(400, 'SMS.1038', 'Only tasks that are being created or monitored can be paused.');
  }
  return passThrough(task, now, 'ABORTING', 'ABORT');
}

/** Skips the comparison of files, which is the only step that can be skipped. */
export function skipConsistencyCheck(task: TaskRecord, now: number): TaskRecord {
  const { state, active, steps } = observeTruth(task, now);
  if (state !== 'RUNNING' || active?.name !== 'CHECK_CONSISTENCY') throw refuseState();
  const until = now + passingMs;
  const skipped = replaceStep(steps, { ...active, doneMs: active.durationMs, endedAt: until, isSkipped: true });
  return passThrough(task, now, 'SKIPPING', endingsOf(task, skipped).success, skipped);
}

/** Begins a state that ends by itself. */
export function passThrough(
  task: TaskRecord,
  now: number,
  state: string,
  then: string,
  steps?: readonly Step[],
): TaskRecord {
  const moment = observeTruth(task, now);
  const until = now + passingMs;
  const base = { at: now, shownFrom: now, ledger: moment.ledger, steps: steps ?? moment.steps };
  return beginPhase(task, { kind: 'transition', ...base, state, until, then }, now);
}

/**
 * Moves the running step forward to the percentage of its agent, never back. Returns the task and the step, or null when
 * another step runs, or none.
 */
export function moveStep(
  task: TaskRecord,
  now: number,
  name: string,
  percent: number,
): { readonly task: TaskRecord; readonly step: Step } | null {
  const { active, since, steps } = observeTruth(task, now);
  if (active === null || active.name !== name) return null;
  const doneMs = Math.ceil((active.durationMs * percent) / 100);
  if (doneMs <= active.doneMs && percent < 100) return { task, step: active };
  const step = { ...active, doneMs, endedAt: percent === 100 ? now : null };
  const shownFrom = Math.max(now, currentPhase(task).shownFrom);
  return { task: work(task, now, replaceStep(steps, step), { since, shownFrom }), step };
}

/** ASSUMPTION: no source names the code for an operation that does not fit the state of the task. */
export function refuseState(): Refusal {
  return refuse(400, 'SMS.1039', 'The operation does not fit the state of the task.');
}

/** The steps of a new round, none of which has begun, after those of earlier rounds. */
export function planRound(
  task: TaskRecord,
  earlier: readonly Step[],
  group: GroupKind,
  { identifiers, checksConsistency = false }: StartInput,
): Step[] {
  const userOp = nameGroup(group, earlier);
  const plan = planGroup(group, { ...task, checksConsistency: task.checksConsistency || checksConsistency });
  return plan.map(({ name, durationMs }) => ({
    id: identifiers.number(),
    name,
    userOp,
    durationMs,
    doneMs: 0,
    startedAt: null,
    endedAt: null,
  }));
}

/** The states in which the last round of a task can end. */
export function endingsOf(task: TaskRecord, steps: readonly Step[]): { success: string; failed: string } {
  const round = steps.at(-1)?.userOp ?? '';
  if (round.startsWith('RESYNC')) return { success: task.syncing ? 'SYNCING' : 'SYNC_SUCCESS', failed: 'SYNC_FAIL' };
  if (round.startsWith('CUTOVER')) {
    const resynchronised = steps.some(({ userOp }) => userOp.startsWith('RESYNC'));
    return { success: resynchronised ? 'SYNC_SUCCESS' : 'MIGRATE_SUCCESS', failed: 'MIGRATE_FAIL' };
  }
  return { success: task.syncing ? 'SYNCING' : 'MIGRATE_SUCCESS', failed: 'MIGRATE_FAIL' };
}

/** Begins a phase that runs the remaining steps. */
export function work(
  task: TaskRecord,
  now: number,
  steps: readonly Step[],
  times: Pick<WorkPhase, 'since' | 'shownFrom'> = { since: now, shownFrom: now + task.lagMs },
): TaskRecord {
  const moment = observeTruth(task, now);
  const endings = endingsOf(task, steps);
  const open = steps.filter(({ endedAt }) => endedAt === null).map(({ name }) => name);
  const failure = failureAhead(task, moment, open, endings.failed);
  const ledger = { ...moment.ledger, startedAt: moment.ledger.startedAt ?? now };
  return beginPhase(task, { kind: 'work', at: now, ...times, steps, ledger, success: endings.success, failure }, now);
}

function beginGroup(
  task: TaskRecord,
  now: number,
  earlier: readonly Step[],
  group: GroupKind,
  input: StartInput,
): TaskRecord {
  return work(task, now, [...earlier, ...planRound(task, earlier, group, input)]);
}

// The first round has no number, the others count from 0.
function nameGroup(group: GroupKind, earlier: readonly Step[]): string {
  if (group === 'REPLICATE') return group;
  const names = new Set(earlier.map(({ userOp }) => userOp).filter((name) => name.startsWith(group)));
  return `${group}${names.size}`;
}

function replaceStep(steps: readonly Step[], changed: Step): Step[] {
  return steps.map((step) => (step.id === changed.id ? changed : step));
}
