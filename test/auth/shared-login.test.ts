import { createHash } from 'node:crypto';
import type { AgencyCredentials } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { taskResponse } from '../support/fake-fetch.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';
import { account } from '../support/make-client.js';
import { refuseOptions } from '../support/trace-client.js';
import { makeProcesses, openStore, read, withoutSetIfAbsent } from './processes.js';
import { dayMs, deferred, flush, keystoneRefusal, livingToken } from './support.js';

const minuteMs = 60_000;

useFakeTime();

describe('a shared login', () => {
  it('is made by one client and used by the next', async () => {
    const processes = makeProcesses();
    await read(processes.join());
    await read(processes.join());
    expect(processes.logins).toHaveLength(1);
    expect(processes.tokens()).toEqual(['token-1', 'token-1']);
  });

  it('carries everything that IAM said about the token', async () => {
    const details = {
      issued_at: '2026-01-01T00:00:00.000000Z',
      expires_at: '2026-01-02T00:00:00.000000Z',
      user: { id: 'u', name: 'user', domain: { id: 'd', name: 'domain' } },
      project: { id: 'p', name: 'project', domain: { id: 'd', name: 'domain' } },
      roles: [{ id: '0', name: 'admin' }],
    };
    const headers = { 'x-subject-token': 'token-1' };
    const processes = makeProcesses({ login: () => Response.json({ token: details }, { status: 201, headers }) });
    const issued = await processes.join().auth.login();
    const shared = await processes.join().auth.getToken();
    expect(processes.logins).toHaveLength(1);
    expect({ ...shared }).toEqual({ ...issued });
    expect(shared.value).toBe('token-1');
  });

  it('is always made anew by auth.login(), for all', async () => {
    const processes = makeProcesses();
    const clients = [processes.join(), processes.join()] as const;
    await read(clients[0]);
    expect(await clients[1].auth.login()).toMatchObject({ value: 'token-2' });
    await read(processes.join());
    expect(processes.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('is made anew by an auth.login() that came while a token was read from the store', async () => {
    const response = deferred<void>();
    const { memory, store } = openStore({
      get: async (key) => {
        await response.promise;
        return memory.get(key);
      },
    });
    const processes = makeProcesses({ store });
    await read(processes.join({ tokenStore: memory }));
    const client = processes.join();
    const call = read(client);
    const login = client.auth.login();
    response.resolve();
    await call;
    expect(await login).toMatchObject({ value: 'token-2' });
    expect(processes.tokens()).toEqual(['token-1', 'token-1']);
  });

  it('is kept for as long as the token lives', async () => {
    const { sets, store } = openStore();
    const processes = makeProcesses({ store, lifeMs: 3_600_000 });
    await read(processes.join());
    expect(sets.map(({ ttlMs }) => ttlMs)).toEqual([3_600_000]);
  });

  it('is not kept beyond the expiry of a token that arrived late', async () => {
    const login = deferred<Response>();
    const { sets, store } = openStore();
    const processes = makeProcesses({ store, login: () => login.promise });
    const call = read(processes.join({ timeoutMs: 600_000, totalTimeoutMs: 600_000 }));
    await flush();
    await vi.advanceTimersByTimeAsync(4_000);
    login.resolve(livingToken('token-1', 10_000));
    await call;
    expect(sets.map(({ ttlMs }) => ttlMs)).toEqual([6_000]);
  });

  it('does not include given credentials: a token, access keys', async () => {
    const { memory, store } = openStore();
    const get = vi.spyOn(memory, 'get');
    const processes = makeProcesses({ store });
    await read(processes.join({ credentials: { token: 'given' } }));
    await read(processes.join({ credentials: { accessKeyId: 'id', secretAccessKey: 'key' } }));
    expect(get).not.toHaveBeenCalled();
  });

  it('may be that of an agency, whose source then does not log in', async () => {
    const processes = makeProcesses();
    const credentials = { agencyName: 'movers', domainName: 'other', source: account };
    await read(processes.join({ credentials }));
    expect(processes.logins).toHaveLength(2);
    await read(processes.join({ credentials }));
    expect(processes.logins).toHaveLength(2);
    expect(processes.tokens()).toEqual(['token-2', 'token-2']);
  });

  it('is used with a credentials function, too', async () => {
    const processes = makeProcesses();
    const credentials = async () => account;
    await read(processes.join({ credentials }));
    await read(processes.join({ credentials }));
    expect(processes.logins).toHaveLength(1);
  });
});

describe('the key of a login', () => {
  async function keyOf(options: Parameters<typeof makeFakeClient>[1] = {}): Promise<string | undefined> {
    const { sets, store } = openStore();
    const { sms } = makeFakeClient(() => taskResponse('RUNNING'), { tokenStore: store, ...options });
    await read(sms);
    // The first login of an agency is that of its source.
    return sets.at(-1)?.key;
  }

  it('is a hash', async () => {
    const { domainName, password: _, projectId, username } = account;
    const identity = JSON.stringify(Object.entries({ domainName, projectId, username }));
    const login = ['https://iam.test.example', identity];
    const digest = createHash('sha256').update(JSON.stringify(login)).digest('hex');
    expect(await keyOf()).toBe(`sms-client:token:v2:${digest}`);
  });

  it('is the same for another password, another passcode and another form of the same credentials', async () => {
    const { password: _, ...rest } = account;
    const mfa = (passcode: string) => ({ credentials: { ...account, mfa: { userId: 'u', passcode } } });
    expect(await keyOf({ credentials: { ...account, password: 'another' } })).toBe(await keyOf());
    expect(await keyOf({ credentials: { password: 'first', ...rest } })).toBe(await keyOf());
    expect(await keyOf({ iamEndpoint: 'https://iam.test.example/v3/' })).toBe(await keyOf());
    expect(await keyOf(mfa('111111'))).toBe(await keyOf(mfa('222222')));
  });

  it('differs by IAM, user, domain, project, kind of scope, second factor and agency', async () => {
    const agency = { agencyName: 'movers', domainName: 'other', source: account };
    const others = [
      { iamEndpoint: 'https://iam.other.example' },
      ...[
        { ...account, username: 'other' },
        { ...account, domainName: 'other' },
        { ...account, projectId: 'other' },
        { ...account, projectId: undefined, projectName: account.projectId },
        { ...account, projectId: undefined },
        { ...account, mfa: { userId: 'u', passcode: '111111' } },
        agency,
        { ...agency, source: { ...account, username: 'other' } },
        { ...agency, agencyName: 'others' },
      ].map((credentials) => ({ credentials })),
    ];
    const keys = [await keyOf()];
    for (const options of others) keys.push(await keyOf(options));
    expect(new Set(keys).size).toBe(1 + others.length);
  });
});

describe('the life of a shared token', () => {
  it('ends when it ends for the process that logged in', async () => {
    const processes = makeProcesses();
    await read(processes.join());
    await vi.advanceTimersByTimeAsync(12 * 60 * minuteMs);
    const late = processes.join();
    await read(late);
    await vi.advanceTimersByTimeAsync(12 * 60 * minuteMs - 10 * minuteMs - 1);
    await read(late);
    await flush();
    expect(processes.logins).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await read(late);
    await flush();
    expect(processes.logins).toHaveLength(2);
  });

  it('is too short for a new client in its last 10 minutes', async () => {
    const processes = makeProcesses();
    await read(processes.join());
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await read(processes.join());
    expect(processes.tokens()).toEqual(['token-1', 'token-2']);
  });

  it.each([-60, -1, 1, 60])('is no longer than its writer said when clocks differ by %i minutes', async (minutes) => {
    const processes = makeProcesses();
    await read(processes.join());
    vi.setSystemTime(Date.now() + minutes * minuteMs);
    const other = processes.join();
    await read(other);
    expect(processes.logins).toHaveLength(1);
    const leftMs = dayMs - Math.max(0, minutes) * minuteMs;
    await vi.advanceTimersByTimeAsync(leftMs - 10 * minuteMs - 1);
    await read(other);
    await flush();
    expect(processes.logins).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await read(other);
    await flush();
    expect(processes.logins).toHaveLength(2);
  });
});

describe('clients that start cold together', () => {
  it('log in once between them where the store can set what is absent', async () => {
    const login = deferred<Response>();
    const processes = makeProcesses({ login: () => login.promise });
    const calls = Promise.all(Array.from({ length: 20 }, () => read(processes.join())));
    await vi.advanceTimersByTimeAsync(3_000);
    login.resolve(livingToken('token-1', dayMs));
    await resultOf(calls);
    expect(processes.logins).toHaveLength(1);
    expect(processes.tokens()).toEqual(Array.from({ length: 20 }, () => 'token-1'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('log in at most once each where it cannot', async () => {
    const processes = makeProcesses(withoutSetIfAbsent());
    await Promise.all(Array.from({ length: 20 }, () => read(processes.join())));
    expect(processes.logins.length).toBeLessThanOrEqual(20);
    expect(processes.tokens()).toHaveLength(20);
  });

  it('log in one after the other when the first one fails, until one succeeds', async () => {
    const processes = makeProcesses({
      login: (_request, count) => (count < 3 ? new Response('', { status: 500 }) : livingToken('token-3', dayMs)),
    });
    const calls = Promise.allSettled(Array.from({ length: 20 }, () => read(processes.join())));
    const outcomes = await resultOf(calls);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expect(processes.logins).toHaveLength(3);
  });

  it('do not wait for more than 10 seconds for one that died, and then log in once', async () => {
    const { memory, sets, store } = openStore();
    await read(makeProcesses({ store }).join());
    const key = sets[0]?.key ?? '';
    await memory.delete(key);
    await memory.setIfAbsent(`${key}:lock`, 'by one that died', 10_000);
    const processes = makeProcesses({ store });
    const startedAt = performance.now();
    await resultOf(Promise.all(Array.from({ length: 5 }, () => read(processes.join()))));
    expect(performance.now() - startedAt).toBeGreaterThan(9_000);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    expect(processes.logins).toHaveLength(1);
  });

  it('log in themselves after 20 seconds when the lock of the store never ends', async () => {
    const { store } = openStore({ setIfAbsent: async () => false });
    const processes = makeProcesses({ store });
    const startedAt = performance.now();
    await resultOf(read(processes.join()));
    expect(performance.now() - startedAt).toBeGreaterThan(19_000);
    expect(performance.now() - startedAt).toBeLessThan(21_000);
    expect(processes.logins).toHaveLength(1);
  });

  it('leave the lock of another client alone when they have waited for it in vain', async () => {
    const deleted: string[] = [];
    const { store } = openStore({
      setIfAbsent: async () => false,
      delete: async (key) => {
        deleted.push(key);
      },
    });
    const processes = makeProcesses({ store });
    await resultOf(read(processes.join()));
    expect(processes.logins).toHaveLength(1);
    expect(deleted).toEqual([]);
  });

  it('leave no lock behind', async () => {
    const { memory, store } = openStore();
    const setIfAbsent = vi.spyOn(memory, 'setIfAbsent');
    await read(makeProcesses({ store }).join());
    const lock = setIfAbsent.mock.calls[0]?.[0] ?? '';
    expect(lock).toMatch(/:lock$/);
    expect(await memory.get(lock)).toBeUndefined();
  });

  it('do not remove the lock of another client when their own has expired', async () => {
    const login = deferred<Response>();
    const { memory, store } = openStore();
    const remove = vi.spyOn(memory, 'delete');
    const processes = makeProcesses({ store, login: () => login.promise });
    const call = read(processes.join());
    await flush();
    await vi.advanceTimersByTimeAsync(10_000);
    login.resolve(livingToken('token-1', dayMs));
    await call;
    expect(remove).not.toHaveBeenCalled();
  });
});

describe('the renewal of a shared token', () => {
  /** Two clients with the same token, in its last 10 minutes. */
  async function age(processes: ReturnType<typeof makeProcesses>, count: number) {
    const clients = Array.from({ length: count }, () => processes.join());
    for (const client of clients) await read(client);
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    return clients;
  }

  it('is made by one of them where the store can set what is absent', async () => {
    const processes = makeProcesses();
    const clients = await age(processes, 5);
    await Promise.all(clients.map(read));
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all(clients.map(read));
    expect(processes.logins).toHaveLength(2);
    expect(processes.tokens().slice(-5)).toEqual(Array.from({ length: 5 }, () => 'token-2'));
  });

  it('uses what another client has put into the store', async () => {
    const processes = makeProcesses(withoutSetIfAbsent());
    const clients = await age(processes, 5);
    for (const client of clients) {
      await read(client);
      await flush();
      await read(client);
    }
    expect(processes.logins).toHaveLength(2);
    expect(processes.tokens().slice(-1)).toEqual(['token-2']);
  });

  it('does not use the token that is being renewed, whatever the clock says', async () => {
    const processes = makeProcesses();
    const [client] = (await age(processes, 1)) as [ReturnType<typeof processes.join>];
    vi.setSystemTime(Date.now() - dayMs);
    await read(client);
    await flush();
    await read(client);
    expect(processes.tokens().slice(-1)).toEqual(['token-2']);
  });

  it('that ends late does not take the place of a newer token', async () => {
    const late = deferred<Response>();
    const { sets, store } = withoutSetIfAbsent();
    const issue = (token: string, issuedAt: number) => {
      const format = (time: number) => new Date(time).toISOString();
      const details = { issued_at: format(issuedAt), expires_at: format(issuedAt + dayMs) };
      return Response.json({ token: details }, { status: 201, headers: { 'x-subject-token': token } });
    };
    const processes = makeProcesses({
      store,
      login: (_request, count) => (count === 1 ? late.promise : issue('newer', Date.UTC(2026, 0, 1, 0, 1))),
    });
    const slow = read(processes.join());
    await flush();
    await processes.join().auth.login();
    late.resolve(issue('older', Date.UTC(2026, 0, 1)));
    await slow;
    expect(sets).toHaveLength(1);
    await read(processes.join());
    expect(processes.tokens()).toEqual(['older', 'newer']);
  });
});

describe('the option tokenStore', () => {
  it.each([
    [null, 'null'],
    [{ get() {}, set() {} }, 'object'],
    ['redis://localhost', 'a string of 17 characters'],
  ])('that is no store is refused by name (case %#)', (tokenStore, received) => {
    const message = `SmsClient: tokenStore: expected an object with the methods get, set and delete, received ${received}`;
    expect(refuseOptions({ region: 'eu-west-101', credentials: account, tokenStore })).toBe(message);
  });
});

describe('a login that may not be shared', () => {
  const agency = { agencyName: 'migration', domainName: 'customer' };

  it.each<[string, () => AgencyCredentials['source']]>([
    ['a bare token', () => ({ token: 'garbage-of-mallory' })],
    ['a function that returns a token', () => async () => ({ token: 'garbage-of-mallory' })],
    ['a function that returns a key', () => async () => ({ accessKeyId: 'MALLORYS', secretAccessKey: 'x' })],
    ['an agency with such a source', () => ({ ...agency, source: { token: 'garbage-of-mallory' } })],
  ])('is that of an agency whose source is %s: it neither reads nor writes the store', async (_what, makeSource) => {
    const { sets, store } = openStore();
    const processes = makeProcesses({
      store,
      login: ({ headers }) => {
        const isAlice =
          headers.get('x-auth-token') === 'token-of-alice' || headers.get('authorization')?.includes('ALICES');
        return isAlice ? livingToken('token-for-alice', dayMs) : keystoneRefusal(401);
      },
    });
    const sources: AgencyCredentials['source'][] = [
      { token: 'token-of-alice' },
      async () => ({ token: 'token-of-alice' }),
      { accessKeyId: 'ALICES', secretAccessKey: 'x' },
    ];
    for (const source of sources) await read(processes.join({ credentials: { ...agency, source } }));
    await flush();
    // Of the three, the key alone says who it is.
    expect(sets.filter(({ key }) => !key.endsWith(':lock'))).toHaveLength(1);
    const mallory = processes.join({ credentials: { ...agency, source: makeSource() } });
    expect(await rejectionOf(read(mallory))).toMatchObject({ name: 'AuthenticationError' });
    expect(processes.tokens()).toEqual(Array(3).fill('token-for-alice'));
  });

  it('is shared between sources of the same user, whose password is no part of the key', async () => {
    const processes = makeProcesses();
    const join = (password: string) => processes.join({ credentials: { ...agency, source: { ...account, password } } });
    await read(join('right'));
    await flush();
    await read(join('other'));
    expect(processes.logins).toHaveLength(2);
    expect(processes.tokens()).toEqual(['token-2', 'token-2']);
  });
});
