import { AuthenticationError, type StaticCredentials } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { describeErrorCode } from '../../src/error-codes.js';
import { rejectionOf } from '../support/fake-client.js';
import { failWith, type SentRequest } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { account } from '../support/make-client.js';
import { connect, dayMs, flush, keystoneRefusal, livingToken } from './support.js';

useFakeTime();

const refusalOf = async (call: Promise<unknown>) => (await rejectionOf(call)) as AuthenticationError;

/** The error of every login for 60 s after a refusal. */
function heldBack({ status, hint }: AuthenticationError): object {
  const text = 'This login was not sent again: IAM refused it less than 60 s ago, and repeated ones lock accounts.';
  return { name: 'AuthenticationError', message: expect.stringContaining(text), status, hint: `${text} ${hint}` };
}

describe('a login that IAM refuses', () => {
  it.each([400, 401, 403])('with %i is an AuthenticationError that says what to do', async (status) => {
    const { read, sms } = connect({ login: () => keystoneRefusal(status, 'The username or password is wrong.') });
    const error = await rejectionOf(read());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({
      name: 'AuthenticationError',
      service: 'iam',
      status,
      code: null,
      serviceMessage: 'The username or password is wrong.',
      method: 'POST',
      path: '/v3/auth/tokens',
      hint: expect.stringMatching(/user name, password.*region of iamEndpoint.*credentials\.mfa.*HUAWEI ID/),
    });
    expect(error.message).toContain((error as AuthenticationError).hint);
    expect(error).not.toMatchObject({ hint: expect.stringContaining('passcode') });
    expect(sms).toEqual([]);
  });

  it('with a code says what that code means', async () => {
    const body = { error_code: 'IAM.0061', error_msg: 'locked' };
    const { read } = connect({ login: () => Response.json(body, { status: 401 }) });
    expect(await rejectionOf(read())).toMatchObject({
      name: 'AuthenticationError',
      code: 'IAM.0061',
      hint: describeErrorCode('IAM.0061')?.hint,
    });
  });

  it('gives every caller the same error for 60 s, with a hint that nothing was sent', async () => {
    const { client, iam, read } = connect({ login: () => keystoneRefusal(401), maxRetries: 5 });
    const first = await refusalOf(read());
    const callers = () => [read(), read(), client.auth.login(), client.auth.getToken(), client.auth.listProjects()];
    for (const ms of [0, 30_000, 29_999]) {
      await vi.advanceTimersByTimeAsync(ms);
      for (const call of callers().map(refusalOf)) expect(await call).toMatchObject(heldBack(first));
      expect(iam).toHaveLength(1);
    }
    await vi.advanceTimersByTimeAsync(1);
    const second = await refusalOf(read());
    expect(second.hint).toBe(first.hint);
    for (const call of callers().map(refusalOf)) expect(await call).toMatchObject(heldBack(second));
    expect(iam).toHaveLength(2);
  });

  it('gives 1,000 callers at once the same error', async () => {
    const { iam, read } = connect({ login: () => keystoneRefusal(401) });
    const errors = await Promise.all(Array.from({ length: 1000 }, () => rejectionOf(read())));
    expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
    expect(iam).toHaveLength(1);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['is refused', () => keystoneRefusal(401)],
    ['fails', () => keystoneRefusal(500)],
    ['gets no response', () => failWith('ECONNRESET')],
    ['takes too long', () => new Promise(() => undefined)],
    ['returns no token', () => Response.json({})],
  ])('shows each caller the own line in the stack, and no other, when it %s', async (_what, login) => {
    const { client, read } = connect({ login, timeoutMs: 10 });
    const callers = {
      readHere: async () => await read(),
      listHere: async () => await client.tasks.list(),
      tokenHere: async () => await client.auth.getToken(),
      loginHere: async () => await client.auth.login(),
    };
    const stacks = async () => {
      const errors = Promise.all(Object.values(callers).map((call) => rejectionOf(call())));
      await vi.advanceTimersByTimeAsync(10);
      return (await errors).map(({ stack = '' }) => Object.keys(callers).filter((name) => stack.includes(name)));
    };
    for (let round = 0; round < 2; round += 1) {
      expect(await stacks()).toEqual([['readHere'], ['listHere'], ['tokenHere'], ['loginHere']]);
    }
  });

  it('is not sent again after forgetToken', async () => {
    const { client, iam, read } = connect({ login: () => keystoneRefusal(401) });
    const first = await refusalOf(read());
    await client.auth.forgetToken();
    expect(await refusalOf(read())).toMatchObject(heldBack(first));
    expect(iam).toHaveLength(1);
  });

  it('does not disturb the token that is still valid, nor is it repeated more often in the background', async () => {
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : keystoneRefusal(401)),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * 60_000);
    for (let second = 0; second < 60; second += 1) {
      await read();
      await flush();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(iam).toHaveLength(2);
  });

  it('succeeds as soon as IAM accepts it', async () => {
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? keystoneRefusal(403) : livingToken('token', dayMs)),
    });
    await rejectionOf(read());
    await vi.advanceTimersByTimeAsync(60_000);
    await read();
    expect(iam).toHaveLength(2);
  });
});

/** What a proxy or a login page says. */
function page(status: number): Response {
  const headers = { 'content-type': 'text/html' };
  return new Response('<html><title>Blocked by policy</title></html>', { status, headers });
}

describe('a login that something other than IAM refuses', () => {
  it.each([
    ['400 and a page', () => page(400)],
    ['401 and a page', () => page(401)],
    ['403 and a page', () => page(403)],
    ['401 and nothing', () => new Response('', { status: 401 })],
    ['404 and a page', () => page(404)],
    ['404 in the form of IAM', () => keystoneRefusal(404)],
  ])('with %s does not blame the credentials and names iamEndpoint and the host', async (_what, login) => {
    const { read } = connect({ login });
    const error = await rejectionOf(read());
    expect(error).not.toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ service: 'iam', host: 'iam.test.example' });
    expect(error.message).toMatch(/no IAM at https:\/\/iam\.test\.example: check iamEndpoint.*proxy/);
    expect(error.message).not.toMatch(/user name/);
  });
});

describe('a login that fails otherwise', () => {
  it.each([
    ['404', () => keystoneRefusal(404), 'NotFoundError'],
    ['409', () => keystoneRefusal(409), 'ConflictError'],
    ['413', () => keystoneRefusal(413), 'ApiError'],
    ['429', () => keystoneRefusal(429), 'RateLimitError'],
    ['500', () => keystoneRefusal(500), 'ServerError'],
    ['503', () => keystoneRefusal(503), 'ServerError'],
    ['a redirect', () => new Response(null, { status: 302 }), 'ApiError'],
    ['a cut connection', () => failWith('ECONNRESET'), 'NetworkError'],
    ['400 of a proxy', () => page(400), 'ApiError'],
    ['401 of a proxy', () => page(401), 'ApiError'],
    ['403 of a proxy', () => page(403), 'ApiError'],
  ])('with %s may be sent again at once', async (_what, fail, name) => {
    const { iam, read } = connect({ login: fail });
    await expect(read()).rejects.toMatchObject({ name });
    await expect(read()).rejects.toMatchObject({ name });
    expect(iam).toHaveLength(2);
  });

  it.each([
    ['429', () => keystoneRefusal(429)],
    ['500', () => keystoneRefusal(500)],
    ['a cut connection', () => failWith('ECONNRESET')],
  ])('with %s is repeated as often as maxRetries says', async (_what, fail) => {
    const { iam, read } = connect({
      login: (_request, count) => (count < 3 ? fail() : livingToken('token', dayMs)),
      maxRetries: 2,
    });
    const call = read();
    await vi.advanceTimersByTimeAsync(60_000);
    await call;
    expect(iam).toHaveLength(3);
  });

  it.each([400, 401, 403])('with %i is not repeated, whatever maxRetries says', async (status) => {
    const { iam, read } = connect({ login: () => keystoneRefusal(status), maxRetries: 5 });
    await rejectionOf(read());
    expect(iam).toHaveLength(1);
  });
});

describe('other credentials', () => {
  function passwordOf({ body = '' }: SentRequest): string {
    return JSON.parse(body).auth.identity.password.user.password;
  }

  it('from a provider are tried at once after a refusal, and the refused ones are not', async () => {
    const passwords = ['wrong', 'wrong', 'right'];
    const { iam, read } = connect({
      credentials: async (): Promise<StaticCredentials> => ({ ...account, password: passwords.shift() ?? 'none' }),
      login: (request) => (passwordOf(request) === 'right' ? livingToken('token', dayMs) : keystoneRefusal(401)),
    });
    const first = await refusalOf(read());
    expect(await refusalOf(read())).toMatchObject(heldBack(first));
    await read();
    expect(iam.map(passwordOf)).toEqual(['wrong', 'right']);
  });

  it('that are refused as well do not bring the first ones back to IAM', async () => {
    let turn = 0;
    const { iam, read } = connect({
      credentials: async () => ({ ...account, password: ['first', 'second'][turn++ % 2] ?? '' }),
      login: () => keystoneRefusal(401),
    });
    const errors = [];
    for (let call = 0; call < 6; call += 1) errors.push(await refusalOf(read()));
    expect(errors.map(({ hint }) => hint.startsWith('This login was not sent'))).toEqual([
      ...[false, false],
      ...[true, true, true, true],
    ]);
    expect(iam.map(passwordOf)).toEqual(['first', 'second']);
    await vi.advanceTimersByTimeAsync(60_000);
    await rejectionOf(read());
    await rejectionOf(read());
    expect(iam.map(passwordOf)).toEqual(['first', 'second', 'first', 'second']);
  });
});
