import type { RetryEvent } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { logUpload, makeFakeClient } from '../support/fake-client.js';
import { failWith, loginResponse, refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { hang } from '../support/fake-task.js';
import { settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

type Respond = () => Response | Promise<Response>;

/** Three kinds of calls: one that may be repeated, one that may not, and the login before any call. */
const calls = ['GET', 'POST', 'login'] as const;
type Call = (typeof calls)[number];

function perform(call: Call, respond: (request: SentRequest, count: number) => Response | Promise<Response>) {
  const responses =
    call === 'login' ? ([() => taskResponse('READY'), respond] as const) : ([respond, undefined] as const);
  const events: RetryEvent[] = [];
  const pair = makeFakeClient(responses[0], { onRetry: (event) => events.push(event) }, responses[1]);
  const options = { timeoutMs: 1_000 };
  const { sms } = pair;
  const work: Promise<unknown> =
    call === 'POST' ? sms.tasks.collectLog('t', logUpload, options) : sms.tasks.get('t', options);
  return { work, events, sent: call === 'login' ? pair.logins : pair.requests };
}

/** A body that breaks off, as Node's fetch reports it. */
function cut(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'));
    },
    pull(controller) {
      controller.error(
        new TypeError('terminated', {
          cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
        }),
      );
    },
  });
  return new Response(body);
}

const status = (code: number, headers?: Record<string, string>) => () => refusal(code, 'SMS.0000', headers);
const network = (code: string, syscall?: string, message?: string) => () =>
  failWith(code, message, syscall === undefined ? {} : { syscall });
const deno = (text: string) => () => Promise.reject(new TypeError('fetch failed', { cause: new Error(text) }));

/** What happened → the name of the error, and how often GET, POST and the login are sent with two retries. */
const matrix: Record<
  string,
  readonly [respond: Respond, error: string, sent: readonly [number, number, number], login?: string]
> = {
  '429': [status(429), 'RateLimitError', [3, 3, 3]],
  '503': [status(503), 'ServerError', [3, 1, 3]],
  '503 with Retry-After': [status(503, { 'retry-after': '2' }), 'ServerError', [3, 3, 3]],
  '500': [status(500), 'ServerError', [3, 1, 3]],
  '500 with Retry-After': [status(500, { 'retry-after': '2' }), 'ServerError', [3, 1, 3]],
  '507': [status(507), 'ServerError', [3, 1, 3]],
  '520': [status(520), 'ServerError', [3, 1, 3]],
  '529': [status(529), 'ServerError', [3, 1, 3]],
  '530': [status(530), 'ServerError', [1, 1, 1]],
  '519': [status(519), 'ServerError', [1, 1, 1]],
  '407': [status(407), 'ApiError', [1, 1, 1]],
  '502': [status(502), 'ServerError', [3, 1, 3]],
  '504': [status(504), 'ServerError', [3, 1, 3]],
  '501': [status(501), 'ServerError', [1, 1, 1]],
  '408': [status(408), 'ApiError', [3, 1, 3]],
  '400': [status(400), 'ApiError', [1, 1, 1], 'AuthenticationError'],
  '403': [status(403), 'PermissionDeniedError', [1, 1, 1], 'AuthenticationError'],
  '404': [status(404), 'NotFoundError', [1, 1, 1]],
  '409': [status(409), 'ConflictError', [1, 1, 1]],
  '413': [status(413), 'ApiError', [1, 1, 1]],
  '425': [status(425), 'ApiError', [1, 1, 1]],
  '301': [status(301, { location: 'https://evil.example' }), 'ApiError', [1, 1, 1]],
  '304': [() => new Response(null, { status: 304 }), 'ApiError', [1, 1, 1]],
  'a name that is not found': [network('ENOTFOUND'), 'NetworkError', [3, 3, 3]],
  'a name server that fails': [network('EAI_AGAIN'), 'NetworkError', [3, 3, 3]],
  'a connection refused': [network('ECONNREFUSED'), 'NetworkError', [3, 3, 3]],
  'a connection not made in time': [network('UND_ERR_CONNECT_TIMEOUT'), 'NetworkError', [3, 3, 3]],
  'a host out of reach': [network('EHOSTUNREACH', 'connect'), 'NetworkError', [3, 3, 3]],
  'a host that went out of reach': [network('EHOSTUNREACH', 'read'), 'NetworkError', [3, 1, 3]],
  'a network out of reach': [network('ENETUNREACH', 'connect'), 'NetworkError', [3, 3, 3]],
  'a refusal while reading': [network('ECONNREFUSED', 'read'), 'NetworkError', [3, 1, 3]],
  'a system that gave up connecting': [network('ETIMEDOUT', 'connect'), 'NetworkError', [3, 3, 3]],
  'a system that gave up reading': [network('ETIMEDOUT', 'read'), 'NetworkError', [3, 1, 3]],
  'no address left': [network('EADDRNOTAVAIL', 'connect'), 'NetworkError', [3, 3, 3]],
  'no file descriptor left': [network('EMFILE', 'connect'), 'NetworkError', [3, 3, 3]],
  'a network that is down': [network('ENETDOWN', 'connect'), 'NetworkError', [3, 3, 3]],
  'a host that is down': [network('EHOSTDOWN', 'connect'), 'NetworkError', [3, 3, 3]],
  'a code that says nothing without its system call': [network('EHOSTUNREACH'), 'NetworkError', [3, 1, 3]],
  'TLS that never began': [
    network('ECONNRESET', undefined, 'Client network socket disconnected before secure TLS connection was established'),
    'NetworkError',
    [3, 3, 3],
  ],
  'a proxy that refuses the tunnel': [
    network('UND_ERR_ABORTED', undefined, 'Proxy response (502) !== 200 when HTTP Tunneling'),
    'NetworkError',
    [3, 3, 3],
  ],
  'a proxy that wants a login': [
    network('UND_ERR_ABORTED', undefined, 'Proxy response (407) !== 200 when HTTP Tunneling'),
    'NetworkError',
    [1, 1, 1],
  ],
  "a refused tunnel of Node's own proxy": [network('ERR_PROXY_TUNNEL'), 'NetworkError', [3, 3, 3]],
  'a connection that Deno did not make': [
    deno('error sending request for url (https://x/): client error (Connect): dns error: failed to lookup address'),
    'NetworkError',
    [3, 3, 3],
  ],
  'a connection that Deno lost': [
    deno('error sending request from 127.0.0.1:1 for http://x/: client error (SendRequest): connection closed'),
    'NetworkError',
    [3, 1, 3],
  ],
  'a certificate that Deno does not trust': [
    deno('error sending request for url (https://x/): client error (Connect): invalid peer certificate: UnknownIssuer'),
    'NetworkError',
    [1, 1, 1],
  ],
  'headers too large for Deno': [
    deno('error sending request: client error (SendRequest): message head is too large'),
    'NetworkError',
    [1, 1, 1],
  ],
  'a connection refused on Bun': [network('ConnectionRefused'), 'NetworkError', [3, 3, 3]],
  'a socket that does not open on Bun': [network('FailedToOpenSocket'), 'NetworkError', [3, 3, 3]],
  'a connection reset': [network('ECONNRESET'), 'NetworkError', [3, 1, 3]],
  'a socket closed': [network('UND_ERR_SOCKET'), 'NetworkError', [3, 1, 3]],
  'a broken pipe': [network('EPIPE'), 'NetworkError', [3, 1, 3]],
  'headers that do not come': [network('UND_ERR_HEADERS_TIMEOUT'), 'NetworkError', [3, 1, 3]],
  'a failure without a code': [() => Promise.reject(new TypeError('Failed to fetch')), 'NetworkError', [3, 1, 3]],
  'a failure that is no error': [() => Promise.reject('no reason'), 'NetworkError', [3, 1, 3]],
  'a failure that is nothing': [() => Promise.reject(undefined), 'NetworkError', [3, 1, 3]],
  'a body cut off': [cut, 'NetworkError', [3, 1, 3]],
  'headers too large': [network('UND_ERR_HEADERS_OVERFLOW'), 'NetworkError', [1, 1, 1]],
  'headers too large for the parser': [network('HPE_HEADER_OVERFLOW'), 'NetworkError', [1, 1, 1]],
  'an expired certificate': [network('CERT_HAS_EXPIRED'), 'NetworkError', [1, 1, 1]],
  'a certificate signed by itself': [network('DEPTH_ZERO_SELF_SIGNED_CERT'), 'NetworkError', [1, 1, 1]],
  'a certificate of an unknown authority': [network('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'NetworkError', [1, 1, 1]],
  'a certificate for another name': [network('ERR_TLS_CERT_ALTNAME_INVALID'), 'NetworkError', [1, 1, 1]],
  'a certificate for another host': [network('HOSTNAME_MISMATCH'), 'NetworkError', [1, 1, 1]],
  'a chain signed by itself': [network('SELF_SIGNED_CERT_IN_CHAIN'), 'NetworkError', [1, 1, 1]],
  'a server that speaks no TLS': [network('EPROTO'), 'NetworkError', [1, 1, 1]],
  'a server that speaks another TLS': [network('ERR_SSL_WRONG_VERSION_NUMBER'), 'NetworkError', [1, 1, 1]],
  'a response that is no JSON': [() => new Response('<html>'), 'ResponseFormatError', [1, 1, 1]],
};

describe('retries', () => {
  const cases = Object.entries(matrix).flatMap(([name, [respond, error, sent, login]]) =>
    calls.map((call, index) => ({
      name,
      call,
      respond: respond,
      error: (call === 'login' && login) || error,
      times: sent[index],
    })),
  );

  it.each(cases)(
    'after $name send a $call $times time(s), then throw $error',
    async ({ respond, call, error, times }) => {
      const { events, sent, work } = perform(call, respond);

      const outcome = await settle(work);

      expect(outcome.error).toMatchObject({ name: error });
      expect(sent).toHaveLength(times ?? 0);
      expect(events).toHaveLength(sent.length - 1);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it.each([
    ['GET', 3],
    ['POST', 1],
    ['login', 3],
  ] as const)('after a timeout send a %s %i time(s)', async (call, times) => {
    const { sent, work } = perform(call, hang);

    // The login has the timeout of the client.
    const outcome = await settle(work);

    expect(outcome.error).toMatchObject({ name: 'TimeoutError' });
    expect(sent).toHaveLength(times);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end with the first success', async () => {
    const { events, sent, work } = perform('GET', (_request, count) =>
      count < 3 ? refusal(500) : taskResponse('READY'),
    );

    expect(await settle(work)).toMatchObject({ value: { state: 'READY' } });
    expect(sent).toHaveLength(3);
    expect(events.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it.each([0, 1, 5])('are as many as maxRetries of the client: %i', async (maxRetries) => {
    const { requests, sms } = makeFakeClient(() => refusal(500), { maxRetries });

    await settle(sms.tasks.get('t'));

    expect(requests).toHaveLength(1 + maxRetries);
  });

  it.each([0, 1, 5])('are as many as maxRetries of the call: %i', async (maxRetries) => {
    const { requests, sms } = makeFakeClient(() => refusal(500), { maxRetries: 3 });

    await settle(sms.tasks.get('t', { maxRetries }));

    expect(requests).toHaveLength(1 + maxRetries);
  });

  it('are counted for the login alone, not again for the call that needs it', async () => {
    const { logins, requests, sms } = makeFakeClient(
      () => taskResponse('READY'),
      {},
      () => refusal(500),
    );

    await settle(sms.tasks.get('t'));

    expect(logins).toHaveLength(3);
    expect(requests).toHaveLength(0);
  });

  it('carry the token that is current at each attempt', async () => {
    const { requests, sms } = makeFakeClient(async (_request, count) => {
      if (count < 2) await sms.auth.forgetToken();
      return count < 2 ? refusal(500) : taskResponse('READY');
    });

    await settle(sms.tasks.get('t'));

    expect(requests.map(({ headers }) => headers.get('x-auth-token'))).toEqual(['token-1', 'token-2']);
  });
});

describe('the delay before a retry', () => {
  async function sleepsWith(random: number): Promise<number[]> {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    const sleeps: number[] = [];
    const { sms } = makeFakeClient(() => refusal(500), {
      maxRetries: 7,
      onRetry: ({ delayMs }) => sleeps.push(delayMs),
    });
    await settle(sms.tasks.get('t'));
    return sleeps;
  }

  it('is at most half a second that doubles up to ten seconds', async () => {
    expect(await sleepsWith(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is any part of that, down to zero: full jitter', async () => {
    expect(await sleepsWith(0)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await sleepsWith(0.5)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it('passes between the attempts', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const times: number[] = [];
    const { sms } = makeFakeClient(() => {
      times.push(performance.now());
      return refusal(500);
    });

    await settle(sms.tasks.get('t'));

    expect(times.map((time) => Math.round(time - (times[0] ?? 0)))).toEqual([0, 500, 1_500]);
  });

  it('is skipped when it would end after the deadline: the error comes at once', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { requests, sms } = makeFakeClient(() => refusal(500));
    const start = performance.now();

    const outcome = await settle(sms.tasks.get('t', { totalTimeoutMs: 1_500 }));

    expect(outcome.error).toMatchObject({ name: 'ServerError' });
    expect(requests).toHaveLength(2);
    expect(performance.now() - start).toBe(500);
  });
});

describe('a token that is refused with 401', () => {
  it('is renewed once, outside the budget of retries', async () => {
    const { logins, requests, sms } = makeFakeClient(
      (_request, count) => (count === 1 ? refusal(401, 'APIGW.0301') : taskResponse('READY')),
      { maxRetries: 0 },
    );

    expect(await settle(sms.tasks.get('t'))).toMatchObject({ value: { state: 'READY' } });
    expect(logins).toHaveLength(2);
    expect(requests).toHaveLength(2);
  });

  it('is renewed for a POST as well, which the service did not perform', async () => {
    const { requests, sms } = makeFakeClient((_request, count) =>
      count === 1 ? refusal(401, 'APIGW.0301') : Response.json(''),
    );

    await settle(sms.tasks.collectLog('t', logUpload));

    expect(requests.map(({ headers }) => headers.get('x-auth-token'))).toEqual(['token-1', 'token-2']);
  });

  it.each(['APIGW.0307', 'IAM.1108', 'NEW.0001'])('is renewed whatever else the code says: %s', async (code) => {
    const { logins, sms } = makeFakeClient((_request, count) =>
      count === 1 ? refusal(401, code) : taskResponse('READY'),
    );

    expect(await settle(sms.tasks.get('t'))).toMatchObject({ value: { state: 'READY' } });
    expect(logins).toHaveLength(2);
  });

  it.each([
    [200, true],
    [400, true],
    [404, true],
    [429, false],
    [500, false],
    [503, false],
  ])(
    'counts as accepted or not after a response with %i, so that a later refusal is worth another login: %s',
    async (status, accepted) => {
      const script = [401, status, 401, 200];
      const { logins, sms } = makeFakeClient(
        (_request, count) => (script[count - 1] === 200 ? taskResponse('READY') : refusal(script[count - 1] ?? 500)),
        { maxRetries: 0 },
      );

      await settle(sms.tasks.get('t'));
      const later = await settle(sms.tasks.get('t'));

      expect(logins).toHaveLength(accepted ? 3 : 2);
      expect(later).toMatchObject(accepted ? { value: { state: 'READY' } } : { error: { status: 401 } });
    },
  );

  it('ends the call when the new one is refused, too', async () => {
    const { logins, requests, sms } = makeFakeClient(() => refusal(401, 'APIGW.0301'));

    const outcome = await settle(sms.tasks.get('t'));

    expect(outcome.error).toMatchObject({ name: 'AuthenticationError', service: 'sms', status: 401 });
    expect(logins).toHaveLength(2);
    expect(requests).toHaveLength(2);
  });

  it('is renewed only once for one call, although another token replaces it meanwhile', async () => {
    const { requests, sms } = makeFakeClient(async (_request, count) => {
      await sms.auth.forgetToken();
      return count < 9 ? refusal(401, 'APIGW.0301') : taskResponse('READY');
    });

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({ status: 401 });
    expect(requests).toHaveLength(2);
  });

  it.each(['SMS.2003', 'SMS.2004', 'SMS.2005', 'SMS.2006', 'SMS.2013'])(
    'is not the meaning of the code %s, which comes with 401 for other reasons',
    async (code) => {
      const { logins, requests, sms } = makeFakeClient(() => refusal(401, code));

      const outcome = await settle(sms.tasks.get('t'));

      expect(outcome.error).toMatchObject({ code, status: 401 });
      expect(outcome.error).not.toMatchObject({ name: 'AuthenticationError' });
      expect(logins).toHaveLength(1);
      expect(requests).toHaveLength(1);
    },
  );

  it('does not use up the retries of the call', async () => {
    const script = [401, 500, 500, 200];
    const { requests, sms } = makeFakeClient((_request, count) =>
      script[count - 1] === 200 ? taskResponse('READY') : refusal(script[count - 1] ?? 500),
    );

    expect(await settle(sms.tasks.get('t'))).toMatchObject({ value: { state: 'READY' } });
    expect(requests).toHaveLength(4);
  });

  it('throws the error of a login that then fails, without another attempt of the call', async () => {
    const { requests, sms } = makeFakeClient(
      () => refusal(401),
      {},
      (_request, count) => (count === 1 ? loginResponse() : refusal(401)),
    );

    const outcome = await settle(sms.tasks.get('t'));

    expect(outcome.error).toMatchObject({ name: 'AuthenticationError', service: 'iam' });
    expect(requests).toHaveLength(1);
  });
});
