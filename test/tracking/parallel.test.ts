import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runInParallel } from '../../src/tracking/parallel.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';

useFakeTime();

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('work for many items', () => {
  it('is done for each item in order, for a limited number at a time', async () => {
    const plan = fc.tuple(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }), fc.integer({ min: 1, max: 6 }));
    await fc.assert(
      fc.asyncProperty(plan, async ([durations, concurrency]) => {
        let running = 0;
        let most = 0;
        const begun: number[] = [];
        await resultOf(
          runInParallel(durations, concurrency, async (ms) => {
            begun.push(ms);
            running += 1;
            most = Math.max(most, running);
            await later(ms);
            running -= 1;
          }),
        );
        expect(begun).toEqual(durations);
        expect(most).toBe(Math.min(concurrency, durations.length));
      }),
      { numRuns: 50 },
    );
  });

  it('takes its items from an iterator, one by one, as late as possible', async () => {
    let end = 5;
    const begun: number[] = [];
    function* items(): Generator<number, void, undefined> {
      for (let item = 0; item < end; item += 1) yield item;
    }
    await resultOf(
      runInParallel(items(), 2, async (item) => {
        begun.push(item);
        if (item === 2) end = 3;
        await later(10);
      }),
    );
    expect(begun).toEqual([0, 1, 2]);
  });

  it('ends with the first failure: it waits for what has begun, and begins nothing more', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = runInParallel([0, 1, 2, 3, 4, 5], 3, async (item) => {
      begun.push(item);
      await later(item === 1 ? 10 : 100);
      if (item === 1) throw new Error('one');
      ended.push(item);
    });
    expect(await errorOf(work)).toMatchObject({ message: 'one' });
    expect(ended).toEqual([0, 2]);
    expect(begun).toEqual([0, 1, 2]);
  });
});
