/** A step of a task. */
export interface Step {
  /** Id, unique within a simulator. */
  readonly id: number;
  /** Wire name; comes once per round. */
  readonly name: string;
  /** Name of the round: `REPLICATE`, `RESYNC0`, `CUTOVER0`, …. */
  readonly userOp: string;
  /** How long it takes, in ms. */
  readonly durationMs: number;
  /** How much of that is done, in ms. */
  readonly doneMs: number;
  /** When it began, in ms since 1970; null before. */
  readonly startedAt: number | null;
  /** When it was done, in ms since 1970; null before. */
  readonly endedAt: number | null;
  /** Whether it was skipped, and so has no result. */
  readonly isSkipped?: true;
}

/** What a task carries on from one chapter to the next. */
export interface Ledger {
  /** First start ever, in ms since 1970; null before. */
  readonly startedAt: number | null;
  /** End of the last round that came to an end, in ms since 1970; null before. */
  readonly finishedAt: number | null;
  /** Time spent working, in ms. */
  readonly workedMs: number;
  /** How often the task has failed as its seed told it to. */
  readonly failures: number;
}

/** A failure that lies ahead. */
export interface Failure {
  /** Name of the step that will fail, halfway through what is left of it. */
  readonly step: string;
  /** State after it. */
  readonly state: string;
  /** Text for `error_json`. */
  readonly error: string;
}

/** What every chapter has. */
interface ChapterBase {
  /** When it began, in ms since 1970. */
  readonly at: number;
  /** From when on a read shows it; later than `at` while the service lags behind. */
  readonly shownFrom: number;
  /** All steps of the task, as they were when the chapter began. */
  readonly steps: readonly Step[];
  /** What was carried over when the chapter began. */
  readonly ledger: Ledger;
}

/** Nothing happens until the next operation. */
export interface RestChapter extends ChapterBase {
  /** Tells the kinds apart. */
  readonly kind: 'rest';
  /** State of the task. */
  readonly state: string;
  /** Text for `error_json`. */
  readonly error: string;
}

/** The steps that are not done yet are worked on, one after the other. */
export interface WorkChapter extends ChapterBase {
  /** Tells the kinds apart. */
  readonly kind: 'work';
  /** When the state RUNNING began, in ms since 1970; earlier than `at` when the agent has moved a step on since. */
  readonly since: number;
  /** State when all steps are done. */
  readonly success: string;
  /** What goes wrong before; null when nothing does. */
  readonly failure: Failure | null;
}

/** A state that passes by itself, such as ABORTING. */
export interface PassingChapter extends ChapterBase {
  /** Tells the kinds apart. */
  readonly kind: 'passing';
  /** State until then. */
  readonly state: string;
  /** When it has passed, in ms since 1970. */
  readonly until: number;
  /** State from then on. */
  readonly then: string;
}

/** A stretch of a task's life between two operations. What happens in it depends on the clock alone. */
export type Chapter = RestChapter | WorkChapter | PassingChapter;

/** State of a task that has been deleted for good. */
export const gone = 'GONE';
