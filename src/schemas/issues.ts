/** What is said of a value that does not fit: where, what was expected and what was received, never a text itself. */

/** One place where a payload does not fit its schema. Never carries the value itself, which may be a secret. */
export interface SchemaIssue {
  /** Where, as one would write it in code: `sub_tasks[3].progress`; empty for the payload as a whole. */
  readonly path: string;
  /** What belongs there: `number`, `one of start, stop`, `1 to 50 items`. */
  readonly expected: string;
  /** What was there instead: a type (`string`, `null`, `nothing`), or the number that is out of range. */
  readonly received: string;
  /** The known name that is nearest to an unknown one; absent when none is near. */
  readonly nearest?: string;
}

/** @internal Bounds that a request is checked against before it is sent; responses are never refused for their size. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/** @internal What zod keeps of an issue. Those of our kinds carry `expected` and `received`; others have a message only. */
export interface RawIssue {
  readonly code?: string | undefined;
  readonly path?: readonly PropertyKey[] | undefined;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly expected?: unknown;
  readonly received?: unknown;
  readonly nearest?: unknown;
}

/** @internal What is said of one mismatch. */
export interface Mismatch {
  readonly expected: string;
  readonly received: string;
  readonly nearest?: string | undefined;
}

/** @internal The type of a value, in the words of the messages. */
export function nameType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : typeof value;
}

/** @internal What is shown of a value of the right type but out of bounds: its measure, never a text, which may be secret. */
export function measure(input: unknown): string {
  if (typeof input === 'number') return String(input);
  if (typeof input === 'string')
    return input === '' ? 'an empty string' : `a string of ${inUnits(input.length, ' characters')}`;
  return Array.isArray(input) ? inUnits(input.length, ' items') : nameType(input);
}

function inUnits(amount: number | undefined, unit: string): string {
  return `${amount}${amount === 1 ? unit.replace(/s$/, '') : unit}`;
}

/** @internal Bounds in words. */
export function rangeOf(limits: Limits, unit: string): string {
  const { min, max } = limits;
  if (min !== undefined && max !== undefined) return min === max ? `${min}${unit}` : `${min} to ${max}${unit}`;
  return min !== undefined ? `at least ${inUnits(min, unit)}` : `at most ${inUnits(max, unit)}`;
}

/** @internal What is said of a key that an object does not have, where no path is shown. */
export function formatUnknownField(key: string, nearest?: string): string {
  const suggestion = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  return `unknown field ${JSON.stringify(key)}${suggestion}`;
}

/** @internal One mismatch as a sentence without its place. */
export function formatMismatch({ expected, nearest, received }: Mismatch): string {
  const suggestion = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  return `expected ${expected}, received ${received}${suggestion}`;
}

/** @internal One line an issue: `sub_tasks[3].progress: expected number, received string`. */
export function formatIssues(issues: readonly SchemaIssue[]): string {
  return issues.map((issue) => `${issue.path === '' ? '' : `${issue.path}: `}${formatMismatch(issue)}`).join('\n');
}

/** @internal Issues of any zod schema in the form of this package. What a kind of zod itself says is only its message and what stands at its place. */
export function toIssues(issues: readonly RawIssue[], value: unknown): SchemaIssue[] {
  return issues.flatMap((issue) => {
    const path = issue.path ?? [];
    const { expected, keys, nearest, received } = issue;
    if (issue.code === 'unrecognized_keys' && keys !== undefined) {
      const suggestions: readonly unknown[] = Array.isArray(nearest) ? nearest : [];
      return keys.map((key, index) => {
        return unknownField(formatPath([...path, key]), suggestions[index]);
      });
    }
    return [
      {
        path: formatPath(path),
        expected: typeof expected === 'string' ? expected : issue.message,
        received: typeof received === 'string' ? received : nameType(readAt(value, path)),
        ...(typeof nearest === 'string' && { nearest }),
      },
    ];
  });
}

/** @internal The issue of an unknown name, with the nearest known one. */
export function unknownField(path: string, nearest: unknown): SchemaIssue {
  return { path, expected: 'no field of this name', received: 'one', ...(typeof nearest === 'string' && { nearest }) };
}

function readAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => Object(inner)[key], value);
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
