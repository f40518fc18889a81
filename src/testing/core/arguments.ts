/** Checks of the arguments of the simulator. Each error names the argument, what was expected and what was received. */

/** A short description of a value: texts and numbers unchanged, anything else by its type. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Refuses a value that is no object, and unknown members. */
export function checkMembers(name: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} must be an object, not ${show(value)}`);
  }
  for (const member of Object.keys(value)) {
    if (!known.includes(member)) {
      throw new TypeError(`${name} has no member ${show(member)}${suggest(member, known)}; it has ${known.join(', ')}`);
    }
  }
}

/** Refuses a text that is not in the list. */
export function checkWord(name: string, value: unknown, words: readonly string[]): void {
  if (typeof value === 'string' && words.includes(value)) return;
  const hint = typeof value === 'string' ? suggest(value, words) : '';
  throw new TypeError(`${name} must be one of ${words.join(', ')}, not ${show(value)}${hint}`);
}

/** Bounds of a number. */
export interface Bounds {
  /** The least. */
  readonly min: number;
  /** The most. Default: none, so that Infinity is accepted. */
  readonly max?: number;
}

/** Refuses anything but a whole number within the bounds. Without an upper bound, Infinity is accepted. */
export function checkWhole(name: string, value: unknown, { min, max = Number.POSITIVE_INFINITY }: Bounds): void {
  const range = max === Number.POSITIVE_INFINITY ? `from ${min} up` : `from ${min} to ${max}`;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a whole number ${range}, not ${show(value)}`);
  const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (!isWhole || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number ${range}, not ${show(value)}`);
  }
}

/** Refuses anything but a finite number that is at least the minimum. */
export function checkNumber(name: string, value: unknown, min = 0): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number from ${min} up, not ${show(value)}`);
  if (!(Number.isFinite(value) && value >= min)) {
    throw new RangeError(`${name} must be a number from ${min} up, not ${show(value)}`);
  }
}

/** Refuses a value of another type. Accepts undefined. */
export function checkOptional(name: string, value: unknown, type: 'boolean' | 'function' | 'string'): void {
  const given = typeof value;
  if (value !== undefined && given !== type) throw new TypeError(`${name} must be a ${type}, not ${show(value)}`);
}

// The nearest known word, when it is near enough to be a typing error.
function suggest(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, distance: countEdits(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)[0];
  return near !== undefined && near.distance <= 2 + word.length / 4 ? ` (did you mean ${near.candidate}?)` : '';
}

function countEdits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [place, counterpart] of [...other].entries()) {
      const replaced = (row[place] ?? 0) + (letter === counterpart ? 0 : 1);
      next.push(Math.min(replaced, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The types of wire fields. A question mark allows null. */
export type WireKind =
  | 'text'
  | 'number'
  | 'flag'
  | 'object'
  | 'list'
  | 'text?'
  | 'number?'
  | 'flag?'
  | 'object?'
  | 'list?';

/** The values of a type. */
export type WireValue<Of extends WireKind> = Of extends `${infer Kind extends WireKind}?`
  ? WireValue<Kind> | null
  : Of extends 'text'
    ? string
    : Of extends 'number'
      ? number
      : Of extends 'flag'
        ? boolean
        : Of extends 'object'
          ? object
          : readonly unknown[];

/** Some of the fields of a table. */
export type WireFields<Table extends Readonly<Record<string, WireKind>>> = {
  [Name in keyof Table]?: WireValue<Table[Name]> | undefined;
};

/** A copy of the given fields. An unknown field, or a value of another type, is a `TypeError`. */
export function readWireFields(
  fields: object,
  table: Readonly<Record<string, WireKind>>,
): Readonly<Record<string, unknown>> {
  checkMembers('fields', fields, Object.keys(table));
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const kind = table[name] ?? 'text';
    if (value === null && kind.endsWith('?')) continue;
    if (kindOf(value) !== kind.replace('?', '')) {
      throw new TypeError(`fields.${name} must be a ${kind.replace('?', ' or null')}, not ${show(value)}`);
    }
  }
  // A copy, so that later changes by the caller have no effect.
  return JSON.parse(JSON.stringify(Object.fromEntries(given)));
}

/** The names of the fields of a table. */
export function pickFields(
  fields: Readonly<Record<string, unknown>>,
  table: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name in table));
}

function kindOf(value: unknown): string | null {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : null;
  if (typeof value === 'boolean') return 'flag';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null ? 'object' : null;
}
