/**
 * The only importer of zod. Builds every schema of the package from a few kinds of field, each named by its unit, so that
 * one line of a model says what a value is and one place decides how it is checked and how a mismatch reads.
 */
import * as z from 'zod/mini';
import { ZodMiniArray, ZodMiniObject, ZodMiniType } from 'zod/mini';
import { $constructor } from 'zod/v4/core';
import {
  explain,
  explainRange,
  formatIssues,
  type Limits,
  measure,
  rangeOf,
  type SchemaIssue,
  toIssues,
} from './issues.js';

export { formatIssues, type Limits, type SchemaIssue } from './issues.js';

/**
 * A schema of this package: a zod schema (so it composes with a caller's own zod schemas and is a
 * [Standard Schema](https://standardschema.dev)) that yields a `T`.
 *
 * `schema.parse(json)` answers the value or throws a `ZodError` whose message has one line a problem, such as
 * `sub_tasks[3].progress: expected number, received string`; `schema.safeParse(json)` answers a result instead of throwing.
 *
 * @example
 * ```ts
 * import { Task } from '@org/sms-client/schemas';
 *
 * const task: Task = Task.parse(JSON.parse('{"id":"8abda863","state":"RUNNING"}'));
 * ```
 */
export interface Schema<T> extends z.ZodMiniType<T, unknown> {}

/**
 * Known values that autocomplete, with room for values the service adds later.
 *
 * @typeParam Known - the values known today
 */
export type OpenEnum<Known extends string> = Known | (string & {});

/** @internal A field that must be there. See {@link required}. */
export interface RequiredField<F extends z.ZodMiniType> {
  readonly required: F;
}

/** @internal What a model or body is made of. */
export type Shape = Readonly<Record<string, z.ZodMiniType | RequiredField<z.ZodMiniType>>>;

type RequiredKeys<S extends Shape> = { [K in keyof S]: S[K] extends RequiredField<z.ZodMiniType> ? K : never }[keyof S];
type Output<F> = F extends RequiredField<infer R> ? z.output<R> : F extends z.ZodMiniType ? z.output<F> : never;

/** @internal The type of an answer: what is not required may be absent or null, as the service does. */
export type ModelOf<S extends Shape> = {
  -readonly [K in keyof S as K extends RequiredKeys<S> ? K : never]: Output<S[K]>;
} & {
  -readonly [K in keyof S as K extends RequiredKeys<S> ? never : K]?: Output<S[K]> | null | undefined;
};

// What is sent is only read, so lists of constants are welcome.
type Accepted<T> = [T] extends [readonly (infer Item)[]] ? readonly Item[] : T;

/** @internal The type of a request: what is not required may be left out, but is never null. */
export type BodyOf<S extends Shape> = {
  -readonly [K in keyof S as K extends RequiredKeys<S> ? K : never]: Accepted<Output<S[K]>>;
} & {
  -readonly [K in keyof S as K extends RequiredKeys<S> ? never : K]?: Accepted<Output<S[K]>> | undefined;
};

/** @internal The payload type of what `model()` and `body()` return, for `interface X extends Infer<typeof x> {}`. */
export type Infer<M extends z.ZodMiniType> = z.output<M>;

// What a model or a list hands down to a part of itself; the problems found there go under the name of the part.
function descend(
  schema: z.ZodMiniType,
  value: unknown,
  key: PropertyKey,
  payload: z.core.ParsePayload,
  context: z.core.ParseContextInternal,
): unknown {
  // No kind of this package answers with a promise.
  const outcome = schema._zod.run({ value, issues: [] }, context) as z.core.ParsePayload;
  for (const issue of outcome.issues) payload.issues.push({ ...issue, path: [key, ...(issue.path ?? [])] });
  return outcome.value;
}

// The type of a value that needs no further look, for the plainest kinds.
function plainType({ _zod: { def } }: z.ZodMiniType): string | undefined {
  return def.checks === undefined && /^(string|number|boolean)$/.test(def.type) ? def.type : undefined;
}

// An object that keeps what it does not know. It looks at the fields that came, not at all that might have come, and copies
// nothing that fits, so that a page of hundreds of tasks is checked in less time than its JSON.parse takes. It needs no code
// generation, which some runtimes forbid.
const Model = /* @__PURE__ */ $constructor<z.ZodMiniObject>('Model', (instance, definition) => {
  ZodMiniObject.init(instance, definition);
  readableParse(instance);
  const fields = new Map<
    string,
    { readonly schema: z.ZodMiniType; readonly plain: string | undefined; readonly isRequired: boolean }
  >();
  for (const [name, schema] of Object.entries(definition.shape as Record<string, z.ZodMiniType>)) {
    const isRequired = schema._zod.def.type !== 'optional';
    const inner = isRequired
      ? schema
      : (schema as z.ZodMiniOptional<z.ZodMiniNullable<z.ZodMiniType>>)._zod.def.innerType._zod.def.innerType;
    fields.set(name, { schema: inner, plain: plainType(inner), isRequired });
  }
  instance._zod.parse = (payload, context) => {
    const input = payload.value as Record<string, unknown>;
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      payload.issues.push({ code: 'invalid_type', expected: 'object', input, inst: instance });
      return payload;
    }
    let output = input;
    for (const name in input) {
      const value = input[name];
      const field = fields.get(name);
      if (field === undefined) {
        // An own `__proto__` would change the prototype of whatever it is merged into.
        if (name === '__proto__') output = withoutPrototype(output);
        continue;
      }
      if (!field.isRequired && (value === null || value === undefined)) continue;
      if (isPlain(value, field.plain)) continue;
      const checked = descend(field.schema, value, name, payload, context);
      if (checked === value) continue;
      if (output === input) output = { ...input };
      output[name] = checked;
    }
    for (const [name, { isRequired, schema }] of fields) {
      if (isRequired && !Object.hasOwn(input, name)) descend(schema, undefined, name, payload, context);
    }
    payload.value = output;
    return payload;
  };
});

function withoutPrototype(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__'));
}

// Millions of broken items would take minutes to complain about, and nobody reads the complaints.
const mostIssues = 100;

// An array that copies nothing that fits.
const List = /* @__PURE__ */ $constructor<z.ZodMiniArray>('List', (instance, definition) => {
  ZodMiniArray.init(instance, definition);
  const { element } = definition;
  instance._zod.parse = (payload, context) => {
    const input = payload.value as unknown[];
    if (!Array.isArray(input)) {
      payload.issues.push({ code: 'invalid_type', expected: 'array', input, inst: instance });
      return payload;
    }
    let output = input;
    for (let index = 0; index < input.length && payload.issues.length < mostIssues; index += 1) {
      const checked = descend(element as z.ZodMiniType, input[index], index, payload, context);
      if (checked === input[index]) continue;
      if (output === input) output = [...input];
      output[index] = checked;
    }
    payload.value = output;
    return payload;
  };
});

// A string, number or boolean and nothing else about it.
const Plain = /* @__PURE__ */ $constructor<z.ZodMiniType>('Plain', (instance, definition) => {
  ZodMiniType.init(instance, definition);
  const type = definition.type as 'string' | 'number' | 'boolean';
  instance._zod.parse = (payload) => {
    if (!isPlain(payload.value, type)) {
      payload.issues.push({ code: 'invalid_type', expected: type, input: payload.value, inst: instance });
    }
    return payload;
  };
});

// JSON cannot hold the numbers that are none.
function isPlain(value: unknown, type: string | undefined): boolean {
  return typeof value === type && (typeof value !== 'number' || Number.isFinite(value));
}

function plain<T>(type: 'string' | 'number' | 'boolean'): z.ZodMiniType<T, unknown> {
  return new Plain({ type, ...explain(type) }) as z.ZodMiniType<T, unknown>;
}

// One of some values; zod's literals bring along more than this.
const OneOf = /* @__PURE__ */ $constructor<z.ZodMiniLiteral>('OneOf', (instance, definition) => {
  ZodMiniType.init(instance, definition);
  instance._zod.parse = (payload) => {
    if (!definition.values.includes(payload.value as string)) {
      payload.issues.push({ code: 'invalid_value', values: definition.values, input: payload.value, inst: instance });
    }
    return payload;
  };
});

// A text, or what its second option describes. zod's unions would say of a broken object only that it is neither.
const TextOr = /* @__PURE__ */ $constructor<z.ZodMiniUnion>('TextOr', (instance, definition) => {
  ZodMiniType.init(instance, definition);
  const [, other] = definition.options as readonly z.ZodMiniType[];
  instance._zod.parse = (payload, context) => {
    if (typeof payload.value === 'string') return payload;
    if (typeof payload.value === 'object' && payload.value !== null && other !== undefined)
      return other._zod.run(payload, context);
    payload.issues.push({ code: 'invalid_type', expected: 'string', input: payload.value, inst: instance });
    return payload;
  };
});

// zod's own message is a JSON dump of the issues; the same error with one readable line a problem helps whoever sees it.
function readableParse(schema: z.ZodMiniType): void {
  schema.parse = (value) => {
    const outcome = schema.safeParse(value);
    if (outcome.success) return outcome.data;
    throw Object.defineProperty(outcome.error, 'message', { value: formatIssues(toIssues(outcome.error.issues)) });
  };
}

/** @internal A text. */
// @__NO_SIDE_EFFECTS__
export function text(limits?: Limits & { readonly pattern?: RegExp; readonly form?: string }): Schema<string> {
  const schema = plain<string>('string');
  if (limits === undefined) return schema;
  const checks = [];
  const { min = 0, max = Number.POSITIVE_INFINITY, pattern, form } = limits;
  if (limits.min !== undefined || limits.max !== undefined) {
    const size =
      min === 1 && limits.max === undefined ? 'a non-empty string' : `a string of ${rangeOf(limits, ' characters')}`;
    checks.push(
      z.refine<string>((value) => value.length >= min && value.length <= max, { ...explainRange(size), abort: true }),
    );
  }
  if (pattern !== undefined)
    checks.push(z.refine<string>((value) => pattern.test(value), explainRange(form ?? `a string like ${pattern}`)));
  return schema.check(...checks);
}

/** @internal A truth value. */
// @__NO_SIDE_EFFECTS__
export function flag(): Schema<boolean> {
  return plain('boolean');
}

/** @internal A plain number: how many, or an ordinal or database id. With limits it must also be a whole number. */
// @__NO_SIDE_EFFECTS__
export function count(limits?: Limits): Schema<number> {
  const schema = plain<number>('number');
  if (limits === undefined) return schema;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = limits;
  return schema.check(
    z.refine<number>(
      (value) => Number.isSafeInteger(value) && value >= min && value <= max,
      explainRange(`a whole number of ${rangeOf(limits, '')}`),
    ),
  );
}

/** @internal A moment in milliseconds since 1970-01-01 UTC. */
export const epochMs: typeof count = count;
/** @internal A duration in milliseconds. */
export const milliseconds: typeof count = count;
/** @internal A duration in seconds. */
export const seconds: typeof count = count;
/** @internal A size in bytes. */
export const bytes: typeof count = count;
/** @internal A size in megabytes. */
export const megabytes: typeof count = count;
/** @internal A rate in Mbit/s. */
export const megabitsPerSecond: typeof count = count;

/** @internal A share from 0 to 100. Fractions are fine, also with limits. */
// @__NO_SIDE_EFFECTS__
export function percent(limits?: Limits): Schema<number> {
  const schema = plain<number>('number');
  if (limits === undefined) return schema;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = limits;
  return schema.check(
    z.refine<number>((value) => value >= min && value <= max, explainRange(`a number of ${rangeOf(limits, '')}`)),
  );
}

/** @internal One of the known values, which are a matter of types alone, or any other text: for sets that the service extends. */
// @__NO_SIDE_EFFECTS__
export function openEnum<Known extends string>(): Schema<OpenEnum<Known>> {
  return plain<string>('string');
}

/** @internal Exactly one of the values: for requests, where a typing error should not reach the service. */
// @__NO_SIDE_EFFECTS__
export function closedEnum<const Known extends string | number>(...known: Known[]): Schema<Known> {
  const expected = `one of ${known.join(', ')}`;
  const show = (input: unknown) =>
    typeof input === 'string' && input.length <= 40 ? JSON.stringify(input) : measure(input);
  const error = ({ input }: { readonly input?: unknown }) => `expected ${expected}, received ${show(input)}`;
  return new OneOf({ type: 'literal', values: known, error }) as unknown as Schema<Known>;
}

/** @internal An array. */
// @__NO_SIDE_EFFECTS__
export function list<T>(of: Schema<T>, limits?: Limits): Schema<T[]> {
  const schema = new List({ type: 'array', element: of, ...explain('array') }) as unknown as z.ZodMiniType<
    T[],
    unknown
  >;
  if (limits === undefined) return schema;
  const { min = 0, max = Number.POSITIVE_INFINITY } = limits;
  return schema.check(
    z.refine<T[]>(({ length }) => length >= min && length <= max, explainRange(rangeOf(limits, ' items'))),
  );
}

/** @internal An object with any keys, all of one kind. */
// @__NO_SIDE_EFFECTS__
export function record<T>(of: Schema<T>): Schema<Record<string, T>> {
  return new ZodMiniObject({
    type: 'object',
    shape: {},
    catchall: of,
    ...explain('object'),
  }) as unknown as z.ZodMiniType<Record<string, T>, unknown>;
}

/** @internal A text or an object, where sources disagree about the service. */
// @__NO_SIDE_EFFECTS__
export function textOr<T>(other: Schema<T>): Schema<string | T> {
  return new TextOr({ type: 'union', options: [text(), other], ...explain('string or object') }) as unknown as Schema<
    string | T
  >;
}

/** @internal A value that may be null where `model()` does not see to it: inside the records and lists of an answer. */
// @__NO_SIDE_EFFECTS__
export function orNull<T>(of: Schema<T>): Schema<T | null> {
  return z.nullable(of);
}

/** @internal Anything at all, kept as it is. */
// @__NO_SIDE_EFFECTS__
export function anything(): Schema<unknown> {
  return z.unknown();
}

/** @internal A value that passes a test of ours: options that JSON cannot hold, such as functions and signals. */
// @__NO_SIDE_EFFECTS__
export function custom<T>(expected: string, test: (value: unknown) => boolean): Schema<T> {
  return z.custom<T>(test, explainRange(expected)) as Schema<T>;
}

/** @internal Marks a field that must be there. */
// @__NO_SIDE_EFFECTS__
export function required<F extends z.ZodMiniType>(field: F): RequiredField<F> {
  return { required: field };
}

/** @internal The shape of an answer: unknown fields are kept, every field that is not required may be absent or null. */
// @__NO_SIDE_EFFECTS__
export function model<const S extends Shape>(shape: S): z.ZodMiniType<ModelOf<S>, unknown> {
  const fields = mapShape(shape, (field) => z.optional(z.nullable(field)));
  return new Model({
    type: 'object',
    shape: fields,
    catchall: z.unknown(),
    ...explain('object'),
  }) as unknown as z.ZodMiniType<ModelOf<S>, unknown>;
}

/** @internal The shape of a request: unknown keys are refused, every field that is not required may be left out. */
// @__NO_SIDE_EFFECTS__
export function body<const S extends Shape>(shape: S): z.ZodMiniType<BodyOf<S>, unknown> {
  const schema = z.strictObject(mapShape(shape, z.optional), explain('object'));
  readableParse(schema);
  return schema as unknown as z.ZodMiniType<BodyOf<S>, unknown>;
}

// @__NO_SIDE_EFFECTS__
function mapShape(shape: Shape, loosen: (field: z.ZodMiniType) => z.ZodMiniType): Record<string, z.ZodMiniType> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [name, 'required' in field ? field.required : loosen(field)]),
  );
}

/** @internal Checks a value: either `value` with the schema's type, or the `issues` that say why not. */
export function check<T>(
  schema: Schema<T>,
  value: unknown,
): { readonly value: T; readonly issues?: undefined } | { readonly issues: SchemaIssue[] } {
  const outcome = schema.safeParse(value);
  return outcome.success ? { value: outcome.data } : { issues: toIssues(outcome.error.issues) };
}
