/** How long a service asks to wait. */

/**
 * @internal Reads `Retry-After`: seconds, or an HTTP date, which is held against the response's own `Date` so that a wrong local
 * clock does no harm. Of several numbers, which a proxy may have joined, the largest counts. Milliseconds from now, 0 for the past,
 * undefined for what is neither.
 */
export function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  const parts = value.split(',').map((part) => part.trim());
  if (parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return Math.max(...parts.map(Number)) * 1000;
  // Date.parse finds a date in almost any text with a number in it, and would read one without a zone as local time.
  const date = /^[a-z]{3,9}, .+ GMT$/i.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  const sent = Date.parse(headers.get('date') ?? '');
  return Math.max(0, date - (Number.isNaN(sent) ? Date.now() : sent));
}
