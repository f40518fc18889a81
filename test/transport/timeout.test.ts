import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse, refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { hang } from '../support/fake-task.js';
import { settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

/** A fetch that takes no notice of its signal. */
const ignore = () => new Promise<never>(() => undefined);

/** A body of one byte a second, which never ends. `open` says whether it is still read. */
function drip() {
  const state = { open: true };
  const body = new ReadableStream({
    pull: (controller) =>
      new Promise((resolve) => {
        setTimeout(() => {
          if (state.open) controller.enqueue(new Uint8Array([32]));
          resolve();
        }, 1_000);
      }),
    cancel() {
      state.open = false;
    },
  });
  return { state, respond: () => new Response(body) };
}

const within = (ms: number, work: (request: SentRequest) => Response) => (request: SentRequest) =>
  new Promise<Response>((resolve) => setTimeout(() => resolve(work(request)), ms));

describe('timeoutMs', () => {
  it.each([
    ['hangs', hang],
    ['takes no notice of its signal', ignore],
  ])('ends an attempt whose fetch %s', async (_name, respond) => {
    const { sms } = makeFakeClient(respond, { maxRetries: 0 });
    const start = performance.now();

    const { error } = await settle(sms.tasks.get('t', { timeoutMs: 5_000 }));

    expect(error).toMatchObject({
      name: 'TimeoutError',
      message: 'ShowTask (GET /v3/tasks/t at sms.test.example) took longer than 5000 ms (timeoutMs)',
    });
    expect(performance.now() - start).toBe(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('covers the whole body: a slow one ends with the attempt, and is not read further', async () => {
    const { respond, state } = drip();
    const { sms } = makeFakeClient(respond, { maxRetries: 0 });
    const start = performance.now();

    const { error } = await settle(sms.tasks.get('t', { timeoutMs: 5_500 }));

    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - start).toBe(5_500);
    expect(state.open).toBe(false);
  });

  it('cancels a body that arrives after its attempt is over', async () => {
    const { respond, state } = drip();
    const { sms } = makeFakeClient(within(3_000, respond), { maxRetries: 0 });

    const work = rejectionOf(sms.tasks.get('t', { timeoutMs: 1_000 }));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await work).toMatchObject({ name: 'TimeoutError' });
    await vi.advanceTimersByTimeAsync(3_000);

    expect(state.open).toBe(false);
  });

  it('begins anew with each attempt', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const { requests, sms } = makeFakeClient((request, count) =>
      count < 3 ? hang(request) : within(900, () => taskResponse('READY'))(request),
    );
    const start = performance.now();

    const outcome = await settle(sms.tasks.get('t', { timeoutMs: 1_000 }));

    expect(outcome).toMatchObject({ value: { state: 'READY' } });
    expect(requests).toHaveLength(3);
    expect(performance.now() - start).toBe(2_900);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is 30 seconds by default, and that of the client when the call sets none', async () => {
    for (const [options, expected] of [[{}, 30_000] as const, [{ timeoutMs: 70 }, 70] as const]) {
      const { sms } = makeFakeClient(hang, { maxRetries: 0, ...options });
      const start = performance.now();
      await settle(sms.tasks.get('t'));
      expect(performance.now() - start).toBe(expected);
    }
  });

  it('aborts the signal that the fetch was given', async () => {
    const { requests, sms } = makeFakeClient(ignore, { maxRetries: 0 });

    await settle(sms.tasks.get('t', { timeoutMs: 10 }));

    expect(requests[0]?.signal.aborted).toBe(true);
  });

  it('is not named for a fetch that gives up by itself, whose own error is shown', async () => {
    const { sms } = makeFakeClient(() => Promise.reject(new DOMException('my own limit of 5 s', 'TimeoutError')), {
      maxRetries: 0,
    });

    const { error } = await settle(sms.tasks.get('t'));

    expect(error).toMatchObject({
      name: 'NetworkError',
      message: 'ShowTask (GET /v3/tasks/t at sms.test.example) got no response: my own limit of 5 s',
    });
  });
});

describe('totalTimeoutMs', () => {
  const message = 'ShowTask (GET /v3/tasks/t at sms.test.example) took longer than 2000 ms in all (totalTimeoutMs)';
  const options = { totalTimeoutMs: 2_000 };

  it.each([
    ['an attempt', hang, undefined],
    ['an attempt whose fetch takes no notice', ignore, undefined],
    ['a body', () => drip().respond(), undefined],
    ['a login', () => taskResponse('READY'), hang],
    ['a login whose fetch takes no notice', () => taskResponse('READY'), ignore],
  ] as const)('ends the call during %s', async (_name, respond, login) => {
    const { sms } = makeFakeClient(respond, { timeoutMs: 3_000, maxRetries: 0 }, login);
    const start = performance.now();

    const { error } = await settle(sms.tasks.get('t', options));

    expect(error).toMatchObject({ name: 'TimeoutError', message });
    expect(performance.now() - start).toBe(2_000);
    // The login goes on for others, within its own limits.
    await vi.advanceTimersByTimeAsync(login === undefined ? 1_000 : 30_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('covers login, attempts and delays together', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { requests, sms } = makeFakeClient(
      within(500, () => refusal(500)),
      { maxRetries: 9 },
      within(400, () => loginResponse()),
    );
    const start = performance.now();

    // 400 login, 500 attempt, 500 sleep, 500 attempt; the sleep of 1,000 that would follow ends after the deadline.
    const { error } = await settle(sms.tasks.get('t', options));

    expect(error).toMatchObject({ name: 'ServerError' });
    expect(requests).toHaveLength(2);
    expect(performance.now() - start).toBe(1_900);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('covers the second login after a 401', async () => {
    const { sms } = makeFakeClient(
      () => refusal(401),
      {},
      (request, count) => (count === 1 ? loginResponse() : within(9_000, () => loginResponse('token-2'))(request)),
    );

    const { error } = await settle(sms.tasks.get('t', options));

    expect(error).toMatchObject({ name: 'TimeoutError', message });
  });

  it('is two minutes by default, and that of the client when the call sets none', async () => {
    for (const [client, expected] of [[{}, 120_000] as const, [{ totalTimeoutMs: 70 }, 70] as const]) {
      const { sms } = makeFakeClient(hang, { ...client, timeoutMs: 200_000 });
      const start = performance.now();
      await settle(sms.tasks.get('t'));
      expect(performance.now() - start).toBe(expected);
    }
  });

  it('leaves no timer behind after a success', async () => {
    const { sms } = makeFakeClient(() => taskResponse('READY'));

    await sms.tasks.get('t', { timeoutMs: 2 ** 31 - 1, totalTimeoutMs: 2 ** 31 - 1 });

    expect(vi.getTimerCount()).toBe(0);
  });
});
