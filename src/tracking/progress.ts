/** Task → TaskProgress. */
import type { SubTask, Task } from '../schemas/task.js';
import { type AnyTask, mendTask } from './mend-task.js';
import { isBusy, taskStates } from './states.js';
import { labelStep, type Round, readRounds, weighMissingSteps, weighStep } from './steps.js';
import { measureSpeed, readTimeLeft, type Speed } from './time-left.js';

/** A step of a task, for people. */
export interface StepProgress {
  /** Database id of the step; null when the service sent none. */
  readonly id: number | null;
  /** Wire name, for instance `MIGRATE_LINUX_FILE`. */
  readonly name: string;
  /** Name for people, for instance `Copying data`. */
  readonly label: string;
  /** Progress of the step: 0 to 100. */
  readonly percent: number;
  /** How long the step took, in milliseconds; null while it runs or when a date is missing. */
  readonly durationMs: number | null;
}

/** One round of a task: the first copy, a synchronisation or a launch of the target. */
export interface RoundProgress {
  /** For instance `REPLICATE`, `RESYNC1` or `CUTOVER0`; null where the service leaves it out, as in the items of a list. */
  readonly name: string | null;
  /** Time spent in the steps of the round, in milliseconds, from the stamps of the service alone; null without any. */
  readonly elapsedMs: number | null;
  /** All steps of the round, in order. */
  readonly steps: readonly StepProgress[];
}

/** How far a task is, from one reading of it. */
export interface TaskProgress {
  /** State of the task, for instance `RUNNING`. */
  readonly state: Task['state'];
  /**
   * The round under way or finished last, for instance `REPLICATE` or `RESYNC1`; null before the first one, and where the service
   * leaves it out, as in the items of a list.
   */
  readonly round: string | null;
  /** The step under way, or the last one; null before the first one. */
  readonly step: StepProgress | null;
  /**
   * Progress of the round: 0 to 100, one decimal. Steps count by weight: copying or synchronising makes up about nine tenths of
   * its round. 100 only when the round has ended in success. Never runs backwards within a round.
   */
  readonly percent: number;
  /** Current rate, in Mbit/s; 0 when nothing is being transferred. */
  readonly speedMbps: number;
  /**
   * Time left in the round, in milliseconds; 0 at rest, null while nobody knows. The figure of the service, unless it is not
   * plausible: none, a month or more, or more than two minutes and more than a factor of four away both from what was observed and
   * from the average of the round so far. Then what was observed: the percentage still to go at the rate so far, smoothed over
   * five minutes; null in the last percent.
   */
  readonly remainingMs: number | null;
  /** Time spent in the steps of the round, in milliseconds, from the stamps of the service alone; null without any. */
  readonly elapsedMs: number | null;
  /** All steps of the round, in order. */
  readonly steps: readonly StepProgress[];
  /** All rounds so far, oldest first; the last one is that of `round`. */
  readonly rounds: readonly RoundProgress[];
}

/** @internal What must be remembered between two readings so that the percentage never runs backwards. */
export interface ProgressMark {
  /** Tells one round from another. */
  readonly round: string | null;
  /** The largest percentage shown in it. */
  readonly percent: number;
  /** How fast the round moves on; missing in a cursor. */
  readonly speed?: Speed | undefined;
}

/** @internal Reads the progress off a task; `mark` is what was shown before, from the last reading or another process. */
export function readProgress(
  answer: AnyTask,
  mark?: ProgressMark,
): { readonly progress: TaskProgress; readonly mark: ProgressMark } {
  const task = mendTask(answer);
  const found = readRounds(task.sub_tasks ?? []);
  const rounds = found.map((round, index) => ({
    name: round.name,
    elapsedMs: readElapsed(task, round, index === found.length - 1),
    steps: round.steps.map(describeStep),
  }));
  const { elapsedMs = null, name = null, steps = [] } = rounds.at(-1) ?? {};
  const key = identify(found.at(-1));
  // Without steps there is no telling one round from another.
  const shown = mark !== undefined && key !== null && mark.round === key ? mark : undefined;
  const measured = measurePercent(task, found.at(-1));
  const isDone = measured === 100;
  const percent = isDone ? 100 : Math.min(99.9, Math.max(shown?.percent ?? 0, measured));
  const speed = isBusy(task.state) ? measureSpeed(percent, elapsedMs, performance.now(), shown?.speed) : undefined;
  const progress: TaskProgress = {
    state: task.state,
    round: name,
    step: steps.find((step) => step.percent < 100) ?? steps.at(-1) ?? null,
    percent,
    speedMbps: isBusy(task.state) ? (task.migrate_speed ?? 0) : 0,
    remainingMs: readRemaining(task, percent, speed?.rate ?? 0, elapsedMs ? percent / elapsedMs : 0),
    elapsedMs,
    steps,
    rounds,
  };
  // After a success another round begins, which may show the steps of the old one for a while.
  return { progress, mark: { round: isDone ? null : key, percent, speed } };
}

// A repeated round may carry the name of the first one; its steps have ids of their own.
function identify(round: Round | undefined): string | null {
  if (round === undefined) return null;
  const id = round.steps[0]?.id;
  return id === undefined || id === null ? `${round.name ?? ''}#` : `#${id}`;
}

function describeStep(step: SubTask): StepProgress {
  const name = step.name ?? '';
  return {
    id: step.id ?? null,
    name,
    label: labelStep(name),
    percent: readPercent(step),
    durationMs: readDuration(step),
  };
}

function readPercent({ progress }: SubTask): number {
  return Math.min(100, Math.max(0, progress ?? 0));
}

function readDuration({ end_date: end, start_date: start }: SubTask): number | null {
  return typeof start === 'number' && typeof end === 'number' && end >= start ? end - start : null;
}

function measurePercent({ state }: AnyTask, round: Round | undefined): number {
  if (taskStates.success.includes(state)) return 100;
  if (round === undefined) return 0;
  const { kind, steps } = round;
  const total = steps.reduce((sum, step) => sum + weighStep(step.name ?? ''), weighMissingSteps(kind, steps));
  const done = steps.reduce((sum, step) => sum + weighStep(step.name ?? '') * readPercent(step), 0);
  // The state alone says that a round is over: steps that are all complete may be followed by one that is not shown yet.
  return Math.min(99.9, Math.floor((done / total) * 10) / 10);
}

function readRemaining(task: AnyTask, percent: number, rate: number, average: number): number | null {
  if (taskStates.success.includes(task.state) || taskStates.failure.includes(task.state)) return 0;
  return isBusy(task.state) ? readTimeLeft(readServiceFigure(task), percent, rate, average) : null;
}

// The items of a list carry a date in place of the time.
function readServiceFigure({ estimate_complete_time: end, ...task }: AnyTask): number | null {
  if ('remain_seconds' in task && typeof task.remain_seconds === 'number') return task.remain_seconds * 1000;
  return typeof end === 'number' ? end - Date.now() : null;
}

// `total_time` is the sum of the durations of all steps: what finished steps do not account for is the running one's.
function readElapsed(task: AnyTask, { steps }: Round, isLast: boolean): number | null {
  const sum = (list: readonly SubTask[]) => list.reduce((total, step) => total + (readDuration(step) ?? 0), 0);
  if (!steps.some(({ start_date: start }) => typeof start === 'number')) return null;
  const isRunning = isLast && steps.some((step) => typeof step.start_date === 'number' && readDuration(step) === null);
  const running = isRunning ? Math.max(0, (task.total_time ?? 0) - sum(task.sub_tasks ?? [])) : 0;
  return sum(steps) + running;
}
