import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { HookCaller } from '../../src/tracking/hooks.js';
import type { TrackingPort } from '../../src/tracking/port.js';
import { RecentChanges } from '../../src/tracking/recent-changes.js';
import { waitForTask } from '../../src/tracking/wait.js';
import { Scope, SignalHub } from '../../src/transport/scope.js';
import { makeCountingController } from '../support/counting-signal.js';
import { loginResponse, taskResponse } from '../support/fake-fetch.js';
import { itemsOf } from '../support/fake-fleet.js';
import { makeScripted, taskId } from '../support/fake-task.js';

// On real timers, of which none is waited for longer than some milliseconds: faked ones take quadratic time.

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Timers that keep the process alive. */
const countTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

/** Bytes in use after garbage collection. */
async function measureHeap(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    // What is freed by a finaliser of another thing takes a turn.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

const megabyte = 1_000_000;

describe('two thousand waits with one signal', () => {
  it('carry one listener while they run, and leave none, and no timer', async () => {
    const { count, signal } = makeCountingController();
    const { sms } = makeScripted(() => taskResponse('SUCCESS'));
    await sms.auth.login();
    const timers = countTimers();
    const waits = Array.from({ length: 2_000 }, () => sms.tasks.waitFor(taskId, { signal, maxWaitMs: 3_600_000 }));
    expect(count.now).toBe(1);
    await Promise.all(waits);
    expect(count).toMatchObject({ now: 0, most: 1 });
    expect(countTimers()).toBe(timers);
  }, 60_000);

  it('end together when it aborts: no listener, no timer, no further request', async () => {
    const { controller, count, signal } = makeCountingController();
    const { requests, sms } = makeScripted(() => taskResponse('RUNNING'));
    await sms.auth.login();
    const timers = countTimers();
    const waits = Array.from({ length: 2_000 }, () => sms.tasks.waitFor(taskId, { signal, maxWaitMs: 3_600_000 }));
    const ends = Promise.allSettled(waits);
    while (requests.length < 2_000) await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error('enough');
    controller.abort(reason);
    expect((await ends).every((end) => end.status === 'rejected' && end.reason === reason)).toBe(true);
    expect(count).toMatchObject({ now: 0, most: 1 });
    expect(countTimers()).toBe(timers);
    expect(requests).toHaveLength(2_000);
  }, 60_000);
});

const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const step = { id: 1, name: 'MIGRATE_LINUX_FILE', user_op: 'REPLICATE' };

/**
 * How much the heap grows at least over so many polls of a hundred waits that go on all the while, in three stretches after one to warm
 * up. What leaks grows in each of them; what the runtime does in between does not.
 */
async function measureGrowth(polls: number, wait: (isOver: () => boolean) => Promise<unknown>): Promise<number> {
  let done = 0;
  let isOver = false;
  const countPoll = () => {
    done += 1;
    return isOver;
  };
  const heapAfter = async (count: number) => {
    const end = done + count;
    while (done < end) await new Promise((resolve) => setTimeout(resolve, 1));
    return measureHeap();
  };
  const waits = Promise.all(Array.from({ length: 100 }, () => wait(countPoll)));
  const growths: number[] = [];
  let before = await heapAfter(polls / 2);
  for (let stretch = 0; stretch < 3; stretch += 1) {
    const after = await heapAfter(polls);
    growths.push(after - before);
    before = after;
  }
  isOver = true;
  await waits;
  return Math.min(...growths);
}

describe('the heap', () => {
  it('does not grow over eighteen thousand polls', async () => {
    const hub = new SignalHub();
    const { signal } = new AbortController();
    let percent = 0;
    const growth = await measureGrowth(6_000, (isOver) => {
      const port: TrackingPort = {
        read: async (id) => {
          percent = (percent + 0.1) % 100;
          return { id, state: isOver() ? 'MIGRATE_SUCCESS' : 'RUNNING', sub_tasks: [{ ...step, progress: percent }] };
        },
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
      return waitForTask(port, taskId, { intervalMs: 1, signal });
    });
    // Twenty bytes for each poll would be as much: less than any object.
    expect(growth).toBeLessThan(0.12 * megabyte);
  }, 60_000);

  it('does not grow over four thousand polls through the whole client', async () => {
    const { signal } = new AbortController();
    let isOver = (): boolean => true;
    const { sms } = makeScripted(() => taskResponse(''), undefined, {
      // One that keeps no log.
      fetch: async (url) =>
        url.includes('/auth/tokens')
          ? loginResponse()
          : taskResponse(isOver() ? 'MIGRATE_SUCCESS' : 'RUNNING', { sub_tasks: [{ ...step, progress: 50 }] }),
    });
    const growth = await measureGrowth(1_400, (countPoll) => {
      isOver = countPoll;
      return sms.tasks.waitFor(taskId, { intervalMs: 1, signal });
    });
    // A hundred bytes for each poll would be as much.
    expect(growth).toBeLessThan(0.14 * megabyte);
  }, 60_000);
});

describe('five hundred fleets left by break', () => {
  it('leave no listener, no timer, no request and no memory behind', async () => {
    const { count, signal } = makeCountingController();
    const page = JSON.stringify({ count: 20, tasks: itemsOf(20, 'RUNNING', { sub_tasks: [step] }) });
    let requests = 0;
    const { sms } = makeScripted(() => taskResponse(''), undefined, {
      // One that keeps no log.
      fetch: async (url) => {
        requests += 1;
        return url.includes('/auth/tokens') ? loginResponse() : new Response(page);
      },
    });
    await sms.auth.login();
    const run = async () => {
      const timers = countTimers();
      requests = 0;
      await Promise.all(
        Array.from({ length: 500 }, async () => {
          for await (const _change of sms.tasks.watchMany({}, { signal, maxWaitMs: 3_600_000 })) break;
        }),
      );
      expect(requests).toBe(500);
      expect(count).toMatchObject({ now: 0, most: 1 });
      expect(countTimers()).toBe(timers);
    };
    await run();
    const before = await measureHeap();
    await run();
    const growth = (await measureHeap()) - before;
    // Half a kilobyte for each of them would be as much.
    expect(growth).toBeLessThan(megabyte / 4);
  }, 60_000);
});
