import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, formatIssues } from '../../src/schemas/fields.js';
import { type AnySchema, accepts, definitionOf, isRequired, sampleOf, shapeOf, unwrap } from './shapes.js';
import { iam, nameOf, queries, requests, responses } from './tables.js';

function byName(...tables: Readonly<Record<string, AnySchema>>[]): [string, AnySchema][] {
  const schemas = new Set(tables.flatMap((table) => Object.values(table)));
  return [...schemas].map((schema) => [nameOf.get(schema) ?? 'a schema without a name', schema]);
}

const responseSchemas = byName(responses, iam);
const requestSchemas = byName(requests, queries);
const runs = { numRuns: 30 };

/** A value as the service might send it: fields missing and null wherever they may, unknown ones everywhere. */
function arbitraryResponse(schema: AnySchema): fc.Arbitrary<unknown> {
  const { type, element, options = [], valueType } = definitionOf(unwrap(schema));
  switch (type) {
    case 'object':
      return arbitraryModel(schema);
    case 'array':
      return element === undefined ? fc.constant([]) : fc.array(arbitraryResponse(element), { maxLength: 2 });
    case 'union':
      return fc.oneof(...options.map(arbitraryResponse));
    case 'record':
      return valueType === undefined
        ? fc.constant({})
        : fc.dictionary(arbitraryName(), fc.option(arbitraryResponse(valueType), { nil: null }), { maxKeys: 3 });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string();
    default:
      return fc.jsonValue();
  }
}

// zod drops an own `__proto__`, which JSON may hold but no service sends.
function arbitraryName(): fc.Arbitrary<string> {
  return fc.string().filter((name) => name !== '__proto__');
}

function arbitraryModel(schema: AnySchema): fc.Arbitrary<unknown> {
  const fields = Object.entries(shapeOf(unwrap(schema)));
  const required = fields.filter(([, field]) => isRequired(field));
  const optional = fields.filter(([, field]) => !isRequired(field));
  const known = new Set(fields.map(([name]) => name));
  const unknown = fc.dictionary(
    arbitraryName().filter((name) => !known.has(name)),
    fc.jsonValue(),
    { maxKeys: 2 },
  );
  const there = fc.record(Object.fromEntries(required.map(([name, field]) => [name, arbitraryResponse(field)])));
  const maybe = fc.record(
    Object.fromEntries(optional.map(([name, field]) => [name, fc.option(arbitraryResponse(field), { nil: null })])),
    { requiredKeys: [] },
  );
  return fc.tuple(there, maybe, unknown).map((parts) => Object.assign({}, ...parts));
}

describe('responses', () => {
  it.each(responseSchemas)(
    '%s accepts fields that are missing, null or new, and keeps the new ones',
    (_name, schema) => {
      fc.assert(
        fc.property(arbitraryResponse(schema), (value) => {
          const outcome = check(schema, value);
          expect(outcome.issues).toBeUndefined();
          expect('value' in outcome && outcome.value).toEqual(value);
        }),
        runs,
      );
    },
  );

  it.each(responseSchemas)('%s refuses values of another type, and says where', (_name, schema) => {
    const values = placesIn(schema).filter(({ kind }) => kind === 'value');
    const unseen = values.filter(({ path, schema: field }) => {
      const broken = replace(sampleOf(schema), path, wrongValue(field));
      return !issuePaths(schema, broken).includes(formatPath(path));
    });
    expect(unseen.map(({ path }) => formatPath(path))).toEqual([]);
  });
});

type PathKeys = readonly (string | number)[];

/** A place in a full sample that can be broken. */
interface Place {
  readonly path: PathKeys;
  readonly schema: AnySchema;
  /** An object takes new keys; a value can be of another type; what is required can be missing. */
  readonly kind: 'object' | 'value' | 'required';
}

function placesIn(schema: AnySchema, path: PathKeys = []): Place[] {
  const { type, element } = definitionOf(unwrap(schema));
  if (type === 'array' && element !== undefined) {
    const item = [...path, 0];
    return [...valueAt(item, element), ...placesIn(element, item)];
  }
  if (type !== 'object') return [];
  const fields = Object.entries(shapeOf(unwrap(schema))).flatMap(([name, field]): Place[] => {
    const at = [...path, name];
    const required: Place[] = isRequired(field) ? [{ path: at, schema: field, kind: 'required' }] : [];
    return [...valueAt(at, field), ...required, ...placesIn(field, at)];
  });
  return [{ path, schema, kind: 'object' }, ...fields];
}

/** A place whose value can be of another type; none where anything goes. */
function valueAt(path: PathKeys, schema: AnySchema): Place[] {
  return wrongValue(schema) === undefined ? [] : [{ path, schema, kind: 'value' }];
}

/** A value that no field of this kind takes. */
function wrongValue(schema: AnySchema): unknown {
  return ['text', 1, true, [], {}].find((value) => !accepts(schema, value));
}

/** The value with something else at a place; `undefined` takes it away. */
function replace(value: unknown, path: PathKeys, by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<number, unknown>)
    : { ...(value as Record<string, unknown>) };
  if (by === undefined && rest.length === 0) delete copy[key];
  else copy[key] = replace(copy[key], rest, by);
  return copy;
}

function formatPath(path: PathKeys): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\w$]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function issuePaths(schema: AnySchema, value: unknown): string[] {
  return (check(schema, value).issues ?? []).map(({ path }) => path);
}

/** What is wrong with the paths of the issues when one place after another is broken. */
function breakEach(schema: AnySchema, kind: Place['kind'], values: (field: AnySchema) => unknown[]): string[] {
  const places = placesIn(schema).filter((place) => place.kind === kind);
  return places.flatMap(({ path, schema: field }) =>
    values(field).flatMap((value) => {
      const found = issuePaths(schema, replace(sampleOf(schema), path, value));
      return found.length === 1 && found[0] === formatPath(path) ? [] : [`${formatPath(path)}: ${found.join(', ')}`];
    }),
  );
}

describe('requests', () => {
  it.each(requestSchemas)('%s accepts a full sample unchanged', (_name, schema) => {
    const sample = sampleOf(schema);
    const outcome = check(schema, sample);
    expect(outcome.issues === undefined ? outcome.value : formatIssues(outcome.issues)).toStrictEqual(sample);
  });

  it.each(requestSchemas)('%s accepts the absence of every optional field', (_name, schema) => {
    const needed = Object.entries(shapeOf(schema)).filter(([, field]) => isRequired(field));
    expect(accepts(schema, Object.fromEntries(needed.map(([name, field]) => [name, sampleOf(field)])))).toBe(true);
  });

  it.each(requestSchemas)(
    '%s refuses another type, or null where a field is required, at any depth, and says where',
    (_name, schema) => {
      const values = (field: AnySchema) => (isRequired(field) ? [wrongValue(field), null] : [wrongValue(field)]);
      expect(breakEach(schema, 'value', values)).toEqual([]);
    },
  );

  it.each(requestSchemas)('%s leaves out what is null', (_name, schema) => {
    const optional = Object.entries(shapeOf(schema)).filter(([, field]) => !isRequired(field));
    const sample = sampleOf(schema) as Record<string, unknown>;
    const emptied = { ...sample, ...Object.fromEntries(optional.map(([name]) => [name, null])) };
    const needed = Object.entries(sample).filter(([name]) => !optional.some(([other]) => other === name));
    expect(check(schema, emptied)).toStrictEqual({ value: Object.fromEntries(needed) });
  });

  it.each(requestSchemas)('%s refuses a missing required field at any depth, and names it', (_name, schema) => {
    expect(breakEach(schema, 'required', () => [undefined])).toEqual([]);
  });

  it.each(requestSchemas)('%s refuses an unknown key at any depth, and names it', (_name, schema) => {
    const objects = placesIn(schema).filter(({ kind }) => kind === 'object');
    fc.assert(
      fc.property(fc.nat(objects.length - 1), arbitraryName(), fc.jsonValue(), (index, key, value) => {
        const place = objects[index];
        fc.pre(place !== undefined && !Object.hasOwn(shapeOf(unwrap(place.schema)), key));
        const path = [...(place?.path ?? []), key];
        const expected = { path: formatPath(path), expected: 'no field of this name', received: 'one' };
        const { issues } = check(schema, replace(sampleOf(schema), path, value));
        expect(issues).toEqual([expect.objectContaining(expected)]);
      }),
      runs,
    );
  });

  it.each(requestSchemas)('%s refuses everything that is no object', (_name, schema) => {
    const noObject = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined),
      fc.array(fc.nat()),
    );
    fc.assert(
      fc.property(noObject, (value) => {
        expect(issuePaths(schema, value)).toEqual(['']);
      }),
      runs,
    );
  });
});
