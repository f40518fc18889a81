import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Pace } from '../../src/tracking/pace.js';
import type { TaskProgress } from '../../src/tracking/progress.js';
import { failWith, refusal, taskResponse } from '../support/fake-fetch.js';
import { hang, makeScripted, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

const step = { id: 1, name: 'MIGRATE_LINUX_FILE', label: 'Copying data', percent: 5, durationMs: null };
const running: TaskProgress = {
  state: 'RUNNING',
  round: 'REPLICATE',
  step,
  percent: 5,
  speedMbps: 0,
  remainingMs: null,
  elapsedMs: null,
  steps: [step],
  rounds: [],
};

const stubRandom = (value: number) => vi.spyOn(Math, 'random').mockReturnValue(value);

describe('the pace of polling', () => {
  it('is 2 s after a change of state, round or step, and once 99 percent are reached', () => {
    stubRandom(0.5);
    const pace = new Pace(undefined);
    const hours = { ...running, remainingMs: 36_000_000 };
    const changes: TaskProgress[] = [
      hours,
      { ...hours, state: 'SYNCING' },
      { ...hours, round: 'RESYNC0' },
      { ...hours, step: { ...step, id: 2 } },
      { ...hours, step: { ...step, id: 2 }, percent: 99 },
    ];
    for (const change of changes) {
      expect(pace.afterPoll(change)).toBe(2000);
      expect(pace.afterPoll(change)).toBe(60_000);
    }
  });

  it.each([
    [1000, 2000],
    [40_000, 2000],
    [100_000, 5000],
    [600_000, 30_000],
    [1_200_000, 60_000],
    [360_000_000, 60_000],
  ])('is a twentieth of the time left: %i ms → %i ms', (remainingMs, pause) => {
    stubRandom(0.5);
    const pace = new Pace(undefined);
    pace.afterPoll({ ...running, remainingMs });
    expect(pace.afterPoll({ ...running, remainingMs })).toBe(pause);
  });

  it.each([null, 0])('grows by half each time nothing changes, up to 30 s, when the time left is %s', (remainingMs) => {
    stubRandom(0.5);
    const pace = new Pace(undefined);
    const pauses = Array.from({ length: 9 }, () => pace.afterPoll({ ...running, remainingMs }));
    expect(pauses).toEqual([2000, 3000, 4500, 6750, 10_125, 15_187.5, 22_781.25, 30_000, 30_000]);
  });

  it('doubles after each failure in a row, up to 60 s, and starts again after a success', () => {
    stubRandom(0.5);
    const pace = new Pace(undefined);
    const failures = () => Array.from({ length: 7 }, () => pace.afterFailure());
    expect(failures()).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    pace.afterPoll(running);
    expect(failures()[0]).toBe(2000);
  });

  it('varies by a tenth at random', () => {
    for (const [random, pause] of [
      [0, 1800],
      [0.25, 1900],
      [0.999_999, 2200],
    ] as const) {
      stubRandom(random);
      expect(new Pace(undefined).afterPoll(running)).toBeCloseTo(pause, 0);
    }
  });

  it('is never under 1 s or over 60 s', () => {
    const polls = fc.array(
      fc.option(
        fc.record({
          state: fc.constantFrom('RUNNING', 'READY'),
          round: fc.constantFrom(null, 'REPLICATE'),
          percent: fc.double({ min: 0, max: 100, noNaN: true }),
          remainingMs: fc.option(fc.double({ min: 0, noNaN: true })),
        }),
      ),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(polls, (all) => {
        const pace = new Pace(undefined);
        for (const poll of all) {
          const pause = poll === null ? pace.afterFailure() : pace.afterPoll({ ...running, ...poll });
          expect(pause).toBeGreaterThanOrEqual(1000);
          expect(pause).toBeLessThanOrEqual(60_000);
        }
      }),
    );
  });

  it('is exactly intervalMs when it is given', () => {
    const pace = new Pace(1234);
    expect([pace.afterPoll(running), pace.afterPoll(running), pace.afterFailure()]).toEqual([1234, 1234, 1234]);
  });

  it('doubles after each further failure in a row also when intervalMs is given', () => {
    const pace = new Pace(1);
    expect([1, 2, 3, 4].map(() => pace.afterFailure())).toEqual([1, 2, 4, 8]);
  });
});

describe('requests in a minute', () => {
  const minuteMs = 60_000;

  const responses: Record<string, Parameters<typeof makeScripted>[0]> = {
    RUNNING: states('RUNNING'),
    READY: states('READY'),
    unknown: states('WHATEVER'),
    'no time left': () => taskResponse('SYNCING', { remain_seconds: 0 }),
    'changing all the time': (_, count) => taskResponse(`STATE_${count}`),
    'a new step each time': (_, count) =>
      taskResponse('RUNNING', { sub_tasks: [{ id: count, name: 'A', user_op: 'B' }] }),
    'done, but another state is awaited': () => taskResponse('MIGRATE_SUCCESS', { remain_seconds: 1 }),
    cut: () => failWith('ECONNRESET'),
    'connection refused': () => failWith('ECONNREFUSED'),
    500: () => refusal(500),
    '429 with no wait at all': () => refusal(429, 'x', { 'retry-after': '0' }),
    'no JSON': () => new Response('<html>'),
    'no task': () => Response.json({}),
    hang,
  };

  it.each(Object.keys(responses))('stay few for the response %s', async (name) => {
    // The first poll has to succeed.
    const isFirst = { now: true };
    const { requests, sms } = makeScripted((request, count) => {
      if (!isFirst.now) return (responses[name] ?? hang)(request, count);
      isFirst.now = false;
      return taskResponse('RUNNING');
    });
    const options = { until: () => false, failOn: [] };
    await errorOf(sms.tasks.waitFor(taskId, { ...options, maxWaitMs: minuteMs }));
    // One in 1.8 s at most. After a transient failure, each may be retried twice within its poll.
    expect(requests.length).toBeLessThanOrEqual(34);
    expect(requests.length).toBeGreaterThanOrEqual(2);
    requests.length = 0;
    isFirst.now = true;
    await errorOf(sms.tasks.waitFor(taskId, { ...options, maxWaitMs: 10 * minuteMs }));
    const isChanging = name.startsWith('changing') || name.startsWith('a new step');
    // A 429 is repeated until the deadline of its poll, whatever the budget of retries.
    if (!isChanging) expect(requests.length / 10).toBeLessThan(name.startsWith('429') ? 20 : 7);
  });

  it('are few for a task that synchronises for days', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'SYNCING' });
    await errorOf(sms.tasks.waitFor(id, { maxWaitMs: 60 * minuteMs }));
    expect(simulator.requests.length).toBeLessThan(60 * 2.5);
  });

  it('come exactly intervalMs apart when it is given, failures included', async () => {
    const at: number[] = [];
    const { sms } = makeScripted(
      (_, count) => {
        at.push(Date.now());
        return count % 3 === 0 ? refusal(500) : taskResponse(count < 9 ? 'RUNNING' : 'SUCCESS');
      },
      undefined,
      { maxRetries: 0 },
    );
    const call = sms.tasks.waitFor(taskId, { intervalMs: 4321, maxWaitMs: 50_000 });
    await Promise.race([errorOf(call), resultOf(call)]).catch(() => undefined);
    expect(at.slice(1).map((time, index) => time - (at[index] ?? 0))).toEqual(at.slice(1).map(() => 4321));
  });
});
