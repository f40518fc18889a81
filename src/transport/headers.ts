/** The headers that a caller adds to a request. */
import { type SchemaIssue, unreadable } from '../schemas/fields.js';

/** Headers to add to a request: an object, a `Headers`, pairs of name and value, or a `Map`. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]> | Headers;

// What the client, the connection or a signature sets; the runtime would refuse some of the others, or send both.
const reserved =
  /^(x-auth-token|x-subject-token|x-security-token|x-sdk-date|x-sdk-content-sha256|authorization|host|user-agent|content-length|content-type|connection|keep-alive|transfer-encoding|upgrade|expect)$/i;

/** @internal What became of headers: by their names in lower case, since two spellings of one name would be sent as one. */
export interface CheckedHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly issues: readonly SchemaIssue[];
}

/** @internal Reads headers. The runtime's own error for a broken one quotes the value, which may be a secret. */
export function readHeaders(input: unknown): CheckedHeaders {
  if (input === undefined) return { headers: {}, issues: [] };
  let pairs: [string, string][] | undefined;
  try {
    pairs = listPairs(input);
  } catch {
    return { headers: {}, issues: [{ ...unreadable, path: 'headers' }] };
  }
  if (pairs === undefined) {
    const expected = 'an object, a Headers, pairs or a Map';
    return { headers: {}, issues: [{ path: 'headers', expected, received: nameOf(input) }] };
  }
  const given = pairs.filter(([, value]) => value !== undefined);
  const issues = given.flatMap(([name, value]) => checkHeader(name, value));
  const headers =
    issues.length > 0 ? {} : Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value]));
  return { headers, issues };
}

function listPairs(input: unknown): [string, string][] | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  if (!(Symbol.iterator in input)) return Object.entries(input);
  const pairs = [...(input as Iterable<unknown>)];
  return pairs.every((pair) => Array.isArray(pair) && pair.length === 2) ? (pairs as [string, string][]) : undefined;
}

function checkHeader(name: unknown, value: unknown): SchemaIssue[] {
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    const path = `headers[${typeof name === 'string' ? JSON.stringify(name) : nameOf(name)}]`;
    return [
      { path, expected: 'the name of a header', received: typeof name === 'string' ? 'another text' : nameOf(name) },
    ];
  }
  const path = `headers[${JSON.stringify(name)}]`;
  if (reserved.test(name)) return [{ path, expected: 'a header that the client does not set itself', received: 'one' }];
  if (typeof value !== 'string') return [{ path, expected: 'string', received: nameOf(value) }];
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return [];
  return [{ path, expected: 'the value of a header', received: 'a string with characters that headers cannot hold' }];
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
