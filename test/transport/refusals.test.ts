import { describe, expect, it, vi } from 'vitest';
import { logUpload, makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { taskResponse } from '../support/fake-fetch.js';
import { resultOf, settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

/** A body that breaks off after a few bytes, or never ends. */
function brokenBody(how: 'breaks' | 'hangs'): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"error_')),
    pull: (controller) =>
      how === 'breaks' ? controller.error(new TypeError('terminated')) : new Promise<void>(() => undefined),
  });
}

describe.each(['breaks', 'hangs'] as const)('a refusal whose body %s', (how) => {
  it.each([
    [400, 'ApiError'],
    [403, 'PermissionDeniedError'],
    [404, 'NotFoundError'],
    [409, 'ConflictError'],
    [502, 'ServerError'],
  ])('with %i keeps its class', async (status, name) => {
    const { requests, sms } = makeFakeClient(() => new Response(brokenBody(how), { status }), { maxRetries: 0 });

    const { error } = await settle(sms.tasks.collectLog('t', logUpload));

    expect(error).toMatchObject({ name, status, code: null, serviceMessage: null });
    expect(requests).toHaveLength(1);
  });

  it('keeps Retry-After', async () => {
    const headers = { 'retry-after': '7', 'x-request-id': 'request-7' };
    const { sms } = makeFakeClient(() => new Response(brokenBody(how), { status: 429, headers }), { maxRetries: 0 });

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({
      name: 'RateLimitError',
      retryAfterMs: 7_000,
      requestId: 'request-7',
    });
  });

  it('with 401 renews the token and sends once more', async () => {
    const { logins, requests, sms } = makeFakeClient((_request, count) =>
      count === 1 ? new Response(brokenBody(how), { status: 401 }) : taskResponse('READY'),
    );

    expect(await resultOf(sms.tasks.get('t'))).toMatchObject({ state: 'READY' });
    expect(requests).toHaveLength(2);
    expect(logins).toHaveLength(2);
  });

  it('keeps its class when totalTimeoutMs passes first', async () => {
    const { sms } = makeFakeClient(() => new Response(brokenBody(how), { status: 409 }));

    const { error } = await settle(sms.tasks.get('t', { timeoutMs: 9_000, totalTimeoutMs: 5_000 }));

    expect(error).toMatchObject({ name: 'ConflictError', status: 409 });
  });
});

describe('a 403', () => {
  const refuse = async (body: string | null) => {
    const { sms } = makeFakeClient(() => new Response(body, { status: 403 }));
    return rejectionOf(sms.tasks.get('t'));
  };

  it.each(['<html><title>Blocked</title></html>', '<html>', 'Blocked by policy'])(
    'with the text %j names the host and the network, not the permissions',
    async (text) => {
      expect(await refuse(text)).toMatchObject({
        name: 'PermissionDeniedError',
        hint: 'Something other than the service responded at sms.test.example, for instance a proxy or a login page. Check the network and the endpoint.',
      });
    },
  );

  it.each([
    ['nothing', null],
    ['white space', ' \n'],
    ['an empty object', '{}'],
    ['an object that breaks off', ' {"error_'],
    ['an object that is too long to be read', JSON.stringify({ error_code: 'SMS.1', more: 'x'.repeat(300_000) })],
  ])('with %s is of the service', async (_what, body) => {
    expect(await refuse(body)).toMatchObject({ hint: expect.stringContaining('Check the permissions of the user') });
  });
});

describe('a refusal whose body hangs', () => {
  it.each([
    ['5 s after its head, however long an attempt may take', {}, 5_100],
    ['with the attempt, when timeoutMs passes first', { timeoutMs: 2_000 }, 2_000],
    ['with the call, when totalTimeoutMs passes first', { totalTimeoutMs: 3_000 }, 3_000],
  ])('ends %s', async (_when, options, durationMs) => {
    const late = () =>
      new Promise<Response>((resolve) => setTimeout(resolve, 100, new Response(brokenBody('hangs'), { status: 403 })));
    const { sms } = makeFakeClient(late, { maxRetries: 0, ...options });
    const startedAt = Date.now();
    let endedAt = 0;

    const { error } = await settle(sms.tasks.get('t').finally(() => (endedAt = Date.now())));

    expect(error).toMatchObject({ name: 'PermissionDeniedError', status: 403 });
    expect(endedAt - startedAt).toBe(durationMs);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a success whose body breaks off', () => {
  it('is said to have broken off, and counts as sent whatever the code is', async () => {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNREFUSED', syscall: 'connect' });
    const body = () =>
      new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated', { cause })) });
    const { requests, sms } = makeFakeClient(() => new Response(body()));

    expect((await settle(sms.tasks.collectLog('t', logUpload))).error).toMatchObject({
      name: 'NetworkError',
      message:
        'CollectLog (POST /v3/tasks/t/log at sms.test.example) got a response that broke off: read ECONNRESET (ECONNREFUSED)',
    });
    expect(requests).toHaveLength(1);
  });

  it('of a fetch with a mistake in its response is a ConfigurationError that says so', async () => {
    const odd = { status: 200, headers: new Headers(), body: null } as Response;
    const { requests, sms } = makeFakeClient(() => odd);

    expect((await settle(sms.tasks.get('t'))).error).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(
        /^fetch: the response of ShowTask \(GET \/v3\/tasks\/t at sms\.test\.example\) could not be read, because it threw a TypeError: /,
      ),
    });
    expect(requests).toHaveLength(1);
  });
});

describe('a success that carries an error_code', () => {
  const envelope = (code: string) => () => Response.json({ error_code: code, error_msg: 'no' });

  it.each([
    ['SMS.1039', 'ConflictError'],
    ['SMS.9999', 'ApiError'],
    ['SMS.7703', 'NotFoundError'],
  ])('of %s is a refusal: %s, with and without data', async (code, name) => {
    const { sms } = makeFakeClient(envelope(code));

    for (const call of [sms.tasks.collectLog('t', logUpload), sms.tasks.get('t'), sms.tasks.list()]) {
      expect(await rejectionOf(call)).toMatchObject({ name, status: 200, code, serviceMessage: 'no' });
    }
  });

  it('of a dead token renews it', async () => {
    const { logins, sms } = makeFakeClient((_request, count) =>
      count === 1 ? envelope('APIGW.0301')() : taskResponse('READY'),
    );

    expect(await sms.tasks.get('t')).toMatchObject({ state: 'READY' });
    expect(logins).toHaveLength(2);
  });

  it('is retried like a failure, and only when that is safe', async () => {
    const failing = makeFakeClient(envelope('SMS.6301'));
    expect((await settle(failing.sms.tasks.get('t'))).error).toMatchObject({ name: 'ServerError' });
    expect(failing.requests).toHaveLength(3);

    const starting = makeFakeClient(envelope('SMS.6301'));
    expect((await settle(starting.sms.tasks.collectLog('t', logUpload))).error).toMatchObject({ name: 'ServerError' });
    expect(starting.requests).toHaveLength(1);
  });

  it('is no refusal when the code is empty or no text', async () => {
    for (const code of ['', null, 0]) {
      const { sms } = makeFakeClient(() => taskResponse('READY', { error_code: code }));
      expect(await sms.tasks.get('t')).toMatchObject({ state: 'READY' });
    }
  });
});

describe('an operation without data', () => {
  it.each(['success', 'OK', '已删除', 'null', 'true', '"ok"', ' ', '\n', '{}', '', '{"id"'])(
    'succeeds with %j',
    async (text) => {
      const { sms } = makeFakeClient(() => new Response(text, { headers: { 'content-type': 'text/plain' } }));

      expect(await sms.tasks.collectLog('t', logUpload)).toBeUndefined();
    },
  );

  it.each(['<html>log in</html>', '\n <!DOCTYPE html>'])('does not take the page %j for a success', async (page) => {
    const { sms } = makeFakeClient(() => new Response(page));

    expect(await rejectionOf(sms.tasks.collectLog('t', logUpload))).toMatchObject({ name: 'ResponseFormatError' });
  });
});

describe('a dead token', () => {
  it.each([
    [401, 'APIGW.0301'],
    [403, 'APIGW.0301'],
    [403, 'APIGW.0307'],
    [400, 'IAM.0066'],
    [401, 'SMS.9999'],
  ])('is recognised by %i with %s, and renewed once', async (status, code) => {
    const { logins, requests, sms } = makeFakeClient((_request, count) =>
      count === 1 ? Response.json({ error_code: code, error_msg: 'no' }, { status }) : taskResponse('READY'),
    );

    expect(await sms.tasks.get('t')).toMatchObject({ state: 'READY' });
    expect([logins.length, requests.length]).toEqual([2, 2]);
  });

  it.each([
    [401, 'SMS.2003', 'ApiError'],
    [401, 'SMS.2013', 'ConflictError'],
    [401, 'Common.0013', 'PermissionDeniedError'],
    [403, 'SMS.9004', 'PermissionDeniedError'],
  ])('is not the meaning of %i with %s, which no new token would fix', async (status, code, name) => {
    const { logins, requests, sms } = makeFakeClient(() =>
      Response.json({ error_code: code, error_msg: 'no' }, { status }),
    );

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name, code });
    expect([logins.length, requests.length]).toEqual([1, 1]);
  });
});
