/** Plain values of JSON by their type. */

/** @internal Whether a value is an object of names and values: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
