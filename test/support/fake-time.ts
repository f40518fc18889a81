import { afterEach, beforeEach, vi } from 'vitest';

/** Fakes the clock and the timers of every test of the file, and gives the real ones back. */
export function useFakeTime(): void {
  beforeEach(fakeTime);
  afterEach(restoreTime);
}

/** The same for a single test, which must call `restoreTime` when it is over. */
export function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 1_700_000_000_000 });
}

export function restoreTime(): void {
  // A spy on a faked timer restores the fake, so the real timers come last.
  vi.restoreAllMocks();
  vi.useRealTimers();
}

export type Outcome<T> = { readonly value: T; readonly error?: undefined } | { readonly error: unknown };

/** Lets faked time pass, timer by timer, until the promise has settled. */
export async function settle<T>(promise: Promise<T>, timers = 20_000): Promise<Outcome<T>> {
  let outcome: Outcome<T> | undefined;
  promise.then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  for (let fired = 0; outcome === undefined; fired += 1) {
    if (fired > timers) throw new Error('The promise did not settle');
    await vi.advanceTimersToNextTimerAsync();
  }
  return outcome;
}

/** The value of a promise, once enough faked time has passed. */
export async function resultOf<T>(promise: Promise<T>): Promise<T> {
  const outcome = await settle(promise);
  if ('value' in outcome) return outcome.value;
  throw outcome.error;
}

/** What a promise rejects with, once enough faked time has passed. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await settle(promise);
  if ('value' in outcome) throw new Error('The promise was fulfilled');
  return outcome.error;
}
