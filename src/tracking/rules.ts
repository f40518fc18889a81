/** What is concluded from polls: one set of rules for actions and waits. */
import type { Scope } from '../transport/scope.js';
import type { AnyTask } from './mend-task.js';
import { type CursorPosition, comparePosition, type Verdict } from './position.js';
import { lagMs } from './recent-changes.js';

/** @internal The rules of an action; only tests leave one out. */
export interface Rules {
  /** What a poll says about the position before. */
  readonly compare: (before: CursorPosition, task: AnyTask) => Verdict;
  /** How long the service may show an accepted action late. */
  readonly lagMs: number;
  /** Whether a poll that only differs is believed before the lag is over. */
  readonly believesOnePoll: boolean;
  /** Whether an action whose response was lost is settled before it is sent again. */
  readonly settles: boolean;
}

/** @internal */
export const actionRules: Rules = { compare: comparePosition, lagMs, believesOnePoll: false, settles: true };

/** @internal */
export const firstPauseMs = 500;
const longestPauseMs = 5_000;

/**
 * @internal Yields until a moment, and once more after it, with pauses that grow; `true` is yielded the last time. Ends without it when
 * the deadline is over.
 */
export async function* pauseThroughLag(
  scope: Scope,
  endsAt: number,
  deadline = Infinity,
): AsyncGenerator<boolean, void, undefined> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const now = performance.now();
    yield now >= endsAt;
    if (now >= endsAt || performance.now() >= deadline) return;
    await scope.sleep(Math.min(pauseMs, Math.max(1, Math.min(endsAt, deadline) - performance.now())));
  }
}
