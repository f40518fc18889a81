/** Where a task is followed from: small JSON, good in another process. */
import {
  check,
  exactlyOneOf,
  type Field,
  givenId,
  list,
  loose,
  number,
  orNull,
  percent,
  type SchemaIssue,
  text,
} from '../schemas/fields.js';
import type { CursorPosition, StepPosition } from './position.js';

/**
 * Where to follow a task from: small JSON to be kept, for instance in a file or a queue. Actions resolve with one, snapshots carry
 * one, and every wait takes one in the place of an id.
 *
 * It records the state of the task before an action, so that an old result is not reported as the new one. A process that continues
 * from it shows progress that never goes back, and `startAndWait` does not start the task again. Fields that a version of the client
 * does not know are ignored.
 */
export interface Cursor {
  /** Version of this form. */
  readonly version: 1;
  /** Id of the task. */
  readonly id: string;
  /** The largest percentage shown in the round. */
  readonly percent: number;
  /** Identifies the round that `percent` belongs to. Absent before the first round. */
  readonly round?: string | undefined;
  /** What was asked of the task, for instance `start`; absent when nothing was. */
  readonly operation?: string | undefined;
  /** What became of it: about to be sent, accepted by the service, or lost, so that the outcome is unknown. Absent when nothing was asked. */
  readonly stage?: 'sending' | 'accepted' | 'unknown' | undefined;
  /** Where the task stood before; absent when nothing was asked, or when the task could not be read. */
  readonly position?: CursorPosition | undefined;
}

const step: Field<StepPosition> = list(orNull(number()), { min: 4, max: 4 }) as unknown as Field<StepPosition>;

const cursorSchema = loose(
  { id: givenId() },
  {
    version: number({ min: 1, max: 1 }),
    percent: percent({ min: 0, max: 100 }),
    round: text(),
    operation: text({ min: 1 }),
    stage: exactlyOneOf('sending', 'accepted', 'unknown'),
    position: loose(
      { state: text() },
      {
        totalTime: number(),
        error: text(),
        startDate: number(),
        finishDate: number(),
        steps: list(step),
      },
    ),
  },
);

/** @internal Reads a cursor that may come from another version, from JSON or from hands. */
export function readCursor(value: unknown): {
  readonly value?: Cursor | undefined;
  readonly issues?: SchemaIssue[] | undefined;
} {
  const { issues, value: found } = check(cursorSchema, value);
  if (found === undefined) return { issues };
  const { id, operation, percent: shown, position, round, stage } = found;
  const cursor = makeCursor({
    id,
    percent: shown ?? 0,
    round: round ?? undefined,
    operation: operation ?? undefined,
    stage: stage ?? undefined,
    position: position ? completePosition(position) : undefined,
  });
  return { value: cursor };
}

/** @internal Makes a cursor of what is known. */
export function makeCursor(parts: Omit<Cursor, 'version'>): Cursor {
  const known = Object.entries(parts).filter(([, part]) => part !== undefined);
  return { version: 1, ...(Object.fromEntries(known) as typeof parts) };
}

type Shown<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

function completePosition(position: Shown<CursorPosition> & Pick<CursorPosition, 'state'>): CursorPosition {
  const { error = null, finishDate = null, startDate = null, state, steps = null, totalTime = null } = position;
  return { state, totalTime, error, startDate, finishDate, steps };
}
