/** What is concluded from polls: one set of rules for actions and waits. */
import type { AnyTask } from './mend-task.js';
import { comparePosition, type Position, type Verdict } from './position.js';
import { lagMs } from './recent-changes.js';

/** @internal The rules of an action; only tests leave one out. */
export interface Rules {
  /** What a poll says about the position before. */
  readonly compare: (before: Position, task: AnyTask) => Verdict;
  /** How long the service may show an accepted action late. */
  readonly lagMs: number;
  /** Whether a poll that only differs is believed before the lag is over. */
  readonly believesOnePoll: boolean;
  /** Whether an action whose response was lost is settled before it is sent again. */
  readonly settles: boolean;
}

/** @internal */
export const actionRules: Rules = { compare: comparePosition, lagMs, believesOnePoll: false, settles: true };
