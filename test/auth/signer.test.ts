import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthorizer, createSigner } from '../../src/auth/signer.js';

interface Vector {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly signedHeaders: Record<string, string>;
  readonly body: string;
  readonly ak: string;
  readonly sk: string;
  readonly canonicalRequest?: string;
  readonly stringToSign?: string;
  readonly signature: string;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../fixtures/signing-vectors.json', import.meta.url), 'utf8'),
);

/** A request by its parts, before any of them is encoded. */
interface Parts {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly secret: string;
}

const sha256 = (text: string) => createHash('sha256').update(Buffer.from(text, 'utf8')).digest('hex');

/** Percent-encoding of RFC 3986, byte by byte. */
function encode(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
}

/** The steps of the service's documentation, implemented independently of `src`. */
function refer({ body = '', headers, method, query, secret, segments }: Parts) {
  const path = `/${segments.map(encode).join('/')}`;
  const canonicalPath = path.endsWith('/') ? path : `${path}/`;
  const valuesOf = new Map<string, string[]>();
  for (const [name, value] of query) valuesOf.set(name, [...(valuesOf.get(name) ?? []), value]);
  const canonicalQuery = [...valuesOf.keys()]
    .sort()
    .flatMap((name) => (valuesOf.get(name) ?? []).sort().map((value) => `${encode(name)}=${encode(value)}`))
    .join('&');
  const lowerCase = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const names = [...lowerCase.keys()].sort();
  const block = names.map((name) => `${name}:${lowerCase.get(name)?.replace(/^[ \t]+|[ \t]+$/g, '')}\n`).join('');
  const canonicalRequest = `${method}\n${canonicalPath}\n${canonicalQuery}\n${block}\n${names.join(';')}\n${sha256(body)}`;
  const stringToSign = `SDK-HMAC-SHA256\n${lowerCase.get('x-sdk-date')}\n${sha256(canonicalRequest)}`;
  const signature = createHmac('sha256', secret).update(stringToSign).digest('hex');
  return { canonicalRequest, stringToSign, signature, names: names.join(';') };
}

function toParts({ body, method, sk, signedHeaders, url }: Vector): Parts {
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.slice(1).split('/').map(decodeURIComponent);
  return { method, segments, query: [...searchParams], headers: signedHeaders, body, secret: sk };
}

type Keys = Parameters<typeof createAuthorizer>[0];
type Outgoing = Parameters<ReturnType<typeof createAuthorizer>>[0];

async function computeAuthorization(request: Outgoing, keys: Keys) {
  return createAuthorizer(keys)(request);
}

/** Runs the tests of the block on a runtime without `node:crypto`. */
function withoutNodeCrypto() {
  beforeEach(() => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

describe.each([
  ['node:crypto', () => undefined],
  ['Web Crypto', withoutNodeCrypto],
])('the test vectors with %s', (_, useRuntime) => {
  useRuntime();

  it.each(vectors)('give the documented signature: $name', async (vector) => {
    const { ak, body, method, signature, signedHeaders: headers, sk, url } = vector;
    const names = Object.keys(headers).sort().join(';');
    expect(await computeAuthorization({ method, url, headers, body }, { accessKeyId: ak, secretAccessKey: sk })).toBe(
      `SDK-HMAC-SHA256 Access=${ak}, SignedHeaders=${names}, Signature=${signature}`,
    );
  });

  it.each(vectors)('give the same signature in the reference of these tests: $name', (vector) => {
    const { canonicalRequest, signature, stringToSign } = refer(toParts(vector));
    expect(signature).toBe(vector.signature);
    if (vector.canonicalRequest !== undefined) expect(canonicalRequest).toBe(vector.canonicalRequest);
    if (vector.stringToSign !== undefined) expect(stringToSign).toBe(vector.stringToSign);
  });
});

const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });
const trickyText = fc.constantFrom(
  "!'()*",
  '~-._',
  '%',
  '%2F',
  '%zz',
  '+',
  ' ',
  'a b',
  '&=',
  '?',
  '#',
  '/',
  ';',
  '密码',
  'ü',
  '😀',
  '\u0301',
  '\u2028',
  'a=b&c',
  '[]',
  '@:',
  '\0',
  '\n',
);
const text = fc.oneof(anyText, trickyText);
const segment = text.filter((value) => !/^(|\.|\.\.|%2e|%2e%2e)$/i.test(value));
const query = fc.array(fc.tuple(fc.oneof(text, fc.constantFrom('a', 'A', 'a-b', 'limit')), text), { maxLength: 6 });
const blanks = fc.constantFrom('', ' ', '  ', '\t', ' \t ');
const headerValue = fc
  .tuple(blanks, fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/), blanks)
  .map((pieces) => pieces.join(''));
const headers = fc
  .dictionary(
    fc.constantFrom('host', 'Content-Type', 'X-Project-Id', 'x-domain-id', 'X-a', 'x', 'x-security-token'),
    headerValue,
  )
  .map((given) => ({ ...given, 'X-Sdk-Date': '20260101T000000Z' }));
const request = fc.record<Parts>({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  segments: fc.array(segment, { maxLength: 4 }),
  query,
  headers,
  body: fc.oneof(fc.constant(undefined), fc.constant(''), fc.string({ unit: 'binary' }), fc.json()),
  secret: fc.string({ minLength: 1, unit: 'grapheme' }),
});

/** How fetch is given such a request: the values are encoded, as much or as little as the sender likes. */
function toUrl({ query: pairs, segments }: Parts, style: 'ours' | 'form'): string {
  const path = segments.map(encode).join('/');
  const ours = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const form = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
  return `https://example.huaweicloud.com/${path}?${style === 'ours' ? ours : form}`;
}

describe.each([
  ['node:crypto', () => undefined],
  ['Web Crypto', withoutNodeCrypto],
])('a signature of %s', (_, useRuntime) => {
  useRuntime();

  it('is that of the documented steps, whatever path, query, headers, body and secret are', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.constantFrom('ours', 'form'), async (parts, style) => {
        const { body, headers: given, method, secret } = parts;
        const url = toUrl(parts, style);
        const { names, signature } = refer(parts);
        const keys = { accessKeyId: 'AccessKey', secretAccessKey: secret };
        expect(await computeAuthorization({ method, url, headers: given, body }, keys)).toBe(
          `SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=${names}, Signature=${signature}`,
        );
      }),
      { numRuns: 150 },
    );
  });

  it('does not depend on the order of parameters and headers', async () => {
    const sign = (url: string, given: Record<string, string>) =>
      computeAuthorization(
        { method: 'GET', url, headers: given, body: undefined },
        { accessKeyId: 'a', secretAccessKey: 's' },
      );
    expect(await sign('https://h.example/p?b=1&a=2&a=1', { host: 'h', 'x-sdk-date': 'd' })).toBe(
      await sign('https://h.example/p?a=1&a=2&b=1', { 'x-sdk-date': 'd', host: 'h' }),
    );
  });

  it('treats a parameter without a value as empty, and a path with and without a final slash alike', async () => {
    const sign = (url: string) =>
      computeAuthorization(
        { method: 'GET', url, headers: { 'x-sdk-date': 'd' }, body: undefined },
        { accessKeyId: 'a', secretAccessKey: 's' },
      );
    expect(await sign('https://h.example/p/?a')).toBe(await sign('https://h.example/p?a='));
  });

  it('accepts a path that is not validly encoded', async () => {
    const response = computeAuthorization(
      { method: 'GET', url: 'https://h.example/%zz/%ff', headers: { 'x-sdk-date': 'd' }, body: undefined },
      { accessKeyId: 'a', secretAccessKey: 's' },
    );
    expect(await response).toMatch(/Signature=[0-9a-f]{64}$/);
  });
});

describe('signing', () => {
  const outgoing = { method: 'GET', url: 'https://h.example/p', headers: {}, body: '{}' };
  const keys = { accessKeyId: 'AccessKey', secretAccessKey: 'SecretKey' };

  it('is done at once where the runtime has node:crypto, so that fake timers do not stop it', () => {
    expect(createSigner(keys)(outgoing, 0)).not.toBeInstanceOf(Promise);
  });

  describe('signing without node:crypto', () => {
    withoutNodeCrypto();

    it('uses Web Crypto, with the same result and the key imported once', async () => {
      const importKey = vi.spyOn(crypto.subtle, 'importKey');
      const sign = createSigner(keys);
      const first = sign(outgoing, 0);
      expect(first).toBeInstanceOf(Promise);
      await Promise.all([first, sign(outgoing, 0)]);
      expect(importKey).toHaveBeenCalledTimes(1);
      // Nothing can read the key out of the runtime again.
      expect(importKey.mock.lastCall?.slice(3)).toEqual([false, ['sign']]);
      vi.restoreAllMocks();
      expect(await first).toEqual(createSigner(keys)(outgoing, 0));
    });

    it('needs no process object', async () => {
      vi.stubGlobal('process', undefined);
      const signed = createSigner(keys)(outgoing, 0);
      vi.unstubAllGlobals();
      expect(await signed).toHaveProperty('authorization');
    });
  });
});

describe('the headers of a signed request', () => {
  const outgoing = {
    method: 'GET',
    url: 'https://sms.example:8443/v3/tasks',
    headers: { 'content-type': 'application/json', 'user-agent': 'mine' },
    body: undefined,
  };
  const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const keys = { accessKeyId: 'AccessKey', secretAccessKey: 'SecretKey' };
  const signedNames = (signed: Record<string, string>) => /SignedHeaders=([^,]+)/.exec(signed.authorization ?? '')?.[1];

  it('are its date in UTC and a signature over that, the host with its port, and the content type', async () => {
    const signed = await createSigner(keys)(outgoing, time);
    expect(signed).toEqual({ 'x-sdk-date': '20260102T030405Z', authorization: expect.any(String) });
    expect(signedNames(signed)).toBe('content-type;host;x-sdk-date');
    const { signature } = refer({
      method: 'GET',
      segments: ['v3', 'tasks'],
      query: [],
      headers: { 'content-type': 'application/json', host: 'sms.example:8443', 'x-sdk-date': '20260102T030405Z' },
      body: undefined,
      secret: 'SecretKey',
    });
    expect(signed.authorization).toContain(`Signature=${signature}`);
  });

  it.each([
    [{ projectId: 'p' }, { 'x-project-id': 'p' }, 'x-project-id;x-sdk-date'],
    [{ domainId: 'd' }, { 'x-domain-id': 'd' }, 'x-domain-id;x-sdk-date'],
    [{ domainId: 'd', projectId: 'p' }, { 'x-project-id': 'p' }, 'x-project-id;x-sdk-date'],
    [{ securityToken: 't' }, { 'x-security-token': 't' }, 'x-sdk-date;x-security-token'],
  ])('name and sign what the credentials hold: %j', async (known, expected, names) => {
    const signed = await createSigner({ ...keys, ...known })(outgoing, time);
    const { authorization: _, 'x-sdk-date': __, ...others } = signed;
    expect(others).toEqual(expected);
    expect(signedNames(signed)).toBe(`content-type;host;${names}`);
  });
});
