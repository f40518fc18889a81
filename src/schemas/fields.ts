/**
 * The vocabulary that every schema of the package is written in: `loose()` for responses, `strict()` for requests, and kinds of
 * field named by their unit, so that one line says what a value is and one place decides how it is checked.
 */
import { type Limits, rangeOf } from './issues.js';
import {
  array,
  type Condition,
  dictionary,
  identifier,
  literal,
  looseObject,
  markSecret,
  mergeObjects,
  nullable,
  plain,
  restrict,
  settingsObject,
  strictObject,
  stringOr,
  tested,
} from './kinds.js';
import type { Field, FieldsOf, Infer, LooseOf, RequiredNames, Schema, SettingsOf, StrictOf } from './schema-types.js';

export { check, isSecret, unreadable } from './check.js';
export { formatIssues, type Limits, type SchemaIssue } from './issues.js';
export { definitionOf, markSecret } from './kinds.js';
export { findNearest } from './nearest.js';
export type { Field, FieldsOf, Infer, SafeParseResult, Schema } from './schema-types.js';

// The parts of what a schema is made of keep the names of their types only when they are taken as they are.
type AnyField = Field<unknown>;

/** @internal Limits of a text: its length and its form. */
export interface TextLimits extends Limits {
  /** What the text must match. */
  readonly pattern?: RegExp;
  /** What such a text is called in a message. */
  readonly form?: string;
}

const anyText = /* @__PURE__ */ plain<string>('string');
const anyNumber = /* @__PURE__ */ plain<number>('number');
const anyFlag = /* @__PURE__ */ plain<boolean>('boolean');

/** @internal A text. */
// @__NO_SIDE_EFFECTS__
export function text(limits: TextLimits = {}): Field<string> {
  const { form, max, min, pattern } = limits;
  const conditions: Condition<string>[] = [];
  if (min !== undefined || max !== undefined) {
    const expected =
      min === 1 && max === undefined ? 'a non-empty string' : `a string of ${rangeOf(limits, ' characters')}`;
    conditions.push({ expected, holds: (value: string) => isWithin(value.length, limits) });
  }
  if (pattern !== undefined) {
    conditions.push({ expected: form ?? `a string like ${pattern}`, holds: (value: string) => pattern.test(value) });
  }
  return conditions.length === 0 ? anyText : restrict(anyText, ...conditions);
}

/** @internal A text that is a secret: a password, a key, a token. {@link isSecret} distinguishes it from other fields. */
// @__NO_SIDE_EFFECTS__
export function secret(limits?: TextLimits): Field<string> {
  return markSecret(text(limits));
}

/** @internal A truth value. */
// @__NO_SIDE_EFFECTS__
export function flag(): Field<boolean> {
  return anyFlag;
}

/** @internal A number: how many, or an ordinal or database id. With limits it must also be a whole number. */
// @__NO_SIDE_EFFECTS__
export function number(limits?: Limits): Field<number> {
  if (limits === undefined) return anyNumber;
  const holds = (value: number) => Number.isSafeInteger(value) && isWithin(value, limits);
  return restrict(anyNumber, { expected: `a whole number of ${rangeOf(limits, '')}`, holds });
}

/** @internal A moment in milliseconds since 1970-01-01 UTC. */
// @__NO_SIDE_EFFECTS__
export function epochMs(limits?: Limits): Field<number> {
  return number(limits);
}

/** @internal A duration in milliseconds. */
// @__NO_SIDE_EFFECTS__
export function milliseconds(limits?: Limits): Field<number> {
  return number(limits);
}

/** @internal A duration in seconds. */
// @__NO_SIDE_EFFECTS__
export function seconds(limits?: Limits): Field<number> {
  return number(limits);
}

/** @internal A size in bytes. */
// @__NO_SIDE_EFFECTS__
export function bytes(limits?: Limits): Field<number> {
  return number(limits);
}

/** @internal A size in megabytes. */
// @__NO_SIDE_EFFECTS__
export function megabytes(limits?: Limits): Field<number> {
  return number(limits);
}

/** @internal A rate in Mbit/s. */
// @__NO_SIDE_EFFECTS__
export function megabitsPerSecond(limits?: Limits): Field<number> {
  return number(limits);
}

/** @internal A share from 0 to 100. Fractions are fine, also with limits. */
// @__NO_SIDE_EFFECTS__
export function percent(limits?: Limits): Field<number> {
  const schema = plain<number>('number');
  if (limits === undefined) return schema;
  return restrict(schema, {
    expected: `a number of ${rangeOf(limits, '')}`,
    holds: (value) => isWithin(value, limits),
  });
}

function isWithin(size: number, { max = Infinity, min = -Infinity }: Limits): boolean {
  return size >= min && size <= max;
}

/** @internal One of the known values by its type, any text (or number) at run time: the service extends its sets. */
// @__NO_SIDE_EFFECTS__
export function oneOf<const Known extends string | number>(...known: readonly Known[]): Field<Known> {
  return plain(typeof known[0] === 'number' ? 'number' : 'string', known);
}

/** @internal The most characters of an id, whichever method takes it. The documentation says 36 in some places. */
export const longestId = 255;

/** @internal An id that a method finds something by. */
// @__NO_SIDE_EFFECTS__
export function givenId(): Field<string> {
  return text({ min: 1, max: longestId });
}

/** @internal An id inside a request that the documentation calls a text. Text and numbers are accepted. */
// @__NO_SIDE_EFFECTS__
export function idText(limits?: Limits): Field<string | number> {
  const schema = identifier('string');
  if (limits === undefined) return schema;
  // What is checked is the text that is sent.
  const holds = (id: string | number) => isWithin(String(id).length, limits);
  return restrict(schema, { expected: `a string of ${rangeOf(limits, ' characters')}`, holds });
}

/** @internal An id inside a request that the documentation calls a number. Text and numbers are accepted. */
// @__NO_SIDE_EFFECTS__
export function idNumber(): Field<string | number> {
  return identifier('number');
}

/** @internal Exactly one of the values, at run time too: where a typing error would be silent. */
// @__NO_SIDE_EFFECTS__
export function exactlyOneOf<const Known extends string | number>(...known: readonly Known[]): Field<Known> {
  return literal(known);
}

/** @internal An array. */
// @__NO_SIDE_EFFECTS__
export function list<F extends AnyField>(of: F, limits?: Limits): Field<Infer<F>[]> {
  const schema = array(of) as Field<Infer<F>[]>;
  if (limits === undefined) return schema;
  return restrict(schema, { expected: rangeOf(limits, ' items'), holds: ({ length }) => isWithin(length, limits) });
}

/** @internal An object with any keys, all of one kind. */
// @__NO_SIDE_EFFECTS__
export function record<F extends AnyField>(of: F): Field<Record<string, Infer<F>>> {
  return dictionary(of) as Field<Record<string, Infer<F>>>;
}

/** @internal A text or an object, where sources disagree about the service. */
// @__NO_SIDE_EFFECTS__
export function textOr<F extends AnyField>(other: F): Field<string | Infer<F>> {
  return stringOr(other) as Field<string | Infer<F>>;
}

/** @internal A value that may be null where `loose()` does not see to it: inside the records and lists of a response. */
// @__NO_SIDE_EFFECTS__
export function orNull<F extends AnyField>(of: F): Field<Infer<F> | null> {
  return nullable(of) as Field<Infer<F> | null>;
}

/** @internal Anything that is there, kept as it is. */
// @__NO_SIDE_EFFECTS__
export function anything(): Field<unknown> {
  return tested('a value', (value) => value !== undefined, 'unknown');
}

/** @internal A value that passes a test of its own: options that JSON cannot hold, such as functions and signals. */
// @__NO_SIDE_EFFECTS__
export function custom<T>(expected: string, test: (value: unknown) => boolean): Field<T> {
  return tested(expected, test);
}

/** @internal A response: unknown fields are kept, and what is not required may be absent or null. */
// @__NO_SIDE_EFFECTS__
export function loose<R, O = unknown>(required: R, optional?: O): Schema<LooseOf<R, O>> {
  return looseObject(required, optional ?? ({} as O));
}

/** @internal A response with the fields of two others, for what several shapes share. */
// @__NO_SIDE_EFFECTS__
export function merge<A, B>(one: Schema<A>, other: Schema<B>): Schema<A & B> {
  return mergeObjects(one, other);
}

/** @internal A request: unknown fields are refused, and what is not required may be left out or null, which is not sent. */
// @__NO_SIDE_EFFECTS__
export function strict<R, O = unknown>(required: R, optional?: O): Schema<StrictOf<R, O>> {
  return strictObject(required, optional ?? ({} as O));
}

/** @internal Options of our own: unknown names are refused, and what is not required may be left out or undefined. */
// @__NO_SIDE_EFFECTS__
export function settings<R, O = unknown>(required: R, optional?: O): Schema<SettingsOf<R, O>> {
  return settingsObject(required, optional ?? ({} as O));
}

/** @internal Options of our own, whose interface is written by hand: the compiler holds both together. */
// @__NO_SIDE_EFFECTS__
export function settingsOf<Options>(
  required: FieldsOf<Pick<Options, RequiredNames<Options>>>,
  optional: FieldsOf<Omit<Options, RequiredNames<Options>>>,
): Field<Options> {
  return settingsObject(required, optional) as unknown as Field<Options>;
}
