/** The only way to write the path and the query of a request. */
import { longestId, type SchemaIssue } from '../schemas/fields.js';

/** @internal A path whose values are encoded, with what is wrong with them, to be reported before anything is sent. */
export interface Path {
  /** The path, encoded, from its leading slash on. */
  readonly text: string;
  /** Why it must not be sent; empty when it may. */
  readonly issues: readonly SchemaIssue[];
}

/**
 * @internal Writes a path. Each value is an object with one key, whose name is used when the value is refused:
 * ``path`/v3/tasks/${{ taskId }}` ``.
 *
 * A value stays one segment of the path whatever it holds: slashes, dots, percent signs and anything else are encoded;
 * an empty text, `.`, `..`, white space, control characters, lone surrogates and what is not a text are refused.
 */
export function path(literals: TemplateStringsArray, ...values: readonly Readonly<Record<string, unknown>>[]): Path {
  const issues: SchemaIssue[] = [];
  let [text = ''] = literals;
  values.forEach((named, index) => {
    text += `${writeSegment(named, issues)}${literals[index + 1]}`;
  });
  return { text, issues };
}

function writeSegment(named: Readonly<Record<string, unknown>>, issues: SchemaIssue[]): string {
  const [name = 'id'] = Object.keys(named);
  const value = named[name];
  // Most ids have this form, which needs no encoding.
  if (typeof value === 'string' && /^[\w-]{1,255}$/.test(value)) return value;
  const received = refuse(value);
  if (received === undefined) return encodeSegment(value as string);
  issues.push({ path: name, expected: `an id of 1 to ${longestId} characters`, received });
  return '';
}

/** @internal Percent-encodes everything but the unreserved characters of RFC 3986, as request signing wants it, too. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @internal Writes the query of a URL with its question mark; nothing when no parameter is given. */
export function formatQuery(query: object = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (pairs.length === 0) return '';
  return `?${pairs.map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(String(value))}`).join('&')}`;
}

function refuse(value: unknown): string | undefined {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string') return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (value === '') return 'an empty string';
  if (value === '.' || value === '..') return `"${value}", which would climb the path`;
  if (value.length > longestId) return `a string of ${value.length} characters`;
  // The service would treat a line break at the end of an id as part of it.
  if (/[\s\p{Cc}]/u.test(value)) return 'a string with white space or control characters';
  return /\p{Surrogate}/u.test(value) ? 'a string with half of a surrogate pair' : undefined;
}
