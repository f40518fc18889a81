/**
 * The only importer of zod: the kinds of schema that the package is made of. They are zod schemas with three differences: what
 * fits is not copied, so that a page of hundreds of tasks is checked in a fraction of the time of its JSON.parse; every issue
 * carries what was expected and what was received as data; and no message depends on a locale or on the caller's `z.config`.
 *
 * Objects and arrays are instances of zod's own classes with another `parse`, so that whatever is derived from them
 * (`z.partial`, `z.extend`, `.check()`) is plain zod.
 */
import * as z from 'zod/mini';
import { ZodMiniArray, ZodMiniObject, ZodMiniType } from 'zod/mini';
import { $constructor } from 'zod/v4/core';
import { isObject } from './is-object.js';
import {
  formatIssues,
  formatMismatch,
  formatUnknownField,
  type Mismatch,
  measure,
  nameType,
  toIssues,
} from './issues.js';
import { findNearest } from './nearest.js';
import type { Definition, Field, LooseOf, Schema, SettingsOf, StrictOf } from './schema-types.js';

type Zod = z.ZodMiniType;
type Shape = Readonly<Record<string, Zod>>;
type Payload = z.core.ParsePayload;
type Context = z.core.ParseContextInternal;
type Run = (payload: Payload, context: Context) => Payload;
/** Responses, requests, and options of our own. */
type ObjectKind = 'loose' | 'strict' | 'settings';

// What our kinds add to zod's internals: whether a value is valid as it is, without collecting issues.
interface Internals {
  run: Run;
  parse: Run;
  fits?: (value: unknown) => boolean;
  /** How the object was made, so that two can be merged. */
  parts?: { readonly kind: ObjectKind; readonly required: Shape; readonly optional: Shape };
}

function internals(schema: Zod): Internals {
  return schema._zod as unknown as Internals;
}

function fitsOf(schema: Zod): (value: unknown) => boolean {
  const { fits } = internals(schema);
  if (fits !== undefined) return fits;
  return (value) => {
    const outcome = internals(schema).run({ value, issues: [] }, {} as Context);
    return outcome.issues.length === 0 && outcome.value === value;
  };
}

// A message of its own keeps zod from asking locales and global configurations for one.
function report(payload: Payload, inst: Zod, code: string, mismatch: Mismatch, more: object = {}): Payload {
  const message = formatMismatch(mismatch);
  const issue = { code, input: payload.value, inst, message, ...mismatch, ...more };
  payload.issues.push(issue as unknown as z.core.$ZodRawIssue);
  return payload;
}

// What derived schemas, whose parse is zod's own, say.
function explain(expected: string): { error: (issue: z.core.$ZodRawIssue) => string } {
  return {
    error: (issue) => {
      const { keys } = issue as { readonly keys?: readonly string[] };
      if (keys !== undefined) return keys.map((key) => formatUnknownField(key)).join('\n');
      return formatMismatch({ expected, received: nameType(issue.input) });
    },
  };
}

// The issues found in a part go under its name.
function descend(schema: Zod, value: unknown, key: PropertyKey, payload: Payload, context: Context): unknown {
  // No kind of this package returns a promise.
  const outcome = internals(schema).run({ value, issues: [] }, context);
  for (const issue of outcome.issues) payload.issues.push({ ...issue, path: [key, ...(issue.path ?? [])] });
  return outcome.value;
}

// Replaces the parse of a finished instance of zod's class. Its class stays, so clones of it are zod's.
function replaceParse(instance: Zod, parse: Run, fits?: (value: unknown) => boolean): void {
  const run: Run =
    fits === undefined ? parse : (payload, context) => (fits(payload.value) ? payload : parse(payload, context));
  Object.assign(instance._zod, { parse: run, run, ...(fits !== undefined && { fits }) });
  // zod's own message is a JSON dump of the issues; the same error with one readable line per issue helps the reader.
  instance.parse = (value) => {
    const outcome = instance.safeParse(value);
    if (outcome.success) return outcome.data;
    throw Object.defineProperty(outcome.error, 'message', {
      value: formatIssues(toIssues(outcome.error.issues, value)),
    });
  };
}

interface KnownField {
  readonly schema: Zod;
  readonly isRequired: boolean;
  /** The result of `typeof` that suffices, for the plainest kinds. */
  readonly type: string | undefined;
  readonly fits: (value: unknown) => boolean;
}

function describeFields(required: Shape, optional: Shape): Map<string, KnownField> {
  const describe = ([name, schema]: [string, Zod]): [string, KnownField] => {
    const { checks, fits, type } = schema._zod.def as Partial<KindDefinition> & { readonly checks?: unknown };
    const isPlain = checks === undefined && fits !== undefined;
    const isRequired = Object.hasOwn(required, name);
    return [name, { schema, isRequired, type: isPlain ? type : undefined, fits: fitsOf(schema) }];
  };
  return new Map(Object.entries({ ...required, ...optional }).map(describe));
}

type Fields = Record<string, unknown>;

/** @internal An object that keeps unknown keys; what is not required may be absent or null. */
// @__NO_SIDE_EFFECTS__
export function looseObject<R, O>(required: R, optional: O): Schema<LooseOf<R, O>> {
  return makeObject('loose', required as Shape, optional as Shape);
}

/** @internal An object that refuses unknown keys; what is not required may be left out or null, and null is dropped. */
// @__NO_SIDE_EFFECTS__
export function strictObject<R, O>(required: R, optional: O): Schema<StrictOf<R, O>> {
  return makeObject('strict', required as Shape, optional as Shape);
}

/** @internal An object that refuses unknown keys; what is not required may be left out. */
// @__NO_SIDE_EFFECTS__
export function settingsObject<R, O>(required: R, optional: O): Schema<SettingsOf<R, O>> {
  return makeObject('settings', required as Shape, optional as Shape);
}

/** @internal The fields of two objects of the same kind. Interfaces extend both, which keeps the comments of the fields. */
// @__NO_SIDE_EFFECTS__
export function mergeObjects<A, B>(one: Schema<A>, other: Schema<B>): Schema<A & B> {
  const [first, second] = [one, other].map((schema) => internals(schema as unknown as Zod).parts);
  if (first === undefined || second === undefined)
    throw new TypeError('only objects that this package made can be merged');
  const { kind, optional, required } = first;
  return makeObject(kind, { ...required, ...second.required }, { ...optional, ...second.optional });
}

const anyField = /* @__PURE__ */ z.unknown();
const noField = /* @__PURE__ */ z.never();

// @__NO_SIDE_EFFECTS__
function makeObject<T>(kind: ObjectKind, required: Shape, optional: Shape): Schema<T> {
  const isLoose = kind === 'loose';
  const takesNull = kind !== 'settings';
  const loosen = ([name, field]: [string, Zod]) => [name, z.optional(takesNull ? z.nullable(field) : field)] as const;
  const instance = new ZodMiniObject({
    type: 'object',
    catchall: isLoose ? anyField : noField,
    ...explain('object'),
    // Only what derives from an object asks for its shape, and making it takes longer than all the rest.
    get shape() {
      const shape = { ...required, ...Object.fromEntries(Object.entries(optional).map(loosen)) };
      Object.defineProperty(this, 'shape', { value: shape, enumerable: true });
      return shape;
    },
  });
  const fields = describeFields(required, optional);
  const requiredNames = Object.keys(required);

  // Checks only the fields that came.
  const fits = (input: unknown): boolean => {
    if (!isObject(input)) return false;
    for (const name in input) {
      const field = fields.get(name);
      // An own `__proto__` would change the prototype of whatever it is merged into.
      if (field === undefined) {
        if (name === '__proto__') return false;
        continue;
      }
      const value = input[name];
      // JSON cannot hold the numbers that are none.
      if (typeof value === field.type && (field.type !== 'number' || Number.isFinite(value))) continue;
      if (!field.isRequired && (value === null || value === undefined)) continue;
      if (!field.fits(value)) return false;
    }
    for (const name of requiredNames) if (input[name] === undefined) return false;
    return true;
  };

  const parse: Run = (payload, context) => {
    const input = payload.value;
    if (!isObject(input)) return report(payload, instance, 'invalid_type', mismatch('object', input));
    const output: Fields = {};
    const unknown: string[] = [];
    for (const name in input) {
      const value = input[name];
      const field = fields.get(name);
      if (field === undefined) {
        if (!isLoose) unknown.push(name);
        else if (name !== '__proto__') output[name] = value;
      } else if (field.isRequired || !(value === undefined || (value === null && takesNull))) {
        output[name] = descend(field.schema, value, name, payload, context);
      } else if (isLoose || value === undefined) {
        output[name] = value;
      }
    }
    if (unknown.length > 0) {
      const free = [...fields.keys()].filter((known) => !(known in input));
      const nearest = unknown.map((name) => findNearest(name, free));
      const message = unknown.map((name, index) => formatUnknownField(name, nearest[index])).join('\n');
      const issue = { code: 'unrecognized_keys', keys: unknown, nearest, input, inst: instance, message };
      payload.issues.push(issue as unknown as z.core.$ZodRawIssue);
    }
    for (const name of requiredNames) {
      if (!(name in input)) descend(required[name] as Zod, undefined, name, payload, context);
    }
    payload.value = output;
    return payload;
  };
  replaceParse(instance, parse, isLoose ? fits : undefined);
  internals(instance).parts = { kind, required, optional };
  return instance as unknown as Schema<T>;
}

// Issues for millions of broken items would take minutes, and no one would read them.
const mostIssues = 100;

/** @internal An array. */
// @__NO_SIDE_EFFECTS__
export function array<T>(of: Field<T>): Field<T[]> {
  const element = toZod(of);
  const instance = new ZodMiniArray({ type: 'array', element, ...explain('array') });
  const fitsElement = fitsOf(element);
  const fits = (input: unknown): boolean => {
    if (!Array.isArray(input)) return false;
    for (const item of input) if (!fitsElement(item)) return false;
    return true;
  };
  const parse: Run = (payload, context) => {
    const input = payload.value;
    if (!Array.isArray(input)) return report(payload, instance, 'invalid_type', mismatch('array', input));
    const output = [...input];
    for (let index = 0; index < input.length && payload.issues.length < mostIssues; index += 1) {
      output[index] = descend(element, input[index], index, payload, context);
    }
    payload.value = output;
    return payload;
  };
  replaceParse(instance, parse, fits);
  return instance as unknown as Field<T[]>;
}

/** @internal An object with any keys, all of one kind. */
// @__NO_SIDE_EFFECTS__
export function dictionary<T>(of: Field<T>): Field<Record<string, T>> {
  const definition = { type: 'object', shape: {}, catchall: toZod(of), ...explain('object') } as const;
  return new ZodMiniObject(definition) as unknown as Field<Record<string, T>>;
}

function mismatch(expected: string, input: unknown): Mismatch {
  return { expected, received: nameType(input) };
}

// What all other kinds are made of. Whatever derives from them keeps it.
interface KindDefinition {
  readonly type: string;
  readonly read: (payload: Payload, context: Context, instance: Zod) => Payload;
  /** Whether a value is valid as it is; left out when that is not quicker to tell. */
  readonly fits?: (value: unknown) => boolean;
}

const Kind = /* @__PURE__ */ $constructor<z.ZodMiniType>('Kind', (instance, definition) => {
  ZodMiniType.init(instance, definition);
  const { fits, read } = definition as unknown as KindDefinition;
  const own = internals(instance);
  own.parse = (payload, context) => read(payload, context, instance);
  if (fits !== undefined && definition.checks === undefined) own.fits = fits;
});

// @__NO_SIDE_EFFECTS__
function makeKind<T>(expected: string, definition: KindDefinition): Field<T> {
  return new Kind({ ...explain(expected), ...definition } as unknown as Zod['_zod']['def']) as unknown as Field<T>;
}

/** @internal A string, number or boolean. `known` are the values that it is known to have. */
// @__NO_SIDE_EFFECTS__
export function plain<T>(type: 'string' | 'number' | 'boolean', known?: readonly unknown[]): Field<T> {
  // JSON cannot hold the numbers that are none.
  const fits = (value: unknown) => (type === 'number' ? Number.isFinite(value) : typeof value === type);
  const read: KindDefinition['read'] = (payload, _, instance) =>
    fits(payload.value) ? payload : report(payload, instance, 'invalid_type', mismatch(type, payload.value));
  return makeKind(type, { type, fits, read, ...(known !== undefined && { known }) });
}

/** @internal An id in a request, as text or number, whatever the documentation calls it; it is sent as documented. */
// @__NO_SIDE_EFFECTS__
export function identifier(sentAs: 'string' | 'number'): Field<string | number> {
  const isText = sentAs === 'string';
  const expected = 'string or whole number';
  const read: KindDefinition['read'] = (payload, _, instance) => {
    const { value } = payload;
    const isNumber = typeof value === 'number' && Number.isSafeInteger(value);
    const isNumeric = typeof value === 'string' && (isText || /^-?\d{1,15}$/.test(value));
    if (!isNumber && !isNumeric) return report(payload, instance, 'invalid_type', mismatch(expected, value));
    payload.value = isText ? String(value) : Number(value);
    return payload;
  };
  return makeKind(expected, { type: sentAs, read });
}

/** @internal Exactly one of these values. zod's literals bring along more than this. */
// @__NO_SIDE_EFFECTS__
export function literal<Known extends string | number>(known: readonly Known[]): Field<Known> {
  const values: readonly unknown[] = [...known];
  const expected = `one of ${known.join(', ')}`;
  const read: KindDefinition['read'] = (payload, _, instance) => {
    const input = payload.value;
    if (values.includes(input)) return payload;
    const isShort = typeof input === 'string' && input.length <= 40;
    const names = known.filter((value) => typeof value === 'string');
    const nearest = typeof input === 'string' ? findNearest(input, names) : undefined;
    const received = isShort ? JSON.stringify(input) : measure(input);
    return report(payload, instance, 'invalid_value', { expected, received, nearest }, { values });
  };
  return makeKind(expected, { type: 'literal', values, read } as KindDefinition);
}

/** @internal A string, or what another schema takes. zod's unions would say of a broken object only that it is neither. */
// @__NO_SIDE_EFFECTS__
export function stringOr<T>(other: Field<T>): Field<string | T> {
  const expected = 'string or object';
  const read: KindDefinition['read'] = (payload, context, instance) => {
    const { value } = payload;
    if (typeof value === 'string') return payload;
    if (isObject(value)) return internals(toZod(other)).run(payload, context);
    return report(payload, instance, 'invalid_type', mismatch(expected, value));
  };
  return makeKind(expected, { type: 'union', options: [plain('string'), other], read } as KindDefinition);
}

/** @internal A value or null. */
// @__NO_SIDE_EFFECTS__
export function nullable<T>(of: Field<T>): Field<T | null> {
  return z.nullable(toZod(of)) as unknown as Field<T | null>;
}

/** @internal A value that passes a test of its own. */
// @__NO_SIDE_EFFECTS__
export function tested<T>(expected: string, test: (value: unknown) => boolean, type = 'custom'): Field<T> {
  const read: KindDefinition['read'] = (payload, _, instance) => {
    const { value } = payload;
    return test(value) ? payload : report(payload, instance, 'custom', { expected, received: measure(value) });
  };
  return makeKind(expected, { type, read });
}

/** @internal One more thing that a value must hold. */
export interface Condition<T> {
  readonly expected: string;
  readonly holds: (value: T) => boolean;
}

/** @internal A schema with further conditions. The first one that does not hold is reported alone. */
// @__NO_SIDE_EFFECTS__
export function restrict<T>(field: Field<T>, ...conditions: readonly Condition<T>[]): Field<T> {
  const schema = toZod(field);
  const checks = conditions.map(({ expected, holds }) =>
    z.check<unknown>((payload) => {
      if (holds(payload.value as T)) return;
      report(payload as Payload, schema, 'custom', { expected, received: measure(payload.value) }, { continue: false });
    }),
  );
  return schema.check(...checks) as unknown as Field<T>;
}

/** @internal The same schema, marked as one of a secret. */
// @__NO_SIDE_EFFECTS__
export function markSecret<T>(field: Field<T>): Field<T> {
  const schema = toZod(field);
  return schema.clone({ ...schema._zod.def, isSecret: true } as typeof schema._zod.def) as unknown as Field<T>;
}

/** @internal What a schema is made of. */
export function definitionOf(field: Field<unknown>): Definition {
  return toZod(field)._zod.def as unknown as Definition;
}

function toZod(field: Field<unknown>): Zod {
  return field as unknown as Zod;
}
