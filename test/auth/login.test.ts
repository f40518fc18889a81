import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { failWith, type SentRequest } from '../support/fake-fetch.js';
import { account } from '../support/make-client.js';
import { connect, keystoneRefusal, readFixture, tokensOf } from './support.js';

const official = { username: 'IAMUser', password: 'IAMPassword', domainName: 'IAMDomain' };
const details = { issued_at: '2026-01-01T00:00:00.000000Z', expires_at: '2026-01-02T00:00:00.000000Z' };

function respondWith(token: unknown, headers: Record<string, string> = { 'x-subject-token': 'token-1' }): Response {
  return Response.json({ token }, { status: 201, headers });
}

/** What arrives at IAM: text, encoded and decoded as on its way there. */
function receive({ body = '' }: SentRequest) {
  return JSON.parse(new TextDecoder().decode(new TextEncoder().encode(body)));
}

describe('the request of a login', () => {
  it.each([
    ['project-id', account],
    ['project-name', { ...official, projectName: 'cn-north-1' }],
    ['domain', official],
  ])('is the official one: %s', async (name, credentials) => {
    const { iam, read } = connect({ credentials });
    await read();
    expect(receive(iam[0] as SentRequest)).toStrictEqual(readFixture(`iam.create-token.password-${name}.request.json`));
  });

  it('has the fields in the official order', async () => {
    const { iam, read } = connect();
    await read();
    const example = readFixture('iam.create-token.password-project-id.request.json');
    expect(iam[0]?.body).toBe(JSON.stringify(example));
  });

  it('goes to IAM without a catalog, without a token, as JSON', async () => {
    const { iam, read } = connect();
    await read();
    const { headers, method, url } = iam[0] as SentRequest;
    expect([method, url.href]).toEqual(['POST', 'https://iam.test.example/v3/auth/tokens?nocatalog=true']);
    expect(headers.get('content-type')).toBe('application/json;charset=utf8');
    expect(headers.has('x-auth-token')).toBe(false);
  });

  it('names the project by its id when both id and name are given', async () => {
    const { iam, read } = connect({ credentials: { ...official, projectId: 'id', projectName: 'name' } });
    await read();
    expect(receive(iam[0] as SentRequest).auth.scope).toEqual({ project: { id: 'id' } });
  });

  it.each([
    [{ projectId: 'p', domainName: 'd' }, { project: { id: 'p' } }],
    [{ projectName: 'n' }, { project: { name: 'n' } }],
    [{ domainName: 'd' }, { domain: { name: 'd' } }],
  ])('names the user by its id alone, for %j', async (place, scope) => {
    const { iam, read } = connect({ credentials: { userId: 'u', password: 'Password', ...place } });
    await read();
    const user = { id: 'u', password: 'Password' };
    expect(receive(iam[0] as SentRequest).auth).toEqual({
      identity: { methods: ['password'], password: { user } },
      scope,
    });
  });

  // Every UTF-16 code unit, so halves of surrogate pairs as well.
  const anyText = fc
    .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 40 })
    .map((units) => String.fromCharCode(...units));
  const trickyText = fc.constantFrom(
    '密码',
    '"',
    '\\',
    '\\"}',
    '{"auth":1}',
    "'; --",
    'a\u2028b',
    'a b',
    '\ud800',
    '\udc00x',
    '😀',
    'ß'.repeat(99),
    '%00',
    '__proto__',
  );
  const text = fc
    .oneof(anyText, trickyText, fc.string({ unit: 'binary', minLength: 1 }))
    .filter((value) => value.trim() === value && !/\p{Cc}|^\p{Cf}|\p{Cf}$/u.test(value));

  it('carries every user name, password, domain and project unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, text, text, async (username, password, domainName, projectName) => {
        const { iam, read } = connect({ credentials: { username, password, domainName, projectName } });
        await read();
        expect(receive(iam[0] as SentRequest)).toStrictEqual({
          auth: {
            identity: {
              methods: ['password'],
              password: { user: { name: username, domain: { name: domainName }, password } },
            },
            scope: { project: { name: projectName } },
          },
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe('the response to a login', () => {
  const catalog = [{ type: 'sms', endpoints: [{ url: 'https://sms.example.com' }] }];
  it.each([
    ['without a catalog', details],
    ['with an empty catalog', { ...details, catalog: [] }],
    ['with a catalog', { ...details, catalog }],
    [
      'with nothing but its dates, as null or absent',
      { ...details, user: null, project: null, domain: null, roles: null, catalog: null },
    ],
    ['with unknown fields', { ...details, audit_ids: ['x'], is_domain: false }],
  ])('is accepted %s', async (_what, token) => {
    const { client, read, sms } = connect({ login: () => respondWith(token) });
    expect((await client.auth.login()).value).toBe('token-1');
    await read();
    expect(tokensOf(sms)).toEqual(['token-1']);
  });

  it('of the official example is read in full', async () => {
    const body = readFixture('iam.create-token.project.response.json');
    const headers = { 'X-Subject-Token': 'MIIatAYJKoZIhvcNAQcCoIIapTCCGqECAQExDTALBglghkgBZQMEAgEwgg' };
    const { client } = connect({ login: () => Response.json(body, { status: 201, headers }) });
    expect(await client.auth.login()).toMatchObject({
      value: headers['X-Subject-Token'],
      issuedAt: new Date('2020-01-03T09:05:22.701Z'),
      expiresAt: new Date('2020-01-04T09:05:22.701Z'),
      user: { name: 'IAMUser', password_expires_at: '' },
      project: { name: 'cn-north-1' },
      domain: { name: 'IAMDomain' },
      roles: [{ id: '0', name: 'te_admin' }, {}, {}],
    });
  });

  it('may carry a token of any length', async () => {
    const value = 'M'.repeat(100_000);
    const { client } = connect({ login: () => respondWith(details, { 'x-subject-token': value }) });
    expect((await client.auth.login()).value).toBe(value);
  });

  const secret = 'S3cr3t';
  const unusable: readonly (readonly [string, Response, string])[] = [
    ['no header', respondWith(details, {}), 'X-Subject-Token'],
    ['an empty header', respondWith(details, { 'x-subject-token': '' }), 'X-Subject-Token'],
    ['two headers', respondWith(details, { 'x-subject-token': `${secret}, ${secret}` }), 'X-Subject-Token'],
    ['a header with a tab', respondWith(details, { 'x-subject-token': `${secret}\t${secret}` }), 'X-Subject-Token'],
    ['a header beyond ASCII', respondWith(details, { 'x-subject-token': `${secret}é` }), 'X-Subject-Token'],
    ['no dates', respondWith({}), 'token'],
    ['dates that are none', respondWith({ expires_at: `${secret}-a`, issued_at: `${secret}-b` }), 'token.expires_at'],
    ['an end that is no date', respondWith({ ...details, expires_at: secret }), 'token.expires_at'],
    [
      'an end before its issue',
      respondWith({ expires_at: details.issued_at, issued_at: details.expires_at }),
      'token.expires_at',
    ],
    ['an end with its issue', respondWith({ ...details, expires_at: details.issued_at }), 'token.expires_at'],
    ['dates that are numbers', respondWith({ expires_at: 1_767_225_600_000, issued_at: 1_767_225_500_000 }), 'token'],
    ['no token member', Response.json({ secret }, { status: 201, headers: { 'x-subject-token': secret } }), 'token'],
    ['a token member that is a text', respondWith(secret), 'token'],
    ['a token member that is null', respondWith(null), 'token'],
    ['null', Response.json(null, { status: 201, headers: { 'x-subject-token': secret } }), 'X-Subject-Token|token|'],
    ['an empty body', new Response('', { status: 201, headers: { 'x-subject-token': secret } }), ''],
    ['HTML', new Response(`<html>${secret}`, { status: 200 }), ''],
  ];
  const modes = (['error', 'warn'] as const).flatMap((mode) => unusable.map((row) => [mode, ...row] as const));

  it.each(modes)(
    'that cannot be used is a ResponseFormatError without values; responseValidation %s, %s',
    async (responseValidation, _what, response, path) => {
      const { client, iam, read, sms } = connect({ login: () => response.clone(), responseValidation });
      const error = await rejectionOf(read());
      expect(error).toMatchObject({
        name: 'ResponseFormatError',
        data: undefined,
        message: expect.stringContaining('CreateToken'),
      });
      const { issues } = error as Error & { issues: { path: string }[] };
      expect(issues.length).toBeGreaterThan(0);
      for (const issue of issues) expect(issue.path).toMatch(new RegExp(path));
      expect(inspect(error, { showHidden: true, getters: true, depth: 9 })).not.toContain(secret);
      await expect(client.auth.login()).rejects.toMatchObject({ name: 'ResponseFormatError' });
      expect([iam.length, sms.length]).toEqual([2, 0]);
    },
  );

  it('may have fields of other types with responseValidation warn, and is an error without it', async () => {
    const login = () => respondWith({ ...details, roles: 'many' });
    await expect(connect({ login, responseValidation: 'warn' }).read()).resolves.toMatchObject({ id: 'task-1' });
    await expect(connect({ login }).read()).rejects.toMatchObject({ name: 'ResponseFormatError' });
  });
});

describe('a password', () => {
  it.each(['S3cr3t-value', 'S3cr3t "quoted" \\value', '密码密码密码密码'])(
    'stays out of every error when IAM or the runtime quotes it: %j',
    async (password) => {
      const credentials = { ...account, password };
      const quoted = JSON.stringify(password).slice(1, -1);
      const failures = [
        ({ body = '' }: SentRequest) => keystoneRefusal(400, `Expecting something else in ${body}`),
        () => keystoneRefusal(401, `Wrong password ${password}.`),
        () => keystoneRefusal(500, `Wrong password ${password}.`),
        () => failWith('ECONNRESET', `could not send ${password} and ${quoted}`),
        () => Response.json({ password }, { status: 201 }),
      ];
      for (const login of failures) {
        const error = await rejectionOf(connect({ credentials, login }).read());
        const shown = [
          inspect(error, { showHidden: true, getters: true, depth: 9 }),
          error.message,
          String(Object(error).serviceMessage),
        ];
        for (const text of shown) {
          expect(text).not.toContain(password);
          expect(text).not.toContain(quoted);
        }
      }
    },
  );

  it('stays out of the inspected client, and so does the token', async () => {
    const { client, read } = connect({ login: () => respondWith(details, { 'x-subject-token': 'S3cr3t-token' }) });
    await read();
    const shown = [inspect(client, { showHidden: true, getters: true, depth: 20 }), JSON.stringify(client)];
    for (const text of shown) expect(text).not.toMatch(/Password|S3cr3t/);
  });

  it('and the token stay out of logs and hooks', async () => {
    const reported: unknown[] = [];
    const log = (...words: unknown[]) => void reported.push(words);
    const { client, read } = connect({
      login: (_request, count) =>
        count === 1 ? keystoneRefusal(500, 'Password') : respondWith(details, { 'x-subject-token': 'S3cr3t-token' }),
      logger: { debug: log, info: log, warn: log, error: log },
      onResponse: log,
      onRetry: log,
      maxRetries: 1,
    });
    await read();
    await client.auth.verifyToken('S3cr3t-token').catch(() => undefined);
    expect(inspect(reported, { depth: 20 })).toMatch(/CreateToken/);
    expect(inspect(reported, { showHidden: true, depth: 20 })).not.toMatch(/Password|S3cr3t/);
  });
});

describe('the logger', () => {
  it('gets a line for every login, with the expiry of its token', async () => {
    const reported: unknown[] = [];
    const ignore = () => undefined;
    const logger = {
      debug: ignore,
      warn: ignore,
      error: ignore,
      info: (...words: unknown[]) => void reported.push(words),
    };
    const { client, read } = connect({ login: () => respondWith(details), logger });
    await read();
    await client.auth.login();
    const line = ['logged in', { expiresAt: '2026-01-02T00:00:00.000Z' }];
    expect(reported).toEqual([line, line]);
  });
});
