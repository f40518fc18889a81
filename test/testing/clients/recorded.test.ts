import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulator } from '../../../src/testing/index.js';
import { fetchEndpoints, send, signIn } from '../support.js';

interface Recorded {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  operation: string;
  status: number;
}

interface Fixture {
  at: string;
  host: string;
  accessKeyId: string;
  secretAccessKey: string;
  clients: { client: string; securityToken: string | null; requests: Recorded[] }[];
  keystoneauth: Recorded[];
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../../fixtures/clients.json', import.meta.url), 'utf8'));
const { accessKeyId, secretAccessKey } = fixture;

describe.each(fixture.clients)('requests as $client sends them', ({ requests, securityToken }) => {
  it('are accepted, signatures included', async () => {
    const key = { accessKeyId, secretAccessKey, ...(securityToken === null ? {} : { securityToken }) };
    const account = { username: 'u', password: 'p', domainName: 'd', accessKeys: [key] };
    const simulator = createSimulator({
      accounts: [account],
      now: () => Date.parse(fixture.at),
      tasks: [{ id: 'task 1', name: 'Größe & co' }, { id: 'other' }],
    });
    for (const { method, path, headers, body, operation, status } of requests) {
      // Bytes, since a text would bring a Content-Type of its own.
      const bytes = body === '' ? null : new TextEncoder().encode(body);
      const response = await simulator.fetch(`https://${fixture.host}${path}`, { method, headers, body: bytes });
      expect([operation, response.status, await response.text()]).toEqual([operation, status, expect.any(String)]);
      expect(simulator.requests.at(-1)).toMatchObject({ operation, status });
    }
    expect(simulator.task('task 1').state).toBe('RUNNING');
  });

  it('are refused when one byte was changed', async () => {
    const account = {
      username: 'u',
      password: 'p',
      domainName: 'd',
      accessKeys: [{ accessKeyId, secretAccessKey: 'other' }],
    };
    const simulator = createSimulator({ accounts: [account], now: () => Date.parse(fixture.at) });
    for (const { method, path, headers } of requests.slice(0, 1)) {
      expect((await simulator.fetch(`https://${fixture.host}${path}`, { method, headers })).status).toBe(401);
    }
  });
});

describe('requests as openstack sends them', () => {
  it('find Keystone, sign in, list projects and revoke the token', async () => {
    const simulator = createSimulator();
    const endpoints = fetchEndpoints(simulator);
    const token = await signIn(endpoints);
    for (const { method, path, headers, body, operation, status } of fixture.keystoneauth) {
      const shown = Object.entries(headers).map(([name, value]) => [name, value === '***' ? token : value]);
      const reply = await send(endpoints, method, endpoints.iam + path, {
        headers: Object.fromEntries(shown),
        body: body === '' ? null : body,
      });
      expect([operation, reply.status]).toEqual([operation, status]);
      expect(simulator.requests.at(-1)?.operation).toBe(operation);
    }
  });
});

describe('the discovery of OpenStack clients', () => {
  it('works without a token, in the shape of Keystone, with the requested address', async () => {
    await using simulator = createSimulator();
    const { url } = await simulator.listen();
    for (const [base, ask] of [
      [url, fetch],
      ['https://iam.eu-west-101.myhuaweicloud.eu', simulator.fetch],
    ] as const) {
      const versions = await ask(`${base}/`);
      expect(versions.status).toBe(300);
      const version = {
        id: 'v3.14',
        status: 'stable',
        links: [{ rel: 'self', href: `${base}/v3/` }],
        'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
      };
      expect(await versions.json()).toEqual({ versions: { values: [expect.objectContaining(version)] } });
      for (const path of ['/v3', '/v3/']) {
        const found = await ask(base + path);
        expect([found.status, await found.json()]).toEqual([200, { version: expect.objectContaining(version) }]);
      }
    }
  });

  it('finds identity beside iam in the catalog, with regions and the requested address', async () => {
    await using simulator = createSimulator();
    const { url } = await simulator.listen();
    const endpoints = { fetch, sms: url, iam: url };
    const user = { name: 'testname', password: 'Password', domain: { name: 'testname' } };
    const body = { auth: { identity: { methods: ['password'], password: { user } } } };
    const reply = await send(endpoints, 'POST', `${url}/v3/auth/tokens`, { json: body });
    const headers = { 'x-auth-token': reply.headers.get('x-subject-token') ?? '' };
    const { catalog } = (await send(endpoints, 'GET', `${url}/v3/auth/catalog`, { headers })).json;
    expect(reply.json.token.catalog).toEqual(catalog);
    expect(catalog.map(({ type }: { type: string }) => type)).toEqual(['iam', 'identity', 'sms']);
    for (const { endpoints } of catalog) {
      expect(endpoints[0]).toMatchObject({ interface: 'public', region: 'cn-north-4', url: `${url}/v3` });
    }
    for (const path of ['/v3/projects', '/v3/auth/projects', '/v3/auth/domains']) {
      const { json } = await send(endpoints, 'GET', url + path, { headers });
      expect(json.links.self).toBe(url + path);
      for (const { links } of json.projects ?? json.domains) expect(links.self).toMatch(`${url}/v3/`);
    }
  });
});
