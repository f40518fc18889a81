import {
  type FleetProgress,
  type FleetQuery,
  MigrationFailedError,
  type TaskChange,
  taskStates,
  type WaitOutcome,
  WaitTimeoutError,
} from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { makeCountingController } from '../support/counting-signal.js';
import { refusal } from '../support/fake-fetch.js';
import { type FleetItem, idsOf, itemsOf, makeFleet, setAll } from '../support/fake-fleet.js';
import { recordWarnings } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const intervalMs = 10_000;
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('waitForAll', () => {
  it('returns the outcome of each task once, in the order of the ids', async () => {
    const simulator = createSimulator({ speed: 100 });
    const good = simulator.addTask({ state: 'RUNNING' });
    const bad = simulator.addTask({ state: 'RUNNING', failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const paused = simulator.addTask({ state: 'ABORT' });
    const sms = makeClient(simulator);
    const outcomes = await resultOf(sms.tasks.waitForAll([bad, 'nowhere', good, paused, bad]));
    expect(outcomes.map(({ id, outcome }) => [id, outcome])).toEqual([
      [bad, 'failed'],
      ['nowhere', 'gone'],
      [good, 'succeeded'],
      [paused, 'failed'],
    ]);
    expect(outcomes[1]).toEqual({ id: 'nowhere', outcome: 'gone' });
    expect(outcomes[2]).toMatchObject({ task: { id: good, state: 'MIGRATE_SUCCESS' } });
    const { error } = outcomes[0] as WaitOutcome & { outcome: 'failed' };
    expect(error).toBeInstanceOf(MigrationFailedError);
    expect(error).toMatchObject({ reason: 'failed', code: 'SMS.0807', step: { name: 'MIGRATE_LINUX_FILE' } });
    expect(outcomes[3]).toMatchObject({ error: { reason: 'paused', canRestart: true } });
  });

  it('returns the tasks of a query in the order in which they appeared', async () => {
    const { service, sms } = makeFleet(itemsOf(2, 'RUNNING'));
    setTimeout(() => service.items.unshift({ id: 'new', state: 'ABORT' }), 15_000);
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS' }), 35_000);
    const outcomes = await resultOf(sms.tasks.waitForAll({}, { intervalMs }));
    expect(outcomes.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'task-0 succeeded',
      'task-1 succeeded',
      'new failed',
    ]);
  });

  it('returns an empty list for an empty list, without a request', async () => {
    const { calls, sms } = makeFleet([]);
    expect(await resultOf(sms.tasks.waitForAll([]))).toEqual([]);
    expect(calls).toEqual([]);
    expect(await resultOf(sms.tasks.waitForAll({}))).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it('lasts longer than timeoutMs and totalTimeoutMs, which are limits of each request', async () => {
    const { service, sms } = makeFleet(itemsOf(2, 'RUNNING'));
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS' }), 35_000);
    const outcomes = await resultOf(
      sms.tasks.waitForAll(idsOf(2), { intervalMs, timeoutMs: 500, totalTimeoutMs: 1_000 }),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded']);
  });

  it('uses the ids as they are when it is called', async () => {
    const { service, sms } = makeFleet(itemsOf(3, 'RUNNING'));
    const ids = idsOf(2);
    const wait = sms.tasks.waitForAll(ids, { intervalMs });
    ids.push('task-2');
    setTimeout(() => setAll(service.items, { state: 'ABORT' }), 15_000);
    expect((await resultOf(wait)).map(({ id }) => id)).toEqual(idsOf(2));
  });

  it('calls onOutcome once for each task when it is done, and awaits it', async () => {
    const reported: string[] = [];
    let busy = 0;
    const { service, sms } = makeFleet(itemsOf(3, 'RUNNING'));
    setTimeout(() => Object.assign(service.items[1] ?? {}, { state: 'ABORT' }), 15_000);
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS' }), 25_000);
    const onOutcome = async ({ id, outcome }: WaitOutcome) => {
      busy += 1;
      expect(busy).toBe(1);
      await later(5000);
      busy -= 1;
      reported.push(`${id} ${outcome}`);
    };
    await resultOf(sms.tasks.waitForAll(idsOf(3), { intervalMs, onOutcome }));
    expect(reported).toEqual(['task-1 failed', 'task-0 succeeded', 'task-2 succeeded']);
  });

  it('calls onChange with each change, before the outcome it leads to, and awaits it', async () => {
    const reported: string[] = [];
    const { service, sms } = makeFleet(itemsOf(2, 'RUNNING'));
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_FAIL', error_json: 'SMS.0807' }), 15_000);
    const onChange = async ({ error, id, task }: TaskChange) => {
      await later(10);
      reported.push(`${id} ${task?.state} ${error?.code ?? null}`);
    };
    const onOutcome = ({ id, outcome }: WaitOutcome) => reported.push(`${id} ${outcome}`);
    await resultOf(sms.tasks.waitForAll(idsOf(2), { intervalMs, onChange, onOutcome }));
    expect(reported).toEqual([
      'task-0 RUNNING null',
      'task-1 RUNNING null',
      'task-0 MIGRATE_FAIL SMS.0807',
      'task-0 failed',
      'task-1 MIGRATE_FAIL SMS.0807',
      'task-1 failed',
    ]);
  });

  it('only logs what its hooks throw', async () => {
    const { logger, warnings } = recordWarnings();
    const { sms } = makeFleet(itemsOf(2, 'ABORT'), undefined, { logger });
    const options = {
      onOutcome: () => Promise.reject(new Error('mail is down')) as unknown as undefined,
      onProgress: () => {
        throw new Error('screen is off');
      },
    };
    expect(await resultOf(sms.tasks.waitForAll({}, options))).toHaveLength(2);
    expect(warnings.join()).toMatch(/onOutcome threw.*mail is down/);
    expect(warnings.join()).toMatch(/onProgress threw.*screen is off/);
  });

  it('rejects after maxWaitMs, after onOutcome has reported what was done until then', async () => {
    const reported: string[] = [];
    const { sms } = makeFleet([...itemsOf(2, 'RUNNING'), { id: 'done', state: 'SYNC_SUCCESS' }]);
    const options = { maxWaitMs: 60_000, onOutcome: ({ id }: WaitOutcome) => void reported.push(id) };
    expect(await errorOf(sms.tasks.waitForAll({}, options))).toBeInstanceOf(WaitTimeoutError);
    expect(reported).toEqual(['done']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['pause', 'onOutcome', 'onProgress'])('rejects with the reason of an abort during %s', async (moment) => {
    const { controller, count, signal } = makeCountingController();
    const reason = new Error(moment);
    const { sms } = makeFleet([...itemsOf(2, 'RUNNING'), { id: 'done', state: 'SYNC_SUCCESS' }]);
    const never = () => new Promise<void>(() => undefined);
    const end = settle(sms.tasks.waitForAll({}, { signal, ...(moment !== 'pause' && { [moment]: never }) }));
    setTimeout(() => controller.abort(reason), 2000);
    expect((await end).error).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
    expect(count).toMatchObject({ now: 0, most: 1 });
  });

  it('does not trust the state from before the starts, with the cursors of startMany', async () => {
    const simulator = createSimulator({ speed: 100 });
    const ids = [0, 100_000, 1_000_000].map((lagMs) => simulator.addTask({ state: 'SYNC_FAIL', lagMs }));
    const sms = makeClient(simulator);
    const results = await resultOf(sms.tasks.startMany(ids));
    const outcomes = await resultOf(sms.tasks.waitForAll(results, { intervalMs: 1000 }));
    expect(outcomes.map(({ outcome, task }) => [outcome, task?.state])).toEqual(
      ids.map(() => ['succeeded', 'SYNC_SUCCESS']),
    );
  });
});

describe('the progress of the fleet', () => {
  it('is reported once after each poll that showed a change, the last one included', async () => {
    const reported: FleetProgress[] = [];
    const items: FleetItem[] = [
      { id: 'a', state: 'READY' },
      { id: 'b', state: 'RUNNING', migrate_speed: 30, estimate_complete_time: Date.now() + 600_000 },
      { id: 'c', state: 'RUNNING', migrate_speed: 12.5, estimate_complete_time: Date.now() + 900_000 },
      { id: 'd', state: 'SYNC_SUCCESS' },
      { id: 'e', state: 'ABORT' },
    ];
    const { service, sms } = makeFleet(items);
    setTimeout(() => setAll(service.items.slice(0, 1), { state: 'ABORT' }), 35_000);
    setTimeout(() => setAll(service.items.slice(2, 3), { migrate_speed: 10 }), 35_000);
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS' }), 55_000);
    const onProgress = (progress: FleetProgress) => void reported.push(progress);
    await resultOf(sms.tasks.waitForAll(['a', 'b', 'c', 'd', 'e'], { intervalMs, onProgress }));
    const none = { waiting: 0, running: 0, succeeded: 0, failed: 0, gone: 0, unknown: 0 };
    expect(reported).toEqual([
      {
        ...none,
        total: 5,
        waiting: 1,
        running: 2,
        succeeded: 1,
        failed: 1,
        percent: 20,
        speedMbps: 42.5,
        remainingMs: 900_000,
      },
      {
        ...none,
        total: 5,
        running: 2,
        succeeded: 1,
        failed: 2,
        percent: 20,
        speedMbps: 40,
        remainingMs: 860_000,
      },
      { ...none, total: 5, succeeded: 3, failed: 2, percent: 60, speedMbps: 0, remainingMs: 0 },
    ]);
  });

  it('has no time left while that of one task is unknown', async () => {
    const reported: FleetProgress[] = [];
    const { sms } = makeFleet([
      { id: 'a', state: 'RUNNING', estimate_complete_time: Date.now() + 600_000 },
      { id: 'b', state: 'RUNNING' },
    ]);
    const onProgress = (progress: FleetProgress) => void reported.push(progress);
    await errorOf(sms.tasks.waitForAll({}, { maxWaitMs: 1000, onProgress }));
    expect(reported).toMatchObject([{ remainingMs: null, running: 2, percent: 0 }]);
  });

  it('counts a task that still shows its old state after a start as waiting', async () => {
    const reported: FleetProgress[] = [];
    const { sms } = makeFleet(itemsOf(3, 'MIGRATE_SUCCESS'));
    const position = {
      state: 'MIGRATE_SUCCESS',
      totalTime: 5,
      error: null,
      startDate: null,
      finishDate: null,
      steps: null,
    };
    const asked = { version: 1, percent: 0, operation: 'start', stage: 'accepted', position } as const;
    const targets = ['task-0', { ...asked, id: 'task-1' }, 'task-2'];
    const onProgress = (progress: FleetProgress) => void reported.push(progress);
    await errorOf(sms.tasks.waitForAll(targets, { maxWaitMs: 20_000, onProgress }));
    expect(reported).toMatchObject([{ waiting: 1, succeeded: 2, percent: 66.6 }]);
  });

  it('is exactly the mean of equal percentages', async () => {
    const reported: FleetProgress[] = [];
    const steps = [{ id: 1, name: 'X', user_op: 'Y', progress: 33.3 }];
    const { sms } = makeFleet(itemsOf(3, 'RUNNING', { sub_tasks: steps }));
    const onProgress = (progress: FleetProgress) => void reported.push(progress);
    await errorOf(sms.tasks.waitForAll({}, { maxWaitMs: 1000, onProgress }));
    expect(reported[0]?.percent).toBe(33.3);
  });

  it('is 100 for tasks with until when they reach that state, and not before', async () => {
    const reported: FleetProgress[] = [];
    const { service, sms } = makeFleet(itemsOf(2, 'MIGRATE_SUCCESS'));
    setTimeout(() => setAll(service.items, { state: 'SYNCING' }), 15_000);
    const onProgress = (progress: FleetProgress) => void reported.push(progress);
    await resultOf(sms.tasks.waitForAll({}, { intervalMs, until: ['SYNCING'], onProgress }));
    expect(reported.map(({ percent }) => percent)).toEqual([99.9, 100]);
  });
});

// Random fleets that live through random states, over a service that fails now and then.
describe('whatever happens to the tasks, and whatever polls fail', () => {
  const restless = ['READY', 'RUNNING', 'SYNCING', 'ABORTING', 'NOVEL'];
  const restful = [...taskStates.success, ...taskStates.failure, 'vanished'];
  const life = fc.record({
    states: fc.array(fc.constantFrom(...restless), { maxLength: 4 }),
    end: fc.constantFrom(...restful),
    appears: fc.integer({ min: 0, max: 1 }),
  });
  const plan = fc.record({
    lives: fc.array(life, { minLength: 1, maxLength: 25 }),
    extra: fc.constantFrom(0, 190, 420),
    // The first poll has to succeed.
    failures: fc.array(fc.integer({ min: 2, max: 60 }), { maxLength: 20 }),
    isQuery: fc.boolean(),
  });

  interface Plan {
    readonly lives: readonly { readonly states: readonly string[]; readonly end: string; readonly appears: number }[];
    readonly extra: number;
    readonly failures: readonly number[];
    readonly isQuery: boolean;
  }

  function makeWorld({ extra, failures, isQuery, lives }: Plan) {
    const bystanders: FleetItem[] = Array.from({ length: extra }, (_, index) => ({ id: `x-${index}`, state: 'FAIL' }));
    const startedAt = performance.now();
    const statuses = [500, 429, 503, 408];
    const fleet = makeFleet(
      [],
      (_, count) => {
        const hour = Math.floor((performance.now() - startedAt) / 100_000);
        fleet.service.items = [
          ...bystanders.slice(0, extra / 2),
          ...lives.flatMap(({ appears, end, states }, index) => {
            if (isQuery && hour < appears) return [];
            const state = states[hour - appears] ?? (hour < appears ? 'READY' : end);
            return state === 'vanished' ? [] : [{ id: `task-${index}`, state }];
          }),
          ...bystanders.slice(extra / 2),
        ];
        return failures.includes(count) ? refusal(statuses[count % statuses.length] ?? 500) : undefined;
      },
      { maxRetries: 0 },
    );
    return fleet;
  }

  it('each is reported as done once, with its final state; nothing is lost, and each change follows from the one before', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (world) => {
        const { sms } = makeWorld(world);
        // A bystander keeps the query going until all of them have appeared.
        const target: readonly string[] | FleetQuery = world.isQuery ? {} : idsOf(world.lives.length);
        const ends = new Map<string, string>();
        const last = new Map<string, string | null>();
        const follow = (async () => {
          for await (const change of sms.tasks.watchMany(target, { intervalMs: 30_000 })) {
            const { done, id, previousState, task }: TaskChange = change;
            expect(ends.has(id)).toBe(false);
            expect(previousState).toBe(last.get(id) ?? null);
            last.set(id, task?.state ?? null);
            if (done) ends.set(id, task?.state ?? 'vanished');
          }
        })();
        await resultOf(follow);
        for (const [id, end] of ends) {
          if (id.startsWith('x-')) expect(end).toBe('FAIL');
          else expect(end).toBe(world.lives[Number(id.slice(5))]?.end);
        }
        if (!world.isQuery) expect(ends.size).toBe(world.lives.length);
        // Of a query, those are seen that were there when something was still running.
        else for (const id of last.keys()) expect(ends.has(id)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('the counts add up to the total, and 100 percent means that all succeeded', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (world) => {
        const { sms } = makeWorld(world);
        const reported: FleetProgress[] = [];
        const ids = idsOf(world.lives.length);
        const outcomes = await resultOf(
          sms.tasks.waitForAll(ids, { intervalMs: 30_000, onProgress: (progress) => void reported.push(progress) }),
        );
        expect(outcomes.map(({ id }) => id)).toEqual(ids);
        for (const { failed, gone, percent, remainingMs, running, succeeded, total, waiting } of reported) {
          expect(total).toBe(ids.length);
          expect(waiting + running + succeeded + failed + gone).toBe(total);
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
          if (percent === 100) expect(succeeded + gone).toBe(total);
          if (running === 0) expect(remainingMs).toBe(0);
        }
        const { failed, gone, succeeded } = reported.at(-1) as FleetProgress;
        const count = (name: string) => outcomes.filter(({ outcome }) => outcome === name).length;
        expect([succeeded, failed, gone]).toEqual([count('succeeded'), count('failed'), count('gone')]);
      }),
      { numRuns: 40 },
    );
  });
});
