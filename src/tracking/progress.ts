/** Task → TaskProgress. */
import type { SubTask, Task } from '../schemas/task.js';
import { mendTask } from './mend-task.js';
import { busyStates, failureStates, successStates } from './states.js';
import { labelStep, readLastRound, weighMissingSteps, weighStep } from './steps.js';

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

/** How far a task is, from one reading of it. */
export interface TaskProgress {
  /** State of the task, for instance `RUNNING`. */
  readonly state: Task['state'];
  /** The round under way or finished last, for instance `REPLICATE` or `RESYNC1`; null before the first one. */
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
  /** Time left according to the service, in milliseconds; 0 at rest, null when it does not say. */
  readonly remainingMs: number | null;
  /** Time spent in the steps of the round, in milliseconds, from the stamps of the service alone; null without any. */
  readonly elapsedMs: number | null;
  /** All steps of the round, in order. */
  readonly steps: readonly StepProgress[];
}

/** @internal What must be remembered between two readings so that the percentage never runs backwards. */
export interface ProgressMark {
  /** Tells one round from another. */
  readonly round: string | null;
  /** The largest percentage shown in it. */
  readonly percent: number;
}

/** @internal Reads the progress off a task; `mark` is what was shown before, from the last reading or another process. */
export function readProgress(
  answer: Task,
  mark?: ProgressMark,
): { readonly progress: TaskProgress; readonly mark: ProgressMark } {
  const task = mendTask(answer);
  const round = readLastRound(task.sub_tasks ?? []);
  const steps = round.map(describeStep);
  const name = round.at(-1)?.user_op ?? null;
  // A repeated round may carry the name of the first one; its steps have ids of their own.
  const key = round.length === 0 ? null : `${name ?? ''}#${round[0]?.id ?? ''}`;
  const measured = measurePercent(task, round, name ?? '');
  // Without steps there is no telling one round from another.
  const shown = mark !== undefined && key !== null && mark.round === key ? mark.percent : 0;
  const percent = Math.max(shown, measured);
  const isBusy = busyStates.has(task.state);
  const progress: TaskProgress = {
    state: task.state,
    round: name,
    step: steps.find((step) => step.percent < 100) ?? steps.at(-1) ?? null,
    percent,
    speedMbps: isBusy ? (task.migrate_speed ?? 0) : 0,
    remainingMs: readRemaining(task),
    elapsedMs: readElapsed(task, round),
    steps,
  };
  return { progress, mark: { round: key, percent } };
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

function measurePercent(task: Task, round: readonly SubTask[], name: string): number {
  if (successStates.has(task.state)) return 100;
  const total = round.reduce((sum, step) => sum + weighStep(step.name ?? ''), weighMissingSteps(name, round));
  if (total === 0) return 0;
  const done = round.reduce((sum, step) => sum + weighStep(step.name ?? '') * readPercent(step), 0);
  // The state alone says that a round is over: steps that are all complete may be followed by one that is not shown yet.
  return Math.min(99.9, Math.floor((done / total) * 10) / 10);
}

function readRemaining({ remain_seconds: seconds, state }: Task): number | null {
  if (successStates.has(state) || failureStates.has(state)) return 0;
  return busyStates.has(state) && typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : null;
}

// `total_time` is the sum of the durations of all steps: what finished steps do not account for is the running one's.
function readElapsed(task: Task, round: readonly SubTask[]): number | null {
  const sum = (steps: readonly SubTask[]) => steps.reduce((total, step) => total + (readDuration(step) ?? 0), 0);
  if (!round.some(({ start_date: start }) => typeof start === 'number')) return null;
  const isRunning = round.some((step) => typeof step.start_date === 'number' && readDuration(step) === null);
  const running = isRunning ? Math.max(0, (task.total_time ?? 0) - sum(task.sub_tasks ?? [])) : 0;
  return sum(round) + running;
}
