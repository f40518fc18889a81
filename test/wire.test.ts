import { readFileSync } from 'node:fs';
import { SmsClient } from '@org/sms-client';
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { version } from '../src/version.js';
import { serve, type WireRequest } from './support/http-server.js';
import { account, makeClient } from './support/make-client.js';

const id = '8abda8635e09d185015e09d188dd0001xx';
const userAgent = `org-sms-client/${version}`;

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`fixtures/api/${name}`, import.meta.url), 'utf8'));
}

const loginRequest = JSON.stringify(readFixture('iam.create-token.password-project-id.request.json'));
const loginResponse = JSON.stringify(readFixture('iam.create-token.project.response.json'));
const startRequest = JSON.stringify(readFixture('update-task-status.start.request.json'));
const taskResponse = JSON.stringify(readFixture('show-task.response.json'));
const idleResponse = JSON.stringify({ ...Object(readFixture('show-task.response.json')), state: 'MIGRATE_FAIL' });

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

interface Exchange {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Keeps headers and body of every request as they were sent: nock itself would show the body parsed. */
function record(scope: nock.Scope): Exchange[] {
  const exchanges: Exchange[] = [];
  scope.on('request', ({ headers }: { headers: Record<string, string> }, _interceptor: unknown, body: string) => {
    exchanges.push({ headers: { ...headers }, body });
  });
  return exchanges;
}

it('logs in, starts and reads a task in four exchanges that are right to the byte', async () => {
  const iam = nock('https://iam.myhuaweicloud.eu');
  const service = nock('https://sms.myhuaweicloud.eu');
  iam.post('/v3/auth/tokens?nocatalog=true').reply(201, loginResponse, { 'X-Subject-Token': 'MIIF-token' });
  // The task is read before it is started.
  service.get(`/v3/tasks/${id}`).reply(200, idleResponse, { 'Content-Type': 'application/json' });
  service.post(`/v3/tasks/${id}/action`).reply(200, '""', { 'Content-Type': 'application/json' });
  service.get(`/v3/tasks/${id}`).reply(200, taskResponse, { 'Content-Type': 'application/json' });
  const logins = record(iam);
  const calls = record(service);
  const sms = new SmsClient({
    endpoint: 'https://sms.myhuaweicloud.eu',
    iamEndpoint: 'https://iam.myhuaweicloud.eu',
    credentials: account,
  });

  const started = await sms.tasks.start(id);
  const task = await sms.tasks.get(id);

  expect(started).toMatchObject({ id, operation: 'start', stage: 'accepted' });
  expect(task).toEqual(readFixture('show-task.response.json'));
  expect(logins).toEqual([
    {
      headers: {
        host: 'iam.myhuaweicloud.eu',
        'content-type': 'application/json;charset=utf8',
        'user-agent': userAgent,
      },
      body: loginRequest,
    },
  ]);
  const headers = {
    host: 'sms.myhuaweicloud.eu',
    'content-type': 'application/json',
    'user-agent': userAgent,
    'x-auth-token': 'MIIF-token',
  };
  expect(calls).toEqual([
    { headers, body: '' },
    { headers, body: startRequest },
    { headers, body: '' },
  ]);
  expect(nock.isDone()).toBe(true);
});

it('sends over a socket the intended request, plus only what the runtime adds to every fetch', async () => {
  nock.enableNetConnect('127.0.0.1');
  let reads = 0;
  const { requests, url } = await serve(({ method, url: path }, response) => {
    const isLogin = path.startsWith('/v3/auth/tokens');
    if (isLogin) response.setHeader('x-subject-token', 'MIIF-token');
    reads += method === 'GET' ? 1 : 0;
    response.end(isLogin ? loginResponse : method !== 'GET' ? '' : reads === 1 ? idleResponse : taskResponse);
  });
  const sms = makeClient(url, { userAgent: 'mover/1.4' });

  await sms.tasks.start(id);
  const task = await sms.tasks.get(id);
  await fetch(url, { method: 'POST', body: '{}' });
  await fetch(url);

  const [login, before, start, get, barePost, bareGet] = requests as [
    WireRequest,
    WireRequest,
    WireRequest,
    WireRequest,
    WireRequest,
    WireRequest,
  ];
  const agent = ['user-agent', `${userAgent} mover/1.4`];
  const token = ['x-auth-token', 'MIIF-token'];
  expect(task).toEqual(readFixture('show-task.response.json'));
  expect([login.method, login.url, login.body]).toEqual(['POST', '/v3/auth/tokens?nocatalog=true', loginRequest]);
  expect([before.method, before.url, before.body]).toEqual(['GET', `/v3/tasks/${id}`, '']);
  expect([start.method, start.url, start.body]).toEqual(['POST', `/v3/tasks/${id}/action`, startRequest]);
  expect([get.method, get.url, get.body]).toEqual(['GET', `/v3/tasks/${id}`, '']);
  // What the runtime adds to a request with cache: 'no-store'.
  const uncached = [
    ['cache-control', 'no-cache'],
    ['pragma', 'no-cache'],
  ];
  const json = ['content-type', 'application/json'];
  const added = (...headers: string[][]) => [...headers, ...uncached].sort();
  expect(addedBySdk(login, barePost)).toEqual(added(['content-type', 'application/json;charset=utf8'], agent));
  expect(addedBySdk(start, barePost)).toEqual(added(json, agent, token));
  expect(addedBySdk(get, bareGet)).toEqual(added(json, agent, token));
});

/** The headers of a request beyond those of a bare fetch; `content-length` differs with the body. */
function addedBySdk(request: WireRequest, bare: WireRequest) {
  const common = new Set(
    bare.headers.filter(([name]) => name !== 'content-type' && name !== 'user-agent').map(([name]) => name),
  );
  expect([...common].filter((name) => !request.headers.some(([other]) => other === name))).toEqual([]);
  return request.headers.filter(([name]) => !common.has(name)).sort();
}
