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

/** What a task keeps from one phase to the next. */
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

/** A failure that will happen. */
export interface Failure {
  /** Name of the step that will fail, halfway through what is left of it. */
  readonly step: string;
  /** State after it. */
  readonly state: string;
  /** Text for `error_json`. */
  readonly error: string;
}

/** What all phases have in common. */
interface PhaseBase {
  /** When it began, in ms since 1970. */
  readonly at: number;
  /** When reads begin to show it. Later than `at` while the service lags. */
  readonly shownFrom: number;
  /** All steps of the task, as they were when the phase began. */
  readonly steps: readonly Step[];
  /** The ledger when the phase began. */
  readonly ledger: Ledger;
}

/** Nothing happens until the next operation. */
export interface IdlePhase extends PhaseBase {
  /** Discriminates the kinds. */
  readonly kind: 'idle';
  /** State of the task. */
  readonly state: string;
  /** Text for `error_json`. */
  readonly error: string;
}

/** The remaining steps run, one after the other. */
export interface WorkPhase extends PhaseBase {
  /** Discriminates the kinds. */
  readonly kind: 'work';
  /** When the state RUNNING began, in ms since 1970; earlier than `at` when the agent has moved a step on since. */
  readonly since: number;
  /** State when all steps are done. */
  readonly success: string;
  /** The failure before that; null when there is none. */
  readonly failure: Failure | null;
}

/** A state that ends by itself, such as ABORTING. */
export interface TransitionPhase extends PhaseBase {
  /** Discriminates the kinds. */
  readonly kind: 'transition';
  /** State until then. */
  readonly state: string;
  /** When it ends, in ms since 1970. */
  readonly until: number;
  /** State from then on. */
  readonly then: string;
}

/** The part of a task's life between two operations. What happens in it depends only on the clock. */
export type Phase = IdlePhase | WorkPhase | TransitionPhase;

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
  /** The step that is running; null when none is. */
  readonly active: Step | null;
  /** Work left in this round, in ms; null when no step runs. */
  readonly remainingMs: number | null;
  /** Text for `error_json`. */
  readonly error: string;
  /** The ledger for the next phase. */
  readonly ledger: Ledger;
}

/** The task at a time during a phase. Depends only on its arguments, so two reads of the same time agree. */
export function observe(phase: Phase, now: number): Moment {
  switch (phase.kind) {
    case 'idle':
      return idle(phase, phase.state, phase.at, phase.error);
    case 'transition':
      return now < phase.until ? idle(phase, phase.state, phase.at, '') : idle(phase, phase.then, phase.until, '');
    case 'work':
      return observeWork(phase, now);
  }
}

function idle(phase: Phase, state: string, since: number, error: string): Moment {
  return { state, since, steps: phase.steps, active: null, remainingMs: null, error, ledger: phase.ledger };
}

function observeWork(phase: WorkPhase, now: number): Moment {
  const steps = [...phase.steps];
  let cursor = phase.at;
  for (const [index, step] of phase.steps.entries()) {
    if (step.endedAt !== null) continue;
    const startedAt = step.startedAt ?? cursor;
    const left = step.durationMs - step.doneMs;
    const failure = phase.failure?.step === step.name ? phase.failure : null;
    const available = failure === null ? left : left / 2;
    if (now < cursor + available) {
      const active = { ...step, startedAt, doneMs: step.doneMs + Math.max(0, now - cursor) };
      steps[index] = active;
      const ledger = spend(phase, now);
      return { state: 'RUNNING', since: phase.since, steps, active, remainingMs: leftOf(steps), error: '', ledger };
    }
    cursor += available;
    if (failure !== null) {
      steps[index] = { ...step, startedAt, doneMs: step.doneMs + available };
      const spent = spend(phase, cursor);
      const ledger = { ...spent, finishedAt: cursor, failures: spent.failures + 1 };
      const { state, error } = failure;
      return { state, since: cursor, steps, active: null, remainingMs: null, error, ledger };
    }
    steps[index] = { ...step, startedAt, doneMs: step.durationMs, endedAt: cursor };
  }
  const ledger = { ...spend(phase, phase.success === 'SYNCING' ? now : cursor), finishedAt: cursor };
  return { state: phase.success, since: cursor, steps, active: null, remainingMs: null, error: '', ledger };
}

function spend(phase: WorkPhase, until: number): Ledger {
  return { ...phase.ledger, workedMs: phase.ledger.workedMs + Math.max(0, until - phase.at) };
}

function leftOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.durationMs - step.doneMs), 0);
}

/** Percent of a step that is done, in whole numbers; 100 only when it has ended. */
export function progressOf(step: Step): number {
  if (step.endedAt !== null) return 100;
  return step.durationMs === 0 ? 0 : Math.min(99, Math.floor((step.doneMs * 100) / step.durationMs));
}
