/** Runs one method of tracking against the model of the service, and holds what it reports against what happened. */
import {
  isSmsError,
  type MigrationFailedError,
  type OutcomeUnknownError,
  type Task,
  type WaitOutcome,
} from '@org/sms-client';
import { actOnce } from '../../../src/tracking/act.js';
import type { Cursor } from '../../../src/tracking/cursor.js';
import type { Rules } from '../../../src/tracking/rules.js';
import { startAllAndWaitForTasks, startManyTasks } from '../../../src/tracking/start-many.js';
import { actAndWaitForTask, startAndWaitForTask, waitForTask } from '../../../src/tracking/wait.js';
import { waitForAllTasks } from '../../../src/tracking/wait-for-all.js';
import { Choices } from './choices.js';
import type { Clock } from './clock.js';
import { ModelTask, makePort } from './service.js';

/** A method, and how many tasks it is called for. */
export type Method =
  | 'start'
  | 'restart'
  | 'stop'
  | 'test'
  | 'startAndWait'
  | 'actAndWait stop'
  | 'waitFor'
  | 'start, then waitFor'
  | 'startMany'
  | 'waitForAll'
  | 'startAllAndWait';

export const methods: readonly Method[] = [
  'start',
  'restart',
  'stop',
  'test',
  'startAndWait',
  'actAndWait stop',
  'waitFor',
  'start, then waitFor',
  'startMany',
  'waitForAll',
  'startAllAndWait',
];

/** What must hold, whatever the service does within the promise. */
export type Invariant =
  | 'accepted at most once'
  | 'what is said to be performed was accepted'
  | 'what is refused, or fails, was not accepted'
  | 'unknown only after a lost response'
  | 'two requests without faults'
  | 'a success is a success of the round that was asked for'
  | 'a failure is a failure of the round that was asked for'
  | 'gone only when the task is gone'
  | 'one outcome for each task, in order'
  | 'it ends';

export interface Run {
  readonly broken: Invariant | undefined;
  readonly choices: Choices;
}

const hourMs = 3_600_000;
const wait = { maxWaitMs: 4 * hourMs, maxOutageMs: hourMs };

type End = { readonly value: unknown } | { readonly error: unknown } | null;

/** Calls a method along the plan, and says which invariant is broken. */
export async function runModel(
  clock: Clock,
  method: Method,
  past: string,
  plan: readonly number[],
  { mostFaults, rules }: { readonly mostFaults?: number; readonly rules?: Rules } = {},
): Promise<Run> {
  const choices = new Choices(plan, mostFaults);
  const isMany = method === 'startMany' || method === 'waitForAll' || method === 'startAllAndWait';
  const tasks = Array.from({ length: isMany ? 3 : 1 }, (_, index) => new ModelTask(`t${index}`, past, choices, clock));
  const port = makePort(tasks, choices, clock, rules);
  const [task] = tasks as [ModelTask];
  const ids = tasks.map(({ id }) => id);
  const begun = clock.now;
  const calls: Record<Method, () => Promise<unknown>> = {
    start: () => actOnce(port, task.id, { operation: 'start' }),
    restart: () => actOnce(port, task.id, { operation: 'restart' }),
    stop: () => actOnce(port, task.id, { operation: 'stop' }),
    test: () => actOnce(port, task.id, { operation: 'test' }),
    startAndWait: () => startAndWaitForTask(port, task.id, wait),
    'actAndWait stop': () => actAndWaitForTask(port, task.id, { operation: 'stop' }, wait),
    waitFor: () => waitForTask(port, task.id, wait),
    'start, then waitFor': async () => {
      const cursor = await actOnce(port, task.id, { operation: 'start' });
      return waitForTask(port, JSON.parse(JSON.stringify(cursor)) as Cursor, wait);
    },
    startMany: () => startManyTasks(port, ids),
    waitForAll: () => waitForAllTasks(port, ids, wait),
    startAllAndWait: () => startAllAndWaitForTasks(port, ids, wait),
  };
  const end = await clock.settle(calls[method]());
  const elapsedMs = clock.now - begun;
  // Whatever is still under way happens.
  await clock.settle(clock.sleep(120_000));
  return { choices, broken: judge(method, tasks, choices, end, elapsedMs) };
}

function judge(
  method: Method,
  tasks: readonly ModelTask[],
  choices: Choices,
  end: End,
  elapsedMs: number,
): Invariant | undefined {
  if (end === null || elapsedMs > wait.maxWaitMs + 300_000) return 'it ends';
  const [task] = tasks as [ModelTask];
  if (method !== 'stop' && method !== 'actAndWait stop' && tasks.some(({ accepted }) => accepted > 1))
    return 'accepted at most once';
  switch (method) {
    case 'start':
    case 'restart':
    case 'stop':
    case 'test':
      return judgeAction(task, choices, end);
    case 'startMany':
      return judgeStarts(tasks, end);
    case 'waitForAll':
    case 'startAllAndWait':
      return judgeOutcomes(method === 'startAllAndWait', tasks, end);
    default:
      return judgeWait(method, task, end);
  }
}

function judgeAction(task: ModelTask, choices: Choices, end: NonNullable<End>): Invariant | undefined {
  if ('value' in end) {
    if (task.accepted < 1) return 'what is said to be performed was accepted';
  } else if (isUnknown(end.error)) {
    if (task.lost === 0) return 'unknown only after a lost response';
  } else if (task.accepted > 0) return 'what is refused, or fails, was not accepted';
  return choices.faults === 0 && task.requests > 2 ? 'two requests without faults' : undefined;
}

function judgeStarts(tasks: readonly ModelTask[], end: NonNullable<End>): Invariant | undefined {
  if (!('value' in end)) return 'one outcome for each task, in order';
  const outcomes = end.value as { id: string; outcome: string }[];
  if (outcomes.map(({ id }) => id).join() !== tasks.map(({ id }) => id).join())
    return 'one outcome for each task, in order';
  for (const [index, { outcome }] of outcomes.entries()) {
    const { accepted, lost } = tasks[index] as ModelTask;
    if (outcome === 'started' && accepted !== 1) return 'what is said to be performed was accepted';
    if (outcome === 'not-started' && accepted > 0) return 'what is refused, or fails, was not accepted';
    if (outcome === 'unknown' && lost === 0) return 'unknown only after a lost response';
  }
  return undefined;
}

function judgeOutcomes(isStarted: boolean, tasks: readonly ModelTask[], end: NonNullable<End>): Invariant | undefined {
  // The first poll may fail like any call, and time may run out for a task that is never started.
  if ('error' in end) return isSmsError(end.error) ? undefined : 'it ends';
  const outcomes = end.value as WaitOutcome[];
  if (outcomes.map(({ id }) => id).join() !== tasks.map(({ id }) => id).join())
    return 'one outcome for each task, in order';
  for (const [index, outcome] of outcomes.entries()) {
    const task = tasks[index] as ModelTask;
    if (outcome.outcome === 'gone') return 'gone only when the task is gone';
    if (outcome.outcome === 'not-started' && task.accepted > 0) return 'what is refused, or fails, was not accepted';
    if (outcome.outcome === 'succeeded' || outcome.outcome === 'failed') {
      const broken = judgeEnd(isStarted, task, outcome.task as Task, outcome.outcome === 'succeeded');
      if (broken !== undefined) return broken;
    }
  }
  return undefined;
}

function judgeWait(method: Method, task: ModelTask, end: NonNullable<End>): Invariant | undefined {
  const isStarted = method !== 'waitFor';
  if ('value' in end) return judgeEnd(isStarted, task, end.value as Task, true);
  const { error } = end;
  if (!isSmsError(error)) return 'it ends';
  if (error.name === 'MigrationFailedError')
    return judgeEnd(isStarted, task, (error as MigrationFailedError).task as Task, false);
  if (error.name === 'WaitTimeoutError') return undefined;
  if (isUnknown(error)) return task.lost === 0 ? 'unknown only after a lost response' : undefined;
  // The first poll of a wait of its own fails as a call does.
  const isAction = isStarted && method !== 'start, then waitFor';
  return isAction && task.accepted > 0 ? 'what is refused, or fails, was not accepted' : undefined;
}

/** Whether an end that is reported is the one that the task really came to. */
function judgeEnd(isStarted: boolean, task: ModelTask, shown: Task, isSuccess: boolean): Invariant | undefined {
  const { error_json: error, state, total_time: total } = task.truth;
  const isTrue = shown.state === state && shown.total_time === total && shown.error_json === error;
  if (isStarted && task.accepted === 0 && !isSuccess) return 'a failure is a failure of the round that was asked for';
  if (isTrue && (!isStarted || task.accepted > 0)) return undefined;
  return isSuccess
    ? 'a success is a success of the round that was asked for'
    : 'a failure is a failure of the round that was asked for';
}

function isUnknown(error: unknown): error is OutcomeUnknownError {
  return isSmsError(error) && error.name === 'OutcomeUnknownError';
}

/** Every plan with at most so many faults, each run once. */
export async function explore(
  clock: Clock,
  method: Method,
  past: string,
  mostFaults: number,
  rules?: Rules,
): Promise<{ readonly runs: number; readonly broken: readonly (Run & { readonly broken: Invariant })[] }> {
  const open: number[][] = [[]];
  const broken: (Run & { readonly broken: Invariant })[] = [];
  let runs = 0;
  for (let plan = open.pop(); plan !== undefined; plan = open.pop()) {
    const run = await runModel(clock, method, past, plan, rules && { rules });
    const { choices } = run;
    runs += 1;
    if (run.broken !== undefined) broken.push({ choices, broken: run.broken });
    if (choices.faults >= mostFaults) continue;
    for (let at = plan.length; at < choices.taken.length; at += 1) {
      for (let option = 1; option < (choices.widths[at] ?? 0); option += 1) {
        open.push([...choices.taken.slice(0, at), option]);
      }
    }
  }
  return { runs, broken };
}
