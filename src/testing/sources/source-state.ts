import type { Moment } from '../tasks/moment.js';
import { isCloning } from '../tasks/task-figures.js';
import type { TaskRecord } from '../tasks/task-record.js';
import type { SourceRecord } from './source-record.js';

/** State and phase of a source server. */
export interface SourceState {
  /** Lower-case state. */
  readonly state: string;
  /** Coarse phase of its migration. */
  readonly cycle: string;
  /** When it came into that state, in ms since 1970. */
  readonly since: number;
  /** When it came into that phase, in ms since 1970. */
  readonly cycleSince: number;
}

/** A task as it is looked at, now or as reads show it. */
export interface TaskView {
  /** The task. */
  readonly task: TaskRecord;
  /** What it has come to. */
  readonly moment: Moment;
  /** When, in ms since 1970. */
  readonly now: number;
}

/** What a source server shows: what follows from its task, unless another state was set from outside since. */
export function describeSourceState(source: SourceRecord, view: TaskView | null): SourceState {
  const own = view === null ? describeIdle(source) : describeBusy(view);
  const { reported } = source;
  if (reported === null || reported.insteadOf !== own.state || reported.insteadSince !== own.since) return own;
  return { state: reported.state, cycle: reported.cycle, since: reported.at, cycleSince: reported.at };
}

function describeIdle({ checks, addedAt }: SourceRecord): SourceState {
  const failed = checks.some(({ result }) => result === 'ERROR');
  const since = { since: addedAt, cycleSince: addedAt };
  return failed
    ? { state: 'unavailable', cycle: 'checking', ...since }
    : { state: 'waiting', cycle: 'setting', ...since };
}

function describeBusy({ task, moment, now }: TaskView): SourceState {
  const round = moment.steps.at(-1)?.userOp ?? '';
  const begun = moment.steps.find(({ userOp }) => userOp === round)?.startedAt ?? null;
  const times = { since: Math.round(moment.since), cycleSince: Math.round(begun ?? moment.since) };
  if (task.clone !== null && isCloning(task, now)) {
    return { state: 'cloning', cycle: describeRound(round).cycle, since: task.clone.at, cycleSince: times.cycleSince };
  }
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
