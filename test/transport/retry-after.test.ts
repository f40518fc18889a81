import type { RateLimitError } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readRetryAfter } from '../../src/transport/retry-after.js';
import { makeFakeClient } from '../support/fake-client.js';
import { refusal, taskResponse } from '../support/fake-fetch.js';
import { settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

/** How long a client waits after such a response, or its error. */
async function respond(headers: Record<string, string>, options: { totalTimeoutMs?: number } = {}) {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const delays: number[] = [];
  const { requests, sms } = makeFakeClient(
    (_request, count) => (count === 1 ? refusal(429, 'APIGW.0308', headers) : taskResponse('READY')),
    { onRetry: ({ delayMs }) => delays.push(delayMs) },
  );
  const start = performance.now();
  const outcome = await settle(sms.tasks.get('t', options));
  const error = outcome.error as RateLimitError | undefined;
  return { delays, error, requests, elapsed: performance.now() - start };
}

const now = 'Tue, 14 Nov 2023 22:13:20 GMT';

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    ['2.5', 2_500],
    ['1.25', 1_250],
    ['60', 60_000],
    [' 7 ', 7_000],
    ['1, 2', 2_000],
    ['3,1', 3_000],
  ])(
    'of %j seconds is waited, plus a random part of a back-off, so that clients do not return at once',
    async (value, delayMs) => {
      const { delays, elapsed, error } = await respond({ 'retry-after': value });

      expect(error).toBeUndefined();
      expect(delays).toEqual([delayMs + 250]);
      expect(elapsed).toBeGreaterThanOrEqual(delayMs);
    },
  );

  it('with a date is compared with the Date of the response, so that a wrong local clock does no harm', async () => {
    const { delays } = await respond({
      'retry-after': 'Mon, 05 Jan 2015 10:00:07 GMT',
      date: 'Mon, 05 Jan 2015 10:00:00 GMT',
    });

    expect(delays).toEqual([7_250]);
  });

  it('with a date is compared with the local clock when the response has no valid Date', async () => {
    expect((await respond({ 'retry-after': 'Tue, 14 Nov 2023 22:13:29 GMT' })).delays[0]).toBeCloseTo(9_250, -3);
    const { delays } = await respond({ 'retry-after': 'Tue, 14 Nov 2023 22:13:29 GMT', date: 'today' });
    expect(delays[0]).toBeLessThanOrEqual(9_250);
  });

  it('with a date in the past means no wait', async () => {
    expect((await respond({ 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT', date: now })).delays).toEqual([250]);
  });

  it('with a date in the older form is accepted', async () => {
    expect((await respond({ 'retry-after': 'Tuesday, 14-Nov-23 22:13:25 GMT', date: now })).delays).toEqual([5_250]);
  });

  it.each([
    'soon',
    '',
    '-5',
    '1e3',
    'in 5 minutes',
    '5 s',
    '1, soon',
    '1,',
    '0x10',
    'Infinity',
    'NaN',
    '2023-11-14',
    'Tue, GMT',
    'at Tue, 14 Nov 2023 22:13:25 GMT',
    'Tue, 14 Nov 2023 22:13:25 GMT+0100',
  ])('of %j is ignored: the delay is that of any other failure', async (value) => {
    const { delays, error } = await respond({ 'retry-after': value });

    expect(error).toBeUndefined();
    expect(delays).toEqual([250]);
  });

  it.each(['61', '3600', '1000000000', '9'.repeat(400), 'Tue, 14 Nov 2034 22:13:20 GMT'])(
    'of more than a minute (%s) is not waited: the error comes at once and says how long to wait',
    async (value) => {
      const { delays, elapsed, error, requests } = await respond({ 'retry-after': value, date: now });

      expect(error).toMatchObject({ name: 'RateLimitError' });
      expect(error?.retryAfterMs).toBeGreaterThan(60_000);
      expect(requests).toHaveLength(1);
      expect(delays).toEqual([]);
      expect(elapsed).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('beyond the deadline of the call is not waited: the error comes at once', async () => {
    const { elapsed, error, requests } = await respond({ 'retry-after': '20' }, { totalTimeoutMs: 20_000 });

    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 20_000 });
    expect(requests).toHaveLength(1);
    expect(elapsed).toBe(0);
  });

  it('that leaves no time for the random part before the deadline is waited alone', async () => {
    const { delays, error } = await respond({ 'retry-after': '20' }, { totalTimeoutMs: 20_100 });

    expect(error).toBeUndefined();
    expect(delays).toEqual([20_000]);
  });

  it('is in every error whose response has it, and absent from the others', async () => {
    const { sms } = makeFakeClient((_request, count) =>
      count === 1 ? refusal(403, 'SMS.9004', { 'retry-after': '3' }) : refusal(403),
    );

    expect((await settle(sms.tasks.get('t'))).error).toHaveProperty('retryAfterMs', 3_000);
    expect((await settle(sms.tasks.get('t'))).error).not.toHaveProperty('retryAfterMs');
  });

  it('never yields a negative time, for any text', () => {
    const property = fc.property(fc.string(), (value) => {
      const headers = { get: (name: string) => (name === 'retry-after' ? value : null) } as Headers;
      const delay = readRetryAfter(headers);
      expect(delay === undefined || delay >= 0).toBe(true);
    });
    fc.assert(property);
  });
});
