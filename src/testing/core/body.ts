import { refuseInput } from './exchange.js';

/** Bounds of a number, or of the length of a text. */
export interface Limits {
  /** The least. */
  readonly min?: number;
  /** The most. */
  readonly max?: number;
}

/** The body as an object. */
export function requireBody(body: unknown): JsonObject {
  const object = readObject(body);
  if (object === null) throw refuseInput('The request body must be an object.');
  return object;
}

/** A required text, not empty unless the limits allow it. */
export function requireText(body: JsonObject, name: string, limits: Limits = {}): string {
  const text = optionalText(body, name, { min: 1, ...limits });
  if (text === undefined) throw refuseInput(`The parameter ${name} is mandatory.`);
  return text;
}

/** An optional text, which may be null. */
export function optionalText(body: JsonObject, name: string, { min = 0, max = 255 }: Limits = {}): string | undefined {
  if (isMissing(body, name)) return undefined;
  const text = readText(body[name]);
  if (text === null || text.length < min || text.length > max) {
    throw refuseInput(`The parameter ${name} must be a text of ${min} to ${max} characters.`);
  }
  return text;
}

/** A required word of a list. */
export function requireWord<Word extends string>(body: JsonObject, name: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === body[name]);
  if (word === undefined) throw refuseInput(`The parameter ${name} must be one of ${words.join(', ')}.`);
  return word;
}

/** An optional word of a list, which may be null. */
export function optionalWord<Word extends string>(
  body: JsonObject,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return isMissing(body, name) ? undefined : requireWord(body, name, words);
}

/** A required number. */
export function requireNumber(body: JsonObject, name: string, limits: Limits = {}): number {
  const number = optionalNumber(body, name, limits);
  if (number === undefined) throw refuseInput(`The parameter ${name} is mandatory.`);
  return number;
}

/** An optional number, which may be null. */
export function optionalNumber(
  body: JsonObject,
  name: string,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Limits = {},
): number | undefined {
  if (isMissing(body, name)) return undefined;
  const number = readNumber(body[name]);
  if (number === null || number < min || number > max) {
    throw refuseInput(`The parameter ${name} must be a number from ${min} to ${max}.`);
  }
  return number;
}

/** An optional boolean, which may be null. */
export function optionalFlag(body: JsonObject, name: string): boolean | undefined {
  if (isMissing(body, name)) return undefined;
  const flag = readFlag(body[name]);
  if (flag === null) throw refuseInput(`The parameter ${name} must be true or false.`);
  return flag;
}

/** The objects of a required list. */
export function requireObjects(body: JsonObject, name: string, limits: Limits = {}): JsonObject[] {
  const objects = optionalObjects(body, name, limits);
  if (objects === undefined) throw refuseInput(`The parameter ${name} is mandatory.`);
  return objects;
}

/** The objects of an optional list, which may be null. */
export function optionalObjects(
  body: JsonObject,
  name: string,
  { min = 0, max = Number.POSITIVE_INFINITY }: Limits = {},
): JsonObject[] | undefined {
  if (isMissing(body, name)) return undefined;
  const members = readList(body[name]);
  if (members === null || members.length < min || members.length > max) {
    const allowed = max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
    throw refuseInput(`The parameter ${name} must be a list of ${allowed} items.`);
  }
  return members.map((member) => {
    const object = readObject(member);
    if (object === null) throw refuseInput(`The items of ${name} must be objects.`);
    return object;
  });
}

/** The ids of a request for many items. */
export function requireIds(body: unknown, max: number): string[] {
  const ids = readList(readObject(body)?.ids);
  if (ids === null || ids.length < 1 || ids.length > max) {
    throw refuseInput(`The parameter ids must hold 1 to ${max} ids.`);
  }
  return ids.map(String);
}

// The service shows null for absent fields, and what it shows can be sent back.
function isMissing(body: JsonObject, name: string): boolean {
  return body[name] === undefined || body[name] === null;
}

/** The type of a field. A missing `text?` is null. The others are then empty, 0 or false. */
export type FieldKind = 'text' | 'text?' | 'number' | 'flag';

/** The fields of an object, under their names on the wire. */
export type Fields = Readonly<Record<string, FieldKind>>;

/** An object with these fields. */
export type Copied<Of extends Fields> = {
  [Name in keyof Of]: Of[Name] extends 'text'
    ? string
    : Of[Name] extends 'text?'
      ? string | null
      : Of[Name] extends 'number'
        ? number
        : boolean;
};

const longText = { max: 65_535 };

/** Copies the known fields of a reported object. Refuses a field of the wrong type. */
export function copyFields<Of extends Fields>(object: JsonObject, fields: Of): Copied<Of> {
  const entries = Object.entries(fields).map(([name, kind]) => [name, copyField(object, name, kind)]);
  return Object.fromEntries(entries) as Copied<Of>;
}

function copyField(object: JsonObject, name: string, kind: FieldKind): unknown {
  switch (kind) {
    case 'text':
      return optionalText(object, name, longText) ?? '';
    case 'text?':
      return optionalText(object, name, longText) ?? null;
    case 'number':
      return optionalNumber(object, name) ?? 0;
    case 'flag':
      return optionalFlag(object, name) ?? false;
  }
}

/** A JSON object whose members are still unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as a JSON object, or null when it is anything else. */
export function readObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The value as text, or null when it is anything else. */
export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The value as a number; digits sent as text count, because the official v1 examples send numbers so. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** The value as a boolean; the texts `true` and `false` count, because the official v1 examples send them so. */
export function readFlag(value: unknown): boolean | null {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return null;
}

/** The members of the value when it is a JSON array, else null. */
export function readList(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

/** The objects among the members of the value; none when it is no JSON array. */
export function readObjects(value: unknown): readonly JsonObject[] {
  return (
    readList(value)
      ?.map(readObject)
      .filter((member) => member !== null) ?? []
  );
}

/** The parsed text, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
