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
  /** How often the task has failed as its seed says. */
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
  /** Discriminates the kinds. */
  readonly kind: 'rest';
  /** State of the task. */
  readonly state: string;
  /** Text for `error_json`. */
  readonly error: string;
}

/** The steps that are not done yet are worked on, one after the other. */
export interface WorkChapter extends ChapterBase {
  /** Discriminates the kinds. */
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
  /** Discriminates the kinds. */
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

/** State of a task that has been deleted. */
export const gone = 'GONE';

/** A task at one moment. */
export interface Moment {
  /** State as the wire names it. */
  readonly state: string;
  /** When that state began, in ms since 1970. */
  readonly since: number;
  /** All steps, with their progress. */
  readonly steps: readonly Step[];
  /** The step that is being worked on; null when none is. */
  readonly active: Step | null;
  /** Work left in this round, in ms; null when none is going on. */
  readonly remainingMs: number | null;
  /** Text for `error_json`. */
  readonly error: string;
  /** What a following chapter carries over. */
  readonly ledger: Ledger;
}

/** What a chapter has come to at a time. Depends on its arguments only, so any two reads of one time agree. */
export function observe(chapter: Chapter, now: number): Moment {
  switch (chapter.kind) {
    case 'rest':
      return rest(chapter, chapter.state, chapter.at, chapter.error);
    case 'passing':
      return now < chapter.until
        ? rest(chapter, chapter.state, chapter.at, '')
        : rest(chapter, chapter.then, chapter.until, '');
    case 'work':
      return observeWork(chapter, now);
  }
}

function rest(chapter: Chapter, state: string, since: number, error: string): Moment {
  return { state, since, steps: chapter.steps, active: null, remainingMs: null, error, ledger: chapter.ledger };
}

function observeWork(chapter: WorkChapter, now: number): Moment {
  const steps = [...chapter.steps];
  let cursor = chapter.at;
  for (const [index, step] of chapter.steps.entries()) {
    if (step.endedAt !== null) continue;
    const startedAt = step.startedAt ?? cursor;
    const left = step.durationMs - step.doneMs;
    const failure = chapter.failure?.step === step.name ? chapter.failure : null;
    const available = failure === null ? left : left / 2;
    if (now < cursor + available) {
      const active = { ...step, startedAt, doneMs: step.doneMs + Math.max(0, now - cursor) };
      steps[index] = active;
      const ledger = spend(chapter, now);
      return { state: 'RUNNING', since: chapter.since, steps, active, remainingMs: leftOf(steps), error: '', ledger };
    }
    cursor += available;
    if (failure !== null) {
      steps[index] = { ...step, startedAt, doneMs: step.doneMs + available };
      const spent = spend(chapter, cursor);
      const ledger = { ...spent, finishedAt: cursor, failures: spent.failures + 1 };
      const { state, error } = failure;
      return { state, since: cursor, steps, active: null, remainingMs: null, error, ledger };
    }
    steps[index] = { ...step, startedAt, doneMs: step.durationMs, endedAt: cursor };
  }
  const ledger = { ...spend(chapter, chapter.success === 'SYNCING' ? now : cursor), finishedAt: cursor };
  return { state: chapter.success, since: cursor, steps, active: null, remainingMs: null, error: '', ledger };
}

function spend(chapter: WorkChapter, until: number): Ledger {
  return { ...chapter.ledger, workedMs: chapter.ledger.workedMs + Math.max(0, until - chapter.at) };
}

function leftOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.durationMs - step.doneMs), 0);
}

/** Percent of a step that is done, in whole numbers; 100 only when it has ended. */
export function progressOf(step: Step): number {
  if (step.endedAt !== null) return 100;
  return step.durationMs === 0 ? 0 : Math.min(99, Math.floor((step.doneMs * 100) / step.durationMs));
}
