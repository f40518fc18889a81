/** Waits until many tasks have ended. */
import { type Scope, workForCaller } from '../transport/scope.js';
import { checkOptions } from './check-options.js';
import { Fleet } from './fleet.js';
import {
  type FleetPlan,
  type FleetProgress,
  type FleetTargets,
  fleetFields,
  readTargets,
  type TaskChange,
  type WaitForAllOptions,
  type WatchManyOptions,
} from './fleet-options.js';
import { makeIterable } from './make-iterable.js';
import type { WaitOutcome } from './outcomes.js';
import type { TrackingPort } from './port.js';
import { isBusy } from './states.js';

/** @internal Yields every change of many tasks until all of them have ended. */
export function watchManyTasks(
  port: TrackingPort,
  targets: FleetTargets,
  options: WatchManyOptions = {},
): AsyncIterable<TaskChange> {
  return makeIterable(
    port.openScope,
    () => {
      checkOptions('watchMany', fleetFields.watchMany, options);
      return { signal: options.signal };
    },
    async function* (scope) {
      yield* new Fleet(port, readTargets('watchMany', targets), options).follow(scope);
    },
  );
}

/** @internal Resolves with how each task ended: in the order of the ids, or in which a query showed them. */
export async function waitForAllTasks(
  port: TrackingPort,
  targets: FleetTargets,
  options: WaitForAllOptions = {},
): Promise<WaitOutcome[]> {
  checkOptions('waitForAll', fleetFields.waitForAll, options);
  const plan = readTargets('waitForAll', targets);
  return workForCaller(port.openScope, { signal: options.signal }, (scope) => waitForPlan(port, scope, plan, options));
}

/** @internal The same for targets that were read. */
export async function waitForPlan(
  port: TrackingPort,
  scope: Scope,
  plan: FleetPlan,
  { onChange, onOutcome, onProgress, ...following }: WaitForAllOptions,
): Promise<WaitOutcome[]> {
  const fleet = new Fleet(port, plan, following);
  const latest = new Map<string, TaskChange>();
  for (const outcome of plan.notStarted.values()) await fleet.call(scope, onOutcome, outcome, 'onOutcome');
  for await (const change of fleet.follow(scope)) {
    latest.set(change.id, change);
    await fleet.call(scope, onChange, change, 'onChange');
    if (change.outcome !== null) await fleet.call(scope, onOutcome, change.outcome, 'onOutcome');
    if (onProgress !== undefined && fleet.isReported) {
      await fleet.call(scope, onProgress, sumUp(fleet.size, plan, latest.values()), 'onProgress');
    }
  }
  return fleet.outcomes;
}

function sumUp(total: number, { notStarted }: FleetPlan, changes: Iterable<TaskChange>): FleetProgress {
  const sum = {
    waiting: 0,
    running: 0,
    succeeded: 0,
    failed: notStarted.size,
    gone: 0,
    unknown: 0,
    percent: 0,
    speedMbps: 0,
  };
  let remainingMs: number | null = 0;
  let reported = notStarted.size;
  for (const { outcome, progress } of changes) {
    reported += 1;
    const isRunning = progress !== null && isBusy(progress.state);
    sum[nameOf(outcome) ?? (isRunning ? 'running' : 'waiting')] += 1;
    // In tenths, because tenths of a percent do not add up exactly. A state of success may not be the one that is waited for.
    const tenths = Math.min(999, Math.round((progress?.percent ?? 0) * 10));
    sum.percent += outcome?.outcome === 'succeeded' ? 1000 : tenths;
    if (!isRunning || outcome !== null) continue;
    sum.speedMbps += progress.speedMbps;
    remainingMs =
      remainingMs === null || progress.remainingMs === null ? null : Math.max(remainingMs, progress.remainingMs);
  }
  const present = total - sum.gone;
  const percent = present === 0 ? 100 : Math.floor(sum.percent / present) / 10;
  return { ...sum, total, waiting: sum.waiting + total - reported, percent, remainingMs };
}

function nameOf(outcome: WaitOutcome | null): 'succeeded' | 'failed' | 'gone' | 'unknown' | undefined {
  return outcome?.outcome === 'not-started' ? 'failed' : outcome?.outcome;
}
