import { expect, it } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { refusal, taskResponse } from '../support/fake-fetch.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';

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

it('a 429 with Retry-After fails none of a burst of 1,000 calls against 200 a second', async () => {
  const { requests, sms } = makeFakeClient(limit(200));

  const startedAt = performance.now();
  const tasks = await resultOf(Promise.all(Array.from({ length: 1_000 }, () => sms.tasks.get('t'))));

  expect(tasks).toHaveLength(1_000);
  expect(performance.now() - startedAt).toBeLessThan(120_000);
  // Those that return are spread: far fewer requests than calls times seconds.
  expect(requests.length).toBeLessThan(6_000);
});
