import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { useFakeTime } from '../support/fake-time.js';
import { connect, dayMs, deferred, flush, keystoneRefusal, livingToken, tokensOf } from './support.js';

const minuteMs = 60_000;

useFakeTime();

describe('one login', () => {
  it('is made by 1,000 calls at once on a cold client', async () => {
    const { iam, read, sms } = connect();
    await Promise.all(Array.from({ length: 1000 }, read));
    expect(iam).toHaveLength(1);
    expect(new Set(tokensOf(sms))).toEqual(new Set(['token-1']));
  });

  it('is made by 1,000 calls at once when the token has expired', async () => {
    const { iam, read } = connect();
    await read();
    await vi.advanceTimersByTimeAsync(dayMs);
    await Promise.all(Array.from({ length: 1000 }, read));
    expect(iam).toHaveLength(2);
  });

  it('goes on for the others when one caller aborts', async () => {
    const login = deferred<Response>();
    const { client, iam, read, sms } = connect({ login: () => login.promise });
    const controller = new AbortController();
    const impatient = rejectionOf(client.tasks.get('task-1', { signal: controller.signal }));
    const loggingIn = rejectionOf(client.auth.login({ signal: controller.signal }));
    const others = [read(), read(), client.auth.getToken()];
    await flush();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await impatient).toBe(reason);
    expect(await loggingIn).toBe(reason);
    expect(iam[0]?.signal.aborted).toBe(false);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    login.resolve(livingToken('token-1', dayMs));
    await Promise.all(others);
    expect([iam.length, sms.length]).toEqual([1, 2]);
  });

  it('ends when its last caller has left, so that nothing keeps the process alive', async () => {
    const login = deferred<Response>();
    const { client, iam, read, sms } = connect({
      login: (_request, count) => (count === 1 ? login.promise : livingToken('token-2', dayMs)),
    });
    const calls = [100, 200].map((totalTimeoutMs) => rejectionOf(client.tasks.get('task-1', { totalTimeoutMs })));
    await vi.advanceTimersByTimeAsync(199);
    expect(iam[0]?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    for (const call of calls) expect(await call).toMatchObject({ name: 'TimeoutError' });
    await flush();
    expect(iam[0]?.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    // Too late for anybody.
    login.resolve(livingToken('token-1', dayMs));
    await flush();
    await read();
    expect([iam.length, tokensOf(sms)]).toEqual([2, ['token-2']]);
  });

  it('is not repeated once its last caller has left', async () => {
    const { client, iam } = connect({ login: () => keystoneRefusal(503), maxRetries: 5 });
    const { signal, abort } = useAbort();
    const call = rejectionOf(client.tasks.get('task-1', { signal }));
    await flush();
    abort();
    await call;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(iam).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that fails after its callers have left causes no unhandled rejection', async () => {
    const login = deferred<Response>();
    const { client, read } = connect({
      login: (_request, count) => (count === 1 ? login.promise : livingToken('token-2', dayMs)),
    });
    const call = rejectionOf(client.tasks.get('task-1', { totalTimeoutMs: 100 }));
    await vi.advanceTimersByTimeAsync(100);
    expect(await call).toMatchObject({ name: 'TimeoutError' });
    login.reject(new TypeError('fetch failed'));
    await flush();
    await read();
  });

  it('leaves no timer and no listener behind', async () => {
    const { client } = connect();
    const { signal } = new AbortController();
    await client.auth.login({ signal });
    await client.tasks.get('task-1', { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

function useAbort() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe('a login from before forgetToken', () => {
  it('serves the callers that waited for it, and is not kept', async () => {
    const logins = [deferred<Response>(), deferred<Response>()];
    const { client, iam, read, sms } = connect({
      login: (_request, count) => logins[count - 1]?.promise ?? livingToken(`token-${count}`, dayMs),
    });
    const early = read();
    await flush();
    await client.auth.forgetToken();
    const late = [read()];
    await flush();
    expect(iam).toHaveLength(2);
    logins[1]?.resolve(livingToken('token-2', dayMs));
    await Promise.all(late);
    logins[0]?.resolve(livingToken('token-1', dayMs));
    await early;
    await flush();
    await read();
    expect(tokensOf(sms)).toEqual(['token-2', 'token-1', 'token-2']);
    expect(iam).toHaveLength(2);
  });

  it('is not kept either when it was a background renewal', async () => {
    const renewal = deferred<Response>();
    const { client, iam, read, sms } = connect({
      login: (_request, count) => (count === 2 ? renewal.promise : livingToken(`token-${count}`, dayMs)),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await read();
    await flush();
    await client.auth.forgetToken();
    renewal.resolve(livingToken('token-2', dayMs));
    await flush();
    await read();
    expect(iam).toHaveLength(3);
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-3']);
  });

  it('leaves the next login to all later callers when its last caller leaves', async () => {
    const logins = [deferred<Response>(), deferred<Response>()];
    const { client, iam, read, sms } = connect({
      login: (_request, count) => logins[count - 1]?.promise ?? livingToken(`token-${count}`, dayMs),
    });
    const { signal, abort } = useAbort();
    const early = rejectionOf(client.tasks.get('task-1', { signal }));
    await flush();
    await client.auth.forgetToken();
    const late = [read()];
    await flush();
    abort();
    await early;
    late.push(read());
    await flush();
    logins[1]?.resolve(livingToken('token-2', dayMs));
    await Promise.all(late);
    expect([iam.length, tokensOf(sms)]).toEqual([2, ['token-2', 'token-2']]);
  });

  it('that fails in the background delays no renewal of the next token', async () => {
    const renewal = deferred<Response>();
    const warn = vi.fn();
    const ignore = () => undefined;
    const { client, iam, read } = connect({
      login: (_request, count) => (count === 2 ? renewal.promise : livingToken(`token-${count}`, dayMs)),
      logger: { debug: ignore, info: ignore, warn, error: ignore },
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await read();
    await flush();
    await client.auth.forgetToken();
    renewal.reject(new TypeError('fetch failed'));
    await flush();
    expect(warn).not.toHaveBeenCalledWith('the token could not be renewed ahead of its end', expect.anything());
    await read();
    expect(iam).toHaveLength(3);
  });

  it('may fail without harm to the next login', async () => {
    const login = deferred<Response>();
    const { client, read } = connect({
      login: (_request, count) => (count === 1 ? login.promise : livingToken('token-2', dayMs)),
    });
    const early = rejectionOf(read());
    await flush();
    await client.auth.forgetToken();
    const late = read();
    login.resolve(keystoneRefusal(500));
    expect(await early).toMatchObject({ name: 'ServerError' });
    await late;
  });
});
