/** How a response differs from its schema: names of fields and types, never values. */
import { check, definitionOf, type Field, type SchemaIssue } from '../schemas/fields.js';
import { nameType } from '../schemas/issues.js';

/** One difference between a response and its schema. */
export interface Drift {
  /** `violation`: the schema refuses it. The others are accepted, but not known. */
  readonly kind: 'violation' | 'unknown-field' | 'unknown-value';
  /** Where: `tasks[].state`, the same for every item of a list. */
  readonly path: string;
  /** What the schema has there. */
  readonly expected: string;
  /** The type that was received. */
  readonly received: string;
}

/** Every difference, each place once. */
export function findDrift(schema: Field<unknown>, value: unknown): Drift[] {
  const violations = toViolations(check(schema, value).issues ?? []);
  const found = new Map<string, Drift>();
  for (const drift of [...violations, ...walk(schema, value, '')]) {
    const key = `${drift.kind} ${drift.path}`;
    if (!found.has(key)) found.set(key, drift);
  }
  return [...found.values()];
}

/** What a schema refuses, as drift. */
export function toViolations(issues: readonly SchemaIssue[]): Drift[] {
  return issues.map(({ expected, path, received }): Drift => {
    return { kind: 'violation', path: path.replaceAll(/\[\d+\]/g, '[]'), expected, received };
  });
}

function* walk(schema: Field<unknown>, value: unknown, path: string): Generator<Drift> {
  const { element, innerType, known, shape } = definitionOf(schema);
  if (innerType !== undefined) yield* walk(innerType, value, path);
  if (value === null || value === undefined) return;
  if (known !== undefined && typeof value === typeof known[0] && !known.some((one) => one === value)) {
    yield { kind: 'unknown-value', path, expected: `one of ${known.join(', ')}`, received: 'another value' };
  }
  if (Array.isArray(value) && element !== undefined) {
    for (const item of value) yield* walk(element, item, `${path}[]`);
  }
  if (typeof value !== 'object' || Array.isArray(value) || shape === undefined) return;
  // An object of any keys has no fields that could be known.
  if (Object.keys(shape).length === 0) return;
  for (const [name, field] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (kind !== undefined) yield* walk(kind, field, at);
    else yield { kind: 'unknown-field', path: at, expected: 'no field of this name', received: nameType(field) };
  }
}
