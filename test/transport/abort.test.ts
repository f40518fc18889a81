import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { makeCountingController } from '../support/counting-signal.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { failWith, loginResponse, refusal, taskResponse } from '../support/fake-fetch.js';
import { hang } from '../support/fake-task.js';
import { settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

const ready = () => taskResponse('READY');
const ignore = () => new Promise<never>(() => undefined);
const endlessBody = () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
const later = () => new Promise<Response>((resolve) => setTimeout(() => resolve(loginResponse()), 1_000));

/** Moments at which a caller may abort: 100 ms after the call each of these is under way. */
const moments = {
  'the fetch': [hang],
  'a fetch that takes no notice': [ignore],
  'the body': [endlessBody],
  'the sleep before a retry': [() => refusal(503, 'SMS.0000', { 'retry-after': '30' })],
  'the login': [ready, later],
  'a login that takes no notice': [ready, ignore],
} as const satisfies Record<
  string,
  readonly [Parameters<typeof makeFakeClient>[0], Parameters<typeof makeFakeClient>[2]?]
>;

describe('an abort', () => {
  it('before the call prevents every request, the login included', async () => {
    const { logins, requests, sms } = makeFakeClient(ready);
    const { count, controller, signal } = makeCountingController();
    controller.abort('changed my mind');

    expect(await rejectionOf(sms.tasks.get('t', { signal }))).toBe('changed my mind');
    expect([...logins, ...requests]).toEqual([]);
    expect(count.added).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('before the call does not hide that the call is invalid', async () => {
    const { sms } = makeFakeClient(ready);

    expect(await rejectionOf(sms.tasks.get('', { signal: AbortSignal.abort() }))).toMatchObject({
      name: 'InvalidRequestError',
    });
  });

  it.each(Object.entries(moments))(
    'during %s ends the call at once, with the reason of the signal',
    async (name, responses) => {
      const { sms } = makeFakeClient(responses[0], {}, responses[1]);
      const { count, controller, signal } = makeCountingController();
      const reason = { why: 'shift is over' };
      setTimeout(() => controller.abort(reason), 100);
      const start = performance.now();

      const { error } = await settle(sms.tasks.get('t', { signal }));

      expect(error).toBe(reason);
      expect(performance.now() - start).toBe(100);
      expect(count.now).toBe(0);
      // The login belongs to no caller: it goes on, within its own limits.
      await vi.advanceTimersByTimeAsync(name.includes('login') ? 120_000 : 0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it.each([
    undefined,
    null,
    0,
    '',
    false,
    'text',
    new Error('of the caller'),
    new TypeError('fetch failed'),
    Symbol('s'),
  ])('may have any reason: %s', async (reason) => {
    const { sms } = makeFakeClient(hang);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 100);

    const work = rejectionOf(sms.tasks.get('t', { signal: controller.signal }));

    expect(await settle(work)).toEqual({ value: controller.signal.reason });
    expect(await work).toBe(controller.signal.reason);
  });

  it('reaches the fetch as an abort of its own signal, which is not the signal of the caller', async () => {
    const { requests, sms } = makeFakeClient(ignore);
    const controller = new AbortController();
    setTimeout(() => controller.abort('now'), 100);

    await settle(sms.tasks.get('t', { signal: controller.signal }));

    expect(requests[0]?.signal).not.toBe(controller.signal);
    expect(requests[0]?.signal).toMatchObject({ aborted: true, reason: 'now' });
  });

  it.each([0, 2])('is neither a network failure nor retried, with maxRetries %i', async (maxRetries) => {
    const onRetry = vi.fn();
    const { sms } = makeFakeClient(hang, { maxRetries, onRetry });
    const controller = new AbortController();
    setTimeout(() => controller.abort('mine'), 100);

    const { error } = await settle(sms.tasks.get('t', { signal: controller.signal }));

    expect(error).toBe('mine');
    expect(onRetry).not.toHaveBeenCalled();
  });

  it('is followed by no further attempt', async () => {
    const { requests, sms } = makeFakeClient(() => failWith('ECONNRESET'));
    const controller = new AbortController();
    const work = sms.tasks.get('t', { signal: controller.signal, maxRetries: 9 });
    setTimeout(() => controller.abort(), 700);

    await settle(work);
    const sent = requests.length;
    await vi.advanceTimersByTimeAsync(120_000);

    expect(requests).toHaveLength(sent);
  });

  it('of one caller never ends the login that others wait for', async () => {
    const { logins, sms } = makeFakeClient(ready, {}, later);
    const controller = new AbortController();
    const first = sms.tasks.get('first', { signal: controller.signal });
    const others = [sms.tasks.get('second'), sms.tasks.get('third', { signal: new AbortController().signal })];
    setTimeout(() => controller.abort('mine only'), 100);

    expect((await settle(first)).error).toBe('mine only');
    expect(await settle(Promise.all(others))).toMatchObject({ value: [{ state: 'READY' }, { state: 'READY' }] });
    expect(logins).toHaveLength(1);
    expect(logins[0]?.signal.aborted).toBe(false);
  });

  it('after the end of a call changes nothing', async () => {
    const { requests, sms } = makeFakeClient(ready);
    const controller = new AbortController();

    await sms.tasks.get('t', { signal: controller.signal });
    controller.abort();

    expect(requests[0]?.signal.aborted).toBe(false);
  });
});

describe("the caller's signal", () => {
  const endings = {
    success: ready,
    'a refusal': () => refusal(404),
    'a failure after retries': () => refusal(500),
    'a broken connection': () => failWith('ECONNRESET'),
    'a response of the wrong form': () => Response.json([]),
    'a timeout': hang,
    'a fetch that throws at once': () => {
      throw new Error('at once');
    },
  };

  it.each(Object.entries(endings))('carries no listener after %s', async (_name, respond) => {
    const { sms } = makeFakeClient(respond);
    const { count, signal } = makeCountingController();

    await settle(sms.tasks.get('t', { signal }));
    await settle(sms.tasks.start('t', { signal }));

    expect(count).toMatchObject({ now: 0, most: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('carries none after calls that are refused before anything is sent', async () => {
    const { sms } = makeFakeClient(ready);
    const { count, signal } = makeCountingController();

    await rejectionOf(sms.tasks.get('..', { signal }));

    expect(count.added).toBe(0);
  });

  it('carries at most one listener of a client, however many calls share it', async () => {
    const { sms } = makeFakeClient(ready, {}, later);
    const { count, signal } = makeCountingController();

    const calls = Array.from({ length: 1_000 }, (_, index) => sms.tasks.get(`t${index}`, { signal }));
    expect(count.now).toBe(1);
    const outcome = await settle(Promise.all(calls));

    expect(outcome.error).toBeUndefined();
    expect(count).toEqual({ now: 0, most: 1, added: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends all calls that share it', async () => {
    const { sms } = makeFakeClient(hang);
    const { count, controller, signal } = makeCountingController();
    const calls = Array.from({ length: 1_000 }, (_, index) => sms.tasks.get(`t${index}`, { signal }));
    setTimeout(() => controller.abort('all'), 100);

    const outcome = await settle(Promise.allSettled(calls));

    expect(outcome).toMatchObject({ value: calls.map(() => ({ status: 'rejected', reason: 'all' })) });
    expect(count.now).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('carries one listener for each client', async () => {
    const clients = Array.from({ length: 3 }, () => makeFakeClient(ready));
    const { count, signal } = makeCountingController();

    await Promise.all(clients.map(({ sms }) => sms.tasks.get('t', { signal })));

    expect(count).toEqual({ now: 0, most: 3, added: 3 });
  });

  it('may be used for one call after another', async () => {
    const { sms } = makeFakeClient((_request, count) => (count < 4 ? ready() : ignore()));
    const { count, controller, signal } = makeCountingController();

    for (const id of ['a', 'b', 'c']) await sms.tasks.get(id, { signal });
    setTimeout(() => controller.abort('later'), 100);

    expect((await settle(sms.tasks.get('d', { signal }))).error).toBe('later');
    expect(count).toEqual({ now: 0, most: 1, added: 4 });
  });

  it('may abort at any moment, and nothing is left behind', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 4_000 }),
      fc.integer({ min: 1, max: 20 }),
      async (at, calls) => {
        const slow = (respond: () => Response) => () =>
          new Promise<Response>((resolve) => setTimeout(() => resolve(respond()), 300));
        const { sms } = makeFakeClient(
          slow(() => refusal(500)),
          {},
          slow(() => loginResponse()),
        );
        const { count, controller, signal } = makeCountingController();
        setTimeout(() => controller.abort('out'), at);

        const work = Array.from({ length: calls }, () => sms.tasks.get('t', { signal, totalTimeoutMs: 3_000 }));
        await settle(Promise.allSettled(work));
        await vi.advanceTimersByTimeAsync(5_000);

        expect(count.now).toBe(0);
        expect(count.most).toBeLessThanOrEqual(1);
        expect(vi.getTimerCount()).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });
});
