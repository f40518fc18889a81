/** Values against schemas, with issues as data. */
import { type SchemaIssue, toIssues } from './issues.js';
import { definitionOf } from './kinds.js';
import type { Field } from './schema-types.js';

/** @internal Checks a value: either `value` with the schema's type, or the `issues` that say why not. */
export function check<T>(
  schema: Field<T>,
  value: unknown,
): { readonly value: T; readonly issues?: undefined } | { readonly value?: undefined; readonly issues: SchemaIssue[] } {
  const outcome = schema.safeParse(value);
  return outcome.success ? { value: outcome.data } : { issues: toIssues(outcome.error.issues, value) };
}

/** @internal Whether a schema was made by `secret()`. */
export function isSecret(field: Field<unknown>): boolean {
  return definitionOf(field).isSecret === true;
}
