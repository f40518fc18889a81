/** The headers that a caller adds to a request. */
import type { SchemaIssue } from '../schemas/fields.js';

// What the client, the connection or a signature sets; the runtime would refuse some of the others, or send both.
const reserved =
  /^(x-auth-token|x-subject-token|x-security-token|x-sdk-date|x-sdk-content-sha256|authorization|host|user-agent|content-length|content-type|connection|keep-alive|transfer-encoding|upgrade|expect)$/i;

/** @internal What is wrong with headers. The runtime's own error for a broken header quotes the value, which may be a secret. */
export function checkHeaders(headers: unknown): SchemaIssue[] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = `headers[${JSON.stringify(name)}]`;
    if (reserved.test(name))
      return [{ path, expected: 'a header that the client does not set itself', received: 'one' }];
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return [{ path, expected: 'the name of a header', received: 'another text' }];
    if (typeof value !== 'string' || /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return [];
    return [{ path, expected: 'the value of a header', received: 'a string with characters that headers cannot hold' }];
  });
}

/** @internal Headers with names in lower case: two spellings of one name would be sent as one header with both values. */
export function lowerCaseNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
