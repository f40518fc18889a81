import type { RequestOptions, TaskLogUpload, TaskQuery } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logUpload, makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { taskResponse } from '../support/fake-fetch.js';

function setUp() {
  const client = makeFakeClient(({ method }) => (method === 'GET' ? taskResponse('READY') : Response.json('')));
  return { ...client, sent: () => client.logins.length + client.requests.length };
}

async function refuse(options: unknown): Promise<string> {
  const { sent, sms } = setUp();
  const error = await rejectionOf(sms.tasks.get('t', options as RequestOptions));
  expect(error).toMatchObject({ name: 'InvalidRequestError' });
  expect(sent()).toBe(0);
  return (error as Error).message;
}

describe('the options of a call', () => {
  it.each([
    [{ timeout: 5 }, 'ShowTask: timeout: expected no field of this name, received one (did you mean "timeoutMs"?)'],
    [{ timeoutMs: 0 }, 'ShowTask: timeoutMs: expected a whole number of 1 to 2147483647, received 0'],
    [{ timeoutMs: 1.5 }, 'ShowTask: timeoutMs: expected a whole number of 1 to 2147483647, received 1.5'],
    [{ timeoutMs: 2 ** 31 }, 'ShowTask: timeoutMs: expected a whole number of 1 to 2147483647, received 2147483648'],
    [{ timeoutMs: '5' }, 'ShowTask: timeoutMs: expected number, received string'],
    [{ timeoutMs: Number.NaN }, 'ShowTask: timeoutMs: expected number, received NaN'],
    [{ totalTimeoutMs: -1 }, 'ShowTask: totalTimeoutMs: expected a whole number of 1 to 2147483647, received -1'],
    [{ maxRetries: -1 }, 'ShowTask: maxRetries: expected a whole number of 0 to 100, received -1'],
    [{ maxRetries: 101 }, 'ShowTask: maxRetries: expected a whole number of 0 to 100, received 101'],
    [{ maxRetries: null }, 'ShowTask: maxRetries: expected number, received null'],
    [{ signal: 'now' }, 'ShowTask: signal: expected an AbortSignal, received a string of 3 characters'],
    [{ signal: {} }, 'ShowTask: signal: expected an AbortSignal, received object'],
    [{ headers: ['a'] }, 'ShowTask: headers: expected an object, a Headers, pairs or a Map, received array'],
    [{ headers: null }, 'ShowTask: headers: expected an object, a Headers, pairs or a Map, received null'],
    [{ headers: 'x-a: 1' }, 'ShowTask: headers: expected an object, a Headers, pairs or a Map, received string'],
    [
      { headers: [['x', 'y', 'z']] },
      'ShowTask: headers: expected an object, a Headers, pairs or a Map, received array',
    ],
    [
      { headers: [['x', 'y'], 'z'] },
      'ShowTask: headers: expected an object, a Headers, pairs or a Map, received array',
    ],
    [{ headers: [[5, 'y']] }, 'ShowTask: headers[number]: expected the name of a header, received number'],
    [{ headers: [[null, 'y']] }, 'ShowTask: headers[null]: expected the name of a header, received null'],
    [{ headers: new Map([[['x'], 'y']]) }, 'ShowTask: headers[array]: expected the name of a header, received array'],
    [
      { extraQuery: { page: {} } },
      'ShowTask: extraQuery.page: expected a text, a number or a truth value, received object',
    ],
    [{ headers: { 'x-a': 1 } }, 'ShowTask: headers["x-a"]: expected string, received number'],
    [{ headers: { 'x-a': Symbol('a') } }, 'ShowTask: headers["x-a"]: expected string, received symbol'],
    [{ onResponse: 'log' }, 'ShowTask: onResponse: expected a function, received a string of 3 characters'],
    [null, 'ShowTask: options: expected object, received null'],
    ['fast', 'ShowTask: options: expected object, received string'],
  ])('are refused when they are %j, naming the field, before anything is sent', async (options, message) => {
    expect(await refuse(options)).toBe(message);
  });

  it.each(['headers', 'timeoutMs'])(
    'are refused when %s throws as it is read, without what it throws',
    async (name) => {
      const thrower = () => {
        throw new Error('a secret');
      };
      const value = Object.defineProperty({}, 'x-a', { enumerable: true, get: thrower });
      const options =
        name === 'headers' ? { headers: value } : Object.defineProperty({}, name, { enumerable: true, get: thrower });
      const place = name === 'headers' ? 'headers' : 'options';
      expect(await refuse(options)).toBe(
        `ShowTask: ${place}: expected plain data, received a value that throws when it is read`,
      );
    },
  );

  it('are refused with every problem at once, together with those of id and body', async () => {
    const { sms, sent } = setUp();
    const upload = { log_bucket: 5, extra: true } as unknown as TaskLogUpload;

    const error = await rejectionOf(sms.tasks.collectLog('', upload, { maxRetries: -1 }));

    expect(error).toMatchObject({
      issues: [{ path: 'id' }, { path: 'maxRetries' }, { path: 'log_bucket' }, { path: 'extra' }],
    });
    expect(sent()).toBe(0);
  });

  it('may be left out, undefined or empty', async () => {
    const { sms } = setUp();
    const none = { signal: undefined, timeoutMs: undefined, headers: undefined, onResponse: undefined };

    for (const options of [undefined, {}, none]) {
      expect(await sms.tasks.get('t', options)).toMatchObject({ state: 'READY' });
    }
  });

  it('of any shape are used or refused by the client, and never break anything', async () => {
    const { sms } = setUp();
    const option = fc.constantFrom('signal', 'timeoutMs', 'totalTimeoutMs', 'maxRetries', 'headers', 'onResponse', 'x');
    const property = fc.asyncProperty(fc.dictionary(option, fc.anything()), async (options) => {
      const outcome = await sms.tasks.get('t', options as RequestOptions).catch((error: unknown) => error);
      const isUsed = (outcome as { state?: string }).state === 'READY';
      expect(isUsed || (outcome as Error).name === 'InvalidRequestError').toBe(true);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe('extra fields of a query', () => {
  it.each([{ name: 'a\ud800' }, { 'a\udfff': 'x' }])('cannot hold half of a surrogate pair: %#', async (extraQuery) => {
    expect(await refuse({ extraQuery })).toMatch(/: expected well-formed text, received half of a surrogate pair$/);
  });

  it('may be texts, numbers and truth values; nothing is left out', async () => {
    const { requests, sms } = setUp();

    await sms.tasks.get('t', { extraQuery: { a: 'x', b: 0, c: false, d: null, e: undefined } });

    expect(`${requests[0]?.url}`).toMatch(/\/v3\/tasks\/t\?a=x&b=0&c=false$/);
  });
});

describe('headers of the caller', () => {
  it('are sent beside those of the client', async () => {
    const { requests, sms } = setUp();

    await sms.tasks.get('t', { headers: { 'X-Project-Id': 'p', 'x-note': 'caf\u00e9 \t ok' } });

    expect(Object.fromEntries(requests[0]?.headers ?? [])).toEqual({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^org-sms-client\//),
      'x-auth-token': 'token-1',
      'x-note': 'caf\u00e9 \t ok',
      'x-project-id': 'p',
    });
  });

  it.each([
    ['an object', { 'X-Note': '1', 'x-absent': undefined }],
    ['a Headers', new Headers({ 'X-Note': '1' })],
    ['pairs', [['X-Note', '1']] as const],
    ['a Map', new Map([['X-Note', '1']])],
  ])('may be %s', async (_what, headers) => {
    const { requests, sms } = setUp();

    await sms.tasks.get('t', { headers });

    expect(requests[0]?.headers.get('x-note')).toBe('1');
    expect(requests[0]?.headers.has('x-absent')).toBe(false);
  });

  it('are not sent with a login that the call needs', async () => {
    const { logins, sms } = setUp();

    await sms.tasks.get('t', { headers: { 'x-note': '1' } });

    expect(logins[0]?.headers.has('x-note')).toBe(false);
  });

  it('are one header when a name is given in two spellings', async () => {
    const { requests, sms } = setUp();

    await sms.tasks.get('t', { headers: { 'X-Note': '1', 'x-note': '2' } });

    expect(requests[0]?.headers.get('x-note')).toBe('2');
  });

  it.each([
    'X-Auth-Token',
    'x-auth-token',
    'X-Subject-Token',
    'X-Security-Token',
    'X-Sdk-Date',
    'Authorization',
    'Host',
    'User-Agent',
    'Content-Type',
    'Content-Length',
    'Connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
  ])('cannot be %s', async (name) => {
    expect(await refuse({ headers: { [name]: 'x' } })).toBe(
      `ShowTask: headers["${name}"]: expected a header that the client does not set itself, received one`,
    );
  });

  it.each(['', ' ', 'a b', 'a:b', 'a\r\nx-auth-token', 'caf\u00e9', 'a\0'])('cannot be named %j', async (name) => {
    expect(await refuse({ headers: { [name]: 'x' } })).toBe(
      `ShowTask: headers[${JSON.stringify(name)}]: expected the name of a header, received another text`,
    );
  });

  it.each(['a\r\nx-evil: 1', 'a\nb', 'a\0', '\u2028', '\u{1f600}', '\x7f'])(
    'cannot contain %j, and the error does not quote it',
    async (value) => {
      const message = await refuse({ headers: { 'x-a': value } });

      expect(message).toBe(
        'ShowTask: headers["x-a"]: expected the value of a header, received a string with characters that headers cannot hold',
      );
    },
  );

  it('of any name and value reach fetch unchanged, or are refused by the client', async () => {
    const { requests, sms } = setUp();
    const headers = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 3 });
    const property = fc.asyncProperty(headers, async (extra) => {
      requests.length = 0;
      const error = await sms.tasks.get('t', { headers: extra }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) {
        expect(error).toMatchObject({ name: 'InvalidRequestError' });
        return;
      }
      expect([...(requests[0]?.headers.keys() ?? [])]).toHaveLength(
        3 + new Set(Object.keys(extra).map((name) => name.toLowerCase())).size,
      );
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe('the request of a call', () => {
  it.each([
    [{ log_bucket: 5 }, 'CollectLog: log_bucket: expected string, received number'],
    [{ log_bucket: 'b', force: true }, 'CollectLog: force: expected no field of this name, received one'],
    [undefined, 'CollectLog: body: expected object, received nothing'],
    ['start', 'CollectLog: body: expected object, received string'],
  ])('is refused when its body is %j, naming the field, before anything is sent', async (action, message) => {
    const { sent, sms } = setUp();

    expect(await rejectionOf(sms.tasks.collectLog('t', action as unknown as TaskLogUpload))).toMatchObject({
      name: 'InvalidRequestError',
      message,
    });
    expect(sent()).toBe(0);
  });

  it.each([
    [{ limit: 201 }, 'ListTasks: limit: expected a whole number of 0 to 200, received 201'],
    [{ colour: 'red' }, 'ListTasks: colour: expected no field of this name, received one'],
    ['READY', 'ListTasks: query: expected object, received string'],
  ])('is refused when its query is %j, naming the field, before anything is sent', async (query, message) => {
    const { sent, sms } = setUp();

    expect(await rejectionOf(sms.tasks.list(query as TaskQuery))).toMatchObject({
      name: 'InvalidRequestError',
      message,
    });
    expect(sent()).toBe(0);
  });

  it('never quotes a value that it refuses', async () => {
    const { sms } = setUp();
    const secret = 'a-secret-in-the-wrong-place';

    const error = await rejectionOf(
      sms.tasks.collectLog('t', { log_bucket: 'b', colour: secret } as unknown as TaskLogUpload, {
        headers: { 'x-a': `${secret}\n` },
      }),
    );

    expect(JSON.stringify(error) + String(error)).not.toContain(secret);
  });

  it('is passed to fetch as a URL text and plain options, with lower-case header names, without redirects', async () => {
    const calls: [unknown, RequestInit][] = [];
    const { sms } = makeFakeClient(() => taskResponse('READY'), {
      credentials: { token: 'given' },
      fetch: async (url, init) => {
        calls.push([url, init]);
        return init.method === 'GET' ? taskResponse('READY') : Response.json('');
      },
    });

    await sms.tasks.get('t', { headers: { 'X-Note': '1' } });
    await sms.tasks.collectLog('t', logUpload);

    const headers = { 'content-type': 'application/json', 'user-agent': expect.any(String), 'x-auth-token': 'given' };
    const common = { headers, redirect: 'manual', cache: 'no-store', signal: expect.any(AbortSignal) };
    expect(calls).toEqual([
      ['https://sms.test.example/v3/tasks/t', { method: 'GET', ...common, headers: { ...headers, 'x-note': '1' } }],
      ['https://sms.test.example/v3/tasks/t/log', { method: 'POST', body: JSON.stringify(logUpload), ...common }],
    ]);
  });
});
