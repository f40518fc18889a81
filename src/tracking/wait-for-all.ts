/** Waits until many tasks have ended. */
import { awaitHook } from '../transport/logger.js';
import { Fleet } from './fleet.js';
import {
  checkFleetOptions,
  type FleetProgress,
  type FleetQuery,
  type TaskChange,
  type TaskOutcome,
  type WaitForAllOptions,
  type WatchManyOptions,
} from './fleet-options.js';
import type { TrackingPort } from './port.js';
import { isBusy } from './states.js';

/** @internal Yields every change of many tasks until all of them rest or are gone. */
export async function* watchManyTasks(
  port: TrackingPort,
  target: readonly string[] | FleetQuery,
  options: WatchManyOptions,
): AsyncGenerator<TaskChange, void, undefined> {
  checkFleetOptions('watchMany', target, options);
  yield* new Fleet(port, target, options).follow();
}

/** @internal Answers how each task ended: in the order of the ids, or in which they appeared. */
export async function waitForAllTasks(
  port: TrackingPort,
  target: readonly string[] | FleetQuery,
  options: WaitForAllOptions,
): Promise<TaskOutcome[]> {
  checkFleetOptions('waitForAll', target, options);
  const { onChange, onOutcome, onProgress, ...following } = options;
  const ids = Array.isArray(target) ? [...(target as readonly string[])] : undefined;
  const fleet = new Fleet(port, target, following);
  const outcomes = new Map<string, TaskOutcome | undefined>();
  const latest = new Map<string, TaskChange>();
  for await (const change of fleet.follow()) {
    const outcome = change.atRest ? judge(change) : undefined;
    outcomes.set(change.id, outcome);
    latest.set(change.id, change);
    await fleet.race(awaitHook(onChange, change, 'onChange', port.logger));
    if (outcome !== undefined) await fleet.race(awaitHook(onOutcome, outcome, 'onOutcome', port.logger));
    if (onProgress !== undefined && fleet.isTold) {
      await fleet.race(awaitHook(onProgress, sumUp(fleet.size, latest.values(), outcomes), 'onProgress', port.logger));
    }
  }
  return (ids ?? [...outcomes.keys()]).map((id) => outcomes.get(id) as TaskOutcome);
}

function judge({ error, id, task }: TaskChange): TaskOutcome {
  if (task === null) return { id, outcome: 'gone', task };
  return error === null ? { id, outcome: 'succeeded', task } : { id, outcome: 'failed', task, error };
}

function sumUp(
  total: number,
  changes: Iterable<TaskChange>,
  outcomes: ReadonlyMap<string, TaskOutcome | undefined>,
): FleetProgress {
  const sum = { waiting: 0, running: 0, succeeded: 0, failed: 0, gone: 0, percent: 0, speedMbps: 0 };
  let remainingMs: number | null = 0;
  let told = 0;
  for (const { id, progress } of changes) {
    told += 1;
    const isRunning = progress !== null && isBusy(progress.state);
    sum[outcomes.get(id)?.outcome ?? (isRunning ? 'running' : 'waiting')] += 1;
    // In tenths, because tenths of a percent do not add up exactly. A state of success may not be the one that is waited for.
    const tenths = Math.min(999, Math.round((progress?.percent ?? 0) * 10));
    sum.percent += outcomes.get(id)?.outcome === 'succeeded' ? 1000 : tenths;
    if (!isRunning || outcomes.get(id) !== undefined) continue;
    sum.speedMbps += progress.speedMbps;
    remainingMs =
      remainingMs === null || progress.remainingMs === null ? null : Math.max(remainingMs, progress.remainingMs);
  }
  const present = total - sum.gone;
  const percent = present === 0 ? 100 : Math.floor(sum.percent / present) / 10;
  return { ...sum, total, waiting: sum.waiting + total - told, percent, remainingMs };
}
