/** A small part of what `npm run fuzz` does, on every run: see fuzz/run.ts. */
import { describe, expect, it } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { taskResponse } from '../support/fake-fetch.js';
import { listMethods, methods } from './fuzz/methods.js';
import { fuzz } from './fuzz/run.js';

describe('a corrupted response', () => {
  it('ends every method with a success, an SmsError or the abort, without a hang, a leak or a secret', {
    timeout: 60_000,
  }, async () => {
    const { responses, failures, methods: called, outcomes } = await fuzz({ seed: 5, count: 1_500 });

    expect(failures.map(({ call, method, problem }) => `--seed 5 --only ${call}: ${method}: ${problem}`)).toEqual([]);
    expect(responses).toBeGreaterThanOrEqual(1_500);
    expect(Object.keys(called).sort()).toEqual(methods.map(({ name }) => name).sort());
    for (const outcome of ['success', 'abort', 'ResponseFormatError', 'NetworkError', 'TimeoutError', 'ServerError']) {
      expect(outcomes[outcome], outcome).toBeGreaterThan(0);
    }
  });

  it('is the same for the same seed', { timeout: 60_000 }, async () => {
    const [first, second] = [await fuzz({ seed: 9, count: 200 }), await fuzz({ seed: 9, count: 200 })];

    expect({ ...first, slowestMs: 0 }).toEqual({ ...second, slowestMs: 0 });
  });
});

describe('the methods that are fuzzed', () => {
  it('are all methods of the client', () => {
    const { sms } = makeFakeClient(() => taskResponse('READY'));

    expect(methods.map(({ name }) => name).sort()).toEqual(listMethods(sms).sort());
  });
});
