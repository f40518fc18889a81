/** Inspects schemas through zod's definitions: fields, kinds, and a value that fits. */
import type * as z from 'zod/mini';

export type AnySchema = z.ZodMiniType;

/** The part of zod's definitions that these tests read. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, AnySchema>>;
  readonly catchall?: AnySchema;
  readonly innerType?: AnySchema;
  readonly element?: AnySchema;
  readonly valueType?: AnySchema;
  readonly options?: readonly AnySchema[];
  readonly values?: readonly (string | number)[];
}

export function definitionOf(schema: AnySchema): Definition {
  const definition = schema._zod.def as unknown as Definition;
  const { catchall, shape, type } = definition;
  // A record is made of an object without fields of its own: zod's records would add to every bundle.
  const isRecord = type === 'object' && catchall !== undefined && Object.keys(shape ?? {}).length === 0;
  return isRecord && catchall._zod.def.type !== 'never' ? { type: 'record', valueType: catchall } : definition;
}

/** The schema without `optional` and `nullable`. */
export function unwrap(schema: AnySchema): AnySchema {
  const { type, innerType } = definitionOf(schema);
  return innerType !== undefined && (type === 'optional' || type === 'nullable') ? unwrap(innerType) : schema;
}

/** Fields of a model or body. */
export function shapeOf(schema: AnySchema): Readonly<Record<string, AnySchema>> {
  const { shape } = definitionOf(schema);
  if (shape === undefined) throw new Error(`not a model but ${definitionOf(schema).type}`);
  return shape;
}

/** Whether a field must be there. */
export function isRequired(field: AnySchema): boolean {
  return definitionOf(field).type !== 'optional';
}

/** Whether a schema refuses fields that it does not know. */
export function isStrict(schema: AnySchema): boolean {
  const { catchall } = definitionOf(schema);
  return catchall !== undefined && definitionOf(catchall).type === 'never';
}

/** The values of a closed set; undefined for everything else. */
export function literalsOf(schema: AnySchema): readonly (string | number)[] | undefined {
  return definitionOf(unwrap(schema)).values;
}

/** The kind of a schema in the words of the facts, models as `nameModel` calls them. */
export function describeKind(schema: AnySchema, nameModel: (schema: AnySchema) => string): string {
  const { type, element, valueType, options, values } = definitionOf(unwrap(schema));
  const inner = (of: AnySchema | undefined): string => (of === undefined ? '?' : describeKind(of, nameModel));
  switch (type) {
    case 'array':
      return `array<${inner(element)}>`;
    case 'record':
      return inner(valueType) === 'unknown' ? 'object' : `map<string,${inner(valueType)}>`;
    case 'union':
      return options?.map(inner).sort().join(' | ') ?? '?';
    case 'literal':
      return [...new Set(values?.map((value) => typeof value))].join(' | ');
    case 'object':
      return nameModel(unwrap(schema));
    default:
      return type;
  }
}

/** A value that fits, with every field that there is. */
export function sampleOf(schema: AnySchema): unknown {
  const { type, shape, element, options, values } = definitionOf(unwrap(schema));
  switch (type) {
    case 'object':
      return Object.fromEntries(Object.entries(shape ?? {}).map(([name, field]) => [name, sampleOf(field)]));
    case 'array':
      return element === undefined ? [] : [sampleOf(element)];
    case 'union':
      return options?.map(sampleOf)[0];
    case 'record':
      return { key: 'value' };
    case 'literal':
      return values?.[0];
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'string':
      return accepts(schema, 'text') ? 'text' : '8:00';
    default:
      return null;
  }
}

export function accepts(schema: AnySchema, value: unknown): boolean {
  return schema.safeParse(value).success;
}
