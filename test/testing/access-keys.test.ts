import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '../../src/testing/index.js';
import {
  adapterNames,
  createNow,
  type Endpoints,
  fetchEndpoints,
  login,
  openEndpoints,
  readFixture,
  send,
} from './support.js';

const simulators: Simulator[] = [];
afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()));
});

const key = { accessKeyId: 'AccessKey', secretAccessKey: 'SecretKey' };
const temporary = { accessKeyId: 'Temporary', secretAccessKey: 'TemporarySecret', securityToken: 'SecurityToken' };

async function start(name: (typeof adapterNames)[number] = 'fetch') {
  const now = createNow();
  const simulator = createSimulator({
    now,
    accounts: [
      {
        username: 'owner',
        password: 'p',
        domainName: 'IAMDomainA',
        domainId: 'domain-a',
        projects: [{ id: 'project-a', name: 'cn-north-1' }],
        agencies: [{ agencyName: 'IAMAgency', trustedDomainName: 'IAMDomainB' }],
      },
      { username: 'delegate', password: 'p', domainName: 'IAMDomainB', accessKeys: [key, temporary] },
      { username: 'stranger', password: 'p', domainName: 'IAMDomainC' },
    ],
  });
  simulators.push(simulator);
  return { simulator, now, endpoints: await openEndpoints(simulator, name) };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const formatDate = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

interface Request {
  readonly method?: string;
  readonly url: string;
  readonly date: string;
  readonly path: string;
  readonly query?: string;
  readonly more?: Record<string, string>;
  readonly unsigned?: readonly string[];
  readonly body?: string;
}

/** The headers of a signed request; path and query are given in their canonical form. */
function sign(request: Request, { accessKeyId, secretAccessKey } = key): Record<string, string> {
  const { body = '', date, method = 'GET', more = {}, path, query = '', unsigned = [], url } = request;
  const sent: Record<string, string> = { 'content-type': 'application/json', 'x-sdk-date': date, ...more };
  const signed: Record<string, string> = { ...sent, host: new URL(url).host };
  for (const name of unsigned) delete signed[name];
  const names = Object.keys(signed).sort();
  const block = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const canonical = [method, path, query, block, names.join(';'), sha256(body)].join('\n');
  const text = `SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`;
  const signature = createHmac('sha256', secretAccessKey).update(text).digest('hex');
  return {
    ...sent,
    authorization: `SDK-HMAC-SHA256 Access=${accessKeyId}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

describe.each(adapterNames)('a signed request through %s', (name) => {
  it('is accepted from the owner of the key, at SMS and at IAM', async () => {
    const { endpoints, now, simulator } = await start(name);
    const date = formatDate(now());
    const list = `${endpoints.sms}/v3/tasks?name=a%20b%2F%C3%BC&limit=5`;
    const query = 'limit=5&name=a%20b%2F%C3%BC';
    const headers = sign({ url: list, path: '/v3/tasks/', query, date });
    expect((await send(endpoints, 'GET', list, { headers })).status).toBe(200);
    const domains = `${endpoints.iam}/v3/auth/domains`;
    const reply = await send(endpoints, 'GET', domains, {
      headers: sign(
        { url: domains, path: '/v3/auth/domains/', date, more: { 'x-security-token': 'SecurityToken' } },
        temporary,
      ),
    });
    expect(reply.json.domains[0].name).toBe('IAMDomainB');
    expect(simulator.requests.map((request) => request.headers.authorization)).toEqual(['***', '***']);
    expect(simulator.requests[1]?.headers['x-security-token']).toBe('***');
  });

  it('covers its body and parameters without a value', async () => {
    const { endpoints, now, simulator } = await start(name);
    const url = `${endpoints.sms}/v3/tasks/${simulator.addTask()}/action?b&a=2&a=1`;
    const body = '{"operation":"start"}';
    const request = {
      method: 'POST',
      url,
      path: `${new URL(url).pathname}/`,
      query: 'a=1&a=2&b=',
      date: formatDate(now()),
      body,
    };
    const headers = sign(request);
    expect((await send(endpoints, 'POST', url, { headers, body: '{"operation":"stop"}' })).status).toBe(401);
    expect((await send(endpoints, 'POST', url, { headers, body })).status).toBe(200);
  });
});

describe('a signed request', () => {
  const request = async (more: Partial<Request> = {}, used = key, shiftMs = 0) => {
    const { endpoints, now } = await start();
    const url = `${endpoints.sms}/v3/tasks`;
    const headers = sign({ url, path: '/v3/tasks/', date: formatDate(now() + shiftMs), ...more }, used);
    return send(endpoints, 'GET', url, { headers });
  };

  it.each([
    ['an unknown key', {}, { ...key, accessKeyId: 'other' }],
    ['another secret', {}, { ...key, secretAccessKey: 'other' }],
    ['another path', { path: '/v3/task/' }, key],
    ['another query', { query: 'a=1' }, key],
    ['a date that is none', { date: 'today' }, key],
    ['a date that is not signed', { unsigned: ['x-sdk-date'] }, key],
    ['no security token for a temporary key', {}, temporary],
    ['another security token', { more: { 'x-security-token': 'other' } }, temporary],
    ['a security token for a permanent key', { more: { 'x-security-token': 'other' } }, key],
  ])('is refused with 401 APIGW.0301 for %s', async (_what, more, used) => {
    const { json, status } = await request(more, used);
    expect([status, json.error_code]).toEqual([401, 'APIGW.0301']);
  });

  it.each([
    [15 * 60_000, 200],
    [-15 * 60_000, 200],
    [15 * 60_000 + 1000, 401],
    [-15 * 60_000 - 1000, 401],
  ])('whose date is %i ms off gets status %i', async (shiftMs, status) => {
    expect((await request({}, key, shiftMs)).status).toBe(status);
  });

  it.each(['Basic bjpw', 'SDK-HMAC-SHA256 Access=AccessKey', ''])(
    'is recognised by its Authorization header: %j is refused, even with a valid token',
    async (authorization) => {
      const { endpoints } = await start();
      const token = (await signInAs(endpoints, 'delegate', 'IAMDomainB')) ?? '';
      const headers = { authorization, 'x-auth-token': token, 'content-type': 'application/json' };
      expect((await send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, { headers })).status).toBe(401);
    },
  );
});

async function signInAs(endpoints: Endpoints, name: string, domain: string): Promise<string | null> {
  const identity = { methods: ['password'], password: { user: { name, password: 'p', domain: { name: domain } } } };
  return (await login(endpoints, { auth: { identity, scope: { domain: { name: domain } } } })).headers.get(
    'x-subject-token',
  );
}

describe('an agency', () => {
  const official = readFixture('iam.create-token.agency-project.request.json');
  const assume = async (endpoints: Endpoints, token: string | null, json: unknown = official) =>
    send(endpoints, 'POST', `${endpoints.iam}/v3/auth/tokens?nocatalog=true`, {
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { 'x-auth-token': token }) },
      json,
    });
  const asking = (role: object, scope: object = { domain: { name: 'IAMDomainA' } }) => ({
    auth: { identity: { methods: ['assume_role'], assume_role: role }, scope },
  });

  it('is assumed with the token of a user of the trusted account, by the official request', async () => {
    const { endpoints } = await start();
    const reply = await assume(endpoints, await signInAs(endpoints, 'delegate', 'IAMDomainB'));
    expect(reply.status).toBe(201);
    expect(reply.json.token).toMatchObject({
      methods: ['assume_role'],
      project: { id: 'project-a', domain: { name: 'IAMDomainA' } },
      user: { name: 'IAMDomainA/IAMAgency', domain: { name: 'IAMDomainA' } },
      assumed_by: { user: { name: 'delegate', domain: { name: 'IAMDomainB' } } },
    });
    const example = readFixture('iam.create-token.agency-domain.response.json');
    expect(Object.keys(reply.json.token.assumed_by.user).sort()).toEqual(
      Object.keys(example.token.assumed_by.user).sort(),
    );
    const headers = { 'x-auth-token': reply.headers.get('x-subject-token') ?? '', 'content-type': 'application/json' };
    expect((await send(endpoints, 'GET', `${endpoints.sms}/v3/tasks`, { headers })).status).toBe(200);
  });

  it('is assumed by a signed request, and by the id of the account', async () => {
    const { endpoints, now } = await start();
    const url = `${endpoints.iam}/v3/auth/tokens?nocatalog=true`;
    const body = JSON.stringify(
      asking({ domain_id: 'domain-a', agency_name: 'IAMAgency' }, { domain: { id: 'domain-a' } }),
    );
    const request = {
      method: 'POST',
      url,
      path: '/v3/auth/tokens/',
      query: 'nocatalog=true',
      date: formatDate(now()),
      body,
    };
    const reply = await send(endpoints, 'POST', url, { headers: sign(request), body });
    expect([reply.status, reply.json.token?.domain.id]).toEqual([201, 'domain-a']);
  });

  it.each([
    ['no token', null, {}, 401],
    ['a dead token', 'dead', {}, 401],
    ['a user of an account that is not trusted', 'stranger', {}, 403],
    ['an agency that is not there', 'delegate', { agency_name: 'other' }, 403],
    ['an account that is not there', 'delegate', { domain_name: 'other' }, 403],
  ])('is refused for %s', async (_what, who, role, status) => {
    const { endpoints } = await start();
    const domains: Record<string, string> = { delegate: 'IAMDomainB', stranger: 'IAMDomainC' };
    const domain = domains[who ?? ''];
    const token = who === null || domain === undefined ? who : await signInAs(endpoints, who, domain);
    const reply = await assume(
      endpoints,
      token,
      asking({ domain_name: 'IAMDomainA', agency_name: 'IAMAgency', ...role }),
    );
    expect(reply.status).toBe(status);
  });

  it('gives no access to a project of the same account', async () => {
    const { endpoints } = await start();
    const token = await signInAs(endpoints, 'delegate', 'IAMDomainB');
    const role = { domain_name: 'IAMDomainA', agency_name: 'IAMAgency' };
    expect((await assume(endpoints, token, asking(role, { domain: { name: 'IAMDomainB' } }))).status).toBe(401);
  });

  it('is of no use to an account that has none', async () => {
    const endpoints = fetchEndpoints(createSimulator());
    const token = (await login(endpoints)).headers.get('x-subject-token');
    expect((await assume(endpoints, token)).status).toBe(403);
  });
});
