import { RateLimitError, type RetryEvent } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { refusal } from '../support/fake-fetch.js';
import { type FleetCall, idsOf, itemsOf, makeFleet } from '../support/fake-fleet.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const tooMany = (retryAfter?: number | string) =>
  refusal(429, 'APIGW.0308', retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });

/** The pauses between requests, longest first, in milliseconds. */
const gapsOf = (calls: readonly FleetCall[]) =>
  calls
    .slice(1)
    .map(({ at }, index) => Math.round(at - (calls[index]?.at ?? 0)))
    .filter((gap) => gap > 0);

describe('a 429 while many are started', () => {
  it('pauses all of them together, exactly as long as the service asks', async () => {
    const { calls, sms, starts } = makeFleet(itemsOf(30, 'READY'), (_, count) =>
      count === 7 ? tooMany(90) : undefined,
    );
    const results = await resultOf(sms.tasks.startMany(idsOf(30)));
    expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
    expect(starts).toHaveLength(30);
    // Each of 30 tasks takes two requests, and one was sent twice. Nothing was sent during the pause.
    expect(calls).toHaveLength(61);
    expect(gapsOf(calls)).toEqual([90_000]);
  });

  it('is one pause, however many requests in flight receive it', async () => {
    const { calls, sms } = makeFleet(itemsOf(30, 'READY'), (_, count) => (count <= 10 ? tooMany(5) : undefined));
    await resultOf(sms.tasks.startMany(idsOf(30)));
    expect(calls).toHaveLength(70);
    expect(gapsOf(calls)).toEqual([5000]);
  });

  it('is as long as the longest Retry-After among the requests in flight', async () => {
    const { calls, sms } = makeFleet(itemsOf(10, 'READY'), (_, count) =>
      count <= 3 ? tooMany([5, 40, 20][count - 1]) : undefined,
    );
    await resultOf(sms.tasks.startMany(idsOf(10)));
    expect(gapsOf(calls)).toEqual([40_000]);
  });

  it('pauses twice as long each time in a row when the service does not say how long, up to a minute', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { calls, sms } = makeFleet(itemsOf(1, 'READY'), (_, count) => (count <= 8 ? tooMany() : undefined));
    await resultOf(sms.tasks.startMany(['task-0']));
    expect(gapsOf(calls)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it.each([
    [0, 900],
    [1, 1100],
  ])('varies by a tenth at random, so that requests do not return at once', async (random, pause) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    const { calls, sms } = makeFleet(itemsOf(1, 'READY'), (_, count) => (count === 1 ? tooMany() : undefined));
    await resultOf(sms.tasks.startMany(['task-0']));
    expect(gapsOf(calls)).toEqual([pause]);
  });

  it.each([0, 'Wed, 01 Jan 2020 00:00:00 GMT'])('ignores Retry-After: %s, without a hot loop', async (wish) => {
    const { calls, sms } = makeFleet(itemsOf(3, 'READY'), () => tooMany(wish));
    const results = await resultOf(sms.tasks.startMany(idsOf(3)));
    expect(results.every(({ outcome }) => outcome !== 'started')).toBe(true);
    expect(gapsOf(calls)).toHaveLength(10);
    expect(Math.min(...gapsOf(calls))).toBeGreaterThanOrEqual(900);
  });

  it('begins at 1 s again after a success, and never gives up when successes come in between', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { calls, sms } = makeFleet(itemsOf(10, 'READY'), (_, count) => (count % 2 === 1 ? tooMany() : undefined));
    const results = await resultOf(sms.tasks.startMany(idsOf(10), { concurrency: 1 }));
    expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
    expect(gapsOf(calls)).toEqual(Array.from({ length: 20 }, () => 1000));
  });

  it('ten times in a row, with no success in between, gives the rest the same error without sending', async () => {
    const { calls, sms, starts } = makeFleet(itemsOf(30, 'READY'), (_, count) => (count > 9 ? tooMany(1) : undefined));
    const results = await resultOf(sms.tasks.startMany(idsOf(30), { concurrency: 3 }));
    expect(starts.length).toBeGreaterThan(0);
    expect(results.filter(({ outcome }) => outcome === 'started').map(({ id }) => id)).toEqual(starts);
    for (const result of results) if (result.outcome !== 'started') expect(result.error).toBeInstanceOf(RateLimitError);
    const gaps = gapsOf(calls);
    expect(gaps).toEqual(Array.from({ length: 10 }, () => 1000));
    // Only the three under way were ever sent again.
    const refused = calls.slice(9).map(({ id }) => id);
    expect(new Set(refused).size).toBe(3);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(refused).toHaveLength(calls.length - 9);
  });

  it('that asks for more than ten minutes is not waited for: the rest gets the same error', async () => {
    const { calls, sms } = makeFleet(itemsOf(30, 'READY'), (_, count) => (count === 5 ? tooMany(601) : undefined));
    const results = await resultOf(sms.tasks.startMany(idsOf(30), { concurrency: 1 }));
    expect(results.map(({ outcome }) => outcome === 'started')).toEqual(idsOf(30).map((_, index) => index < 2));
    expect(results[29]).toMatchObject({ error: { name: 'RateLimitError', retryAfterMs: 601_000 } });
    expect(calls).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that asks for ten minutes is waited for, although a call may take less in all', async () => {
    const { calls, sms } = makeFleet(itemsOf(2, 'READY'), (_, count) => (count === 4 ? tooMany(600) : undefined), {
      totalTimeoutMs: 1000,
    });
    const results = await resultOf(sms.tasks.startMany(idsOf(2)));
    expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
    expect(gapsOf(calls)).toEqual([600_000]);
  });

  it('of the checks after a refusal pauses all of them, too, and loses no reason', async () => {
    const items = [...itemsOf(6, 'READY'), { id: 'busy', state: 'READY', source_server: { id: 'source' } }];
    const { calls, sms } = makeFleet(items, ({ id, operation }, count) => {
      if (operation === 'UpdateTaskStatus' && id === 'busy') return refusal(400, 'SMS.1039');
      return operation === 'ShowServer' && count < 20 ? tooMany(30) : undefined;
    });
    const results = await resultOf(sms.tasks.startMany(['busy', ...idsOf(6)], { concurrency: 2 }));
    expect(results[0]).toMatchObject({ outcome: 'not-started', error: { name: 'ConflictError' } });
    expect(Math.max(...gapsOf(calls))).toBe(30_000);
    const asked = calls.findIndex(({ operation }) => operation === 'ShowServer');
    expect(calls.filter(({ at }) => at > (calls[asked]?.at ?? 0) && at < (calls[asked]?.at ?? 0) + 30_000)).toEqual([]);
  });

  it('is reported to onRetry once per pause', async () => {
    const events: RetryEvent[] = [];
    const onRetry = (event: RetryEvent) => events.push(event);
    const { sms } = makeFleet(itemsOf(20, 'READY'), (_, count) => (count <= 10 ? tooMany(5) : undefined), { onRetry });
    await resultOf(sms.tasks.startMany(idsOf(20)));
    expect(events).toMatchObject([
      { operation: 'UpdateTaskStatus', attempt: 1, delayMs: 5000, error: { name: 'RateLimitError' } },
    ]);
  });

  it('does not delay an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { calls, sms } = makeFleet(itemsOf(20, 'READY'), () => tooMany(300));
    const end = settle(sms.tasks.startMany(idsOf(20), { signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 100_000);
    expect((await end).error).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(calls).toHaveLength(10);
  });

  it('of IAM pauses all of them, too', async () => {
    const simulator = createSimulator();
    const ids = [simulator.addTask(), simulator.addTask()];
    simulator.faults.fail(1, 429, { match: 'CreateToken', retryAfter: 100 });
    const results = await resultOf(makeClient(simulator).tasks.startMany(ids));
    expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
  });

  it('sends nothing within any pause, and starts every task once, whenever and however often it comes', async () => {
    const plans = fc.record({
      tasks: fc.integer({ min: 1, max: 12 }),
      concurrency: fc.integer({ min: 1, max: 6 }),
      refused: fc.array(fc.record({ at: fc.integer({ min: 1, max: 30 }), wish: fc.integer({ min: 1, max: 100 }) }), {
        maxLength: 8,
      }),
    });
    await fc.assert(
      fc.asyncProperty(plans, async ({ concurrency, refused, tasks }) => {
        const pauses: { from: number; to: number }[] = [];
        const { calls, sms, starts } = makeFleet(itemsOf(tasks, 'READY'), ({ at }, count) => {
          const refusalOf = refused.find((one) => one.at === count);
          if (refusalOf === undefined) return undefined;
          pauses.push({ from: at, to: at + refusalOf.wish * 1000 });
          return tooMany(refusalOf.wish);
        });
        const results = await resultOf(sms.tasks.startMany(idsOf(tasks), { concurrency }));
        expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
        expect([...starts].sort()).toEqual(idsOf(tasks).sort());
        for (const { from, to } of pauses) {
          expect(calls.filter(({ at }) => at > from && at < to - 1)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('ends with the reason of the signal also when nothing else is left to wait for', async () => {
    const { sms } = makeFleet(itemsOf(1, 'READY'), () => tooMany(60));
    const signal = AbortSignal.abort(new Error('before'));
    expect(await errorOf(sms.tasks.startMany(['task-0'], { signal }))).toBe(signal.reason);
  });
});
