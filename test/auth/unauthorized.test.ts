import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { connect, dayMs, deferred, flush, keystoneRefusal, livingToken, tokensOf } from './support.js';

useFakeTime();

const expired = () => refusal(401, 'APIGW.0307');

/** SMS that refuses these tokens, and is well otherwise. */
function refusing(...tokens: string[]) {
  return ({ headers }: SentRequest) =>
    tokens.includes(headers.get('x-auth-token') ?? '') ? expired() : taskResponse('RUNNING');
}

describe('a refused token', () => {
  it.each([
    ['APIGW.0307', expired],
    ['APIGW.0301', () => refusal(401, 'APIGW.0301')],
    ['IAM.0001', () => refusal(401, 'IAM.0001')],
    ['IAM.0066', () => refusal(401, 'IAM.0066')],
    ['IAM.0067', () => refusal(401, 'IAM.0067')],
    ['an unknown code', () => refusal(401, 'APIGW.9999')],
    ["Keystone's body", () => keystoneRefusal(401)],
    ['a plain text', () => new Response('Unauthorized', { status: 401 })],
    ['nothing', () => new Response(null, { status: 401 })],
  ])(
    'is dropped, renewed once and the call sent once more, without any retries: 401 with %s',
    async (_what, refuse) => {
      const { iam, read, sms } = connect({
        respond: (_request, count) => (count === 1 ? refuse() : taskResponse('RUNNING')),
      });
      expect(await read()).toMatchObject({ state: 'RUNNING' });
      expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
      await read();
      expect(iam).toHaveLength(2);
    },
  );

  it.each([
    ['text/html', '<html><title>Log in</title></html>'],
    ['text/plain', '\n<!DOCTYPE html><p>Log in'],
  ])(
    'is none when a page comes with 401: the token stays, and the error blames no credentials: %s',
    async (type, page) => {
      const respond = () => new Response(page, { status: 401, headers: { 'content-type': type } });
      const { iam, read, sms } = connect({
        respond: (_request, count) => (count < 3 ? respond() : taskResponse('READY')),
      });
      for (let call = 0; call < 2; call += 1) {
        expect(await rejectionOf(read())).toMatchObject({
          name: 'AuthenticationError',
          status: 401,
          hint: expect.stringMatching(/^Something other than the service responded at sms\.test\.example, .*proxy/),
        });
      }
      await read();
      expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-1']);
      expect(iam).toHaveLength(1);
    },
  );

  it('makes a POST be sent once more, too, because a refused one was not performed', async () => {
    const { client, sms } = connect({ respond: (_request, count) => (count === 1 ? expired() : new Response('')) });
    await client.tasks.collectLog('task-1', { log_bucket: 'logs' });
    expect(sms.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(new Set(sms.map(({ body }) => body)).size).toBe(1);
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
  });

  it('is never followed by a third attempt', async () => {
    const { iam, read, sms } = connect({ respond: expired, maxRetries: 5 });
    await expect(read()).rejects.toMatchObject({
      name: 'AuthenticationError',
      service: 'sms',
      status: 401,
      code: 'APIGW.0307',
    });
    expect([iam.length, sms.length]).toEqual([2, 2]);
  });

  it('costs one login, however many calls meet it at once', async () => {
    const { iam, read, sms } = connect({ respond: refusing('token-1') });
    await Promise.all(Array.from({ length: 1000 }, read));
    expect(iam).toHaveLength(2);
    expect(sms.filter(({ headers }) => headers.get('x-auth-token') === 'token-2')).toHaveLength(1000);
  });

  it('is not dropped when another token has replaced it', async () => {
    const late = deferred<Response>();
    const { iam, read, sms } = connect({
      respond: (request, count) => (count === 1 ? late.promise : refusing('token-1')(request)),
    });
    const slow = read();
    await flush();
    await read();
    late.resolve(expired());
    await slow;
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-2', 'token-2']);
    expect(iam).toHaveLength(2);
  });

  it('gives the error of the login when there is no new token', async () => {
    const { iam, read, sms } = connect({
      respond: expired,
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : keystoneRefusal(401)),
    });
    for (let call = 0; call < 3; call += 1) {
      await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError', service: 'iam' });
    }
    expect([iam.length, sms.length]).toEqual([2, 1]);
  });

  it.each([
    ['SMS.2003', 'ApiError'],
    ['SMS.2004', 'ApiError'],
    ['SMS.2005', 'ApiError'],
    ['SMS.2006', 'ApiError'],
    ['SMS.2013', 'ConflictError'],
    ['IAM.0064', 'PermissionDeniedError'],
  ])('is not the meaning of 401 %s: one request, no renewal', async (code, name) => {
    const { iam, read, sms } = connect({ respond: () => refusal(401, code) });
    await expect(read()).rejects.toMatchObject({ name, status: 401, code });
    await rejectionOf(read());
    expect(iam).toHaveLength(1);
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
  });
});

describe('a token obtained because of a refusal and refused before it was ever accepted', () => {
  it('is kept for 60 s without another login, then there is one', async () => {
    const { iam, read, sms } = connect({ respond: expired });
    await rejectionOf(read());
    for (const [ms, logins, sendings] of [
      [0, 2, 3],
      [59_999, 2, 4],
      [1, 3, 6],
      [0, 3, 7],
      [59_999, 3, 8],
      [1, 4, 10],
    ] as const) {
      await vi.advanceTimersByTimeAsync(ms);
      await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError', service: 'sms' });
      expect([iam.length, sms.length]).toEqual([logins, sendings]);
    }
  });

  it('is used again as soon as the service accepts it', async () => {
    let isWell = false;
    const { iam, read } = connect({ respond: () => (isWell ? taskResponse('RUNNING') : expired()) });
    await rejectionOf(read());
    isWell = true;
    await read();
    expect(iam).toHaveLength(2);
  });

  it.each([
    ['200', () => taskResponse('RUNNING'), 3],
    ['403', () => refusal(403), 3],
    ['404', () => refusal(404), 3],
    ['401 SMS.2004', () => refusal(401, 'SMS.2004'), 3],
    ['500, which says nothing of the token', () => refusal(500), 2],
    ['429, which says nothing of the token', () => refusal(429), 2],
  ])('is one that never got a response: after %s there are %i logins in all', async (_what, respond, logins) => {
    const responses = [expired, respond, expired, () => taskResponse('RUNNING')];
    const { iam, read } = connect({ respond: (_request, count) => responses[count - 1]?.() ?? refusal(418) });
    await read().catch(() => undefined);
    await read().catch(() => undefined);
    expect(iam).toHaveLength(logins);
  });

  it('does not keep the user from logging in, nor that token from being renewed', async () => {
    const { client, iam, read } = connect({ respond: refusing('token-1', 'token-2', 'token-3') });
    await rejectionOf(read());
    await client.auth.login();
    await read();
    expect(iam).toHaveLength(4);
  });

  it('is not one whose login began before the refusal', async () => {
    const renewal = deferred<Response>();
    const { iam, read, sms } = connect({
      respond: (request, count) => (count === 1 ? taskResponse('RUNNING') : refusing('token-1', 'token-2')(request)),
      login: (_request, count) => (count === 2 ? renewal.promise : livingToken(`token-${count}`, dayMs)),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 60_000);
    const early = rejectionOf(read());
    await flush();
    renewal.resolve(livingToken('token-2', dayMs));
    expect(await early).toMatchObject({ name: 'AuthenticationError' });
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-2', 'token-3']);
    expect(iam).toHaveLength(3);
  });
});

describe('a refused token that was given', () => {
  it('is not renewed: the call fails after one sending', async () => {
    const { iam, read, sms } = connect({ respond: expired, credentials: { token: 'given' } });
    await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError', service: 'sms', status: 401 });
    await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(iam).toEqual([]);
    expect(tokensOf(sms)).toEqual(['given', 'given']);
  });

  it('is requested again when a function returned it', async () => {
    const given = ['stale', 'fresh'];
    const credentials = vi.fn(async () => ({ token: given.shift() ?? 'none' }));
    const { read, sms } = connect({ respond: refusing('stale'), credentials });
    await Promise.all([read(), read(), read()]);
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(new Set(tokensOf(sms))).toEqual(new Set(['stale', 'fresh']));
  });

  it('is requested once a minute while the function returns the same token', async () => {
    const credentials = vi.fn(async () => ({ token: 'stale' }));
    const { read } = connect({ respond: expired, credentials });
    for (let second = 0; second < 120; second += 1) {
      await rejectionOf(read());
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(credentials).toHaveBeenCalledTimes(3);
  });
});
