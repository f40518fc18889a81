/** Whatever an id, a response or a header says: token and password go to the two endpoints of the options and nowhere else. */
import type { Fetch, SmsClient } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { type Call, calls } from '../operations/calls.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { loginResponse } from '../support/fake-fetch.js';
import { respondToLogin, serve } from '../support/http-server.js';
import { makeClient } from '../support/make-client.js';

const base = 'https://sms.test.example';
const evil = 'https://evil.example/v3/tasks';

/** A client that lets every call go well, and the URLs that it fetched, as they were written. */
function setUp(call: Call | undefined) {
  const urls: string[] = [];
  const fetch: Fetch = async (url, { method }) => {
    urls.push(url);
    // A wait polls the task that was requested.
    const id = method === 'GET' ? /\/v3\/tasks\/([^/]+)$/.exec(url)?.[1] : undefined;
    if (id !== undefined)
      return Response.json({ state: 'READY', ...Object(call?.response), id: decodeURIComponent(id) });
    return call?.response === undefined ? new Response('""') : Response.json(call.response);
  };
  return { sms: makeClient(fetch, { credentials: { token: 'token-1' }, maxRetries: 0 }), urls };
}

/** The client, but with an id of ours in place of the first argument of whatever is called. */
function withId(sms: SmsClient, id: unknown): SmsClient {
  const swap = (first: unknown) =>
    typeof first === 'object' && first !== null ? Object.fromEntries(Object.keys(first).map((name) => [name, id])) : id;
  const handler = (resource: object): object =>
    new Proxy(resource, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return handler(member as object);
        return (first: unknown, ...rest: unknown[]) => Reflect.apply(member, target, [swap(first), ...rest]);
      },
    });
  return handler(sms) as SmsClient;
}

const withParameters = Object.entries(calls).filter(([, { path }]) => path !== undefined);
const operate = (name: string, call: Call['call']): [string, Call] => [name, { method: name, call, response: {} }];
const stopped = { id: 'task-1', state: 'SUCCESS' };
/** Every method that takes an id: of each operation, and those that are made of several. */
const methods: [string, Call][] = [
  ...withParameters.map(([, call]): [string, Call] => [call.method, call]),
  operate('tasks.start', (sms) => sms.tasks.start('id')),
  operate('tasks.stop', (sms) => sms.tasks.stop('id')),
  operate('tasks.restart', (sms) => sms.tasks.restart('id')),
  operate('tasks.test', (sms) => sms.tasks.test('id')),
  operate('tasks.cloneTest', (sms) => sms.tasks.cloneTest('id')),
  operate('tasks.checkNetwork', (sms) => sms.tasks.checkNetwork('id')),
  operate('tasks.skipConsistencyCheck', (sms) => sms.tasks.skipConsistencyCheck('id')),
  operate('tasks.clearSnapshots', (sms) => sms.tasks.clearSnapshots('id')),
  operate('tasks.migrationTest', (sms) => sms.tasks.migrationTest('id')),
  ['tasks.waitFor', { method: 'tasks.waitFor', call: (sms) => sms.tasks.waitFor('id'), response: stopped }],
  [
    'tasks.startAndWait',
    {
      method: 'tasks.startAndWait',
      // Of a task that runs already: nothing is sent but the read before.
      call: (sms) =>
        sms.tasks.startAndWait('id').catch((error: Error) => {
          if (error.name !== 'ConflictError') throw error;
        }),
      response: { id: 'task-1', state: 'RUNNING' },
    },
  ],
  [
    'tasks.watch',
    {
      method: 'tasks.watch',
      call: async (sms) => {
        for await (const { task } of sms.tasks.watch('id')) return task;
        return undefined;
      },
      response: stopped,
    },
  ],
];

const strange = [
  '../../../admin',
  '..\\..\\admin',
  '%2e%2e',
  '%2e%2e%2fadmin',
  '..;/admin',
  '/etc/passwd',
  '//evil.example/x',
  '\\\\evil.example\\x',
  evil,
  'javascript:x',
  '@evil.example',
  ':80',
  'a?x-auth-token=1',
  'a#fragment',
  '\u3002\u3002',
  '{id}',
  '__proto__',
];

describe('an id', () => {
  it('is accepted by at least one method of every resource that has ids', () => {
    expect(withParameters.length).toBeGreaterThan(30);
  });

  it.each(methods)(
    "that is a path, a host, a query or a header stays one segment of the endpoint's path: %s",
    async (_name, call) => {
      const plain = setUp(call);
      await call.call(withId(plain.sms, 'plain'));
      expect(plain.urls).not.toEqual([]);

      for (const id of strange) {
        const { sms, urls } = setUp(call);
        await call.call(withId(sms, id));
        expect(urls.length, id).toBeGreaterThan(0);
        for (const text of urls) {
          const shape = text.replaceAll(encode(id), 'plain');
          expect(plain.urls, `${id} in ${text}`).toContain(shape);
          // What travels is what was written: nothing in it is taken for a step up, a host or a line of its own.
          expect(new URL(text).href, id).toBe(text);
          expect(new URL(text).origin, id).toBe(base);
        }
      }
    },
  );

  it.each(methods)(
    'that would climb, vanish or break the URL is refused, and nothing is sent: %s',
    async (_name, call) => {
      const ids = [
        '',
        '.',
        '..',
        'x'.repeat(256),
        '\ud800',
        'a\r\nHost: evil.example',
        '\0',
        '\t',
        ' ',
        'a\n',
        '\u2028',
      ];
      for (const id of [...ids, undefined, null, 7, ['a'], new String('a')]) {
        const { sms, urls } = setUp({ ...call, response: stopped });
        const error = await Promise.resolve(call.call(withId(sms, id))).catch((reason: unknown) => reason);
        expect(error, String(id)).toMatchObject({ name: 'InvalidRequestError' });
        expect(urls, String(id)).toEqual([]);
      }
    },
  );

  it('of a batch travels in the body, whatever it is', async () => {
    const { requests, sms } = makeFakeClient(() => new Response('""'));
    const ids = [evil, '../x', 'a\r\nb'];

    await sms.tasks.deleteMany(ids);
    await sms.sourceServers.deleteMany(ids);
    await sms.templates.deleteMany(ids);

    expect(requests.map(({ url }) => url.pathname)).toEqual([
      '/v3/tasks/delete',
      '/v3/sources/delete',
      '/v3/vm/templates/delete',
    ]);
    for (const { body } of requests) expect(JSON.parse(body ?? '')).toEqual({ ids });
  });
});

function encode(id: string): string {
  return encodeURIComponent(id).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

describe('a response', () => {
  const elsewhere = {
    location: evil,
    link: `<${evil}>; rel="next"`,
    refresh: `0; url=${evil}`,
    'alt-svc': 'h3="evil.example:443"',
  };

  it('never chooses a host, neither by headers nor by links nor by the catalogue of a login', async () => {
    const hosts = new Set<string>();
    for (const call of Object.values(calls)) {
      const links = { links: [{ href: evil, rel: 'self' }], next: evil, endpoint: evil, log_share_url: evil };
      const sms = makeClient(async (url) => {
        hosts.add(new URL(url).host);
        if (!url.includes('/auth/tokens'))
          return Response.json({ ...Object(call.response), ...links }, { headers: elsewhere });
        const catalog = [{ type: 'sms', endpoints: [{ url: evil, interface: 'public' }] }];
        const { token } = (await loginResponse().json()) as { token: object };
        const headers = { ...elsewhere, 'x-subject-token': 'token-1' };
        return Response.json({ token: { ...token, catalog } }, { status: 201, headers });
      });
      await call.call(sms).catch(() => undefined);
    }

    expect([...hosts].sort()).toEqual(['iam.test.example', 'sms.test.example']);
  });

  it.each([301, 302, 303, 307, 308])('with %i is not followed by any method', async (status) => {
    for (const [name, call] of Object.entries(calls)) {
      const urls: string[] = [];
      const fetch: Fetch = async (url, init) => {
        urls.push(url);
        expect(init.redirect).toBe('manual');
        return new Response(null, { status, headers: elsewhere });
      };
      const sms = makeClient(fetch, { credentials: { token: 'token-1' } });
      const outcome = await call.call(sms).catch((error: unknown) => error);
      const error = Array.isArray(outcome) ? outcome[0]?.error : outcome;
      expect(error, name).toMatchObject({ name: 'ApiError', status });
      expect(urls, name).toHaveLength(1);
    }
  });
});

describe('the Host header', () => {
  it('is that of the endpoint, and no option changes it', async () => {
    const { port, requests, url } = await serve((request, response) => {
      if (request.url.startsWith('/v3/auth/tokens')) respondToLogin(response);
      else response.end('{"id":"a","state":"READY"}');
    });
    const sms = makeClient(url);

    await sms.tasks.get('t', { headers: { 'x-forwarded-host': 'evil.example' } });
    for (const name of ['Host', 'host', 'HOST', ':authority']) {
      expect(await rejectionOf(sms.tasks.get('t', { headers: { [name]: 'evil.example' } }))).toMatchObject({
        name: 'InvalidRequestError',
      });
    }

    const hosts = requests.flatMap(({ headers }) => headers.filter(([name]) => name === 'host'));
    expect(hosts).toEqual([
      ['host', `127.0.0.1:${port}`],
      ['host', `127.0.0.1:${port}`],
    ]);
  });
});
