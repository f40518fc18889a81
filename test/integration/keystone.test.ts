import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { type ClientOptions, type Fetch, isSmsError } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { accountOf, connectTo, findKeystone, iamEndpointOf, type Keystone, revoke } from './keystone.js';

// A real OpenStack Keystone, whose `POST /v3/auth/tokens` is the model of IAM's. The variables hold what `keystone-up` prints:
// KEYSTONE for a server whose tokens live long, KEYSTONE_SHORT for one with `--expiration 4`.
const found = findKeystone('KEYSTONE');
const foundShort = findKeystone('KEYSTONE_SHORT');
const keystone = found as Keystone;
const short = foundShort as Keystone;

async function reasonOf(promise: Promise<unknown>) {
  const reason = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSmsError(reason))
    throw new Error('it should have been rejected with an error of the package', { cause: reason });
  return reason;
}

/** How many sign-ins the server itself says it refused. */
function countRefusedLogins({ log }: Keystone): number {
  return readFileSync(log, 'utf8').split('Authorization failed.').length - 1;
}

/** A fetch that changes the body of every login on its way. */
function tamper(change: (body: string) => string): Fetch {
  return (url, init) => fetch(url, typeof init.body === 'string' ? { ...init, body: change(init.body) } : init);
}

function connectAs(login: object, options: Partial<ClientOptions> = {}) {
  const { user, ...credentials } = { ...accountOf(keystone), ...login } as ReturnType<typeof accountOf> & {
    user?: string;
  };
  return connectTo(keystone, { credentials: { ...credentials, username: user ?? credentials.username }, ...options });
}

describe.skipIf(found === undefined)('a login at Keystone', () => {
  it('by name, for a project, gives a token that Keystone accepts', async () => {
    const { client, read, seen } = connectTo(keystone);
    const token = await client.auth.login();
    await read();
    expect(token).toMatchObject({
      user: { name: keystone.user, domain: { name: keystone.domain } },
      project: { id: keystone.projectId, name: keystone.projectName },
      domain: { name: keystone.domain },
      roles: expect.arrayContaining([expect.objectContaining({ name: 'member' })]),
    });
    expect(token.expiresAt.getTime() - token.issuedAt.getTime()).toBe(3_600_000);
    expect([...seen.tokens]).toEqual([token.value]);
    expect(seen).toMatchObject({ logins: 1, refusals: 0 });
  });

  it('by the id of the user is the same login', async () => {
    const { password, projectId, userId } = keystone;
    const { client, read, seen } = connectTo(keystone, { credentials: { userId, password, projectId } });
    expect((await client.auth.login()).user).toMatchObject({ id: userId, name: keystone.user });
    await read();
    expect(seen).toMatchObject({ logins: 1, refusals: 0 });
  });

  it('without a project is for the domain', async () => {
    const token = await connectAs({ projectId: undefined }).client.auth.login();
    expect(token.project).toBeUndefined();
    expect(token.domain).toMatchObject({ name: keystone.domain });
  });

  it('accepts names and passwords of any characters', async () => {
    const { client, read, seen } = connectAs(keystone.oddUser);
    expect((await client.auth.login()).user.name).toBe(keystone.oddUser.user);
    await read();
    expect(seen.refusals).toBe(0);
  });

  it.each<[string, () => object]>([
    ['an unknown user', () => ({ user: 'nobody' })],
    ['an unknown domain', () => ({ domainName: 'nowhere' })],
    ['an unknown project', () => ({ projectId: 'none' })],
    ['a project without a role', () => ({ projectId: keystone.foreignProjectId })],
    ['a user without a role', () => keystone.noRoleUser],
    ['a disabled user', () => keystone.disabledUser],
  ])('is an AuthenticationError for %s', async (_what, login) => {
    const error = await reasonOf(connectAs(login()).read());
    expect(error).toMatchObject({
      name: 'AuthenticationError',
      service: 'iam',
      status: 401,
      code: null,
      serviceMessage: 'The request you have made requires authentication.',
      requestId: expect.stringMatching(/^req-/),
      hint: expect.stringContaining('password'),
    });
  });

  it('with a wrong password reaches Keystone once, however many callers there are', async () => {
    const before = countRefusedLogins(keystone);
    const { client, read, seen } = connectAs({ password: 'S3cr3t-and-wrong' });
    const calls = [...Array.from({ length: 50 }, read), client.auth.login(), client.auth.getToken()].map(reasonOf);
    const errors = await Promise.all(calls);
    expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
    for (const call of [read(), client.auth.login()]) {
      const error = await reasonOf(call);
      expect(error).toMatchObject({ name: 'AuthenticationError', hint: expect.stringContaining('was not sent') });
      errors.push(error);
    }
    expect(inspect(errors, { showHidden: true, depth: 9 })).not.toContain('S3cr3t');
    expect([seen.logins, countRefusedLogins(keystone) - before]).toEqual([1, 1]);
  });

  it.each<[string, (body: string) => string, RegExp]>([
    ['is cut off', (body) => body.slice(0, -5), /valid JSON/],
    ['is empty', () => '{}', /auth/],
    [
      'names a project without its domain',
      (body) => body.replace(/"project":\{.*?\}/, '"project":{"name":"x"}'),
      /domain/,
    ],
    [
      'holds a password that is no text',
      (body) => body.replace(/"password":("[^"]*")\}/, '"password":[$1]}'),
      /not of type 'string'/,
    ],
  ])(
    'whose body %s on its way is refused with 400, and the password stays out of the error',
    async (_how, change, text) => {
      const error = await reasonOf(connectTo(keystone, { fetch: tamper(change) }).read());
      expect(error).toMatchObject({
        name: 'AuthenticationError',
        status: 400,
        serviceMessage: expect.stringMatching(text),
      });
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(keystone.password);
    },
  );

  it('that is too large, or sent to a wrong path, is no AuthenticationError, and its HTML is not quoted', async () => {
    const large = await reasonOf(connectAs({ password: 'x'.repeat(120_000) }).read());
    expect(large).toMatchObject({ name: 'ApiError', status: 413 });
    const lost = await reasonOf(connectTo(keystone, { iamEndpoint: `${iamEndpointOf(keystone)}/elsewhere` }).read());
    expect(lost).toMatchObject({ name: 'NotFoundError', status: 404, path: '/v3/auth/tokens' });
    for (const { message } of [large, lost]) expect(message).not.toMatch(/<|xxxx/);
  });
});

describe.skipIf(found === undefined)('a token of Keystone', () => {
  it('is known to verifyToken until it is revoked, and garbage never is', async () => {
    const { client, seen } = connectTo(keystone);
    const token = await client.auth.login();
    expect(await client.auth.verifyToken(token.value)).toEqual(token);
    expect(await client.auth.verifyToken('garbage')).toBeNull();
    expect(await client.auth.verifyToken(`${token.value.slice(0, -4)}AAAA`)).toBeNull();
    await revoke(keystone, token.value);
    expect(await client.auth.verifyToken(token.value)).toBeNull();
    expect(seen.logins).toBe(1);
  });

  it('can be given, and is not renewed when it is revoked', async () => {
    const { value } = await connectTo(keystone).client.auth.login();
    const { client, read, seen } = connectTo(keystone, { credentials: { token: value } });
    await read();
    expect(await client.auth.getToken()).toMatchObject({ value, user: { name: keystone.user } });
    await revoke(keystone, value);
    expect(await reasonOf(read())).toMatchObject({ name: 'AuthenticationError', service: 'sms' });
    expect(await reasonOf(client.auth.getToken())).toMatchObject({ name: 'AuthenticationError', service: 'iam' });
    expect(seen.logins).toBe(0);
  });

  it('lists the projects of the user, and is renewed for that when it was revoked', async () => {
    const { client, seen } = connectTo(keystone);
    const { value } = await client.auth.login();
    await revoke(keystone, value);
    const projects = await client.auth.listProjects();
    expect(projects).toMatchObject([{ id: keystone.projectId, name: keystone.projectName, enabled: true }]);
    expect(seen.logins).toBe(2);
  });

  it('may be revoked in the middle of traffic: every call succeeds, for one more login', {
    timeout: 30_000,
  }, async () => {
    const { client, read, seen } = connectTo(keystone);
    const { value } = await client.auth.getToken();
    let begun = 0;
    const caller = async () => {
      for (let call = 0; call < 10; call += 1) {
        begun += 1;
        if (begun === 100) await revoke(keystone, value);
        expect(await read()).toMatchObject({ state: 'RUNNING' });
      }
    };
    await Promise.all(Array.from({ length: 20 }, caller));
    expect(seen.logins).toBe(2);
    expect(seen.tokens.size).toBe(2);
    expect(seen.refusals).toBeGreaterThan(0);
  });
});

// The one test that lets real time pass: the lives of real tokens cannot be faked. It ends with the third token, after some 8 s.
describe.skipIf(foundShort === undefined)('tokens that live 4 s', () => {
  it('are renewed during traffic: no call fails, and each token costs one login', { timeout: 30_000 }, async () => {
    const { read, seen } = connectTo(short);
    const caller = async () => {
      while (seen.tokens.size < 3) expect(await read()).toMatchObject({ state: 'RUNNING' });
    };
    await Promise.all(Array.from({ length: 4 }, caller));
    expect(seen.tokens.size).toBe(3);
    expect(seen.logins).toBe(3);
  });
});
