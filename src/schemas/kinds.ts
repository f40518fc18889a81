/**
 * The only importer of zod: the kinds of schema that the package is made of. They are zod schemas, but faster on responses,
 * with one readable message each. `fields.ts` has the vocabulary on top of them.
 */
import * as z from 'zod/mini';
import { ZodMiniArray, ZodMiniObject, ZodMiniType } from 'zod/mini';
import { $constructor } from 'zod/v4/core';
import { explain, explainRange, formatIssues, measure, type SchemaIssue, toIssues } from './issues.js';

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

/** @internal Fields by their names. */
export type Fields = Readonly<Record<string, z.ZodMiniType>>;

/** @internal The type of a response: what is not required may be absent or null, as the service does. */
export type LooseOf<Required, Optional> = { -readonly [K in keyof Required]: z.output<Required[K]> } & {
  -readonly [K in keyof Optional]?: z.output<Optional[K]> | null | undefined;
};

// What is sent is only read, so lists of constants are welcome.
type Accepted<T> = [T] extends [readonly (infer Item)[]] ? readonly Item[] : T;

/** @internal The type of a request: what is not required may be left out, but is never null. */
export type StrictOf<Required, Optional> = { -readonly [K in keyof Required]: Accepted<z.output<Required[K]>> } & {
  -readonly [K in keyof Optional]?: Accepted<z.output<Optional[K]>> | undefined;
};

/** @internal The payload type of a schema, for `interface X extends Infer<typeof x> {}`. */
export type Infer<S extends z.ZodMiniType> = z.output<S>;

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

/** @internal A string, number or boolean. */
// @__NO_SIDE_EFFECTS__
export function plain<T>(type: 'string' | 'number' | 'boolean'): z.ZodMiniType<T, unknown> {
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

/** @internal A schema with further conditions, each with what it expects. The first one that does not hold is reported alone. */
// @__NO_SIDE_EFFECTS__
export function restrict<T>(
  schema: Schema<T>,
  ...conditions: readonly { readonly expected: string; readonly holds: (value: T) => boolean }[]
): Schema<T> {
  return schema.check(
    ...conditions.map(({ expected, holds }) => z.refine<T>(holds, { ...explainRange(expected), abort: true })),
  );
}

/** @internal Exactly one of these values. */
// @__NO_SIDE_EFFECTS__
export function literal<Known extends string | number>(known: readonly Known[]): Schema<Known> {
  const expected = `one of ${known.join(', ')}`;
  const show = (input: unknown) =>
    typeof input === 'string' && input.length <= 40 ? JSON.stringify(input) : measure(input);
  const error = ({ input }: { readonly input?: unknown }) => `expected ${expected}, received ${show(input)}`;
  return new OneOf({ type: 'literal', values: [...known], error }) as unknown as Schema<Known>;
}

/** @internal An array. */
// @__NO_SIDE_EFFECTS__
export function array<T>(of: Schema<T>): Schema<T[]> {
  return new List({ type: 'array', element: of, ...explain('array') }) as unknown as z.ZodMiniType<T[], unknown>;
}

/** @internal An object with any keys, all of one kind. */
// @__NO_SIDE_EFFECTS__
export function dictionary<T>(of: Schema<T>): Schema<Record<string, T>> {
  return new ZodMiniObject({
    type: 'object',
    shape: {},
    catchall: of,
    ...explain('object'),
  }) as unknown as z.ZodMiniType<Record<string, T>, unknown>;
}

/** @internal A string, or what another schema takes. */
// @__NO_SIDE_EFFECTS__
export function stringOr<T>(other: Schema<T>): Schema<string | T> {
  const options = [plain<string>('string'), other];
  return new TextOr({ type: 'union', options, ...explain('string or object') }) as unknown as Schema<string | T>;
}

/** @internal A value or null. */
// @__NO_SIDE_EFFECTS__
export function nullable<T>(of: Schema<T>): Schema<T | null> {
  return z.nullable(of);
}

/** @internal Any value. */
// @__NO_SIDE_EFFECTS__
export function unknown(): Schema<unknown> {
  return z.unknown();
}

/** @internal A value that passes a test of ours. */
// @__NO_SIDE_EFFECTS__
export function tested<T>(expected: string, test: (value: unknown) => boolean): Schema<T> {
  return z.custom<T>(test, explainRange(expected)) as Schema<T>;
}

/** @internal An object that keeps unknown keys; what is not required may be absent or null. */
// @__NO_SIDE_EFFECTS__
export function looseObject<R, O>(required: R, optional: O): z.ZodMiniType<LooseOf<R, O>, unknown> {
  const shape = { ...required, ...mapFields(optional, (field) => z.optional(z.nullable(field))) };
  return new Model({ type: 'object', shape, catchall: z.unknown(), ...explain('object') }) as unknown as z.ZodMiniType<
    LooseOf<R, O>,
    unknown
  >;
}

/** @internal An object that refuses unknown keys; what is not required may be left out. */
// @__NO_SIDE_EFFECTS__
export function strictObject<R, O>(required: R, optional: O): z.ZodMiniType<StrictOf<R, O>, unknown> {
  const schema = z.strictObject({ ...(required as Fields), ...mapFields(optional, z.optional) }, explain('object'));
  readableParse(schema);
  return schema as unknown as z.ZodMiniType<StrictOf<R, O>, unknown>;
}

// @__NO_SIDE_EFFECTS__
function mapFields(fields: unknown, change: (field: z.ZodMiniType) => z.ZodMiniType): Record<string, z.ZodMiniType> {
  return Object.fromEntries(Object.entries(fields as Fields).map(([name, field]) => [name, change(field)]));
}

/** @internal The same schema, marked as one of a secret. */
// @__NO_SIDE_EFFECTS__
export function markSecret<T>(schema: Schema<T>): Schema<T> {
  return schema.clone({ ...schema._zod.def, isSecret: true } as typeof schema._zod.def) as Schema<T>;
}

/** @internal Whether a schema was made by `secret()`. */
export function isSecret(schema: Schema<unknown>): boolean {
  return 'isSecret' in schema._zod.def;
}

/** @internal Checks a value: either `value` with the schema's type, or the `issues` that say why not. */
export function check<T>(
  schema: Schema<T>,
  value: unknown,
): { readonly value: T; readonly issues?: undefined } | { readonly issues: SchemaIssue[] } {
  const outcome = schema.safeParse(value);
  return outcome.success ? { value: outcome.data } : { issues: toIssues(outcome.error.issues) };
}
