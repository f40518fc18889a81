/** What is secret in a value, by the kinds of its schema. */
import { definitionOf, type Field, isSecret } from './fields.js';

/** @internal Every secret text of a value, at any depth: what must not be printed once it was sent. */
export function secretsOf(schema: Field<unknown>, value: unknown): string[] {
  const found: string[] = [];
  visit(schema, value, (secret) => {
    if (typeof secret === 'string') found.push(secret);
    return undefined;
  });
  return found;
}

/** @internal A copy of a value without its secrets: what may be part of a name, a key or a message. */
export function omitSecrets(schema: Field<unknown>, value: unknown): unknown {
  return visit(schema, value, () => undefined);
}

/** @internal Whether a schema is one of a secret, or has a place for one at any depth. */
export function holdsSecret(schema: Field<unknown>): boolean {
  const { element, innerType, shape = {} } = definitionOf(schema);
  return isSecret(schema) || [element, innerType, ...Object.values(shape)].some((part) => part && holdsSecret(part));
}

function visit(schema: Field<unknown>, value: unknown, replace: (secret: unknown) => unknown): unknown {
  if (isSecret(schema)) return replace(value);
  const { element, innerType, shape } = definitionOf(schema);
  if (innerType !== undefined) return visit(innerType, value, replace);
  if (typeof value !== 'object' || value === null) return value;
  if (element !== undefined && Array.isArray(value)) return value.map((item) => visit(element, item, replace));
  if (shape === undefined) return value;
  const visited = Object.entries(value).map(([name, field]) => {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined;
    return [name, kind === undefined ? field : visit(kind, field, replace)];
  });
  return Object.fromEntries(visited.filter(([, field]) => field !== undefined));
}
