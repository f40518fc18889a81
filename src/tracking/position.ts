/** The position of a task: a short fingerprint that distinguishes a newer poll from one that is only different. */
import type { SubTask } from '../schemas/task.js';
import type { AnyTask } from './mend-task.js';

/** Fingerprint of a task in a {@link Cursor}: what does not change while the task is idle. A part that is null was not shown. */
export interface CursorPosition {
  /** State of the task. */
  readonly state: string;
  /** Time spent in all steps, in milliseconds. */
  readonly totalTime: number | null;
  /** Fingerprint of `error_json`, which may be long. */
  readonly error: string | null;
  /** When the task was started, in milliseconds since 1970. */
  readonly startDate: number | null;
  /** When the last round ended, in milliseconds since 1970. */
  readonly finishDate: number | null;
  /** The steps: the id of each, its progress in percent, when it began and when it ended. */
  readonly steps:
    | readonly (readonly [id: number, progress: number | null, startDate: number | null, endDate: number | null])[]
    | null;
}

/** @internal A step in a {@link CursorPosition}. */
export type StepPosition = NonNullable<CursorPosition['steps']>[number];

/**
 * @internal What a poll says about a position. `newer`: the task was changed since. `different`: it shows something else, but that
 * may as well be older, because the response may come from a replica that lags. `same`: nothing differs.
 */
export type Verdict = 'newer' | 'different' | 'same';

/** @internal Reads the position off a task. */
export function readPosition(task: AnyTask): CursorPosition {
  const { error_json: error, state, sub_tasks: steps, total_time: totalTime } = task;
  return {
    state,
    totalTime: totalTime ?? null,
    error: typeof error === 'string' ? hash(error) : null,
    startDate: ('start_date' in task ? task.start_date : undefined) ?? null,
    finishDate: ('finish_date' in task ? task.finish_date : undefined) ?? null,
    steps: readSteps(task, steps ?? []),
  };
}

/** @internal Compares a poll with a position, part by part. A part that one of both lacks says nothing. */
export function comparePosition(before: CursorPosition, task: AnyTask): Verdict {
  const now = readPosition(task);
  if (isNewer(before, now)) return 'newer';
  const parts = ['state', 'totalTime', 'error', 'startDate', 'finishDate'] as const;
  if (parts.some((part) => differs(before[part], now[part]))) return 'different';
  return differInSteps(before.steps, now.steps) ? 'different' : 'same';
}

// A task that has never run has no steps, whether the service sends an empty list or none. Of any other task that says nothing.
function readSteps({ state, total_time: totalTime }: AnyTask, steps: readonly SubTask[]): CursorPosition['steps'] {
  if (steps.length === 0) return state === 'READY' && !totalTime ? [] : null;
  return steps.flatMap(({ end_date: end, id, progress, start_date: start }) =>
    typeof id === 'number' ? [[id, progress ?? null, start ?? null, end ?? null] as const] : [],
  );
}

function isNewer(before: CursorPosition, now: CursorPosition): boolean {
  if (before.totalTime !== null && now.totalTime !== null && now.totalTime > before.totalTime) return true;
  if (before.steps === null || now.steps === null) return false;
  const known = new Set(before.steps.map(([id]) => id));
  return now.steps.some(([id]) => !known.has(id)) || latestStamp(now.steps) > latestStamp(before.steps);
}

function latestStamp(steps: readonly StepPosition[]): number {
  return steps.reduce((latest, [, , start, end]) => Math.max(latest, start ?? 0, end ?? 0), 0);
}

function differInSteps(before: CursorPosition['steps'], now: CursorPosition['steps']): boolean {
  if (before === null || now === null) return false;
  const byId = new Map(now.map((step) => [step[0], step]));
  return before.some(([id, ...parts]) => {
    const step = byId.get(id);
    return step === undefined || parts.some((part, index) => differs(part, step[index + 1] ?? null));
  });
}

function differs(one: string | number | null, other: string | number | null): boolean {
  return one !== null && other !== null && one !== other;
}

// FNV-1a with 32 bits: it only has to distinguish two texts of one task.
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(36);
}
