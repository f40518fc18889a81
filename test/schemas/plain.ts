/** The same schemas on zod's own mini objects, which interpret: what the compiled ones must agree with. */
import * as z from 'zod/mini';
import { type AnySchema, definitionOf, isStrict, shapeOf } from './shapes.js';

export function toPlain(schema: AnySchema): AnySchema {
  const { type, innerType, element, valueType } = definitionOf(schema);
  if (type === 'object') {
    const fields = Object.entries(shapeOf(schema)).map(([name, field]) => [name, toPlain(field)]);
    const make = isStrict(schema) ? z.strictObject : z.looseObject;
    return make(Object.fromEntries(fields) as Record<string, AnySchema>) as AnySchema;
  }
  if (type === 'optional' && innerType !== undefined) return z.optional(toPlain(innerType)) as AnySchema;
  if (type === 'nullable' && innerType !== undefined) return z.nullable(toPlain(innerType)) as AnySchema;
  if (type === 'record' && valueType !== undefined) return z.record(z.string(), toPlain(valueType)) as AnySchema;
  if (type === 'array' && element !== undefined) {
    const checks = (schema._zod.def.checks ?? []) as z.core.$ZodCheck<unknown[]>[];
    return z.array(toPlain(element)).check(...checks) as AnySchema;
  }
  return schema;
}
