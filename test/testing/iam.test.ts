import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../src/testing/index.js';
import {
  createNow,
  type Endpoints,
  fetchEndpoints,
  type Json,
  login,
  loginBody,
  readFixture,
  send,
  signIn,
} from './support.js';

function body(identity: unknown, scope?: unknown): unknown {
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

function password(user: object, more: object = {}) {
  return { methods: ['password'], password: { user }, ...more };
}

const user = { name: 'testname', password: 'Password', domain: { name: 'testname' } };
const domainId = 'd78cbac186b744899480f25bd022f468';
const projectId = '0215ef11e49d4743be23dd97a1561xxx';

function start(options: Parameters<typeof createSimulator>[0] = {}): Endpoints {
  return fetchEndpoints(createSimulator(options));
}

describe('logging in', () => {
  it('responds to the official request with 201, a token of the official form and a full body', async () => {
    const now = createNow();
    const reply = await login(start({ now }));
    expect(reply.status).toBe(201);
    const token = reply.headers.get('x-subject-token') ?? '';
    expect(token).toMatch(/^MIIatAYJKoZIhvcNAQcCoIIapT[A-Za-z0-9+=-]+$/);
    expect(token.length).toBeGreaterThan(1400);
    expect(token.length).toBeLessThan(1600);
    const official = readFixture('iam.create-token.project.response.json');
    expect(Object.keys(reply.json.token).sort()).toEqual(Object.keys(official.token).sort());
    expect(Object.keys(reply.json.token.user).sort()).toEqual(Object.keys(official.token.user).sort());
    expect(reply.json.token).toMatchObject({
      catalog: [],
      methods: ['password'],
      issued_at: new Date(now()).toISOString().replace('Z', '000Z'),
      expires_at: new Date(now() + 86_400_000).toISOString().replace('Z', '000Z'),
      project: { id: projectId, name: 'cn-north-4', domain: { id: domainId, name: 'testname' } },
      user: { name: 'testname', password_expires_at: '' },
    });
    expect(reply.headers.get('x-iam-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(reply.headers.get('date')).toBe(new Date(now()).toUTCString());
  });

  it('issues a new token for every login and keeps the earlier ones valid', async () => {
    const endpoints = start();
    const [first, second] = [await signIn(endpoints), await signIn(endpoints)];
    expect(first).not.toBe(second);
    for (const value of [first, second]) {
      const headers = { 'x-auth-token': value, 'x-subject-token': value };
      expect((await send(endpoints, 'GET', `${endpoints.iam}/v3/auth/tokens`, { headers })).status).toBe(200);
    }
  });

  it.each([
    ['project by name', { project: { name: 'cn-north-4' } }, 'project'],
    ['domain by name', { domain: { name: 'testname' } }, 'domain'],
    ['domain by id', { domain: { id: domainId } }, 'domain'],
    ['both, of which the project wins', { project: { id: projectId }, domain: { id: domainId } }, 'project'],
  ])('scopes to a %s', async (_what, scope, key) => {
    const { status, json } = await login(start(), body(password(user), scope));
    expect(status).toBe(201);
    expect(['project', 'domain'].filter((name) => name in json.token)).toEqual([key]);
  });

  it('issues a token without a scope when none is requested', async () => {
    const { status, json } = await login(start(), body(password(user)));
    expect(status).toBe(201);
    expect(json.token).not.toHaveProperty('project');
    expect(json.token).not.toHaveProperty('domain');
  });

  it.each([
    ['the user id', { id: '7116d09f88fa41908676fdd4b039e95b', password: 'Password' }],
    ['the account id', { ...user, domain: { id: domainId } }],
  ])('finds the user by %s', async (_what, named) => {
    expect((await login(start(), body(password(named)))).status).toBe(201);
  });

  it('sends a catalog unless nocatalog has a value', async () => {
    const endpoints = start();
    expect((await login(endpoints, loginBody, '')).json.token.catalog[0].endpoints[0].url).toMatch(/^https:/);
    expect((await login(endpoints, loginBody, '?nocatalog=1')).json.token.catalog).toEqual([]);
  });

  it.each([
    ['a wrong password', { ...user, password: 'wrong' }],
    ['an unknown user', { ...user, name: 'nobody' }],
    ['an unknown account', { ...user, domain: { name: 'nowhere' } }],
  ])('refuses %s with the official body', async (_what, named) => {
    const reply = await login(start(), body(password(named), loginBody.auth.scope));
    expect(reply.status).toBe(401);
    expect(reply.json).toEqual(readFixture('error.iam.401.json'));
  });

  it.each([
    ['a foreign project', { project: { id: 'foreign' } }],
    ['a foreign account', { domain: { name: 'foreign' } }],
  ])('refuses %s with 401', async (_what, scope) => {
    expect((await login(start(), body(password(user), scope))).status).toBe(401);
  });

  it.each([
    ['no auth', {}],
    ['no identity', { auth: {} }],
    ['no methods', body({})],
    ['a numeric password', body(password({ ...user, password: 5 }))],
    ['a user without account', body(password({ name: 'testname', password: 'Password' }))],
    ['a token method without token', body({ methods: ['token'] })],
    ['an empty scope', body(password(user), {})],
  ])('refuses %s with the official 400', async (_what, json) => {
    const reply = await login(start(), json);
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual(readFixture('error.iam.400.json'));
  });

  it('refuses a body that is not JSON with 400, and an unknown method with 401', async () => {
    const endpoints = start();
    expect((await send(endpoints, 'POST', `${endpoints.iam}/v3/auth/tokens`, { body: '{"auth":' })).status).toBe(400);
    expect((await login(endpoints, body({ methods: ['hw_ak_sk'] }))).status).toBe(401);
  });

  it('asks for the second factor where the account has one', async () => {
    const account = { username: 'u', password: 'p', domainName: 'd', userId: 'user-id', mfaPasscode: '123456' };
    const endpoints = start({ accounts: [account] });
    const named = { name: 'u', password: 'p', domain: { name: 'd' } };
    const totp = (passcode: string, id = 'user-id'): Json =>
      body({ ...password(named), methods: ['password', 'totp'], totp: { user: { id, passcode } } });
    expect((await login(endpoints, body(password(named)))).status).toBe(401);
    expect((await login(endpoints, totp('000000'))).status).toBe(401);
    expect((await login(endpoints, totp('123456', 'u'))).status).toBe(401);
    const reply = await login(endpoints, totp('123456'));
    expect(reply.status).toBe(201);
    expect(reply.json.token.methods).toEqual(['password', 'totp']);
  });

  it('rescopes a token without extending its life', async () => {
    const now = createNow();
    const endpoints = start({ now });
    const first = await login(endpoints);
    now.pass(3_600_000);
    const id = first.headers.get('x-subject-token');
    const reply = await login(endpoints, body({ methods: ['token'], token: { id } }, { domain: { name: 'testname' } }));
    expect(reply.status).toBe(201);
    expect(reply.json.token.expires_at).toBe(first.json.token.expires_at);
    expect(reply.json.token.issued_at).not.toBe(first.json.token.issued_at);
    expect(reply.json.token.methods).toEqual(['token']);
    expect((await login(endpoints, body({ methods: ['token'], token: { id: 'x' } }))).status).toBe(401);
  });

  it('gives users of one account the same id, and scopes accounts without projects to the account', async () => {
    const accounts = ['a', 'b'].map((username) => ({ username, password: 'p', domainName: 'd' }));
    const endpoints = start({ accounts });
    const replies = await Promise.all(
      ['a', 'b'].map((name) =>
        login(endpoints, body(password({ name, password: 'p', domain: { name: 'd' } }), { domain: { name: 'd' } })),
      ),
    );
    const [first, second] = replies.map(({ json }) => json.token);
    expect(first.domain.id).toBe(second.domain.id);
    expect(first.user.id).not.toBe(second.user.id);
  });
});

describe('the life of a token', () => {
  it('lasts tokenLifetimeMs on the wall clock, whatever the speed and advance', async () => {
    const now = createNow();
    const simulator = createSimulator({ now, tokenLifetimeMs: 1000, speed: 1000 });
    const endpoints = fetchEndpoints(simulator);
    const token = await signIn(endpoints);
    const list = () =>
      send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, {
        headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      });
    simulator.advance(10_000_000);
    now.pass(999);
    expect((await list()).status).toBe(200);
    now.pass(1);
    const reply = await list();
    expect(reply.status).toBe(401);
    expect(reply.json.error_code).toBe('APIGW.0307');
  });

  it('can be read, checked with HEAD, and ended', async () => {
    const endpoints = start();
    const [own, other] = [await signIn(endpoints), await signIn(endpoints)];
    const url = `${endpoints.iam}/v3/auth/tokens`;
    const headers = { 'x-auth-token': own, 'x-subject-token': other };
    const seen = await send(endpoints, 'GET', `${url}?nocatalog=true`, { headers });
    expect(seen.status).toBe(200);
    expect(seen.headers.get('x-subject-token')).toBe(other);
    expect(seen.json.token.user.name).toBe('testname');
    const head = await send(endpoints, 'HEAD', url, { headers });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await send(endpoints, 'DELETE', url, { headers })).status).toBe(204);
    expect((await send(endpoints, 'GET', url, { headers })).status).toBe(404);
    const refused = await send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, {
      headers: { 'x-auth-token': other, 'content-type': 'application/json' },
    });
    expect([refused.status, refused.json.error_code]).toEqual([401, 'APIGW.0301']);
  });

  it('is needed to read others, and an unknown token is 404', async () => {
    const endpoints = start();
    const token = await signIn(endpoints);
    const url = `${endpoints.iam}/v3/auth/tokens`;
    expect((await send(endpoints, 'GET', url, { headers: { 'x-subject-token': token } })).status).toBe(401);
    expect((await send(endpoints, 'GET', url, { headers: { 'x-auth-token': token } })).status).toBe(400);
    const headers = { 'x-auth-token': token, 'x-subject-token': 'unknown' };
    expect((await send(endpoints, 'GET', url, { headers })).status).toBe(404);
  });
});

describe('projects and accounts', () => {
  it('lists them in the official shape', async () => {
    const endpoints = start();
    const headers = { 'x-auth-token': await signIn(endpoints) };
    const { json } = await send(endpoints, 'GET', `${endpoints.iam}/v3/auth/projects`, { headers });
    const official = readFixture('iam.list-auth-projects.response.json');
    expect(Object.keys(json)).toEqual(Object.keys(official));
    expect(Object.keys(json.projects[0]).sort()).toEqual(Object.keys(official.projects[0]).sort());
    expect(json.projects[0]).toMatchObject({ id: projectId, name: 'cn-north-4' });
    const domains = await send(endpoints, 'GET', `${endpoints.iam}/v3/auth/domains`, { headers });
    expect(domains.json.domains[0]).toMatchObject({ id: domainId, name: 'testname' });
  });

  it('finds the project of a region by its name', async () => {
    const endpoints = start();
    const headers = { 'x-auth-token': await signIn(endpoints) };
    const find = (name: string) => send(endpoints, 'GET', `${endpoints.iam}/v3/projects?name=${name}`, { headers });
    expect((await find('cn-north-4')).json.projects).toHaveLength(1);
    expect((await find('elsewhere')).json.projects).toEqual([]);
    expect((await send(endpoints, 'GET', `${endpoints.iam}/v3/projects`)).status).toBe(401);
  });
});
