import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { failWith, refusal, type SentRequest } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { connect, dayMs, deferred, flush, keystoneRefusal, livingToken, readFixture, tokensOf } from './support.js';

useFakeTime();

const validated = () => Response.json(readFixture('iam.validate-token.response.json'));
const hasListed = () => Response.json(readFixture('iam.list-auth-projects.response.json'));
const expired = () => refusal(401, 'APIGW.0307');

describe('login', () => {
  it('returns a fresh token each time, which later calls use', async () => {
    const { client, iam, read, sms } = connect();
    expect((await client.auth.login()).value).toBe('token-1');
    await read();
    expect((await client.auth.login()).value).toBe('token-2');
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
    expect(iam).toHaveLength(2);
  });

  it('joins a login in flight', async () => {
    const login = deferred<Response>();
    const { client, iam, read } = connect({ login: () => login.promise });
    const call = read();
    const tokens = [client.auth.login(), client.auth.login(), client.auth.getToken()];
    login.resolve(livingToken('token-1', dayMs));
    await call;
    const [first, ...others] = await Promise.all(tokens);
    for (const other of others) expect(other).toBe(first);
    expect(iam).toHaveLength(1);
  });

  it('leaves the token in use when it fails', async () => {
    const { client, read, sms } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : keystoneRefusal(500)),
    });
    await read();
    await expect(client.auth.login()).rejects.toMatchObject({ name: 'ServerError' });
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
  });

  it.each([
    ['a token', { token: 'given' }],
    ['a function that returns a token', async () => ({ token: 'given' })],
  ])('is a ConfigurationError for %s', async (_what, credentials) => {
    const { client, iam, read } = connect({ credentials });
    await expect(client.auth.login()).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('password'),
    });
    await read();
    expect(iam).toEqual([]);
  });

  it('ends at totalTimeoutMs, of the call or of the client', async () => {
    const { client } = connect({ login: () => new Promise(() => undefined), totalTimeoutMs: 1000, timeoutMs: 5000 });
    const calls = [client.auth.login({ totalTimeoutMs: 10 }), client.auth.login(), client.auth.getToken()].map(
      rejectionOf,
    );
    await vi.advanceTimersByTimeAsync(10);
    expect(await calls[0]).toMatchObject({
      name: 'TimeoutError',
      message: 'CreateToken (POST /v3/auth/tokens at iam.test.example) took longer than 10 ms in all (totalTimeoutMs)',
    });
    await vi.advanceTimersByTimeAsync(990);
    for (const call of calls) expect(await call).toMatchObject({ name: 'TimeoutError' });
  });

  it('that takes too long shows the line of the caller, and so does getToken', async () => {
    const { client } = connect({ login: () => new Promise(() => undefined), totalTimeoutMs: 10 });
    const loginHere = async () => await client.auth.login();
    const tokenHere = async () => await client.auth.getToken();
    const errors = Promise.all([rejectionOf(loginHere()), rejectionOf(tokenHere())]);
    await vi.advanceTimersByTimeAsync(10);
    const stacks = (await errors).map(({ stack }) => stack);
    expect(stacks).toEqual([expect.stringContaining('loginHere'), expect.stringContaining('tokenHere')]);
  });

  it('sends nothing for a signal that is aborted already', async () => {
    const { client, iam } = connect();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    for (const call of [client.auth.login({ signal }), client.auth.getToken({ signal })].map(rejectionOf)) {
      expect(await call).toBe(reason);
    }
    expect(iam).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['signal', { signal: 5 }],
    ['totalTimeoutMs', { totalTimeoutMs: -1 }],
    ['timeout', { timeout: 5 }],
    ['expected object', null],
  ])('refuses invalid options, as any call does: %s', async (text, options) => {
    const { client, iam } = connect();
    for (const call of [client.auth.login(options as object), client.auth.getToken(options as object)].map(
      rejectionOf,
    )) {
      expect(await call).toMatchObject({ name: 'InvalidRequestError', message: expect.stringContaining(text) });
    }
    expect(iam).toEqual([]);
  });
});

describe('getToken', () => {
  it('returns the token that calls use, and logs in when there is none', async () => {
    const { client, iam, read, sms } = connect();
    const token = await client.auth.getToken();
    await read();
    expect(await client.auth.getToken()).toBe(token);
    expect(tokensOf(sms)).toEqual([token.value]);
    expect(iam).toHaveLength(1);
  });

  it('returns a valid token when the old one has expired', async () => {
    const { client } = connect();
    await client.auth.getToken();
    await vi.advanceTimersByTimeAsync(dayMs);
    expect((await client.auth.getToken()).value).toBe('token-2');
  });

  it('refuses wrong options under the name of the login', async () => {
    const { client, iam } = connect();
    expect(await rejectionOf(client.auth.getToken({ timeoutMs: 0 }))).toMatchObject({
      message: 'CreateToken: timeoutMs: expected a whole number of 1 to 2147483647, received 0',
    });
    expect(iam).toEqual([]);
  });

  it('asks IAM about a given token', async () => {
    const { client, iam, sms } = connect({ credentials: { token: 'given' }, respond: validated });
    expect(await client.auth.getToken()).toMatchObject({ value: 'given', user: { name: 'IAMUser' } });
    expect(iam).toEqual([]);
    expect(sms[0]?.url.href).toBe('https://iam.test.example/v3/auth/tokens?nocatalog=true');
  });

  it('throws an AuthenticationError without the value when IAM does not know a given token', async () => {
    const { client } = connect({ credentials: { token: 'S3cr3t' }, respond: () => keystoneRefusal(401) });
    const error = await rejectionOf(client.auth.getToken());
    expect(error).toMatchObject({
      name: 'AuthenticationError',
      service: 'iam',
      status: 401,
      method: 'GET',
      path: '/v3/auth/tokens',
      message: expect.stringMatching(/iam\.test\.example.*the given token has expired, was revoked or is unknown/),
      hint: 'Give the client another token.',
      details: [],
    });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('S3cr3t');
  });
});

describe('verifyToken', () => {
  it.each(['', 'two words', 5])('refuses %j before anything is sent', async (value) => {
    const { client, iam, sms } = connect({ respond: validated });
    expect(await rejectionOf(client.auth.verifyToken(value as string))).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringMatching(/^ValidateToken: value: expected /),
    });
    expect([...iam, ...sms]).toEqual([]);
  });

  it('names the form of a token, and itself when the network fails', async () => {
    const { client } = connect({ respond: () => failWith('ECONNRESET') });
    expect(await rejectionOf(client.auth.verifyToken('two words'))).toMatchObject({
      message:
        'ValidateToken: value: expected a token of visible ASCII characters, without white space or a line break at an end, received a string of 9 characters',
    });
    expect(await rejectionOf(client.auth.verifyToken('some-token'))).toMatchObject({
      message: expect.stringMatching(/^ValidateToken \(GET \/v3\/auth\/tokens at iam\.test\.example\) got no response/),
    });
  });

  it('says what is wrong with a response without a usable token', async () => {
    const dates = { expires_at: '2026-01-01T00:00:00Z', issued_at: '2026-01-02T00:00:00Z' };
    const { client } = connect({ respond: () => Response.json({ token: dates }) });
    expect(await rejectionOf(client.auth.verifyToken('some-token'))).toMatchObject({
      message:
        'ValidateToken (GET /v3/auth/tokens at iam.test.example) returned no usable token: token.expires_at: expected a date after token.issued_at, received another value',
    });
  });

  it('authenticates with the token itself, without a login', async () => {
    const { client, iam, sms } = connect({ respond: validated });
    expect(await client.auth.verifyToken('some-token')).toMatchObject({
      value: 'some-token',
      user: { name: 'IAMUser' },
    });
    const { headers, method, url } = sms[0] as SentRequest;
    expect([method, url.href]).toEqual(['GET', 'https://iam.test.example/v3/auth/tokens?nocatalog=true']);
    expect([headers.get('x-auth-token'), headers.get('x-subject-token')]).toEqual(['some-token', 'some-token']);
    expect(iam).toEqual([]);
  });

  it.each([
    ['401', () => keystoneRefusal(401)],
    ['401 IAM.0067', () => refusal(401, 'IAM.0067')],
    ['404', () => keystoneRefusal(404, 'Failed to validate token')],
    ['400 IAM.0009', () => refusal(400, 'IAM.0009')],
  ])('returns null when IAM says %s', async (_what, respond) => {
    const { client, iam, sms } = connect({ respond });
    expect(await client.auth.verifyToken('some-token')).toBeNull();
    expect([iam.length, sms.length]).toEqual([0, 1]);
  });

  it.each([
    ['400', () => keystoneRefusal(400), 'ApiError'],
    ['401 IAM.0064, which is about permissions', () => refusal(401, 'IAM.0064'), 'PermissionDeniedError'],
    ['403', () => keystoneRefusal(403), 'PermissionDeniedError'],
    ['nothing with 401', () => new Response('', { status: 401 }), 'AuthenticationError'],
    ['404 APIGW.0101, which is about the endpoint', () => refusal(404, 'APIGW.0101'), 'NotFoundError'],
    ['429', () => keystoneRefusal(429), 'RateLimitError'],
    ['500', () => keystoneRefusal(500), 'ServerError'],
    ['nothing', () => failWith('ECONNRESET'), 'NetworkError'],
    [
      'a date that is none',
      () => Response.json({ token: { expires_at: 'S3cr3t', issued_at: 'x' } }),
      'ResponseFormatError',
    ],
    ['something else', () => Response.json({ secret: 'S3cr3t' }), 'ResponseFormatError'],
  ])('throws when IAM says %s', async (_what, respond, name) => {
    for (const responseValidation of ['error', 'warn'] as const) {
      const { client } = connect({ respond, responseValidation });
      const error = await rejectionOf(client.auth.verifyToken('S3cr3t-token'));
      expect(error).toMatchObject({ name });
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('S3cr3t');
    }
  });

  it.each([401, 403, 404])('does not take the page of a proxy with %i for the word of IAM', async (status) => {
    const page = () => new Response('<html><title>Log in</title></html>', { status });
    const { client } = connect({ respond: page, credentials: { token: 'given' } });
    for (const call of [client.auth.verifyToken('some-token'), client.auth.getToken()]) {
      expect(await rejectionOf(call)).toMatchObject({
        status,
        serviceMessage: 'Log in',
        hint: expect.stringContaining('iam.test.example'),
      });
    }
  });

  it.each([
    ['IAM', () => keystoneRefusal(400, 'Bad token S3cr3t-token.')],
    ['the runtime', () => failWith('ECONNRESET', 'could not send S3cr3t-token')],
  ])('keeps the token out of the error when %s quotes it', async (_who, respond) => {
    const error = await rejectionOf(connect({ respond }).client.auth.verifyToken('S3cr3t-token'));
    expect(error.message).toContain('***');
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('S3cr3t');
  });

  it('does not change the token that calls use', async () => {
    const { client, iam, read } = connect({
      respond: ({ url }, count) =>
        url.pathname === '/v3/auth/tokens' ? keystoneRefusal(401) : Response.json({ id: `${count}`, state: 'READY' }),
    });
    const { value } = await client.auth.login();
    expect(await client.auth.verifyToken(value)).toBeNull();
    await read();
    expect(iam).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['an empty text', ''],
    ['a line break', 'S3cr3t\r\nx-injected: 1'],
    ['a character beyond ASCII', 'S3cr3té'],
    ['no text', 5],
    ['nothing', undefined],
  ])('refuses a value that cannot be sent, without showing it: %s', async (_what, value) => {
    const { client, sms } = connect();
    const error = await rejectionOf(client.auth.verifyToken(value as string));
    expect(error).toMatchObject({ name: 'InvalidRequestError', issues: [{ path: 'value' }] });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('S3cr3t');
    expect(sms).toEqual([]);
  });

  it('accepts the options of any call', async () => {
    const responses = [keystoneRefusal(503), validated()];
    const { client, sms } = connect({ respond: () => responses.shift() ?? validated() });
    const statuses: number[] = [];
    const call = client.auth.verifyToken('some-token', {
      maxRetries: 1,
      headers: { 'X-Mine': '1' },
      onResponse: ({ status }) => void statuses.push(status),
    });
    await vi.advanceTimersByTimeAsync(1000);
    await call;
    expect(statuses.at(-1)).toBe(200);
    expect(sms.map(({ headers }) => headers.get('x-mine'))).toEqual(['1', '1']);
  });
});

describe('listProjects', () => {
  it('returns the projects of the official example, with the token that calls use', async () => {
    const { client, iam, read, sms } = connect({
      respond: ({ url }) =>
        url.pathname.endsWith('/projects') ? hasListed() : Response.json({ id: '1', state: 'READY' }),
    });
    expect(await client.auth.listProjects()).toEqual(
      Object(readFixture('iam.list-auth-projects.response.json')).projects,
    );
    await read();
    expect(sms[0]?.url.href).toBe('https://iam.test.example/v3/auth/projects');
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
    expect(iam).toHaveLength(1);
  });

  it('renews a token that IAM refuses', async () => {
    const { client, sms } = connect({
      respond: (_request, count) => (count === 1 ? keystoneRefusal(401) : hasListed()),
    });
    await client.auth.listProjects();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
  });

  it.each<[string, () => Response]>([
    ['nothing', () => new Response('')],
    ['something else', () => Response.json({ tasks: [] })],
  ])(
    'throws for a response that misses its schema; with responseValidation warn %s is no project',
    async (_what, respond) => {
      await expect(connect({ respond }).client.auth.listProjects()).rejects.toMatchObject({
        name: 'ResponseFormatError',
      });
      expect(await connect({ respond, responseValidation: 'warn' }).client.auth.listProjects()).toEqual([]);
    },
  );
});

describe('forgetToken', () => {
  it('sends nothing, and the next call logs in', async () => {
    const { client, iam, read, sms } = connect();
    await read();
    expect(await client.auth.forgetToken()).toBeUndefined();
    await flush();
    expect([iam.length, sms.length]).toEqual([1, 1]);
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
  });

  it('asks no store when there is no token yet', async () => {
    const tokenStore = { get: vi.fn(), set: vi.fn(), delete: vi.fn() };
    const { client } = connect({ tokenStore });
    await client.auth.forgetToken();
    await flush();
    expect(tokenStore.delete).not.toHaveBeenCalled();
  });

  it('makes the provider run again', async () => {
    const credentials = vi.fn(async () => ({ token: 'given' }));
    const { client, read } = connect({ credentials });
    await read();
    await client.auth.forgetToken();
    await read();
    expect(credentials).toHaveBeenCalledTimes(2);
  });

  it('ends no call in flight', async () => {
    const response = deferred<Response>();
    const { client, read } = connect({ respond: () => response.promise });
    const call = read();
    await flush();
    await client.auth.forgetToken();
    response.resolve(Response.json({ id: 'task-1', state: 'READY' }));
    expect(await call).toMatchObject({ state: 'READY' });
  });

  it('does not stop a call from logging in when its token is refused afterwards', async () => {
    const response = deferred<Response>();
    const { client, read, sms } = connect({
      respond: (_request, count) => (count === 1 ? response.promise : Response.json({ id: 'task-1', state: 'READY' })),
    });
    const call = read();
    await flush();
    await client.auth.forgetToken();
    response.resolve(expired());
    await call;
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
  });
});
