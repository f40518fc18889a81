/** What is said of a value that does not fit: always where, what was expected and what came, never a text itself. */

/** One place where a payload does not fit its schema. Never carries the value itself, which may be a secret. */
export interface SchemaIssue {
  /** Where, as one would write it in code: `sub_tasks[3].progress`; empty for the payload as a whole. */
  readonly path: string;
  /** What belongs there: `number`, `one of start, stop`, `1 to 50 items`. */
  readonly expected: string;
  /** What was there instead: a type (`string`, `null`, `nothing`), or the number that is out of range. */
  readonly received: string;
}

/** @internal The message of a kind. Every kind has one, so that none depends on zod's locales or on the caller's `z.config`. */
export function explain(expected: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: (issue) => `expected ${expected}, received ${nameType(issue.input)}` };
}

/** @internal The message of a bound. */
export function explainRange(expected: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `expected ${expected}, received ${measure(input)}` };
}

/** @internal What is shown of a value of the right type but out of bounds: its measure, never a text, which may be secret. */
export function measure(input: unknown): string {
  if (typeof input === 'number') return String(input);
  if (typeof input === 'string') return input === '' ? 'an empty string' : `a string of ${input.length} characters`;
  return Array.isArray(input) ? `${input.length} items` : nameType(input);
}

function nameType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isNaN(value) ? 'NaN' : typeof value;
}

/** @internal Bounds in words. */
export function rangeOf(limits: Limits, unit: string): string {
  const { min, max } = limits;
  if (min !== undefined && max !== undefined) return min === max ? `${min}${unit}` : `${min} to ${max}${unit}`;
  const plural = (limit: number | undefined) => `${limit}${limit === 1 ? unit.replace(/s$/, '') : unit}`;
  return min !== undefined ? `at least ${plural(min)}` : `at most ${plural(max)}`;
}

/** @internal Bounds that a request is checked against before it is sent; answers are never refused for their size. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/** @internal One line a problem: `sub_tasks[3].progress: expected number, received string`. */
export function formatIssues(issues: readonly SchemaIssue[]): string {
  return issues
    .map(
      ({ path, expected, received }) => `${path === '' ? '' : `${path}: `}expected ${expected}, received ${received}`,
    )
    .join('\n');
}

const separator = ', received ';

/** @internal What is read of zod's own issues. */
export interface RawIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** @internal Takes zod's issues apart into where, what was expected and what came. */
export function toIssues(issues: readonly RawIssue[]): SchemaIssue[] {
  return issues.flatMap(({ keys, message, path }) => {
    if (keys !== undefined) {
      return keys.map((key) => ({
        path: formatPath([...path, key]),
        expected: 'no field of this name',
        received: 'one',
      }));
    }
    const split = message.lastIndexOf(separator);
    // Only a required field of any type has no kind of its own to speak for it when it is missing.
    if (split < 0) return [{ path: formatPath(path), expected: 'a value', received: 'nothing' }];
    const expected = message.slice('expected '.length, split);
    return [{ path: formatPath(path), expected, received: message.slice(split + separator.length) }];
  });
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
