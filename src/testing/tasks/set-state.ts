import type { Identifiers } from '../core/identifiers.js';
import { endingsOf, passThrough, planRound, work } from './life-cycle.js';
import { gone, type Ledger, observe, type Step } from './phase.js';
import { isCopyStep } from './steps.js';
import { beginPhase, observeTruth, type TaskRecord } from './task-record.js';
import type { TaskState } from './task-seed.js';

/** What `setState` needs. */
export interface SetInput {
  /** Now, on the migration clock. */
  readonly now: number;
  /** Source of ids. */
  readonly identifiers: Identifiers;
  /** Text for `error_json` of a failure. Default: that of the failure which the seed named. */
  readonly error?: string | undefined;
}

/** The task when it enters a state now, with a fitting history. It continues from there like any other task. */
export function setState(task: TaskRecord, state: TaskState, input: SetInput): TaskRecord {
  const { now } = input;
  switch (state) {
    case 'READY':
      return become(task, now, state, [], unused);
    case 'RUNNING':
      return run(task, input);
    case 'SYNCING':
      return synchronise(task, input);
    case 'MIGRATE_SUCCESS':
    case 'SYNC_SUCCESS':
    case 'SYNC_F_ROLLBACK_SUCCESS':
    case 'SUCCESS':
      return finishRound(task, input, state);
    case 'MIGRATE_FAIL':
    case 'SYNC_FAIL':
    case 'FAIL':
      return failRound(task, input, state);
    case 'ABORT':
      return goHalfway(task, input);
    case 'ABORTING':
      return passThrough(goHalfway(task, input), now, state, 'ABORT');
    case 'SKIPPING':
      return passThrough(finishRound(task, input, 'MIGRATE_SUCCESS'), now, state, 'MIGRATE_SUCCESS');
    // ASSUMPTION: what has been reset can be started again from the beginning.
    case 'RESETING':
      return passThrough(goHalfway(task, input), now, state, 'READY', []);
    case 'SYNC_F_ROLLBACKING':
      return passThrough(finishRound(task, input, 'MIGRATE_SUCCESS'), now, state, 'SYNC_F_ROLLBACK_SUCCESS');
    case 'DELETING':
      return passThrough(task, now, state, gone);
  }
}

/** The task in an unknown state: only handles and deletion lead out of it. */
export function showState(task: TaskRecord, state: string, now: number): TaskRecord {
  const { steps, ledger } = observeTruth(task, now);
  return become(task, now, state, steps, ledger);
}

/** Ends the last round now with success. A task that was never started gets a round. */
export function finishRound(task: TaskRecord, input: SetInput, state?: string): TaskRecord {
  const { now } = input;
  const round = prepareRound(task, input, state);
  const { steps, ledger } = round.isNew ? live(round, now, leftOf(round.steps)) : round;
  const ended = steps.map((step) => (step.endedAt === null ? endStep(step, now) : step));
  const success = state ?? endingsOf({ ...task, syncing: false }, ended).success;
  return become(task, now, success, ended, { ...ledger, finishedAt: now });
}

/** Ends the last round now with a failure, in the running step, or in the last step of a round that has ended. */
export function failRound(task: TaskRecord, input: SetInput, state?: string): TaskRecord {
  const { now, error = task.failure?.error ?? '' } = input;
  const round = prepareRound(task, input, state);
  const { steps, ledger } = round.isNew ? live(round, now, leftToFailure(task, round.steps)) : round;
  const open = steps.find(({ endedAt }) => endedAt === null) ?? steps.at(-1);
  const stopped = steps.map((step) =>
    step === open ? { ...step, startedAt: step.startedAt ?? now, doneMs: halfOf(step), endedAt: null } : step,
  );
  const counted = { ...ledger, finishedAt: now, failures: ledger.failures + 1 };
  return become(task, now, state ?? endingsOf(task, stopped).failed, stopped, counted, error);
}

const unused: Ledger = { startedAt: null, finishedAt: null, workedMs: 0, failures: 0 };

function become(
  task: TaskRecord,
  now: number,
  state: string,
  steps: readonly Step[],
  ledger: Ledger,
  error = '',
): TaskRecord {
  return beginPhase(task, { kind: 'idle', at: now, shownFrom: now, steps, ledger, state, error }, now);
}

function run(task: TaskRecord, { now, identifiers }: SetInput): TaskRecord {
  const { state, steps } = observeTruth(task, now);
  if (state === 'RUNNING') return task;
  const isOpen = steps.some(({ endedAt }) => endedAt === null);
  const group = steps.length === 0 ? 'REPLICATE' : 'RESYNC';
  return work(task, now, isOpen ? steps : [...steps, ...planRound(task, steps, group, { identifiers })]);
}

function synchronise(task: TaskRecord, input: SetInput): TaskRecord {
  const copied = finishRound({ ...task, syncing: true }, input, 'SYNCING');
  const { steps, ledger } = observeTruth(copied, input.now);
  const phase = { at: input.now, shownFrom: input.now, since: input.now, steps, ledger, success: 'SYNCING' };
  return beginPhase(copied, { kind: 'work', ...phase, failure: null }, input.now);
}

/** Pauses the task, halfway through a round that was not begun. */
function goHalfway(task: TaskRecord, input: SetInput): TaskRecord {
  const round = prepareRound(task, input);
  const { steps, ledger } = round.isNew ? live(round, input.now, leftOf(round.steps) / 2) : round;
  return become(task, input.now, 'ABORT', steps, ledger);
}

interface Round {
  readonly steps: readonly Step[];
  readonly ledger: Ledger;
  /** Whether there are steps that have not begun. */
  readonly isNew: boolean;
}

/** The last round as it is now. A first one is planned where there is none, and a resync for a state that needs one. */
function prepareRound(task: TaskRecord, { now, identifiers }: SetInput, state = ''): Round {
  const { steps, ledger } = observeTruth(task, now);
  const first = steps.length === 0 ? planRound(task, [], 'REPLICATE', { identifiers }) : steps;
  const isResync = state === 'SYNC_SUCCESS' || state === 'SYNC_FAIL';
  const wantsResync = isResync && first.at(-1)?.userOp.startsWith('RESYNC') !== true;
  const all = wantsResync ? [...first, ...planRound(task, first, 'RESYNC', { identifiers })] : first;
  return { steps: all, ledger, isNew: all.length > steps.length };
}

/** A round after it has run for this long until now. */
function live({ steps, ledger }: Round, now: number, length: number): Omit<Round, 'isNew'> {
  const at = now - length;
  const times = { at, since: at, shownFrom: at, ledger: { ...ledger, startedAt: ledger.startedAt ?? at } };
  return observe({ kind: 'work', ...times, steps, success: '', failure: null }, now);
}

function leftOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.endedAt === null ? step.durationMs - step.doneMs : 0), 0);
}

/** How long a new round runs until the middle of the step that fails: the one of the seed, or the copy. */
function leftToFailure(task: TaskRecord, steps: readonly Step[]): number {
  const wanted = steps.findLastIndex(({ name }) => name === task.failure?.step);
  const failing = wanted === -1 ? steps.findLastIndex(({ name }) => isCopyStep(name)) : wanted;
  return leftOf(steps.slice(0, failing)) + leftOf(steps.slice(failing, failing + 1)) / 2;
}

function endStep(step: Step, now: number): Step {
  return { ...step, startedAt: step.startedAt ?? now, doneMs: step.durationMs, endedAt: now };
}

// A step that had ended before it fails cannot have been done.
function halfOf({ doneMs, durationMs, endedAt }: Step): number {
  return endedAt === null ? doneMs : durationMs / 2;
}
