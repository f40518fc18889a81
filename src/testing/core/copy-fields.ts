import { optionalFlag, optionalNumber, optionalText } from './body.js';
import type { JsonObject } from './json.js';

/** What a field holds. A `text?` is null when it is missing; the others are then empty, 0 or false. */
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

/** Copies the known fields of an object that is kept as it was reported; a field of the wrong type is refused. */
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
