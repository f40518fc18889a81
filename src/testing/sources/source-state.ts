import { type Refusal, refuse, refuseUnknown } from '../core/exchange.js';
import type { Moment } from '../tasks/phase.js';
import { isCloning } from '../tasks/task-figures.js';
import { observeTruth, type TaskRecord } from '../tasks/task-record.js';
import type { World } from '../world.js';
import type { SourceRecord } from './source-record.js';

/** State and phase of a source server. */
export interface SourceState {
  /** Lower-case state. */
  readonly state: string;
  /** Coarse phase of its migration. */
  readonly cycle: string;
  /** When it entered that state, in ms since 1970. */
  readonly since: number;
  /** When it entered that phase, in ms since 1970. */
  readonly cycleSince: number;
}

/** A task at a moment: now, or as lagging reads show it. */
export interface TaskView {
  /** The task. */
  readonly task: TaskRecord;
  /** Its state then. */
  readonly moment: Moment;
  /** When, in ms since 1970. */
  readonly now: number;
}

/** What a source server shows: what follows from its task, unless another state was set from outside since. */
export function describeSourceState(source: SourceRecord, view: TaskView | null): SourceState {
  const own = view === null ? describeIdle(source) : describeWorking(source, view);
  const { reported } = source;
  if (reported === null || reported.insteadOf !== own.state || reported.insteadSince !== own.since) return own;
  return { state: reported.state, cycle: reported.cycle, since: reported.at, cycleSince: reported.at };
}

function describeIdle({ checks, add_date }: SourceRecord): SourceState {
  const failed = hasFailedCheck(checks);
  const since = { since: add_date, cycleSince: add_date };
  return failed
    ? { state: 'unavailable', cycle: 'checking', ...since }
    : { state: 'waiting', cycle: 'setting', ...since };
}

function describeWorking({ checks }: SourceRecord, { task, moment, now }: TaskView): SourceState {
  const round = moment.steps.at(-1)?.userOp ?? '';
  const begun = moment.steps.find(({ userOp }) => userOp === round)?.startedAt ?? null;
  const times = { since: Math.round(moment.since), cycleSince: Math.round(begun ?? moment.since) };
  if (task.clone !== null && isCloning(task, now)) {
    return { state: 'cloning', cycle: describeRound(round).cycle, since: task.clone.at, cycleSince: times.cycleSince };
  }
  // A failed check keeps the server unavailable, even when it has a task.
  if (moment.state === 'READY' && hasFailedCheck(checks)) return { state: 'unavailable', cycle: 'checking', ...times };
  return { ...nameState(moment.state, round), ...times };
}

/**
 * ASSUMPTION: the official example ties a resync to `syncing`; the other pairs follow the meaning of the words, and a
 * rollback, which has no word of its own, is `clearing`.
 */
function nameState(state: string, round: string): Pick<SourceState, 'state' | 'cycle'> {
  const { cycle, busy } = describeRound(round);
  switch (state) {
    case 'READY':
      return { state: 'waiting', cycle: 'setting' };
    case 'RUNNING':
      return { state: busy, cycle };
    case 'SYNCING':
      return { state: 'syncing', cycle: 'syncing' };
    case 'ABORTING':
      return { state: 'stopping', cycle };
    case 'ABORT':
      return { state: 'stopped', cycle };
    case 'SKIPPING':
      return { state: 'skipping', cycle };
    case 'DELETING':
      return { state: 'deleting', cycle };
    case 'RESETING':
    case 'SYNC_F_ROLLBACKING':
      return { state: 'clearing', cycle };
    case 'MIGRATE_FAIL':
    case 'SYNC_FAIL':
    case 'FAIL':
      return { state: 'error', cycle };
    default:
      return { state: 'finished', cycle: cycle === 'cutovering' ? 'cutovered' : cycle };
  }
}

function describeRound(round: string): { busy: string; cycle: string } {
  if (round.startsWith('RESYNC')) return { busy: 'syncing', cycle: 'syncing' };
  if (round.startsWith('CUTOVER')) return { busy: 'cutovering', cycle: 'cutovering' };
  return round === '' ? { busy: 'initialize', cycle: 'setting' } : { busy: 'replicate', cycle: 'replicating' };
}

const busyStates = [
  'initialize',
  'stopping',
  'deleting',
  'cloning',
  'replicate',
  'syncing',
  'cutovering',
  'skipping',
  'clearing',
  'premiging',
];

/** Whether a source server and its task must not be deleted, by the rule of 2026: it is connected, and in a busy state. */
export function isBusy(source: SourceRecord, task: TaskRecord | null, now: number): boolean {
  const view = task === null ? null : { task, moment: observeTruth(task, now), now };
  return source.connected && busyStates.includes(describeSourceState(source, view).state);
}

/** The code is that of the old rule, which speaks of tasks alone. ASSUMPTION: the new rule kept it. */
export function refuseBusy(): Refusal {
  return refuse(400, 'SMS.2015', 'Running or stopping tasks cannot be deleted.');
}

/** Whether a feasibility check rules out a migration. */
export function hasFailedCheck(checks: SourceRecord['checks']): boolean {
  return checks.some(({ result }) => result === 'ERROR');
}

/** The source server with this id. */
export function requireSource(world: World, id: string | undefined): SourceRecord {
  const source = world.sources.get(id ?? '');
  if (source === undefined) throw refuseUnknown(`source server ${id}`);
  return source;
}
