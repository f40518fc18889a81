/** When to look again: close together when something is about to change, apart when hours remain. */
import type { TaskProgress } from './progress.js';

const shortestMs = 1_000;
const longestMs = 60_000;
const closeMs = 2_000;
const longestUnknownMs = 30_000;
const closeFleetMs = 5_000;
const fleetMsPerRequest = 200;

/**
 * @internal The rhythm of polling, when the caller sets none:
 *
 * - 2 s after a change of state, round or step, and once 99 percent are reached;
 * - a twentieth of the time left, when the service says how much is left;
 * - else half as long again each time nothing changes, up to 30 s;
 * - for many tasks at once never under 5 s, nor under 200 ms for each request that a look takes, failures included;
 * - doubled after each failure in a row, up to 60 s;
 * - a tenth more or less at random, and never under 1 s or over 60 s.
 */
export class Pace {
  readonly #intervalMs: number | undefined;
  #last = '';
  #unknownMs = closeMs;
  #failures = 0;

  constructor(intervalMs: number | undefined) {
    this.#intervalMs = intervalMs;
  }

  /** How long to sleep after a reading, in milliseconds. */
  afterReading({ percent, remainingMs, round, state, step }: TaskProgress): number {
    return this.#afterLook(JSON.stringify([state, round, step?.id, percent >= 99]), remainingMs, closeMs);
  }

  /** How long to sleep after a look at many tasks that took so many requests; `position` tells their states and steps. */
  afterTick(position: string, requests: number): number {
    const shortest = shortestAfter(requests);
    return this.#afterLook(position, null, shortest, shortest);
  }

  /** How long to sleep after a look at many tasks that failed, and took so many requests. */
  afterFailedTick(requests: number): number {
    return this.#afterFailure(shortestAfter(requests));
  }

  /** How long to sleep after a reading that failed, in milliseconds. */
  afterFailure(): number {
    return this.#afterFailure(shortestMs);
  }

  #afterFailure(least: number): number {
    this.#failures += 1;
    return this.#settle(closeMs * 2 ** (this.#failures - 1), least);
  }

  #afterLook(position: string, remainingMs: number | null, shortest: number, least = shortestMs): number {
    this.#failures = 0;
    const isNew = position !== this.#last;
    this.#last = position;
    this.#unknownMs = isNew ? shortest : Math.min(longestUnknownMs, this.#unknownMs * 1.5);
    if (isNew) return this.#settle(shortest, least);
    // "None left" beside a task that is not done says nothing: a task may stay in SYNCING for ever.
    const isKnown = remainingMs !== null && remainingMs > 0;
    return this.#settle(Math.max(shortest, isKnown ? remainingMs / 20 : this.#unknownMs), least);
  }

  #settle(ms: number, least: number): number {
    if (this.#intervalMs !== undefined) return this.#intervalMs;
    return Math.min(longestMs, Math.max(least, ms * (0.9 + Math.random() * 0.2)));
  }
}

function shortestAfter(requests: number): number {
  return Math.max(closeFleetMs, requests * fleetMsPerRequest);
}
