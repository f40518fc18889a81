import type { RetryEvent } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { refusal } from '../support/fake-fetch.js';
import { settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

describe('a 429 with Retry-After', () => {
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
