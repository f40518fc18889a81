/** Keeps secrets out of texts that others wrote: services and runtimes quote what they were sent. */
import type { Field } from '../schemas/fields.js';
import { secretsOf } from '../schemas/secrets.js';
import type { OutgoingRequest } from './operation.js';

/** @internal Removes the secrets of a request from a text. */
export type Clean = (text: string) => string;

const secretHeaders = /^(x-subject-token|x-auth-token|x-security-token|(proxy-)?authorization|cookie|set-cookie)$/i;

/** What headers hold that is secret: their whole values, and the parts that a service may quote. */
function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  // `name=value; name=value` and `Basic value`.
  return Object.entries(headers).flatMap(([name, value]) =>
    secretHeaders.test(name) ? [value, ...value.split(/[;=\s]+/)] : [],
  );
}

/** @internal Headers as a plain object, the secret ones masked. */
export function maskHeaders(headers: Headers, clean: Clean): Record<string, string> {
  return Object.fromEntries(
    [...headers].map(([name, value]) => [name, secretHeaders.test(name) ? '***' : clean(value)]),
  );
}

const secretField = /(?:passw(?:or)?d|passphrase|secret|token|private_?key)":("(?:[^"\\]|\\.)*")/gi;

/** What a body in JSON holds under the names of secrets: of a field that no schema knows, only the name says what it is. */
function secretsOfBody(body = ''): string[] {
  return [...body.matchAll(secretField)].map(([, text]) => JSON.parse(String(text)));
}

/** @internal What a request holds that is secret. */
export function secretsSent({ body, headers }: OutgoingRequest, bodySchema: Field<unknown> | undefined): string[] {
  const known = bodySchema === undefined || body === undefined ? [] : secretsOf(bodySchema, JSON.parse(body));
  return [...known, ...secretsOfBody(body), ...secretsOfHeaders(headers)];
}

// A shorter one is part of ordinary words: taking it out would mangle a text, and tell what the secret is.
const shortestSecret = 8;

/**
 * @internal Removes every secret of eight characters or more from third-party text, in any spelling. To be done before
 * a text is shortened, because half a secret would not be found.
 */
export function redact(text: string, secrets: Iterable<string>): string {
  // No spelling is shorter than the secret; tokens are long, and most texts are not.
  const candidates = [...secrets].filter(({ length }) => length >= shortestSecret && length <= text.length);
  if (candidates.length === 0) return text;
  const spellings = [...new Set(candidates.flatMap(spell))];
  // One may be a part of another.
  spellings.sort((one, other) => other.length - one.length);
  return spellings.reduce((clean, spelling) => clean.replaceAll(spelling, '***'), text);
}

function spell(secret: string): string[] {
  const inUrl = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\u{fffd}'));
  // What forms encode beyond that.
  const inForm = inUrl
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  // A request that is quoted as a whole has its body twice in JSON, or as printed by util.inspect.
  const quoted = [secret, toJson(secret)].flatMap((text) => [text, toJson(text), text.replaceAll('\\', '\\\\')]);
  return [...quoted, inUrl, inForm];
}

function toJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
