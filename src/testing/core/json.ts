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
