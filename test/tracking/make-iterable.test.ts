import { describe, expect, it, vi } from 'vitest';
import { makeIterable } from '../../src/tracking/make-iterable.js';
import { Scope, type ScopeLimits, SignalHub } from '../../src/transport/scope.js';
import { collect } from '../support/collect.js';

function setUp(limits: ScopeLimits = {}) {
  const opened: Scope[] = [];
  const openScope = (given: ScopeLimits) => {
    const scope = new Scope(new SignalHub(), given);
    opened.push(scope);
    return scope;
  };
  return {
    opened,
    make: <T>(run: (scope: Scope) => AsyncGenerator<T, void, undefined>) => makeIterable(openScope, () => limits, run),
  };
}

const forever = (scope: Scope) => scope.race(new Promise<never>(() => undefined));

describe('makeIterable', () => {
  it('starts a new run for each loop, yields its items and ends with it', async () => {
    const { make, opened } = setUp();
    const numbers = make(async function* () {
      yield* [1, 2, 3];
    });
    expect(opened).toHaveLength(0);
    expect(await collect(numbers)).toEqual([1, 2, 3]);
    expect(await collect(numbers)).toEqual([1, 2, 3]);
    expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  it('ends at once when the loop is left, also while next() pends, and runs the finally blocks of the run', async () => {
    const { make } = setUp();
    const clean = vi.fn();
    const iterator = make<number>(async function* (scope) {
      try {
        yield 1;
        await forever(scope);
      } finally {
        clean();
      }
    })[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    const [second, third] = [iterator.next(), iterator.next()];
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await second).toEqual({ done: true, value: undefined });
    expect(await third).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(clean).toHaveBeenCalledOnce());
  });

  it('ends at once with throw(), too, which rejects with its argument', async () => {
    const { make, opened } = setUp();
    const iterator = make<number>(async function* (scope) {
      yield 1;
      await forever(scope);
    })[Symbol.asyncIterator]();
    await iterator.next();
    const second = iterator.next();
    await expect(iterator.throw?.('enough')).rejects.toBe('enough');
    expect(await second).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toMatchObject({ done: true });
    expect(opened.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('starts nothing when the loop is left before the first item', async () => {
    const { make, opened } = setUp();
    const iterator = make(async function* () {
      yield 1;
    })[Symbol.asyncIterator]();
    await iterator.return?.();
    expect(await iterator.next()).toMatchObject({ done: true });
    expect(opened).toHaveLength(0);
  });

  it('rejects once with the error of the run or the reason of the signal, and is done then', async () => {
    const controller = new AbortController();
    const { make } = setUp({ signal: controller.signal });
    const iterator = make<number>(async function* (scope) {
      await forever(scope);
      yield 1;
    })[Symbol.asyncIterator]();
    const first = iterator.next();
    controller.abort('enough');
    await expect(first).rejects.toBe('enough');
    expect(await iterator.next()).toMatchObject({ done: true });
  });

  it('rejects when the run cannot start', async () => {
    const refuse = () => {
      throw new Error('wrong option');
    };
    const iterator = makeIterable(
      refuse,
      () => ({}),
      async function* () {
        yield 1;
      },
    )[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toThrow('wrong option');
  });
});
