/** When to poll again: soon when something is about to change, later when hours remain. */
import type { TaskProgress } from './progress.js';

const shortestMs = 1_000;
const longestMs = 60_000;
const closeMs = 2_000;
const longestStaleMs = 5_000;
const longestUnknownMs = 30_000;
const closeFleetMs = 5_000;
const fleetMsPerRequest = 200;

/**
 * @internal The pauses between polls, when the caller sets none:
 *
 * - 2 s after a change of state, round or step, and once 99 percent are reached;
 * - a twentieth of the time left, when the service says how much is left;
 * - otherwise a pause that grows by half each time nothing changes, up to 30 s, and up to 5 s while a poll may still be stale;
 * - for many tasks at once never under 5 s, nor under 200 ms for each request of a poll, failures included;
 * - doubled after each failure in a row, up to 60 s;
 * - with a random deviation of up to 10 percent, and always between 1 s and 60 s.
 *
 * With an interval of the caller's only the doubling after failures applies.
 */
export class Pace {
  readonly #intervalMs: number | undefined;
  #last = '';
  #unknownMs = closeMs;
  #failures = 0;

  constructor(intervalMs: number | undefined) {
    this.#intervalMs = intervalMs;
  }

  /** How long to sleep after a poll, in milliseconds. */
  afterPoll({ percent, remainingMs, round, state, step }: TaskProgress): number {
    return this.#afterPoll(JSON.stringify([state, round, step?.id, percent >= 99]), remainingMs, closeMs);
  }

  /** How long to sleep after a poll that says nothing, because it may be stale. */
  afterStale(): number {
    return this.#intervalMs ?? Math.min(longestStaleMs, this.#afterPoll('stale', null, closeMs));
  }

  /** How long to sleep after a poll of many tasks that took so many requests; `position` stands for their states and steps. */
  afterFleetPoll(position: string, requests: number): number {
    const shortest = shortestAfter(requests);
    return this.#afterPoll(position, null, shortest, shortest);
  }

  /** How long to sleep after a poll of many tasks that failed, and took so many requests. */
  afterFailedFleetPoll(requests: number): number {
    return this.#afterFailure(shortestAfter(requests));
  }

  /** How long to sleep after a poll that failed, in milliseconds. */
  afterFailure(): number {
    return this.#afterFailure(shortestMs);
  }

  #afterFailure(least: number): number {
    const factor = 2 ** this.#failures;
    this.#failures += 1;
    if (this.#intervalMs !== undefined)
      return Math.max(this.#intervalMs, Math.min(longestMs, this.#intervalMs * factor));
    return settle(closeMs * factor, least);
  }

  #afterPoll(position: string, remainingMs: number | null, shortest: number, least = shortestMs): number {
    this.#failures = 0;
    if (this.#intervalMs !== undefined) return this.#intervalMs;
    const isNew = position !== this.#last;
    this.#last = position;
    this.#unknownMs = isNew ? shortest : Math.min(longestUnknownMs, this.#unknownMs * 1.5);
    if (isNew) return settle(shortest, least);
    // "None left" beside a task that is not done says nothing: a task may stay in SYNCING for ever.
    const isKnown = remainingMs !== null && remainingMs > 0;
    return settle(Math.max(shortest, isKnown ? remainingMs / 20 : this.#unknownMs), least);
  }
}

function settle(ms: number, least: number): number {
  return Math.min(longestMs, Math.max(least, ms * (0.9 + Math.random() * 0.2)));
}

function shortestAfter(requests: number): number {
  return Math.max(closeFleetMs, requests * fleetMsPerRequest);
}
