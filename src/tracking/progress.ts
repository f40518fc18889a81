/** Task → TaskProgress. */
import type { SubTask, Task } from '../schemas/task.js';
import type { AnyTask } from './mend-task.js';
import { continueKey, keyOf, renewKey } from './round-key.js';
import { isBusy, taskStates } from './states.js';
import { labelStep, type Round, readRounds, weighMissingSteps, weighStep } from './steps.js';
import { estimateLeft, measureSpeed, readTimeLeft, type Speed } from './time-left.js';

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

/** How far a task is, according to one poll. */
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
   * Time left in the round, in milliseconds; 0 when the task is done, null when that is not known: in the steps before a copy and in the
   * last percent.
   *
   * It is the figure of the service when that is plausible. Otherwise it is an estimate: what the step under way still has to do, at
   * its average pace without pauses, or at its latest pace where that differs much. A figure of the service is not plausible when it is
   * missing, when it is a month or more, or when it is off by more than two minutes and more than a factor of four, both from the
   * estimate and from the average of the step so far.
   */
  readonly remainingMs: number | null;
  /** Time spent in the steps of the round, in milliseconds, from the stamps of the service alone; null without any. */
  readonly elapsedMs: number | null;
  /** All steps of the round, in order. */
  readonly steps: readonly StepProgress[];
  /** All rounds so far, oldest first; the last one is that of `round`. */
  readonly rounds: readonly RoundProgress[];
}

/** @internal What must be remembered between two polls so that the percentage never runs backwards. */
export interface ProgressMark {
  /** Identifies the round; null when the next poll begins a round. */
  readonly round: string | null;
  /** The largest percentage shown in it. */
  readonly percent: number;
  /** How fast the step under way moves on; missing in a cursor. */
  readonly speed?: Speed | undefined;
  /** Whether the task had stopped at the last poll, so that it may restart its copy; unknown when left out. */
  readonly hasStopped?: boolean | undefined;
  /** When the step under way began, by the service; unknown when left out. */
  readonly stepStart?: { readonly key: string; readonly date: number } | undefined;
}

/** A copy that lost this many percent since it stopped was restarted: a late poll of the old one cannot be that far behind. */
const leastLoss = 5;

/**
 * @internal Reads the progress off a task; `mark` is what was shown before, by the last poll or in another process.
 *
 * @param serverNow - the time at the service, in milliseconds since 1970, which the date in list items is compared with
 */
export function readProgress(
  task: AnyTask,
  mark?: ProgressMark,
  serverNow: () => number = Date.now,
): { readonly progress: TaskProgress; readonly mark: ProgressMark } {
  const found = readRounds(task.sub_tasks ?? []);
  const rounds = found.map((round, index) => ({
    name: round.name,
    elapsedMs: readElapsed(task, round, index === found.length - 1),
    steps: round.steps.map(describeStep),
  }));
  const { elapsedMs = null, name = null, steps = [] } = rounds.at(-1) ?? {};
  const round = found.at(-1);
  const measured = measurePercent(task, round);
  const shown = continueMark(task, round, measured, mark);
  const isDone = measured === 100;
  const percent = isDone ? 100 : Math.min(99.9, Math.max(shown?.percent ?? 0, measured));
  const averageMs = elapsedMs === null || percent === 0 ? null : ((100 - percent) * elapsedMs) / percent;
  const running = isBusy(task.state) ? measureStep(task, round, averageMs, shown?.speed) : undefined;
  const progress: TaskProgress = {
    state: task.state,
    round: name,
    step: findCurrent(steps, (step) => step.percent) ?? null,
    percent,
    speedMbps: isBusy(task.state) ? (task.migrate_speed ?? 0) : 0,
    remainingMs: readRemaining(task, percent, running, serverNow),
    elapsedMs,
    steps,
    rounds,
  };
  const next = {
    percent,
    speed: running?.speed,
    hasStopped: isDone || taskStates.failure.includes(task.state),
    stepStart: round === undefined ? shown?.stepStart : readStepStart(round),
  };
  // After a success another round begins, which may show the steps of the old one for a while.
  return { progress, mark: { ...next, round: isDone ? null : (shown?.round ?? (round ? keyOf(round) : null)) } };
}

/** What was shown before, when it belongs to the round that is shown now. A poll without steps does not end a round. */
function continueMark(
  { state }: AnyTask,
  round: Round | undefined,
  measured: number,
  mark: ProgressMark | undefined,
): ProgressMark | undefined {
  if (mark === undefined || mark.round === null) return undefined;
  if (round === undefined) return mark;
  const key = continueKey(mark.round, round);
  if (key === undefined) return undefined;
  const start = readStepStart(round);
  const isLater = start !== undefined && start.key === mark.stepStart?.key && start.date > mark.stepStart.date;
  const isLess = mark.hasStopped === true && isBusy(state) && measured < mark.percent - leastLoss;
  if (!isLess && !(isLater && measured < mark.percent)) return { ...mark, round: key };
  return { round: renewKey(key), percent: 0 };
}

function readStepStart({ steps }: Round): ProgressMark['stepStart'] {
  const step = findCurrent(steps, readPercent);
  return typeof step?.start_date === 'number' ? { key: keyStep(step), date: step.start_date } : undefined;
}

function keyStep({ id, name }: SubTask): string {
  return `${id ?? name ?? ''}`;
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

/** @internal The step under way, or the last one. */
export function findCurrent<Step>(steps: readonly Step[], percentOf: (step: Step) => number): Step | undefined {
  return steps.find((step) => percentOf(step) < 100) ?? steps.at(-1);
}

/** @internal How far a step is: 0 to 100. */
export function readPercent({ progress }: SubTask): number {
  return Math.min(100, Math.max(0, progress ?? 0));
}

function readDuration({ end_date: end, start_date: start }: SubTask): number | null {
  return typeof start === 'number' && typeof end === 'number' && end >= start ? end - start : null;
}

function measurePercent({ state }: AnyTask, round: Round | undefined): number {
  if (taskStates.success.includes(state)) return 100;
  if (round === undefined) return 0;
  const { kind, steps } = round;
  const total = sum([...steps.map(({ name }) => weighStep(name)), ...weighMissingSteps(kind, steps)]);
  const done = sum(steps.map((step) => weighStep(step.name) * readPercent(step)));
  // The state alone says that a round is over: steps that are all complete may be followed by one that is not shown yet.
  return Math.min(99.9, Math.floor((done / total) * 10) / 10);
}

/** How fast the step under way moves on, and how long the steps behind it take against it. */
interface RunningStep {
  readonly speed: Speed | undefined;
  /** The time left by the average of the step so far, or else of the round, by the clock of the service, in milliseconds. */
  readonly averageMs: number | null;
  readonly observedMs: number | null;
}

function measureStep(
  task: AnyTask,
  round: Round | undefined,
  roundAverageMs: number | null,
  before: Speed | undefined,
): RunningStep {
  const now = performance.now();
  // A poll without steps says nothing new.
  if (round === undefined) {
    const speed = before && measureSpeed({ key: before.key, percent: null, elapsedMs: null }, now, before);
    return { speed, averageMs: null, observedMs: speed ? estimateLeft(speed) : null };
  }
  const { kind, steps } = round;
  const step = steps.find((one) => readPercent(one) < 100);
  if (step === undefined) return { speed: undefined, averageMs: roundAverageMs, observedMs: null };
  const weight = weighStep(step.name);
  const later = [
    ...steps.slice(steps.indexOf(step) + 1).map(({ name }) => weighStep(name)),
    ...weighMissingSteps(kind, steps),
  ];
  // The short steps before a copy say nothing of how long it takes.
  if (later.some((other) => other > weight)) return { speed: undefined, averageMs: null, observedMs: null };
  const percent = typeof step.progress === 'number' ? readPercent(step) : null;
  const elapsedMs = readRunningMs(task, step);
  const speed = measureSpeed({ key: keyStep(step), percent, elapsedMs }, now, before);
  const wholeMs = (leftMs: number, pace: number) => leftMs + (sum(later) / weight) * 100 * pace;
  const observedMs = estimateLeft(speed);
  const average = elapsedMs !== null && percent ? elapsedMs / percent : null;
  return {
    speed,
    averageMs: average === null || percent === null ? roundAverageMs : wholeMs((100 - percent) * average, average),
    observedMs: observedMs === null || speed.pace === null ? null : wholeMs(observedMs, speed.pace),
  };
}

function readRemaining(
  task: AnyTask,
  percent: number,
  running: RunningStep | undefined,
  serverNow: () => number,
): number | null {
  if (taskStates.success.includes(task.state) || taskStates.failure.includes(task.state)) return 0;
  if (running === undefined) return null;
  return readTimeLeft(readServiceFigure(task, serverNow), percent, running.observedMs, running.averageMs);
}

// The items of a list carry a date in place of the time.
function readServiceFigure({ estimate_complete_time: end, ...task }: AnyTask, serverNow: () => number): number | null {
  if ('remain_seconds' in task && typeof task.remain_seconds === 'number') return task.remain_seconds * 1000;
  return typeof end === 'number' ? end - serverNow() : null;
}

/** How long the step under way has taken, by the clock of the service: what the finished steps do not account for. */
function readRunningMs(task: AnyTask, step: SubTask): number | null {
  const ownMs = readDuration(step);
  if (ownMs !== null) return ownMs > 0 ? ownMs : null;
  if (typeof step.start_date !== 'number' || typeof task.total_time !== 'number') return null;
  return readUnaccounted(task);
}

function readElapsed(task: AnyTask, { steps }: Round, isLast: boolean): number | null {
  const begun = steps.filter(({ start_date: start }) => typeof start === 'number');
  if (begun.length === 0) return null;
  const isRunning = isLast && begun.some((step) => readDuration(step) === null);
  return sumDurations(steps) + (isRunning ? readUnaccounted(task) : 0);
}

// `total_time` is the sum of the durations of all steps: what finished steps do not account for is the running one's.
function readUnaccounted(task: AnyTask): number {
  return Math.max(0, (task.total_time ?? 0) - sumDurations(task.sub_tasks ?? []));
}

function sumDurations(steps: readonly SubTask[]): number {
  return sum(steps.map((step) => readDuration(step) ?? 0));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
