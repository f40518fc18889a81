import type { Cursor, TaskSnapshot } from '@org/sms-client';
import { createSimulator, type Simulator } from '@org/sms-client/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { failWith, taskResponse } from '../support/fake-fetch.js';
import { makeScripted, rounds, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const killed = new Error('killed');
const copy = (cursor: Cursor | undefined): Cursor | undefined => cursor && JSON.parse(JSON.stringify(cursor));

/** Every snapshot that any process saw, and what one that is killed leaves behind. */
function createFollowers(simulator: Simulator, id: string) {
  const seen: TaskSnapshot[] = [];
  let cursor: Cursor | undefined;
  return {
    seen,
    /** One process with a client of its own: `mayLive` is asked after each snapshot, `killAfterMs` is the end of it. */
    async follow(mayLive: () => boolean, killAfterMs?: number) {
      const controller = new AbortController();
      const timer = killAfterMs === undefined ? undefined : setTimeout(() => controller.abort(killed), killAfterMs);
      const onProgress = (_: unknown, snapshot: TaskSnapshot) => {
        seen.push(snapshot);
        cursor = copy(snapshot.cursor);
        if (!mayLive()) controller.abort(killed);
      };
      const { tasks } = makeClient(simulator);
      const options = { signal: controller.signal, intervalMs: 4000, cursor, onProgress };
      const outcome = await settle(tasks.startAndWait(id, options));
      clearTimeout(timer);
      return outcome;
    },
  };
}

function expectOneStart(simulator: Simulator, seen: readonly TaskSnapshot[]) {
  const accepted = simulator.requests.filter(
    ({ operation, status }) => operation === 'UpdateTaskStatus' && status === 200,
  );
  expect(accepted).toHaveLength(1);
  const largest = new Map<string, number>();
  for (const { cursor, progress } of seen) {
    const round = cursor.round ?? '';
    expect(progress.percent).toBe(cursor.percent);
    expect(progress.percent).toBeGreaterThanOrEqual(largest.get(round) ?? 0);
    if (round !== '') largest.set(round, progress.percent);
  }
}

const seedStates = ['READY', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT'] as const;

describe('a cursor', () => {
  it.each(seedStates)('resumes startAndWait from %s at every snapshot of the run', async (state) => {
    for (let point = 1; ; point += 1) {
      const simulator = createSimulator();
      const id = simulator.addTask({ state, durationMs: 60_000 });
      const { follow, seen } = createFollowers(simulator, id);
      const first = await follow(() => seen.length < point);
      if ('value' in first) {
        expect(point).toBeGreaterThan(4);
        break;
      }
      // Killed while the last word was already spoken: there is nothing to resume.
      expect(first.error).toBe(killed);
      expect(await follow(() => true)).toMatchObject({ value: { state: expect.stringMatching(/_SUCCESS$/) } });
      expectOneStart(simulator, seen);
    }
  });

  it('resumes startAndWait whenever its process is killed: one start, and progress that never runs backwards', async () => {
    const lives = fc.array(
      fc.record({ killAfterMs: fc.integer({ min: 0, max: 60_000 }), pauseMs: fc.integer({ min: 0, max: 30_000 }) }),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seedStates),
        lives,
        fc.constantFrom(0, 3000, 25_000),
        fc.constantFrom('none', 'late', 'cut', 'lost'),
        async (state, kills, lagMs, fault) => {
          const simulator = createSimulator();
          const id = simulator.addTask({ state, durationMs: 120_000, lagMs });
          const match = 'UpdateTaskStatus';
          if (fault === 'late') simulator.faults.delay(1, 20_000, { match, performed: true });
          if (fault === 'cut') simulator.faults.cut(1, { match, performed: true });
          if (fault === 'lost') simulator.faults.cut(1, { match, performed: false });
          const { follow, seen } = createFollowers(simulator, id);
          for (const { killAfterMs, pauseMs } of kills) {
            const { error } = await follow(() => true, killAfterMs);
            if (error === undefined) break;
            expect(error).toBe(killed);
            await vi.advanceTimersByTimeAsync(pauseMs);
          }
          expect(await follow(() => true)).toMatchObject({ value: { state: expect.stringMatching(/_SUCCESS$/) } });
          expectOneStart(simulator, seen);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('resumes watch at every snapshot, with monotonic progress', async () => {
    for (let point = 1; ; point += 1) {
      const simulator = createSimulator();
      const id = simulator.addTask({ state: 'RUNNING', durationMs: 60_000 });
      const seen: TaskSnapshot[] = [];
      const follow = async (limit: number) => {
        for await (const snapshot of makeClient(simulator).tasks.watch(id, { cursor: copy(seen.at(-1)?.cursor) })) {
          seen.push(snapshot);
          if (seen.length === limit) break;
        }
      };
      await resultOf(follow(point));
      if (seen.length < point) break;
      await resultOf(follow(Number.POSITIVE_INFINITY));
      const percents = seen.map(({ progress }) => progress.percent);
      expect(percents).toEqual([...percents].sort((one, other) => one - other));
      expect(seen.at(-1)?.task.state).toBe('MIGRATE_SUCCESS');
    }
  });

  it('carries the percentage of its round to a process whose first poll shows less', async () => {
    const respond = (progress: number) =>
      taskResponse('RUNNING', { sub_tasks: [{ id: 1, name: 'MIGRATE_LINUX_FILE', user_op: 'REPLICATE', progress }] });
    const { sms } = makeScripted((_, count) => respond(count === 1 ? 60 : 40));
    const first = async (cursor?: Cursor): Promise<TaskSnapshot | undefined> => {
      for await (const snapshot of sms.tasks.watch(taskId, { cursor })) return snapshot;
      return undefined;
    };
    const before = await resultOf(first());
    const after = await resultOf(first(copy(before?.cursor)));
    expect(after?.task.sub_tasks?.[0]?.progress).toBe(40);
    expect(after?.progress.percent).toBe(before?.progress.percent);
  });

  it('of a task without rounds is accepted again', async () => {
    const { sms } = makeScripted(states('READY', 'SUCCESS'));
    for await (const { cursor } of sms.tasks.watch(taskId)) {
      expect(await resultOf(sms.tasks.waitFor(taskId, { cursor: copy(cursor) }))).toMatchObject({ state: 'SUCCESS' });
      break;
    }
  });

  it('is small JSON', async () => {
    const simulator = createSimulator();
    const id = simulator.addTask({ state: 'SYNC_SUCCESS', durationMs: 60_000 });
    const { follow, seen } = createFollowers(simulator, id);
    await follow(() => true);
    for (const { cursor } of seen) {
      expect(copy(cursor)).toEqual(cursor);
      expect(JSON.stringify(cursor).length).toBeLessThan(900);
    }
  });

  it('says before the start that it will be sent, and afterwards that it was accepted', async () => {
    const cursors: Cursor[] = [];
    const { sms } = makeScripted(rounds('READY', 'RUNNING', 'MIGRATE_SUCCESS'));
    await resultOf(sms.tasks.startAndWait(taskId, { onProgress: (_, { cursor }) => cursors.push(cursor) }));
    const asked = { version: 1, id: taskId, operation: 'start', position: { state: 'READY', totalTime: 1000 } };
    expect(cursors).toMatchObject([
      { ...asked, percent: 0, stage: 'sending' },
      { ...asked, percent: 0, stage: 'accepted' },
      { ...asked, percent: 100, stage: 'accepted' },
    ]);
  });
});

describe('startAndWait with a cursor', () => {
  const position = { state: 'READY', totalTime: 0, error: null, startDate: null, finishDate: null, steps: [] };
  const sending: Cursor = { version: 1, id: taskId, percent: 0, operation: 'start', stage: 'sending', position };
  const acceptedStart: Cursor = { ...sending, percent: 7, stage: 'accepted' };

  it('of an accepted start only polls', async () => {
    for (const target of [taskId, acceptedStart]) {
      const { order, sms } = makeScripted(rounds('RUNNING', 'MIGRATE_SUCCESS'));
      await resultOf(sms.tasks.startAndWait(target, { cursor: acceptedStart }));
      expect(order()).toEqual(['GET', 'GET']);
    }
  });

  it('saved before a start only polls when the task has changed', async () => {
    const { order, sms } = makeScripted(rounds('MIGRATE_SUCCESS'));
    await resultOf(sms.tasks.startAndWait(taskId, { cursor: sending }));
    expect(order()).toEqual(['GET', 'GET']);
  });

  it('saved before a start sends it when the task has not changed for 30 s', async () => {
    const { acts, reads, sms } = makeScripted((_, count) =>
      acts.length === 0 ? taskResponse('READY', { total_time: 0 }) : rounds('RUNNING', 'MIGRATE_SUCCESS')(_, count),
    );
    const begin = Date.now();
    await resultOf(sms.tasks.startAndWait(taskId, { cursor: sending }));
    expect(acts).toHaveLength(1);
    expect(reads.length).toBeGreaterThan(5);
    expect(Date.now() - begin).toBeGreaterThan(30_000);
  });

  it('saved before a start only polls when the task failed again under the same step ids', async () => {
    const step = { id: 1, name: 'MIGRATE_LINUX_FILE', progress: 40, start_date: 1000, end_date: 2000 };
    const before = { state: 'MIGRATE_FAIL', totalTime: 1000, error: null, startDate: null, finishDate: null };
    const old: Cursor = { ...sending, position: { ...before, steps: [[1, 40, 1000, 2000]] } };
    const again = { total_time: 1500, sub_tasks: [{ ...step, start_date: 3000, end_date: 3500 }] };
    const { acts, sms } = makeScripted(() => taskResponse('MIGRATE_FAIL', again));
    expect(await errorOf(sms.tasks.startAndWait(taskId, { cursor: old }))).toMatchObject({
      name: 'MigrationFailedError',
    });
    expect(acts).toHaveLength(0);
  });

  it('that is null, or has unknown fields, is accepted', async () => {
    for (const cursor of [null, undefined, { ...acceptedStart, novel: true, position: { ...position, novel: 1 } }]) {
      const { sms } = makeScripted(rounds('MIGRATE_SUCCESS'));
      expect(await resultOf(sms.tasks.waitFor(taskId, { cursor }))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    }
  });

  it('of another version is refused by name before anything is sent', async () => {
    const { requests, sms } = makeScripted(states('MIGRATE_SUCCESS'));
    const error = await errorOf(sms.tasks.waitFor({ ...acceptedStart, version: 2 } as never));
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: 'target.version' }] });
    expect(requests).toHaveLength(0);
  });

  it('of a watch starts the task', async () => {
    const { acts, sms } = makeScripted(rounds('READY', 'RUNNING', 'MIGRATE_SUCCESS'));
    await resultOf(sms.tasks.startAndWait(taskId, { cursor: { version: 1, id: taskId, percent: 0 } }));
    expect(acts).toHaveLength(1);
  });

  it('of a task that was running already never starts it', async () => {
    const cursors: Cursor[] = [];
    const first = makeScripted((_, count) => (count < 3 ? taskResponse('RUNNING') : failWith('ECONNRESET')));
    const options = { ifRunning: 'follow', maxWaitMs: 60_000 } as const;
    await errorOf(
      first.sms.tasks.startAndWait(taskId, { ...options, onProgress: (_, { cursor }) => cursors.push(cursor) }),
    );
    const second = makeScripted(rounds('MIGRATE_SUCCESS', 'MIGRATE_SUCCESS'));
    await resultOf(second.sms.tasks.startAndWait(taskId, { ...options, cursor: copy(cursors.at(-1)) }));
    expect(second.acts).toHaveLength(0);
  });

  it('gives its first snapshot at once, with no percentage below the one it holds', async () => {
    const steps = { sub_tasks: [{ id: 9, name: 'MIGRATE_LINUX_FILE', progress: 10, user_op: 'REPLICATE' }] };
    const { sms } = makeScripted(() => taskResponse('RUNNING', steps));
    const cursor: Cursor = { version: 1, id: taskId, percent: 42.5, round: '#9' };
    for await (const { progress } of sms.tasks.watch(taskId, { cursor })) {
      expect(progress.percent).toBe(42.5);
      break;
    }
    for await (const { progress } of sms.tasks.watch(taskId, { cursor: { ...cursor, round: '#8' } })) {
      expect(progress.percent).toBe(10);
      break;
    }
  });
});
