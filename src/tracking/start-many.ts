/** Starts many tasks, a few at a time. */
import { type AnySmsError, ConfigurationError, isSmsError, WaitTimeoutError } from '../errors.js';
import type { TaskAction } from '../schemas/task.js';
import type { RequestOptions } from '../transport/request-options.js';
import { reportRetry, retry } from '../transport/retry.js';
import { type Scope, workForCaller } from '../transport/scope.js';
import { performWithReasons } from './act.js';
import { actionOptions, checkOptions } from './check-options.js';
import type { Cursor } from './cursor.js';
import {
  type FleetPlan,
  fleetFields,
  readTargets,
  type StartAllAndWaitOptions,
  type StartManyOptions,
} from './fleet-options.js';
import type { StartOutcome, WaitOutcome } from './outcomes.js';
import { runInParallel } from './parallel.js';
import { explainDoubt } from './perform-once.js';
import type { TrackingPort } from './port.js';
import { SharedPause } from './shared-pause.js';
import { waitForPlan } from './wait-for-all.js';

const defaultConcurrency = 10;
const longestTimeoutMs = 2 ** 31 - 1;

/** @internal Starts each task at most once, and resolves with what became of each, in the order of the ids. */
export async function startManyTasks(
  port: TrackingPort,
  ids: readonly (string | Cursor)[],
  options: StartManyOptions = {},
): Promise<StartOutcome[]> {
  checkOptions('startMany', fleetFields.startMany, options);
  const plan = readList('startMany', ids);
  return workForCaller(port.openScope, { signal: options.signal }, (scope) => startPlan(port, scope, plan, options));
}

/** @internal Starts each task at most once and waits until all of them have ended. */
export async function startAllAndWaitForTasks(
  port: TrackingPort,
  ids: readonly (string | Cursor)[],
  options: StartAllAndWaitOptions = {},
): Promise<WaitOutcome[]> {
  checkOptions('startAllAndWait', fleetFields.startAllAndWait, options);
  const plan = readList('startAllAndWait', ids);
  const { action, concurrency, ifRunning, onStart, signal, ...waiting } = options;
  const { maxWaitMs } = waiting;
  const begunAt = performance.now();
  const started = new Map<string, StartOutcome>();
  const note = (outcome: StartOutcome) => {
    started.set(outcome.id, outcome);
    return onStart?.(outcome);
  };
  const onTimeout = () =>
    new WaitTimeoutError({
      reason: 'max-wait',
      limitMs: maxWaitMs ?? 0,
      host: port.host,
      tasks: [],
      outcomes: (plan.ids ?? []).map((id) => toOpen(id, started.get(id))),
      lastError: null,
    });
  const starting = { ...actionOptions(options), action, concurrency, ifRunning, onOutcome: note };
  const outcomes = await workForCaller(port.openScope, { signal, timeoutMs: maxWaitMs, onTimeout }, (scope) =>
    startPlan(port, scope, plan, starting),
  );
  const targets = readTargets('startAllAndWait', outcomes);
  const leftMs = maxWaitMs && Math.max(1, Math.ceil(maxWaitMs - (performance.now() - begunAt)));
  return workForCaller(port.openScope, { signal }, (scope) =>
    waitForPlan(port, scope, targets, { ...waiting, maxWaitMs: leftMs }),
  );
}

function readList(method: string, ids: unknown): FleetPlan {
  // A query would start whatever it happens to match.
  return readTargets(method, Array.isArray(ids) ? ids : [ids]);
}

function toOpen(id: string, outcome: StartOutcome | undefined): WaitOutcome {
  if (outcome?.outcome === 'not-started') return outcome;
  return { id, outcome: 'unknown', cursor: outcome?.cursor, error: outcome?.error };
}

async function startPlan(
  port: TrackingPort,
  scope: Scope,
  { cursors, ids = [] }: FleetPlan,
  options: StartManyOptions,
): Promise<StartOutcome[]> {
  const { concurrency = defaultConcurrency, ifRunning, onOutcome } = options;
  const action: TaskAction = { ...options.action, operation: 'start' };
  const polite = makePolite(port, scope, options);
  const request = { ...actionOptions(options), totalTimeoutMs: longestTimeoutMs };
  const outcomes = new Map<string, StartOutcome>();

  async function startOne(id: string): Promise<StartOutcome> {
    const before = cursors.get(id);
    try {
      const { cursor, doubt } = await performWithReasons(polite, scope, { id, action, request, ifRunning, before });
      if (doubt === undefined) return { id, outcome: 'started', cursor };
      return { id, outcome: 'unknown', cursor, error: explainDoubt(cursor, doubt) };
    } catch (error) {
      // A start that was cut off by the end of all is not one that was refused.
      scope.throwIfEnded();
      const endsAll = error instanceof ConfigurationError && !error.mayBeSent;
      if (isSmsError(error) && !endsAll) return { id, outcome: 'not-started', error };
      scope.cancel(error);
      throw error;
    }
  }

  await runInParallel(ids, concurrency, async (id) => {
    const outcome = await startOne(id);
    outcomes.set(id, outcome);
    await scope.race(port.hooks.call(onOutcome, outcome, 'onOutcome'));
  });
  return ids.map((id) => outcomes.get(id) as StartOutcome);
}

// The pauses are shared by all tasks: no call repeats a 429 on its own, nor does a pause count against its time.
function makePolite(port: TrackingPort, scope: Scope, asked: RequestOptions): TrackingPort {
  const { maxRetries = port.maxRetries, totalTimeoutMs = port.totalTimeoutMs } = asked;
  const reportPause = (error: AnySmsError, delayMs: number, attempt: number) =>
    reportRetry(port, { operation: 'UpdateTaskStatus', attempt, delayMs, error });
  const pause = new SharedPause(scope, reportPause);
  const shorten = (options: RequestOptions) => ({
    ...options,
    maxRetries: 0,
    totalTimeoutMs: Math.min(totalTimeoutMs, options.totalTimeoutMs ?? totalTimeoutMs),
  });
  const repeat = <T>(operation: string, idempotent: boolean, options: RequestOptions, call: () => Promise<T>) =>
    retry(() => pause.run(call), {
      maxRetries: options.maxRetries ?? maxRetries,
      idempotent,
      scope,
      normalise: (rejection) => rejection as AnySmsError,
      onRetry: (event) => reportRetry(port, { operation, ...event }),
    });
  let agreement: ReturnType<TrackingPort['readAgreement']> | undefined;
  return {
    ...port,
    read: (id, options) => repeat('ShowTask', true, options, () => port.read(id, shorten(options))),
    act: (id, action, options, sendings) =>
      repeat('UpdateTaskStatus', false, options, () => port.act(id, action, shorten(options), sendings)),
    readSource: (id, options) => pause.run(() => port.readSource(id, options)),
    readAgreement: (options) => {
      agreement ??= pause.run(() => port.readAgreement(options));
      return agreement;
    },
  };
}
