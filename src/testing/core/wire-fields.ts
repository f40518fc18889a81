import { checkMembers, show } from './arguments.js';

/** Kinds of value that fields of the wire have; a question mark lets null pass. */
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

/** What may be given for a kind. */
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

/** Some of the fields that a table names. */
export type WireFields<Table extends Readonly<Record<string, WireKind>>> = {
  [Name in keyof Table]?: WireValue<Table[Name]> | undefined;
};

/** A copy of the fields that are given. An unknown field, or a value of another kind, is a `TypeError`. */
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
  // What the caller goes on to change is none of ours.
  return JSON.parse(JSON.stringify(Object.fromEntries(given)));
}

/** The fields that a table names. */
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
