/** What is secret in a value, by the kinds of its schema. */
import { isSecret, type Schema } from './fields.js';

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema<unknown>>>;
  readonly innerType?: Schema<unknown>;
  readonly element?: Schema<unknown>;
}

/** @internal Every secret text of a value, at any depth: what must not be printed once it was sent. */
export function secretsOf(schema: Schema<unknown>, value: unknown): string[] {
  const found: string[] = [];
  visit(schema, value, (secret) => {
    if (typeof secret === 'string') found.push(secret);
    return undefined;
  });
  return found;
}

/** @internal A copy of a value without its secrets: what may be part of a name, a key or a message. */
export function omitSecrets(schema: Schema<unknown>, value: unknown): unknown {
  return visit(schema, value, () => undefined);
}

function visit(schema: Schema<unknown>, value: unknown, replace: (secret: unknown) => unknown): unknown {
  if (isSecret(schema)) return replace(value);
  const { element, innerType, shape } = schema._zod.def as Definition;
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
