import { afterEach, describe, expect, it, vi } from 'vitest';
import { Scope, SignalHub } from '../../src/transport/scope.js';
import { makeCountingController } from '../support/counting-signal.js';
import { rejectionOf } from '../support/fake-client.js';
import { useFakeTime } from '../support/fake-time.js';

useFakeTime();
afterEach(() => {
  vi.unstubAllGlobals();
});

const dayMs = 86_400_000;
const never = new Promise<never>(() => undefined);

describe('a scope', () => {
  it('sleeps for weeks, although a timer lasts at most 24.8 days', async () => {
    const scope = new Scope(new SignalHub(), { timeoutMs: 60 * dayMs, onTimeout: () => new Error('late') });
    const log: string[] = [];
    void scope.sleep(50 * dayMs).then(() => log.push('slept'));
    scope.race(never).catch(({ message }: Error) => log.push(message));

    await vi.advanceTimersByTimeAsync(50 * dayMs - 1);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['slept']);
    await vi.advanceTimersByTimeAsync(10 * dayMs);
    expect(log).toEqual(['slept', 'late']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that has ended refuses every further sleep and race with the reason, and leaves no timer', async () => {
    const scope = new Scope(new SignalHub(), {});
    scope.cancel('over');

    expect(await rejectionOf(scope.sleep(5))).toBe('over');
    expect(await rejectionOf(scope.race(never))).toBe('over');
    expect(await rejectionOf(scope.race(Promise.reject(new Error('too late to matter'))))).toBe('over');
    expect(() => scope.throwIfEnded()).toThrow('over');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('settles a race like the work when that comes first', async () => {
    const scope = new Scope(new SignalHub(), {});

    expect(await scope.race(Promise.resolve(5))).toBe(5);
    expect(await rejectionOf(scope.race(Promise.reject('no')))).toBe('no');
  });

  it('ends with an AbortError where the runtime gives no reason, as in React Native', () => {
    vi.stubGlobal(
      'AbortController',
      class {
        readonly signal = {};
        abort(): void {}
      },
    );
    for (const look of [false, true]) {
      const scope = new Scope(new SignalHub(), {});
      if (look) expect(scope.signal).toEqual({});
      scope.cancel();
      expect(() => scope.throwIfEnded()).toThrow(
        expect.objectContaining({ name: 'AbortError', message: 'This operation was aborted' }),
      );
    }
  });

  it('ends once: later events change neither its reason nor anything else', () => {
    const { controller, count, signal } = makeCountingController();
    const scope = new Scope(new SignalHub(), { signal, timeoutMs: 5 });
    scope.cancel('first');

    controller.abort('second');
    vi.advanceTimersByTime(5);

    expect(scope.signal.reason).toBe('first');
    expect(count.now).toBe(0);
  });

  it('that is closed releases the signal and its timer, and does not abort what it started', () => {
    const { controller, count, signal } = makeCountingController();
    const scope = new Scope(new SignalHub(), { signal, timeoutMs: 5 });
    scope.close();

    expect(count.now).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    controller.abort();
    expect(scope.signal.aborted).toBe(false);
  });

  it('knows how much time is left: no end without a limit', () => {
    const limited = new Scope(new SignalHub(), { timeoutMs: 500 });
    vi.advanceTimersByTime(200);

    expect(limited.remainingMs).toBe(300);
    expect(new Scope(new SignalHub(), {}).remainingMs).toBe(Number.POSITIVE_INFINITY);
    limited.close();
  });

  it('without a limit never ends by itself', () => {
    const scope = new Scope(new SignalHub(), {});
    vi.advanceTimersByTime(60 * dayMs);

    expect(scope.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends with the platform's timeout error when it has none of its own", () => {
    const scope = new Scope(new SignalHub(), { timeoutMs: 500 });
    vi.advanceTimersByTime(500);

    expect(scope.signal.reason).toMatchObject({ name: 'AbortError' });
  });
});
