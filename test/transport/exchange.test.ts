import type { SmsClient } from '@org/sms-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { taskResponse } from '../support/fake-fetch.js';
import { settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';
import { recordControllers } from '../support/record-controllers.js';

useFakeTime();
afterEach(() => {
  vi.unstubAllGlobals();
});

type Respond = (init: RequestInit) => Response | Promise<Response>;

/** A client with a token, and the signals that its fetch was given. */
function connect(respond: Respond): { readonly sms: SmsClient; readonly signals: AbortSignal[] } {
  const signals: AbortSignal[] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    signals.push(init.signal as AbortSignal);
    return respond(init);
  };
  return { sms: makeClient(fetch, { credentials: { token: 'a-token' }, maxRetries: 0 }), signals };
}

describe('one call', () => {
  it('costs one timer, one controller of its own, one of ky and at most one of the runtime, which ky asks for a Request', async () => {
    const { sms } = connect(() => taskResponse('READY'));
    await sms.tasks.get('t');
    const { signal } = new AbortController();
    const makers = recordControllers();
    const timers = vi.spyOn(globalThis, 'setTimeout');

    await sms.tasks.get('t', { signal });

    const [ours, kys] = ['/src/', '/ky/'].map((part) => makers.filter((line) => line.includes(part)));
    expect(ours).toHaveLength(1);
    expect(kys).toHaveLength(1);
    expect(makers.length - 2).toBeLessThanOrEqual(1);
    expect(timers).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stops neither its fetch nor its stream when it succeeds', async () => {
    const { signals, sms } = connect(() => taskResponse('READY'));

    await sms.tasks.get('t');

    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

describe('a body that hangs', () => {
  it.each([200, 403])('is cancelled with its fetch, with status %i', async (status) => {
    const cancelled: unknown[] = [];
    const body = () => new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
    const { signals, sms } = connect(() => new Response(body(), { status }));

    const { error } = await settle(sms.tasks.get('t'));

    expect(error).toMatchObject({ name: status === 200 ? 'TimeoutError' : 'PermissionDeniedError' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(cancelled).toEqual([signals[0]?.reason]);
  });

  it('is cancelled when its response comes after the call was aborted', async () => {
    const cancelled: unknown[] = [];
    const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) });
    const { sms } = connect(() => new Promise((resolve) => setTimeout(resolve, 1_000, new Response(body))));
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 500);

    const outcome = rejectionOf(sms.tasks.get('t', { signal: controller.signal }));
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await outcome).toBe('enough');
    expect(cancelled).toEqual(['enough']);
  });
});
