/** Starts many tasks, a few at a time. */
import { type AnySmsError, InvalidRequestError, isSmsError } from '../errors.js';
import { check, type Field, type Infer, list, number, settings, text } from '../schemas/fields.js';
import { awaitHook } from '../transport/logger.js';
import { abortSignal, callback, type RequestOptions } from '../transport/request-options.js';
import { reportRetry, retry } from '../transport/retry.js';
import type { Scope } from '../transport/scope.js';
import { startTask } from './follow.js';
import { runInParallel } from './parallel.js';
import type { TrackingPort } from './port.js';
import { SharedPause } from './shared-pause.js';
import type { Cursor } from './wait-options.js';

/** What became of the start of one task of many. */
export type StartResult =
  | {
      /** Id of the task. */
      readonly id: string;
      /** The service accepted the start. */
      readonly started: true;
      /** Where to follow the round from, with `waitFor`, `watchMany` or `waitForAll`: they are then not fooled by the old state. */
      readonly cursor: Cursor;
    }
  | {
      /** Id of the task. */
      readonly id: string;
      /** The task was not started here; the others went on. */
      readonly started: false;
      /** Why not. A `ConflictError` says that the task was running already. */
      readonly error: AnySmsError;
    };

const startManyOptions = settings(
  {},
  {
    /** How many tasks are being started at the same time: 1 to 100, 10 when left out. */
    concurrency: number({ min: 1, max: 100 }),
    /** Ends it at once, with the signal's reason. What was started goes on; `onResult` has told what that is. */
    signal: abortSignal(),
    /** Called with each result as soon as it is there. A promise that it answers is awaited. What it throws is logged. */
    onResult: callback<(result: StartResult) => unknown>(),
  },
);

/** How to start many tasks. */
export interface StartManyOptions extends Infer<typeof startManyOptions> {}

const taskIds: Field<string[]> = list(text({ min: 1, max: 255 }));

const defaultConcurrency = 10;

/** @internal Starts each task once, and answers what became of each, in the order of the ids. */
export async function startManyTasks(
  port: TrackingPort,
  ids: readonly string[],
  options: StartManyOptions,
): Promise<StartResult[]> {
  const problems = [
    ...(check(taskIds, ids).issues ?? []).map((issue) => ({ ...issue, path: `ids${issue.path}` })),
    ...(check(startManyOptions as Field<StartManyOptions>, options).issues ?? []),
  ];
  if (problems.length > 0) throw new InvalidRequestError('startMany', problems);
  const scope = port.openScope({ signal: options.signal });
  const polite = makePolite(port, new SharedPause(scope, reportPause), scope);
  const results = new Map<string, StartResult>();
  const order = [...ids];
  try {
    scope.throwIfEnded();
    // The same task twice is one start.
    await runInParallel(new Set(order), options.concurrency ?? defaultConcurrency, async (id) => {
      const result = await startOne(id);
      // What was started is told whatever happens; what was not may be so because of the abort.
      if (!result.started) scope.throwIfEnded();
      results.set(id, result);
      await scope.race(awaitHook(options.onResult, result, 'onResult', port.logger));
    });
    return order.map((id) => results.get(id) as StartResult);
  } finally {
    scope.close();
  }

  async function startOne(id: string): Promise<StartResult> {
    try {
      return { id, started: true, cursor: await startTask(polite, id, scope.signal) };
    } catch (error) {
      if (isSmsError(error)) return { id, started: false, error };
      scope.cancel(error);
      throw error;
    }
  }

  function reportPause(error: AnySmsError, delayMs: number, attempt: number): void {
    reportRetry(port, { operation: 'UpdateTaskStatus', attempt, delayMs, error });
  }
}

// The pauses are shared by all tasks: no call repeats a 429 on its own, nor does a pause count against its time.
function makePolite(port: TrackingPort, pause: SharedPause, scope: Scope): TrackingPort {
  const { maxRetries, totalTimeoutMs } = port;
  const shorten = (options: RequestOptions) => ({
    ...options,
    maxRetries: 0,
    totalTimeoutMs: Math.min(totalTimeoutMs, options.totalTimeoutMs ?? totalTimeoutMs),
  });
  let agreement: ReturnType<TrackingPort['readAgreement']> | undefined;
  return {
    ...port,
    totalTimeoutMs: 2 ** 31 - 1,
    read: (id, options) =>
      retry(() => pause.run(() => port.read(id, shorten(options))), {
        maxRetries: options.maxRetries ?? maxRetries,
        idempotent: true,
        scope,
        normalise: (rejection) => rejection as AnySmsError,
        onRetry: (event) => reportRetry(port, { operation: 'ShowTask', ...event }),
      }),
    act: (id, action, options) => pause.run(() => port.act(id, action, shorten(options))),
    readSource: (id, options) => pause.run(() => port.readSource(id, options)),
    readAgreement: (options) => {
      agreement ??= pause.run(() => port.readAgreement(options));
      return agreement;
    },
  };
}
