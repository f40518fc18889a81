import { getEventListeners } from 'node:events';
import type { TaskSnapshot, WatchOptions } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { HookCaller } from '../../src/tracking/hooks.js';
import type { TrackingPort } from '../../src/tracking/port.js';
import { RecentChanges } from '../../src/tracking/recent-changes.js';
import { waitForTask } from '../../src/tracking/wait.js';
import { Scope, SignalHub } from '../../src/transport/scope.js';
import { failWith, taskResponse } from '../support/fake-fetch.js';
import { makeScripted, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

async function collect(snapshots: AsyncIterable<TaskSnapshot>): Promise<TaskSnapshot[]> {
  const all: TaskSnapshot[] = [];
  for await (const snapshot of snapshots) all.push(snapshot);
  return all;
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('watch', () => {
  it('yields the first snapshot at once, whatever the state', async () => {
    for (const state of ['READY', 'RUNNING', 'UNHEARD_OF', 'MIGRATE_FAIL', 'MIGRATE_SUCCESS']) {
      const { sms } = makeScripted(states(state));
      const begin = Date.now();
      for await (const { task, progress, cursor } of sms.tasks.watch(taskId)) {
        expect([task.state, progress.state, cursor.id]).toEqual([state, state, taskId]);
        break;
      }
      expect(Date.now()).toBe(begin);
    }
  });

  it('yields one snapshot per change, and ends after the first that is done', async () => {
    const { reads, sms } = makeScripted(states('READY', 'READY', 'RUNNING', 'RUNNING', 'RUNNING', 'ABORT', 'RUNNING'));
    const all = await resultOf(collect(sms.tasks.watch(taskId)));
    expect(all.map(({ task }) => task.state)).toEqual(['READY', 'RUNNING', 'ABORT']);
    expect(reads).toHaveLength(6);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sees every change of the progress of a whole migration', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING', durationMs: 300_000 });
    const all = await resultOf(collect(sms.tasks.watch(id)));
    const shown = all.map(({ progress }) => JSON.stringify(progress));
    expect(new Set(shown).size).toBe(shown.length);
    expect(all.at(-1)?.progress).toMatchObject({
      state: 'MIGRATE_SUCCESS',
      percent: 100,
      remainingMs: 0,
      speedMbps: 0,
    });
    const percents = all.map(({ progress }) => progress.percent);
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
  });

  it('ends without an error when the migration fails; waitFor with the last cursor throws the reason', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask();
    simulator.task(id).start();
    simulator.task(id).fail({ error_code: 'SMS.0515', error_msg: 'The disks do not match.' });
    const last = (await resultOf(collect(sms.tasks.watch(id)))).at(-1);
    expect(last?.progress.state).toBe('MIGRATE_FAIL');
    const error = await errorOf(sms.tasks.waitFor(last?.cursor ?? id));
    expect(error).toMatchObject({ name: 'MigrationFailedError', code: 'SMS.0515' });
  });

  it('goes on after failed polls', async () => {
    const { sms } = makeScripted((_, count) =>
      count % 2 ? failWith('ECONNRESET') : taskResponse(count < 8 ? 'RUNNING' : 'SUCCESS'),
    );
    const all = await resultOf(collect(sms.tasks.watch(taskId)));
    expect(all.map(({ task }) => task.state)).toEqual(['RUNNING', 'SUCCESS']);
  });

  it('accepts until, failOn and intervalMs', async () => {
    const { reads, sms } = makeScripted(states('MIGRATE_SUCCESS', 'ABORT', 'SYNCING'));
    const begin = Date.now();
    const options: WatchOptions = { until: ['SYNCING'], failOn: [], intervalMs: 777 };
    const all = await resultOf(collect(sms.tasks.watch(taskId, options)));
    expect(all).toHaveLength(3);
    expect(reads).toHaveLength(3);
    expect(Date.now() - begin).toBe(2 * 777);
  });

  it('ends with a WaitTimeoutError after maxWaitMs', async () => {
    const { sms } = makeScripted(states('RUNNING'));
    expect(await errorOf(collect(sms.tasks.watch(taskId, { maxWaitMs: 5000 })))).toHaveProperty(
      'name',
      'WaitTimeoutError',
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends nothing and listens to nothing before it is read', () => {
    const { signal } = new AbortController();
    const { requests, sms } = makeScripted(states('RUNNING'));
    sms.tasks.watch(taskId, { signal, maxWaitMs: 1000 });
    expect(requests).toHaveLength(0);
    expect(listeners(signal)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('left early by break, return or throw leaves no timer and no listener', async () => {
    const { signal } = new AbortController();
    const { reads, sms } = makeScripted(states('RUNNING'));
    const watch = () => sms.tasks.watch(taskId, { signal, maxWaitMs: 1_000_000 });
    const byBreak = async () => {
      for await (const _ of watch()) break;
    };
    const byReturn = async () => {
      for await (const _ of watch()) return;
    };
    const byThrow = async () => {
      for await (const _ of watch()) throw new Error('mine');
    };
    const byHand = async () => {
      const iterator = watch()[Symbol.asyncIterator]();
      await iterator.next();
      expect(listeners(signal)).toBe(1);
      await iterator.return?.();
    };
    for (const leave of [byBreak, byReturn, byThrow, byHand]) {
      await leave().catch((error: unknown) => expect(error).toHaveProperty('message', 'mine'));
      expect(listeners(signal)).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    }
    await vi.advanceTimersByTimeAsync(200_000);
    expect(reads).toHaveLength(4);
  });

  it('ends with the reason of an abort while its loop is busy', async () => {
    const controller = new AbortController();
    const { reads, sms } = makeScripted(states('RUNNING'));
    const reason = new Error('enough');
    const read = async () => {
      for await (const _ of sms.tasks.watch(taskId, { signal: controller.signal })) {
        controller.abort(reason);
        await vi.advanceTimersByTimeAsync(100_000);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(reads).toHaveLength(1);
    expect(listeners(controller.signal)).toBe(0);
  });

  it('does not poll ahead of a slow loop', async () => {
    const { reads, sms } = makeScripted(states('RUNNING', 'SUCCESS'));
    for await (const { task } of sms.tasks.watch(taskId)) {
      await vi.advanceTimersByTimeAsync(100_000);
      expect(reads).toHaveLength(1);
      expect(task.state).toBe('RUNNING');
      break;
    }
  });
});

describe('many waits', () => {
  it('share one listener on their signal and leave none', async () => {
    const { signal } = new AbortController();
    const { sms } = makeScripted((_, count) => taskResponse(count <= 300 ? 'RUNNING' : 'SUCCESS'));
    const waits = Array.from({ length: 300 }, () => sms.tasks.waitFor(taskId, { signal, maxWaitMs: 1_000_000 }));
    expect(listeners(signal)).toBe(1);
    await resultOf(Promise.all(waits));
    expect(listeners(signal)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end together when it aborts', async () => {
    const controller = new AbortController();
    const { requests, sms } = makeScripted(states('RUNNING'));
    const reason = new Error('enough');
    const waits = Array.from({ length: 300 }, () => sms.tasks.waitFor(taskId, { signal: controller.signal }));
    const ends = Promise.allSettled(waits);
    await vi.advanceTimersByTimeAsync(500);
    expect(listeners(controller.signal)).toBe(1);
    controller.abort(reason);
    expect((await ends).every((end) => end.status === 'rejected' && end.reason === reason)).toBe(true);
    expect(listeners(controller.signal)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(requests).toHaveLength(300);
  });

  it('leave nothing behind, even ten thousand of them', async () => {
    const { signal } = new AbortController();
    const hub = new SignalHub();
    const ignore = () => undefined;
    const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const port: TrackingPort = {
      read: async (id) => ({ id, state: 'MIGRATE_SUCCESS' }),
      act: async () => undefined,
      create: async () => ({ id: taskId }),
      listPage: async () => ({ tasks: [] }),
      hooks: new HookCaller(logger),
      recent: new RecentChanges(),
      readSource: async () => ({ id: 'source-1' }),
      readAgreement: async () => ({}),
      hasProject: async () => true,
      openScope: (limits) => new Scope(hub, limits),
      logger,
      maxRetries: 0,
      totalTimeoutMs: 1000,
    };
    // Without sleeps: faked timers take quadratic time.
    const waits = Array.from({ length: 10_000 }, () => waitForTask(port, taskId, { signal }));
    expect(listeners(signal)).toBe(1);
    await Promise.all(waits);
    expect(listeners(signal)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
