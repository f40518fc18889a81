/** Values against schemas, with issues as data. */
import { type SchemaIssue, toIssues } from './issues.js';
import { definitionOf } from './kinds.js';
import type { Field } from './schema-types.js';

/** @internal What is wrong with a value that throws when it is read: a getter or a proxy of the caller's. What it throws may hold a secret. */
export const unreadable: SchemaIssue = {
  path: '',
  expected: 'plain data',
  received: 'a value that throws when it is read',
};

/** @internal Checks a value: either `value` with the schema's type, or the `issues` that say why not. */
export function check<T>(
  schema: Field<T>,
  value: unknown,
): { readonly value: T; readonly issues?: undefined } | { readonly value?: undefined; readonly issues: SchemaIssue[] } {
  try {
    const outcome = schema.safeParse(value);
    return outcome.success ? { value: outcome.data } : { issues: toIssues(outcome.error.issues, value) };
  } catch {
    return { issues: [unreadable] };
  }
}

/** @internal Whether a schema was made by `secret()`. */
export function isSecret(field: Field<unknown>): boolean {
  return definitionOf(field).isSecret === true;
}
