/** Corrupts responses: their bytes, their JSON, their status, their headers and the way in which they arrive. */
import type { Random } from './random.js';

/** The parts of a `Response`. */
export interface Payload {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const statuses = [
  200, 201, 202, 204, 206, 226, 299, 300, 301, 302, 304, 307, 400, 401, 403, 404, 405, 408, 409, 412, 413, 418, 422,
  429, 451, 500, 501, 502, 503, 504, 511, 599,
];

const awkward: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.5,
  1e21,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 63),
  1e308,
  5e-324,
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'NaN',
  'null',
  '\0',
  '\ud800',
  '\u202e',
  '\u{1f600}',
  '\ufeff',
  '__proto__',
  'constructor',
  '../..',
  '//evil.example',
  '\r\nx: y',
  '\u001b[2J',
  '%00',
  '$(id)',
  [],
  {},
  [[]],
  [null],
  [{}],
  { __proto__: null },
  { length: 1 },
  ['then'],
  { toString: 1 },
  { toJSON: 1 },
  'x'.repeat(300),
  'x'.repeat(70_000),
];

const codes = [
  'SMS.1039',
  'SMS.2003',
  'SMS.9004',
  'APIGW.0301',
  'APIGW.0308',
  'IAM.0009',
  '__proto__',
  'x'.repeat(300),
  7,
];
const states = [
  'READY',
  'RUNNING',
  'SYNCING',
  'ABORT',
  'ABORTING',
  'MIGRATE_FAIL',
  'MIGRATE_SUCCESS',
  'SYNC_FAIL',
  'NEW_STATE',
  '',
];

const pages = [
  '<html><title>502 Bad Gateway</title></html>',
  '<!doctype html><p>Sign in',
  '',
  ' ',
  'null',
  '""',
  '{}',
  '[]',
  '0',
  'OK',
  '\ufeff{}',
  '{"a":1}{"b":2}',
  '{"id":"a","id":7}',
  '{"__proto__":{"x":1}}',
];

/** Corrupts a response. `quote` is what the request contained, for mutations that repeat it. */
export function mutate(payload: Payload, others: readonly string[], quote: string, random: Random): () => Response {
  const status = random.chance(0.55)
    ? payload.status
    : random.chance(0.8)
      ? random.pick(statuses)
      : 200 + random.below(400);
  const isRefusal = status < 200 || status > 299;
  // A secret that the quotation changed is no secret any more, and cannot be recognised.
  const isQuoted = isRefusal && random.chance(0.3);
  const bytes = isQuoted
    ? new TextEncoder().encode(pickQuotation(quote, random))
    : spoil(pickText(payload.text, others, random), random);
  const headers = spoilHeaders(payload.headers, quote, random);
  return () => respond(status, headers, bytes, random);
}

function pickQuotation(quote: string, random: Random): string {
  const body = {
    error_code: random.pick([...codes, quote]),
    error_msg: quote,
    request_id: quote,
    details: [{ error_msg: quote }, 5],
  };
  return random.pick([
    JSON.stringify(body),
    JSON.stringify({ error: { code: 400, message: quote } }),
    `<title>${quote}</title>`,
    quote,
  ]);
}

function pickText(own: string, others: readonly string[], random: Random): string {
  const choice = random.next();
  if (choice < 0.65) return own;
  if (choice < 0.8) return random.pick(others);
  if (choice < 0.95) return random.pick(pages);
  if (choice < 0.98)
    return JSON.stringify({ error_code: random.pick(codes), error_msg: 'm', details: [{ error_msg: 'm' }, 5] });
  const depth = random.pick([10, 1_000, 20_000]);
  return random.chance(0.5) ? '['.repeat(depth) : `${'{"id":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

function spoil(text: string, random: Random): Uint8Array<ArrayBuffer> {
  let corrupted = text;
  for (let rounds = random.below(4); rounds > 0; rounds -= 1) {
    if (random.chance(0.65)) corrupted = spoilJson(corrupted, random);
  }
  const bytes = new TextEncoder().encode(corrupted);
  return random.chance(0.2) ? spoilBytes(bytes, random) : bytes;
}

/** Changes one place of a JSON text; a text that is none is returned as it is. */
function spoilJson(text: string, random: Random): string {
  let root: unknown;
  try {
    root = { root: JSON.parse(text) };
  } catch {
    return text;
  }
  let place = root as Record<string, unknown>;
  let key = 'root';
  for (let depth = 0; depth < 12; depth += 1) {
    const value = place[key];
    if (typeof value !== 'object' || value === null || random.chance(0.2)) break;
    const keys = Object.keys(value);
    if (keys.length === 0) break;
    place = value as Record<string, unknown>;
    key = random.pick(keys);
  }
  change(place, key, random);
  return JSON.stringify((root as { root: unknown }).root) ?? '';
}

function change(place: Record<string, unknown>, key: string, random: Random): void {
  const set = (name: string, value: unknown) =>
    Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
  const value = place[key];
  switch (random.below(8)) {
    case 0:
      delete place[key];
      break;
    case 1:
      set(random.pick(['__proto__', 'constructor', 'toString', 'then', 'length', '0', 'new_field']), value);
      break;
    case 2:
      set(key, [value, value, value]);
      break;
    case 3:
      set(key, { [key]: value, a: value });
      break;
    case 4:
      set(key, typeof value === 'number' ? value * random.pick([-1, 0, 1e6, 1e300]) : String(value));
      break;
    case 5:
      set(key, key === 'state' ? random.pick(states) : random.pick(awkward));
      break;
    case 6:
      set(key, typeof value === 'string' ? value.slice(random.below(value.length + 1)) : random.pick(awkward));
      break;
    default:
      set(key, random.pick(awkward));
  }
}

function spoilBytes(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const choice = random.below(5);
  if (choice === 0) return bytes.slice(0, random.below(bytes.length + 1));
  if (choice === 1) return bytes.slice(random.below(bytes.length + 1));
  if (choice === 2) return Uint8Array.from({ length: random.below(200) }, () => random.below(256));
  const copy = bytes.slice();
  for (let flips = 1 + random.below(5); flips > 0 && copy.length > 0; flips -= 1) {
    copy[random.below(copy.length)] = random.below(256);
  }
  return copy;
}

function spoilHeaders(own: Readonly<Record<string, string>>, quote: string, random: Random): Headers {
  const headers = new Headers(own);
  const set = (name: string, ...values: string[]) => {
    if (random.chance(0.12)) headers.set(name, random.pick(values));
  };
  const visible = /^[\x20-\x7e]*$/.test(quote) ? quote : '';
  set(
    'content-type',
    '',
    'text/html',
    'text/plain; charset=utf-16',
    'application/json; charset=nonsense',
    'multipart/x',
    ';;;',
  );
  set(
    'retry-after',
    '0',
    '1',
    '-5',
    '1e9',
    '1000000000',
    '99999999999999999999',
    'soon',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    '0.5',
    ' 2 ',
    '2,3',
  );
  set('date', 'yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', '');
  set('x-request-id', '', 'r-1', visible, 'x'.repeat(5_000));
  set('x-subject-token', '', 'two words', 'T0K3N-other', 'x'.repeat(20_000), 'caf\u00e9');
  set('location', 'https://evil.example/', '//evil.example', 'javascript:x');
  set(
    'content-disposition',
    'attachment; filename="../../etc/passwd"',
    "attachment; filename*=UTF-8''%E0%A4%A",
    'filename=',
    `attachment; filename="${'('.repeat(5_000)}`,
  );
  set('x-echo', visible);
  set('set-cookie', visible);
  if (random.chance(0.03)) for (const name of [...headers.keys()]) headers.delete(name);
  return headers;
}

function respond(status: number, headers: Headers, bytes: Uint8Array<ArrayBuffer>, random: Random): Response {
  if ([204, 205, 304].includes(status)) return new Response(null, { status, headers });
  const choice = random.next();
  if (choice < 0.85) return new Response(bytes, { status, headers });
  if (choice < 0.995) return new Response(streamOf(bytes, random), { status, headers });
  return Response.error();
}

/** The bytes in pieces, to an end, to an error or to no end at all. */
function streamOf(bytes: Uint8Array, random: Random): ReadableStream {
  const ending = random.pick(['close', 'close', 'close', 'error', 'hang', 'text']);
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset < bytes.length) {
        const size = 1 + random.below(bytes.length);
        controller.enqueue(bytes.slice(offset, offset + size));
        offset += size;
      } else if (ending === 'error') controller.error(new TypeError('terminated'));
      else if (ending === 'text') controller.enqueue('text');
      else if (ending === 'close') controller.close();
      return ending === 'hang' && offset >= bytes.length ? new Promise(() => undefined) : undefined;
    },
  });
}

/** What `fetch` rejects with when there is no response at all. */
export function makeRejection(quote: string, random: Random): unknown {
  const codeOf = () =>
    random.pick([
      'ECONNRESET',
      'ENOTFOUND',
      'EPIPE',
      'UND_ERR_SOCKET',
      'CERT_HAS_EXPIRED',
      'HPE_HEADER_OVERFLOW',
      quote,
      5,
    ]);
  const cause = Object.assign(new Error(quote), { code: codeOf() });
  return random.pick<unknown>([
    new TypeError('fetch failed', { cause }),
    new AggregateError([cause], quote),
    new DOMException('aborted', 'AbortError'),
    new DOMException('slow', 'TimeoutError'),
    cause,
    quote,
    undefined,
    null,
    7,
    {},
    { message: 5, code: {}, cause: { cause: { cause: [] } } },
    Object.assign(new Error('circle'), { cause }),
  ]);
}
