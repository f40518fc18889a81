import { AuthenticationError } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { failWith } from '../support/fake-fetch.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { account } from '../support/make-client.js';
import { makeProcesses, openStore, read, useInstantMarks, withoutSetIfAbsent } from './processes.js';
import { deferred, flush, keystoneRefusal, livingToken } from './support.js';

useFakeTime();
useInstantMarks();

describe('a rejected login', () => {
  it.each([
    [500, 500, 1],
    [60_000, 2_000, 0],
  ])('is in a store that needs %i ms before the call rejects, after 2 s at most', async (neededMs, heldUpMs, count) => {
    const written: string[] = [];
    const { store } = openStore({
      set: async (key) => {
        await new Promise((resolve) => setTimeout(resolve, neededMs));
        written.push(key);
      },
    });
    const processes = makeProcesses({ store, login: () => keystoneRefusal(401) });
    const startedAt = performance.now();
    await errorOf(read(processes.join()));
    expect([performance.now() - startedAt, written.length]).toEqual([heldUpMs, count]);
  });
});

describe('a shared token that the service refuses', () => {
  it('is removed from the store, and the next one is shared', async () => {
    const processes = makeProcesses();
    const clients = [processes.join(), processes.join()] as const;
    for (const client of clients) await read(client);
    processes.dead.add('token-1');
    for (const client of clients) await read(client);
    await read(processes.join());
    expect(processes.logins).toHaveLength(2);
    expect(processes.tokens().filter((token) => token === 'token-2')).toHaveLength(3);
  });

  it('costs one login, however many clients meet it at once', async () => {
    const processes = makeProcesses();
    const clients = Array.from({ length: 20 }, () => processes.join());
    for (const client of clients) await read(client);
    processes.dead.add('token-1');
    await resultOf(Promise.all(clients.map(read)));
    expect(processes.logins).toHaveLength(2);
  });

  it('that a slower process writes back is not read from the store again', async () => {
    const { memory, sets, store } = openStore();
    const processes = makeProcesses({ store });
    const client = processes.join();
    await read(client);
    processes.dead.add('token-1');
    await read(client);
    const { key, value } = sets[0] ?? { key: '', value: '' };
    await memory.set(key, value, 1_000_000);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    await memory.set(key, value.replace(/"writtenAt":\d+/, `"writtenAt":${Date.now()}`), 24 * 3_600_000);
    await read(client);
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-2', 'token-3']);
    expect(await memory.get(key)).toContain('token-3');
  });

  it('is removed although the next login fails, so that no other process meets it', async () => {
    const { memory, sets, store } = openStore();
    const processes = makeProcesses({
      store,
      login: (_request, count) => (count === 1 ? livingToken('token-1', 3_600_000) : new Response('', { status: 500 })),
    });
    const client = processes.join();
    await read(client);
    processes.dead.add('token-1');
    expect(await rejectionOf(read(client))).toMatchObject({ name: 'ServerError' });
    expect(await memory.get(sets[0]?.key ?? '')).toBeUndefined();
  });

  it('is not removed from the store when another has replaced it, which is used once IAM confirms it', async () => {
    const processes = makeProcesses();
    const slow = processes.join();
    await read(slow);
    await processes.join().auth.login();
    processes.dead.add('token-1');
    await read(slow);
    expect(processes.logins).toHaveLength(2);
    expect(processes.countChecks()).toBe(1);
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('never costs the call, although its replacement in the store is dead, too', async () => {
    const processes = makeProcesses();
    const slow = processes.join();
    await read(slow);
    await processes.join().auth.login();
    processes.dead.add('token-1').add('token-2');
    await read(slow);
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-3']);
  });

  it.each([
    ['a page', () => new Response('<html>', { status: 401 })],
    ['a cut connection', () => failWith('ECONNRESET')],
  ])('leaves its replacement in the store when %s hides what IAM says of it', async (_what, hide) => {
    let isHidden = true;
    const processes = makeProcesses({
      login: (_request, count) => (count < 3 ? livingToken(`token-${count}`, 3_600_000) : hide()),
      check: () => (isHidden ? hide() : undefined),
    });
    const slow = processes.join();
    await read(slow);
    await processes.join().auth.login();
    processes.dead.add('token-1');
    await rejectionOf(read(slow));
    expect(processes.logins).toHaveLength(3);
    await read(processes.join());
    isHidden = false;
    await read(slow);
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-2', 'token-2']);
    expect(processes.logins).toHaveLength(3);
  });

  it('is followed by a login when IAM does not say whether its replacement is alive', async () => {
    const processes = makeProcesses({ check: () => new Response('', { status: 500 }) });
    const slow = processes.join();
    await read(slow);
    await processes.join().auth.login();
    processes.dead.add('token-1').add('token-2');
    await read(slow);
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-3']);
  });

  it('fails for a new client only once', async () => {
    const processes = makeProcesses();
    await read(processes.join());
    processes.dead.add('token-1');
    const newcomer = processes.join();
    await read(newcomer);
    await read(newcomer);
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-2', 'token-2']);
  });

  it('is remembered among the last 100 of its kind', async () => {
    const { memory, sets, store } = openStore();
    const processes = makeProcesses({ store });
    const client = processes.join();
    await read(client);
    const { key, value } = sets[0] ?? { key: '', value: '' };
    const bringBack = () => memory.set(key, value, 1_000_000);
    const die = async (token: string) => {
      processes.dead.add(token);
      await read(client);
    };
    for (let count = 1; count <= 99; count += 1) await die(`token-${count}`);
    await bringBack();
    await die('token-100');
    expect(processes.countChecks()).toBe(0);
    await bringBack();
    await die('token-101');
    // Forgotten here, but IAM, which is asked, knows better.
    expect(processes.countChecks()).toBe(1);
    expect(processes.tokens().at(-1)).toBe('token-102');
  });
});

describe('forgetToken', () => {
  it('removes the token from the store, and the next call logs in', async () => {
    const { memory, sets, store } = openStore();
    const processes = makeProcesses({ store });
    const client = processes.join();
    await read(client);
    await client.auth.forgetToken();
    await flush();
    expect(await memory.get(sets[0]?.key ?? '')).toBeUndefined();
    await read(client);
    expect(processes.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('leaves the token of another process in the store, but logs in all the same', async () => {
    const processes = makeProcesses();
    const client = processes.join();
    await read(client);
    await processes.join().auth.login();
    await client.auth.forgetToken();
    await read(processes.join());
    await read(client);
    expect(processes.tokens()).toEqual(['token-1', 'token-2', 'token-3']);
  });

  it('before the first call makes the first call log in, whatever the store holds, and the next ones not', async () => {
    const processes = makeProcesses();
    await read(processes.join());
    const client = processes.join();
    await client.auth.forgetToken();
    await read(client);
    await read(client);
    expect(processes.tokens()).toEqual(['token-1', 'token-2', 'token-2']);
    await processes.join().auth.login();
    processes.dead.add('token-2');
    await read(client);
    expect(processes.tokens().at(-1)).toBe('token-3');
    expect(processes.logins).toHaveLength(3);
  });
});

describe('a login that IAM refuses', () => {
  const wrong = () => keystoneRefusal(401);

  it.each([
    ['can', openStore],
    ['cannot', withoutSetIfAbsent],
  ])('is not tried by one process after the other, where the store %s set what is absent', async (_what, open) => {
    const processes = makeProcesses({ ...open(), login: wrong });
    const first = await errorOf(read(processes.join()));
    expect(first).toMatchObject({ name: 'AuthenticationError', status: 401, serviceMessage: expect.any(String) });
    for (let process = 0; process < 19; process += 1) {
      expect(await rejectionOf(read(processes.join()))).toMatchObject({
        name: 'AuthenticationError',
        service: 'iam',
        status: 401,
        code: null,
        serviceMessage: expect.stringMatching(/another process .* less than a minute ago/),
        method: 'POST',
        path: '/v3/auth/tokens',
      });
    }
    expect(processes.logins).toHaveLength(1);
  });

  it('is tried once by 20 that start cold together', async () => {
    const processes = makeProcesses({ login: wrong });
    const outcomes = await resultOf(Promise.allSettled(Array.from({ length: 20 }, () => read(processes.join()))));
    const reasons = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason);
    expect(reasons.every((reason) => reason instanceof AuthenticationError)).toBe(true);
    expect(processes.logins).toHaveLength(1);
  });

  it('is not written again by a process that is refused a moment later, so that it lasts no longer', async () => {
    const { sets, store } = withoutSetIfAbsent();
    const late = deferred<Response>();
    const processes = makeProcesses({ store, login: (_request, count) => (count === 1 ? wrong() : late.promise) });
    const reads = [read(processes.join()), read(processes.join())].map(rejectionOf);
    await reads[0];
    await flush();
    late.resolve(wrong());
    await reads[1];
    await flush();
    expect(processes.logins).toHaveLength(2);
    expect(sets.filter(({ value }) => value.includes('"refused"'))).toHaveLength(1);
  });

  it('gives way to that of another password', async () => {
    const { sets, store } = openStore();
    const processes = makeProcesses({ store, login: wrong });
    for (const password of ['one', 'two'])
      await rejectionOf(read(processes.join({ credentials: { ...account, password } })));
    await flush();
    expect(processes.logins).toHaveLength(2);
    const marks = sets.map(({ value }) => (JSON.parse(value) as { refused?: string }).refused).filter(Boolean);
    expect(new Set(marks).size).toBe(2);
  });

  it('is not tried by auth.login() of another process either', async () => {
    const processes = makeProcesses({ login: wrong });
    await rejectionOf(read(processes.join()));
    expect(await rejectionOf(processes.join().auth.login())).toBeInstanceOf(AuthenticationError);
    expect(processes.logins).toHaveLength(1);
  });

  it('may be tried again after 60 seconds, even where the store keeps values for ever', async () => {
    const map = new Map<string, string>();
    const store = {
      get: async (key: string) => map.get(key),
      set: async (key: string, value: string) => map.set(key, value),
      delete: async (key: string) => map.delete(key),
    };
    const processes = makeProcesses({
      store,
      login: (_request, count) => (count === 1 ? wrong() : livingToken('token-1', 3_600_000)),
    });
    await rejectionOf(read(processes.join()));
    await vi.advanceTimersByTimeAsync(59_999);
    await rejectionOf(read(processes.join()));
    expect(processes.logins).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await read(processes.join());
    expect(processes.tokens()).toEqual(['token-1']);
  });

  it('does not stop a client with another password of the same user, and reveals no password', async () => {
    const { sets, store } = openStore();
    const processes = makeProcesses({
      store,
      login: ({ body }) => (body?.includes('other') ? livingToken('token-1', 3_600_000) : wrong()),
    });
    await rejectionOf(read(processes.join()));
    expect(JSON.parse(sets[0]?.value ?? '')).toEqual({
      key: sets[0]?.key,
      writtenAt: Date.now(),
      leftMs: 60_000,
      refused: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 401,
      code: null,
      requestId: null,
    });
    expect(sets[0]?.ttlMs).toBe(60_000);
    await read(processes.join({ credentials: { ...account, password: 'other' } }));
    await read(processes.join());
    expect(processes.tokens()).toEqual(['token-1', 'token-1']);
  });

  it('does not take the token of another client out of the store', async () => {
    const processes = makeProcesses({
      login: ({ body }) => (body?.includes('other') ? wrong() : livingToken('token-1', 3_600_000)),
    });
    await read(processes.join());
    await rejectionOf(processes.join({ credentials: { ...account, password: 'other' } }).auth.login());
    await read(processes.join());
    expect(processes.tokens()).toEqual(['token-1', 'token-1']);
  });

  it.each([500, 429])('with %i is no refusal: the next process tries again', async (status) => {
    const processes = makeProcesses({
      login: (_request, count) => (count === 1 ? new Response('', { status }) : livingToken('token-1', 3_600_000)),
    });
    await rejectionOf(read(processes.join()));
    await read(processes.join());
    expect(processes.logins).toHaveLength(2);
  });
});
