import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSegment, formatQuery, path } from '../../src/transport/path.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { taskResponse } from '../support/fake-fetch.js';

const wrongText = (value: string) =>
  value === '' || value === '.' || value === '..' || value.length > 255 || /[\s\p{Cc}]/u.test(value);
const isWellFormed = (value: string) => !/\p{Surrogate}/u.test(value);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      { maxLength: 20 },
    )
    .map((units) => units.join('')),
  fc
    .array(
      fc.constantFrom(
        '.',
        '/',
        '\\',
        '%2e',
        '%2F',
        '?',
        '#',
        '@',
        ':',
        ';',
        ' ',
        '\r\n',
        '//evil.example',
        '\u{1f600}',
        '\ud83d',
      ),
    )
    .map((parts) => parts.join('')),
);

describe('an id', () => {
  it('arrives as one segment of the path, on the host of the endpoint, or is refused', async () => {
    const { requests, sms } = makeFakeClient(() => taskResponse('READY'), {
      endpoint: 'https://sms.test.example/base',
    });
    const property = fc.asyncProperty(anyText, async (id) => {
      requests.length = 0;
      const outcome = await sms.tasks.get(id).catch((error: unknown) => error);
      if (wrongText(id) || !isWellFormed(id)) {
        expect(outcome).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: 'id' }] });
        expect(requests).toEqual([]);
        return;
      }
      const { url } = requests[0] as (typeof requests)[number];
      const [empty, ...segments] = url.pathname.split('/');
      expect(url.origin).toBe('https://sms.test.example');
      expect([url.search, url.hash, url.username, empty]).toEqual(['', '', '', '']);
      expect(segments.map(decodeURIComponent)).toEqual(['base', 'v3', 'tasks', id]);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('keeps what follows it in the path', async () => {
    const { requests, sms } = makeFakeClient(() => Response.json(''));

    await sms.tasks.unlockTarget('a/../b?c#d');

    expect(requests[0]?.url.href).toBe('https://sms.test.example/v3/tasks/a%2F..%2Fb%3Fc%23d/unlock');
  });

  it.each([
    ['', 'an empty string'],
    ['.', '".", which would climb the path'],
    ['..', '"..", which would climb the path'],
    ['x'.repeat(256), 'a string of 256 characters'],
    ['\ud800', 'a string with half of a surrogate pair'],
    ['8abda863\n', 'a string with white space or control characters'],
    [' 8abda863', 'a string with white space or control characters'],
    ['8abda\u0000863', 'a string with white space or control characters'],
    ['8abda\u00a0863', 'a string with white space or control characters'],
    [undefined, 'nothing'],
    [null, 'null'],
    [7, 'number'],
    [['id'], 'array'],
    [{ id: 'x' }, 'object'],
    [() => 'id', 'function'],
  ])('that is %j is refused by its name, and nothing is sent', async (id, received) => {
    const { logins, requests, sms } = makeFakeClient(() => taskResponse('READY'));

    const error = await rejectionOf(sms.tasks.get(id as string));

    expect(error).toMatchObject({
      name: 'InvalidRequestError',
      message: `ShowTask: id: expected an id of 1 to 255 characters, received ${received}`,
      issues: [{ path: 'id', expected: 'an id of 1 to 255 characters', received }],
    });
    expect([...logins, ...requests]).toEqual([]);
  });

  it('of 255 characters is accepted, and so are dots among others', async () => {
    const { requests, sms } = makeFakeClient(() => taskResponse('READY'));

    await sms.tasks.get('x'.repeat(255));
    await sms.tasks.get(`${'x'.repeat(254)}.`);
    await sms.tasks.get('...');
    await sms.tasks.get('%2e%2e');

    expect(requests.map(({ url }) => url.pathname).slice(2)).toEqual(['/v3/tasks/...', '/v3/tasks/%252e%252e']);
  });
});

describe('path', () => {
  it('reports every value that must not be sent, by its key', () => {
    const { issues } = path`/v3/${{ projectId: '' }}/${{ networkId: null }}`;

    expect(issues.map((issue) => issue.path)).toEqual(['projectId', 'networkId']);
  });

  it('refuses an object without a key as an id that is missing', () => {
    expect(path`/v3/${{}}`.issues).toMatchObject([{ path: 'id', received: 'nothing' }]);
  });

  it('leaves unreserved characters as they are and encodes every other one', () => {
    const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));

    expect(encodeSegment(ascii).replace(/%[0-9A-F]{2}/g, '')).toMatch(/^[A-Za-z0-9._~-]+$/);
    expect(decodeURIComponent(encodeSegment(ascii))).toBe(ascii);
  });
});

describe('the query', () => {
  it('holds every parameter that is given, encoded, whatever it is', () => {
    const parameters = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(undefined)),
    );
    const property = fc.property(parameters, (query) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const parsed = [...new URL(`https://h.example/p${formatQuery(query)}`).searchParams];
      expect(parsed).toEqual(given.map(([name, value]) => [name, String(value)]));
    });
    fc.assert(property);
  });

  it('is left out, with its question mark, when nothing is given', () => {
    expect([formatQuery(), formatQuery({}), formatQuery({ a: undefined })]).toEqual(['', '', '']);
  });
});
