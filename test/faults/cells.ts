import type { SmsClient } from '@org/sms-client';
import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { type Outcome, resultOf, settle } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

// Polls at 0, 10 and 20 minutes; the migration takes 15. No fault delays a poll so much that another one is needed.
const intervalMs = 600_000;
const durationMs = 900_000;

/** What a request is to the call that sends it, which decides what a fault of it means. */
export type Part = 'read' | 'wait' | 'act' | 'politeRead' | 'politeAct';

/** A call, and which of its requests meets the fault. */
export interface Column {
  readonly name: string;
  readonly part: Part;
  /** Operation that meets the fault. */
  readonly operation: 'ShowTask' | 'ListTasks' | 'UpdateTaskStatus';
  /** The number of the request that meets it, among those of its operation. */
  readonly number: number;
  /** The state of the task at the beginning. */
  readonly state: 'READY' | 'RUNNING';
  /** The requests of an undisturbed call. */
  readonly sent: Counts;
  /** The requests before and including the one that meets the fault. */
  readonly sentUntilThen: Counts;
  readonly call: (sms: SmsClient, id: string) => Promise<unknown>;
  /** What a call returns without faults. */
  readonly response: object;
}

export type Counts = Readonly<Record<string, number>>;

const watchToEnd = async (sms: SmsClient, id: string): Promise<unknown> => {
  let last: unknown;
  for await (const { task } of sms.tasks.watch(id, { intervalMs })) last = task;
  return last;
};
// A start that failed is no rejection here, but has the same error.
const startOne = async (sms: SmsClient, id: string): Promise<unknown> => {
  const [result] = await sms.tasks.startMany([id]);
  if (result !== undefined && result.outcome !== 'started') throw result.error;
  return result;
};
const succeeded = { state: 'MIGRATE_SUCCESS' };
const startAndWait = {
  state: 'READY',
  call: (sms: SmsClient, id: string) => sms.tasks.startAndWait(id, { intervalMs }),
  response: succeeded,
  sent: { ShowTask: 4, UpdateTaskStatus: 1 },
} as const;
const startMany = {
  state: 'READY',
  call: startOne,
  response: { outcome: 'started' },
  sent: { ShowTask: 1, UpdateTaskStatus: 1 },
} as const;

export const columns: readonly Column[] = [
  {
    name: 'start',
    part: 'act',
    operation: 'UpdateTaskStatus',
    number: 1,
    state: 'READY',
    call: async (sms, id) => ({ response: await sms.tasks.start(id) }),
    response: { response: { operation: 'start', stage: 'accepted' } },
    sent: { ShowTask: 1, UpdateTaskStatus: 1 },
    sentUntilThen: { ShowTask: 1, UpdateTaskStatus: 1 },
  },
  {
    name: 'get',
    part: 'read',
    operation: 'ShowTask',
    number: 1,
    state: 'RUNNING',
    call: (sms, id) => sms.tasks.get(id),
    response: { state: 'RUNNING' },
    sent: { ShowTask: 1 },
    sentUntilThen: { ShowTask: 1 },
  },
  {
    name: 'list',
    part: 'read',
    operation: 'ListTasks',
    number: 1,
    state: 'RUNNING',
    call: (sms) => sms.tasks.list(),
    response: { count: 1 },
    sent: { ListTasks: 1 },
    sentUntilThen: { ListTasks: 1 },
  },
  {
    name: 'watch',
    part: 'wait',
    operation: 'ShowTask',
    number: 2,
    state: 'RUNNING',
    call: watchToEnd,
    response: succeeded,
    sent: { ShowTask: 3 },
    sentUntilThen: { ShowTask: 2 },
  },
  {
    name: 'waitFor',
    part: 'wait',
    operation: 'ShowTask',
    number: 2,
    state: 'RUNNING',
    call: (sms, id) => sms.tasks.waitFor(id, { intervalMs }),
    response: succeeded,
    sent: { ShowTask: 3 },
    sentUntilThen: { ShowTask: 2 },
  },
  {
    ...startAndWait,
    name: 'startAndWait, before the start,',
    part: 'read',
    operation: 'ShowTask',
    number: 1,
    sentUntilThen: { ShowTask: 1 },
  },
  {
    ...startAndWait,
    name: 'startAndWait, at the start,',
    part: 'act',
    operation: 'UpdateTaskStatus',
    number: 1,
    sentUntilThen: { ShowTask: 1, UpdateTaskStatus: 1 },
  },
  {
    ...startAndWait,
    name: 'startAndWait, after the start,',
    part: 'wait',
    operation: 'ShowTask',
    number: 2,
    sentUntilThen: { ShowTask: 2, UpdateTaskStatus: 1 },
  },
  {
    ...startMany,
    name: 'startMany, before the start,',
    part: 'politeRead',
    operation: 'ShowTask',
    number: 1,
    sentUntilThen: { ShowTask: 1 },
  },
  {
    ...startMany,
    name: 'startMany, at the start,',
    part: 'politeAct',
    operation: 'UpdateTaskStatus',
    number: 1,
    sentUntilThen: { ShowTask: 1, UpdateTaskStatus: 1 },
  },
  {
    name: 'waitForAll',
    part: 'wait',
    operation: 'ListTasks',
    number: 2,
    state: 'RUNNING',
    call: async (sms, id) => (await sms.tasks.waitForAll([id], { intervalMs }))[0],
    response: { outcome: 'succeeded' },
    sent: { ListTasks: 3 },
    sentUntilThen: { ListTasks: 2 },
  },
];

/** What a call came to. */
export interface CellResult {
  readonly outcome: Outcome<unknown>;
  /** Requests of each operation that the call sent. */
  readonly sent: Counts;
  /** State and number of steps of the task right after the call. */
  readonly task: { readonly state: string; readonly steps: number };
}

/** Makes one call, one request of which meets the trouble. */
export async function runCell(column: Column, makeTrouble: (simulator: Simulator) => void): Promise<CellResult> {
  const simulator = createSimulator();
  const id = simulator.addTask({ state: column.state, durationMs });
  let met = 0;
  const sms = makeClient(simulator, {
    fetch: (url, init) => {
      const { pathname } = new URL(url);
      const operation =
        init.method === 'POST' ? 'UpdateTaskStatus' : pathname === '/v3/tasks' ? 'ListTasks' : 'ShowTask';
      if (pathname.startsWith('/v3/tasks') && operation === column.operation) {
        met += 1;
        if (met === column.number) makeTrouble(simulator);
      }
      return simulator.fetch(url, init);
    },
  });
  await resultOf(sms.auth.login());
  const before = simulator.requests.length;
  const outcome = await settle(column.call(sms, id));
  const sent: Record<string, number> = {};
  for (const { operation } of simulator.requests.slice(before)) sent[`${operation}`] = (sent[`${operation}`] ?? 0) + 1;
  simulator.faults.clear();
  const { state, sub_tasks: steps } = await resultOf(makeClient(simulator).tasks.get(id));
  return { outcome, sent, task: { state, steps: steps?.length ?? 0 } };
}

/** Adds up counts of requests. */
export function addCounts(...all: readonly Counts[]): Counts {
  const sum: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}
