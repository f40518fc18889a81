import type { ApiError } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { failWith } from '../support/fake-fetch.js';

/** The error of a call whose fetch rejects with a value. */
function failureOf(reason: unknown): Promise<unknown> {
  const { sms } = makeFakeClient(() => Promise.reject(reason), { maxRetries: 0 });
  return rejectionOf(sms.tasks.get('t'));
}

function withCause(message: string, cause: unknown): Error {
  return new TypeError(message, { cause });
}

function withCode(message: string, code: unknown): Error {
  return Object.assign(new Error(message), { code });
}

const endless = new Error('round and round');
endless.cause = endless;

describe('a failure below HTTP', () => {
  it.each([
    ['an error', new Error('no route'), 'no route', null],
    ['an error inside another', withCause('fetch failed', new Error('no route')), 'no route', null],
    ['an inner error without a text', withCause('fetch failed', new Error('')), 'fetch failed', null],
    ['an inner error with a code', withCause('fetch failed', withCode('', 'EPIPE')), 'fetch failed (EPIPE)', 'EPIPE'],
    ['a code outside only', Object.assign(withCause('a', new Error('b')), { code: 'EPIPE' }), 'b (EPIPE)', 'EPIPE'],
    [
      'the first of many addresses',
      new AggregateError([new Error('first'), new Error('second')], 'all'),
      'first',
      null,
    ],
    ['a text', 'no route', 'no route', null],
    ['a text as a cause', withCause('fetch failed', 'no route'), 'no route', null],
    ['an empty text as a cause', withCause('fetch failed', ''), 'fetch failed', null],
    ['an object without a text', {}, 'unknown reason', null],
    ['nothing', undefined, 'unknown reason', null],
    ['null', null, 'unknown reason', null],
    ['a code that is a sentence', withCode('no route', 'it has no CODE'), 'no route', null],
    ['a code that is a number', withCode('no route', 20), 'no route', null],
    ['an error that is its own cause', endless, 'round and round', null],
  ])('is reported with the innermost text and code of %s', async (_name, reason, text, code) => {
    expect(await failureOf(reason)).toMatchObject({
      name: 'NetworkError',
      message: `ShowTask (GET /v3/tasks/t at sms.test.example) got no response: ${text}`,
      code,
    });
  });

  it('quotes 500 characters at most', async () => {
    expect(await failureOf(new Error('x'.repeat(10_000)))).toMatchObject({
      message: `ShowTask (GET /v3/tasks/t at sms.test.example) got no response: ${'x'.repeat(500)}`,
    });
  });

  it.each([
    ['UND_ERR_HEADERS_OVERFLOW', 'raise the limit with node --max-http-header-size'],
    ['HPE_HEADER_OVERFLOW', 'raise the limit with node --max-http-header-size'],
    ['CERT_HAS_EXPIRED', 'check the endpoint, the clock and the trusted authorities'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'check the endpoint, the clock and the trusted authorities'],
  ])('with the code %s has a hint', async (code, hint) => {
    const { sms } = makeFakeClient(() => failWith(code, 'no luck'), { maxRetries: 0 });

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`got no response: no luck \\(${code}\\)\\. Hint: .+: ${hint}\\.$`)),
    });
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])(
    'with the code %s has a hint on proxies, and is retried all the same',
    async (code) => {
      let attempts = 0;
      const fail = () => {
        attempts += 1;
        return failWith(code, 'no luck');
      };
      const { sms } = makeFakeClient(fail, { maxRetries: 1 });

      expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
        message: expect.stringMatching(
          /no luck \(\w+\)\. Hint: Check the endpoint and the network\. .* see createFetch of @org\/sms-client\/node\.$/,
        ),
      });
      expect(attempts).toBe(2);
    },
  );
});

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('a mistake in the program of a fetch', () => {
  it.each([
    ['a ReferenceError', new ReferenceError('nothing is not defined')],
    ['a RangeError of another realm', named('RangeError', 'out of range')],
    ['a SyntaxError', new SyntaxError('unexpected token')],
    ['a TypeError that says nothing of a network', new TypeError('agent is not a function')],
    ['an assertion', Object.assign(named('AssertionError', 'two is not three'), { code: 'ERR_ASSERTION' })],
  ])('is %s: the error names it', async (_what, mistake) => {
    expect(await failureOf(mistake)).toMatchObject({ name: 'ConfigurationError', cause: { error: mistake } });
  });

  it.each([
    ['an error of another name', named('OutOfRangeError', 'out of range')],
    ['an error whose name only begins like one', named('RangeErrorOfTheNetwork', 'out of range')],
    ['an error that is no TypeError, whatever it says', new Error('agent is not a function')],
    ['a TypeError with a code', Object.assign(new TypeError('agent is not a function'), { code: 'ECONNRESET' })],
    ['a TypeError with a cause', withCause('agent is not a function', new Error('socket closed'))],
    ['a RangeError with a code', Object.assign(new RangeError('out of range'), { code: 'ERR_OUT_OF_RANGE' })],
  ])('is not %s', async (_what, reason) => {
    expect(await failureOf(reason)).toMatchObject({ name: 'NetworkError' });
  });

  const readTwice = async () => {
    const response = new Response('{}');
    await response.text();
    return response;
  };

  const lockBody = () => {
    const response = new Response('{}');
    response.body?.getReader();
    return response;
  };

  it.each<[string, () => unknown]>([
    ['reads a body twice', async () => (await readTwice()).text()],
    ['returns a response that it has read', readTwice],
    ['leaves a reader on the body', lockBody],
    ['makes a URL of a word', () => new URL('x')],
    ['asks the runtime for a word', () => fetch('x')],
    ['makes a buffer of a number', () => Buffer.from(5 as unknown as string)],
    ['decodes what is not encoded', () => decodeURIComponent('%')],
    ['names a header with a space', () => new Headers({ 'a b': 'c' })],
    ['mixes a BigInt with a number', () => (1n as unknown as number) + 1],
    ['reduces an empty list', () => [].reduce((sum) => sum)],
    ['changes what is frozen', () => Object.assign(Object.freeze({ a: 1 }), { a: 2 })],
    ['gives a signal that is none', () => fetch('https://sms.test.example', { signal: {} as AbortSignal })],
    [
      'gives the dispatcher of another undici',
      () => Promise.reject(withCause('fetch failed', withCode('invalid onError method', 'UND_ERR_INVALID_ARG'))),
    ],
  ])('is that it %s: sent once', async (_what, fail) => {
    let attempts = 0;
    const { sms } = makeFakeClient(async () => {
      attempts += 1;
      return (await fail()) as Response;
    });

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'ConfigurationError' });
    expect(attempts).toBe(1);
  });
});

describe('a proxy that opens no tunnel without a login', () => {
  it.each([
    ['createFetch', withCode('the proxy refused the tunnel with 407', 'ERR_PROXY_TUNNEL')],
    [
      'undici',
      withCause('fetch failed', withCode('Proxy response (407) !== 200 when HTTP Tunneling', 'UND_ERR_ABORTED')),
    ],
    ['tunnel', withCode('tunneling socket could not be established, statusCode=407', 'ECONNRESET')],
    [
      "Node's own proxy support",
      withCode('Failed to establish tunnel to a:443 via proxy: HTTP/1.1 407 Authenticate', 'ERR_PROXY_TUNNEL'),
    ],
    [
      'Deno',
      new TypeError('error sending request for url (https://a/): client error (Connect): proxy authorization required'),
    ],
  ])('has the hint of a 407, and is asked once, for a creation, too: %s', async (_what, reason) => {
    const refusing = makeFakeClient(() => new Response('', { status: 407 }));
    const { hint } = (await rejectionOf(refusing.sms.tasks.get('t'))) as ApiError;
    const { requests, sms } = makeFakeClient(() => Promise.reject(reason));

    for (const call of [sms.tasks.get('t'), sms.templates.create({ name: 'a' })]) {
      expect(await rejectionOf(call)).toMatchObject({
        name: 'NetworkError',
        message: expect.stringMatching(new RegExp(`\\. Hint: ${hint}$`)),
      });
    }
    expect(requests).toHaveLength(2);
  });
});

describe('a request that never left', () => {
  it('is known by the syscall that failed, although a deeper cause names none', async () => {
    const refused = Object.assign(new Error('connect failed'), { code: 'ECONNRESET', syscall: 'connect' });
    refused.cause = new Error('nobody listens');
    let count = 0;
    const { sms } = makeFakeClient(() => {
      count += 1;
      return count === 1
        ? Promise.reject(withCause('fetch failed', refused))
        : Promise.resolve(Response.json({ id: 'template-1' }));
    });

    await sms.templates.create({ name: 'a' });

    expect(count).toBe(2);
  });
});
