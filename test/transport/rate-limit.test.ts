import type { RetryEvent } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { refusal, taskResponse } from '../support/fake-fetch.js';
import { resultOf, settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

/** A service that takes so many requests a second and refuses the others as the gateway does. */
function limit(perSecond: number) {
  const seen = new Map<number, number>();
  return () => {
    const second = Math.floor(performance.now() / 1_000);
    const count = (seen.get(second) ?? 0) + 1;
    seen.set(second, count);
    return count <= perSecond ? taskResponse('READY') : refusal(429, 'APIGW.0308', { 'retry-after': '1' });
  };
}

describe('a 429 with Retry-After', () => {
  it('fails none of a burst of 1,000 calls against 200 a second', async () => {
    const { requests, sms } = makeFakeClient(limit(200));

    const startedAt = performance.now();
    const tasks = await resultOf(Promise.all(Array.from({ length: 1_000 }, () => sms.tasks.get('t'))));

    expect(tasks).toHaveLength(1_000);
    expect(performance.now() - startedAt).toBeLessThan(120_000);
    // Those that return are spread: far fewer requests than calls times seconds.
    expect(requests.length).toBeLessThan(6_000);
  });

  it("does not count against maxRetries: the deadline ends it with the service's error", async () => {
    const events: RetryEvent[] = [];
    const { requests, sms } = makeFakeClient(() => refusal(429, 'APIGW.0308', { 'retry-after': '2' }), {
      maxRetries: 1,
      onRetry: (event) => events.push(event),
    });

    const { error } = await settle(sms.tasks.get('t', { totalTimeoutMs: 60_000 }));

    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 2_000 });
    expect(requests.length).toBeGreaterThan(4);
    expect(events).toHaveLength(requests.length - 1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends the call at once when maxRetries is 0', async () => {
    const { requests, sms } = makeFakeClient(() => refusal(429, 'APIGW.0308', { 'retry-after': '2' }), {
      maxRetries: 0,
    });

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({ name: 'RateLimitError' });
    expect(requests).toHaveLength(1);
  });

  it('leaves the retries to the failures that count', async () => {
    const { requests, sms } = makeFakeClient(
      (_request, count) => (count % 2 === 1 ? refusal(429, 'APIGW.0308', { 'retry-after': '1' }) : refusal(500)),
      { maxRetries: 1 },
    );

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({ name: 'ServerError' });
    expect(requests).toHaveLength(4);
  });

  it('counts when it has no Retry-After', async () => {
    const { requests, sms } = makeFakeClient(() => refusal(429), { maxRetries: 1 });

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({ name: 'RateLimitError' });
    expect(requests).toHaveLength(2);
  });
});
