import { inspect } from 'node:util';
import type { SmsClient, TokenStore } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';
import { makeProcesses, openStore, read, useInstantMarks } from './processes.js';
import { dayMs, deferred, flush, keystoneRefusal, livingToken } from './support.js';

useFakeTime();
useInstantMarks();

const secret = 'a-secret-of-the-store';

class RedisError extends Error {
  override name = 'RedisError';
  code = 'ECONNREFUSED';
}

/** How a store can fail. */
const failures: Record<string, () => Promise<never>> = {
  rejects: () => Promise.reject(new RedisError(secret)),
  throws: () => {
    throw new RedisError(secret);
  },
  'throws nothing at all': () => Promise.reject(undefined),
  'throws a text': () => Promise.reject(secret),
  'throws an error with a strange name': () => Promise.reject(Object.assign(new Error(secret), { name: `${secret}!` })),
  hangs: () => new Promise(() => undefined),
};

const methods = ['get', 'set', 'delete', 'setIfAbsent'] as const;

/** Begins a call; the function that it returns aborts the call. */
async function beginCall(client: SmsClient): Promise<() => Promise<void>> {
  const controller = new AbortController();
  const call = rejectionOf(client.tasks.get('task-1', { signal: controller.signal }));
  await flush();
  return async () => {
    controller.abort(new Error('enough'));
    expect(await call).toMatchObject({ message: 'enough' });
    await flush();
  };
}

describe('a store that fails', () => {
  const cases = methods.flatMap((method) => Object.keys(failures).map((failure) => [method, failure] as const));

  it.each(cases)(
    'at %s because it %s costs a login and never a call, and logs a warning without any value',
    async (method, how) => {
      const { store } = openStore({ [method]: failures[how] });
      const processes = makeProcesses({ store });
      const startedAt = performance.now();
      await resultOf(read(processes.join()));
      expect(performance.now() - startedAt).toBeLessThanOrEqual(how === 'hangs' ? 2_000 : 0);
      expect(processes.logins).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(4_000);
      expect(processes.warnings[0]?.[0]).toBe(`the token store failed at ${method}: going on without it`);
      expect(inspect(processes.warnings)).not.toContain(secret);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('is named in the log by the name and code of its error', async () => {
    const processes = makeProcesses(openStore({ get: () => Promise.reject(new RedisError(secret)) }));
    await read(processes.join());
    expect(processes.warnings[0]?.[1]).toEqual({ reason: 'RedisError ECONNREFUSED' });
  });

  it('has not failed when the process was busy and its response is still unread', async () => {
    const response = deferred<undefined>();
    const processes = makeProcesses(openStore({ get: () => response.promise, setIfAbsent: undefined }));
    const call = read(processes.join());
    await flush();
    // At one blow, as time passes for a process that does not come to run.
    vi.advanceTimersByTime(5_000);
    response.resolve(undefined);
    await call;
    expect(processes.warnings).toEqual([]);
  });

  it.each([
    [120_000, 2_000],
    [1_000, 200],
  ])(
    'by hanging at everything delays a call of %i ms by %i ms, and none once there is a token',
    async (totalTimeoutMs, heldUpMs) => {
      const hang = () => new Promise<never>(() => undefined);
      const store: TokenStore = { get: hang, set: hang, delete: hang, setIfAbsent: hang };
      const processes = makeProcesses({ store });
      const startedAt = performance.now();
      await resultOf(read(processes.join({ totalTimeoutMs })));
      expect(performance.now() - startedAt).toBe(heldUpMs);
      await vi.advanceTimersByTimeAsync(6_000);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it.each(['get', 'setIfAbsent'] as const)(
    'by hanging at %s keeps no process alive once the last caller has left, and logs no warning',
    async (method) => {
      const processes = makeProcesses(openStore({ [method]: () => new Promise<never>(() => undefined) }));
      const leave = await beginCall(processes.join());
      expect(vi.getTimerCount()).toBeGreaterThan(0);
      await leave();
      expect(vi.getTimerCount()).toBe(0);
      expect([processes.logins.length, processes.warnings]).toEqual([0, []]);
    },
  );

  it('that still writes in the background holds up no process for a login that nobody awaits', async () => {
    const processes = makeProcesses(openStore({ set: () => new Promise<never>(() => undefined) }));
    const client = processes.join();
    await read(client);
    await client.auth.forgetToken();
    const leave = await beginCall(client);
    expect(vi.getTimerCount()).toBeGreaterThan(1);
    await leave();
    // That of the write itself.
    expect(vi.getTimerCount()).toBe(1);
  });

  it('by being slow delays a call by 2 seconds in all, and is written to in the background', async () => {
    const { memory, sets, store } = openStore();
    const slow =
      <A extends unknown[], R>(method: (...parameters: A) => Promise<R>) =>
      async (...parameters: A): Promise<R> => {
        await new Promise((resolve) => setTimeout(resolve, 1_900));
        return method.apply(store, parameters);
      };
    const processes = makeProcesses({
      store: {
        get: slow(store.get),
        set: slow(store.set),
        delete: slow(store.delete),
        setIfAbsent: slow(store.setIfAbsent as NonNullable<TokenStore['setIfAbsent']>),
      },
    });
    const startedAt = performance.now();
    await resultOf(read(processes.join()));
    expect(performance.now() - startedAt).toBe(2_000);
    await vi.advanceTimersByTimeAsync(10_000);
    const { key = '' } = sets[0] ?? {};
    expect(await memory.get(key)).toContain('token-1');
    // The lock that came too late.
    expect(await memory.get(`${key}:lock`)).toBeUndefined();
  });

  it('while others wait for the lock lets each log in', async () => {
    let isDown = false;
    const { memory, store } = openStore({
      get: (key) => (isDown ? Promise.reject(new RedisError(secret)) : memory.get(key)),
      setIfAbsent: async () => false,
    });
    const processes = makeProcesses({ store });
    const call = read(processes.join());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(processes.logins).toHaveLength(0);
    isDown = true;
    await resultOf(call);
    expect(processes.logins).toHaveLength(1);
  });

  it('when a refused token is to be removed lets the call log in', async () => {
    let isDown = false;
    const { memory, store } = openStore({
      get: (key) => (isDown ? Promise.reject(new RedisError(secret)) : memory.get(key)),
    });
    const processes = makeProcesses({ store });
    const client = processes.join();
    await read(client);
    processes.dead.add('token-1');
    isDown = true;
    await read(client);
    await client.auth.forgetToken();
    expect(processes.tokens()).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('leaves the error of a login as it is', async () => {
    const fail = () => Promise.reject(new RedisError(secret));
    const store: TokenStore = { get: fail, set: fail, delete: fail };
    const processes = makeProcesses({ store, login: () => keystoneRefusal(401) });
    expect(await rejectionOf(read(processes.join()))).toMatchObject({ name: 'AuthenticationError', service: 'iam' });
  });

  it.each([undefined, null, 1, 'OK', {}])(
    'to say whether it set what is absent, but says %j, is not waited for',
    async (response) => {
      const processes = makeProcesses(openStore({ setIfAbsent: async () => response as unknown as boolean }));
      await read(processes.join());
      expect(processes.logins).toHaveLength(1);
      expect(processes.warnings[0]?.[1]).toEqual({ reason: 'TypeError' });
    },
  );

  it('late, when no call waits for it any more, causes no unhandled rejection', async () => {
    const response = deferred<never>();
    const processes = makeProcesses(openStore({ get: () => response.promise }));
    await resultOf(read(processes.join()));
    response.reject(new RedisError(secret));
    await flush();
  });
});

describe('a poisoned value', () => {
  /** A token as another process wrote it, and what to make of it. */
  async function poison(spoil: (value: Record<string, unknown>, key: string) => unknown) {
    const { memory, sets, store } = openStore();
    await read(makeProcesses({ store, login: () => livingToken('poison', dayMs) }).join());
    const { key, value } = sets[0] ?? { key: '', value: '' };
    const corrupted = spoil(JSON.parse(value), key);
    const processes = makeProcesses({
      store: { ...store, get: async (name) => (name === key ? corrupted : memory.get(name)) },
    });
    const token = await resultOf(processes.join().auth.getToken());
    return { processes, token: token.value };
  }

  it('in this test differs from a good value, which is used', async () => {
    const { processes, token } = await poison((value) => JSON.stringify(value));
    expect([token, processes.logins.length]).toEqual(['poison', 0]);
  });

  const text = (value: object) => JSON.stringify(value);
  const details = { issued_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-02T00:00:00Z' };
  const rubbish: Record<string, (value: Record<string, unknown>, key: string) => unknown> = {
    'no JSON': () => 'token-1',
    'an empty text': () => '',
    'half of it': (value) => text(value).slice(0, -10),
    'null in JSON': () => 'null',
    'an array': (value) => JSON.stringify([value]),
    'a text in JSON': (value) => JSON.stringify(text(value)),
    'an object in place of a text': (value) => value,
    'a number': () => 5,
    bytes: (value) => new TextEncoder().encode(text(value)),
    'nested too deep': (value) => text(value).replace('{', `{"x":${'['.repeat(50_000)}${']'.repeat(50_000)},`),
    'too long': (value) => text({ ...value, filler: 'x'.repeat(100_000) }),
    "someone else's key": (value, key) => text({ ...value, key: `${key}0` }),
    'no key': ({ key: _, ...value }) => text(value),
    'a key in the prototype': ({ key, ...value }) => text(value).replace('{', `{"__proto__":${text({ key })},`),
    'another schema': () => text({ version: 2, value: 'poison', expires: 9e15 }),
    'no moment of writing': ({ writtenAt: _, ...value }) => text(value),
    'a moment of writing as a text': (value) => text({ ...value, writtenAt: `${value.writtenAt}` }),
    'no time left': (value) => text({ ...value, leftMs: 0 }),
    'a time left that is too long for its life': (value) => text({ ...value, leftMs: dayMs + 1 }),
    'an endless time left': (value) => text(value).replace(/"leftMs":\d+/, '"leftMs":1e999'),
    'a life that is long over': (value) => text({ ...value, writtenAt: Date.now() - dayMs }),
    'no token': ({ token: _, ...value }) => text(value),
    'a token of null': (value) => text({ ...value, token: null }),
    'a token that is no text': (value) => text({ ...value, token: ['poison'] }),
    'an empty token': (value) => text({ ...value, token: '' }),
    'a token with a line break': (value) => text({ ...value, token: 'poison\r\nx-evil: 1' }),
    'a token with a blank': (value) => text({ ...value, token: 'poi son' }),
    'a token beyond ASCII': (value) => text({ ...value, token: 'poisön' }),
    'no details': ({ details: _, ...value }) => text(value),
    'details of null': (value) => text({ ...value, details: null }),
    'details that are none': (value) => text({ ...value, details: [] }),
    'dates that are none': (value) => text({ ...value, details: { ...details, expires_at: 'tomorrow' } }),
    'an end before its issue': (value) =>
      text({ ...value, details: { issued_at: details.expires_at, expires_at: details.issued_at } }),
    'a user that is a text': (value) => text({ ...value, details: { ...details, user: 'root' } }),
    'a refusal without a status': ({ token: _, ...value }) => text({ ...value, refused: '00' }),
  };

  it.each(Object.entries(rubbish))('with %s is ignored, and replaced by a login', async (_what, spoil) => {
    const { processes, token } = await poison(spoil);
    expect([token, processes.logins.length]).toEqual(['token-1', 1]);
    expect(inspect(processes.warnings, { depth: 9 })).not.toContain('poison');
    expect(Object.prototype).not.toHaveProperty('key');
  });

  it('of any kind costs a login at most, and what is sent is a valid header', async () => {
    const anyValue = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.record(
        {
          key: fc.oneof(fc.constant('the key'), fc.string()),
          writtenAt: fc.oneof(fc.integer(), fc.double(), fc.anything()),
          leftMs: fc.oneof(fc.nat(), fc.double(), fc.anything()),
          token: fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.anything()),
          details: fc.oneof(fc.constant(details), fc.anything()),
          refused: fc.string().filter((mark) => !/^[0-9a-f]{32}$/.test(mark)),
          status: fc.oneof(fc.integer({ min: 399, max: 404 }), fc.anything()),
        },
        { requiredKeys: [] },
      ),
    );
    const property = fc.asyncProperty(anyValue, fc.boolean(), async (value, asText) => {
      const { token } = await poison((real, key) => {
        if (typeof value !== 'object' || value === null) return value;
        const named = 'key' in value && value.key === 'the key' ? { ...value, key } : value;
        return asText ? write({ ...real, ...named }) : value;
      });
      expect(token).toMatch(/^[\x21-\x7e]+$/);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  function write(value: object): string {
    try {
      return JSON.stringify(value, (_name, part) => (typeof part === 'bigint' ? `${part}` : part));
    } catch {
      return 'circular';
    }
  }
});
