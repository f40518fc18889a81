import { describe, expect, it, vi } from 'vitest';
import { SessionAuthenticator } from '../../src/auth/session-authenticator.js';
import { TokenCache } from '../../src/auth/token-cache.js';
import { rejectionOf } from '../support/fake-client.js';
import { failWith, loginResponse } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { account } from '../support/make-client.js';
import { connect, dayMs, deferred, flush, keystoneRefusal, livingToken, tokensOf } from './support.js';

const minuteMs = 60_000;

useFakeTime();

/** A client whose logins after the first one wait to be let through, each token with the given life. */
function connectWithHeldRenewal(lifeMs: number) {
  const renewal = deferred<Response>();
  const connection = connect({
    login: (_request, count) => (count === 1 ? livingToken('token-1', lifeMs) : renewal.promise),
  });
  return { ...connection, finish: () => renewal.resolve(livingToken('token-2', lifeMs)) };
}

describe('a token', () => {
  it('comes from memory until its last 10 minutes', async () => {
    const { iam, read, sms } = connect();
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs - 1);
    await read();
    await flush();
    expect(iam).toHaveLength(1);
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
  });

  it('that is in memory costs no promise, and neither do access keys', async () => {
    const gets = vi.spyOn(TokenCache.prototype, 'get');
    const authorises = vi.spyOn(SessionAuthenticator.prototype, 'authorize');
    for (const credentials of [account, { accessKeyId: 'AK', secretAccessKey: 'SK-of-an-example' }]) {
      const { read } = connect({ credentials });
      await read();
      expect([gets, authorises].map(({ mock }) => mock.results.at(-1)?.value)).toEqual([
        expect.any(Promise),
        expect.any(Promise),
      ]);
      await read();
      expect(gets.mock.results.at(-1)?.value).toMatchObject({ value: expect.any(String) });
      expect(authorises.mock.results.at(-1)?.value).toMatchObject({ headers: expect.any(Object) });
    }
  });

  it('is renewed in the background in its last 10 minutes', async () => {
    const { finish, iam, read, sms } = connectWithHeldRenewal(dayMs);
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await Promise.all([read(), read(), read()]);
    expect(iam).toHaveLength(2);
    finish();
    await flush();
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-1', 'token-1', 'token-2']);
    expect(iam).toHaveLength(2);
  });

  it('makes its callers wait for the next one in its last 30 seconds', async () => {
    const { finish, iam, read, sms } = connectWithHeldRenewal(dayMs);
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 30_000);
    const calls = [read(), read()];
    await flush();
    expect(iam).toHaveLength(2);
    expect(sms).toHaveLength(1);
    finish();
    await Promise.all(calls);
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2', 'token-2']);
  });

  const second = 1000;
  it.each([
    { lifeMs: dayMs, refreshMs: 600 * second, waitMs: 30 * second },
    { lifeMs: 6000 * second, refreshMs: 600 * second, waitMs: 30 * second },
    { lifeMs: 2000 * second, refreshMs: 200 * second, waitMs: 30 * second },
    { lifeMs: 1500 * second, refreshMs: 150 * second, waitMs: 30 * second },
    { lifeMs: 1000 * second, refreshMs: 100 * second, waitMs: 20 * second },
    { lifeMs: 100 * second, refreshMs: 10 * second, waitMs: 2 * second },
    { lifeMs: 4 * second, refreshMs: 400, waitMs: 80 },
  ])(
    'of $lifeMs ms is renewed in the background $refreshMs ms before its end, and waited for from $waitMs ms',
    async (life) => {
      const { lifeMs, refreshMs, waitMs } = life;
      for (const [leftMs, logins, waits] of [
        [refreshMs + 1, 1, false],
        [refreshMs, 2, false],
        [waitMs + 1, 2, false],
        [waitMs, 2, true],
      ] as const) {
        const { finish, iam, read, sms } = connectWithHeldRenewal(lifeMs);
        await read();
        await vi.advanceTimersByTimeAsync(lifeMs - leftMs);
        const call = read();
        await flush();
        expect([iam.length, sms.length], `${leftMs} ms before the end`).toEqual([logins, waits ? 1 : 2]);
        finish();
        await call;
      }
    },
  );

  it('lives from the moment it was requested, not from the moment it arrived', async () => {
    const login = deferred<Response>();
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? login.promise : livingToken('token-2', 1_000_000)),
    });
    const first = read();
    await vi.advanceTimersByTimeAsync(20_000);
    login.resolve(livingToken('token-1', 1_000_000));
    await first;
    await vi.advanceTimersByTimeAsync(880_000 - 1);
    await read();
    expect(iam).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await read();
    expect(iam).toHaveLength(2);
  });

  it.each(['1999-01-01', '2026-01-01', '2050-01-01'])(
    'lives as long when the local clock says %s and is set back',
    async (date) => {
      vi.setSystemTime(new Date(date));
      const { iam, read } = connect();
      await read();
      vi.setSystemTime(new Date('1985-06-01'));
      await read();
      await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs - 1);
      await read();
      expect(iam).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      await read();
      await flush();
      expect(iam).toHaveLength(2);
    },
  );

  it('is not used when the machine slept past its expiry while the monotonic clock stood still', async () => {
    const { client, iam, read, sms } = connect();
    await read();
    vi.setSystemTime(Date.now() + dayMs);
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-2']);
    vi.setSystemTime(Date.now() + dayMs);
    expect((await client.auth.getToken()).value).toBe('token-3');
    expect(iam).toHaveLength(3);
  });

  it('that lives for seconds, with whole seconds in its dates, expires a second before they say', async () => {
    const stamps = { issued: '2026-01-01T00:00:00Z', expires: '2026-01-01T00:00:05Z' };
    const { iam, read, sms } = connect({ login: (_request, count) => loginResponse(`token-${count}`, stamps) });
    await read();
    await vi.advanceTimersByTimeAsync(3_599);
    await read();
    expect(iam).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(401);
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-2']);
  });

  it('that lives for one second is used for half of it', async () => {
    const stamps = { issued: '2026-01-01T00:00:00Z', expires: '2026-01-01T00:00:01Z' };
    const { read, sms } = connect({ login: (_request, count) => loginResponse(`token-${count}`, stamps) });
    await read();
    await read();
    await vi.advanceTimersByTimeAsync(500);
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-2']);
  });
});

describe('a background renewal', () => {
  /** Reads every second, and returns the seconds at which IAM got a request. */
  async function readEverySecond(connection: ReturnType<typeof connect>, seconds: number): Promise<number[]> {
    const times: number[] = [];
    for (let second = 0; second < seconds; second += 1) {
      const before = connection.iam.length;
      await connection.read();
      await flush();
      if (connection.iam.length > before) times.push(second);
      await vi.advanceTimersByTimeAsync(1000);
    }
    return times;
  }

  it('fails silently and pauses 5 s, 10 s, 20 s, 40 s, then 60 s', async () => {
    const [warn, error, onFailure] = [vi.fn(), vi.fn(), vi.fn()];
    const ignore = () => undefined;
    const connection = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : failWith('ECONNRESET')),
      logger: { debug: ignore, info: ignore, warn, error },
      onFailure,
    });
    await connection.read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    expect(await readEverySecond(connection, 200)).toEqual([0, 5, 15, 35, 75, 135, 195]);
    expect(warn).toHaveBeenCalledTimes(7);
    expect(warn).toHaveBeenLastCalledWith('the token could not be renewed ahead of its end', {
      reason: expect.stringContaining('ECONNRESET'),
      restMs: 60_000,
    });
    // No call has failed.
    expect([error.mock.calls, onFailure.mock.calls]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    await rejectionOf(connection.read());
    expect(onFailure.mock.calls.map(([{ operation }]) => operation)).toEqual(['CreateToken', 'ShowTask']);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('that hangs is ended by timeoutMs, and keeps nothing alive', async () => {
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : new Promise<never>(() => undefined)),
      timeoutMs: 4_000,
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await read();
    await flush();
    await vi.advanceTimersByTimeAsync(3_999);
    expect(iam[1]?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(iam[1]?.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts once, however many callers there are', async () => {
    const renewal = deferred<Response>();
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : renewal.promise),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await Promise.all([read(), read(), read(), read()]);
    renewal.resolve(keystoneRefusal(500));
    await flush();
    await vi.advanceTimersByTimeAsync(5000);
    await read();
    expect(iam).toHaveLength(3);
  });

  it('pauses 5 s again after a success', async () => {
    const connection = connect({
      login: (_request, count) => ([1, 4].includes(count) ? livingToken('token', dayMs) : keystoneRefusal(500)),
    });
    for (const times of [
      [0, 5, 15],
      [0, 5, 15],
    ]) {
      await connection.read();
      await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
      expect(await readEverySecond(connection, 16)).toEqual(times);
    }
  });

  it('is joined by callers in the last 30 seconds', async () => {
    const { finish, iam, read, sms } = connectWithHeldRenewal(dayMs);
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 30_001);
    await read();
    await vi.advanceTimersByTimeAsync(1);
    const call = read();
    await flush();
    expect(iam).toHaveLength(2);
    finish();
    await call;
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-2']);
  });
});

describe('a renewal that callers wait for', () => {
  it('leaves the valid token in use when it fails, and throws only after its expiry', async () => {
    const { read, sms } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : keystoneRefusal(500)),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 1);
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
    await vi.advanceTimersByTimeAsync(1);
    await expect(read()).rejects.toMatchObject({ name: 'ServerError', service: 'iam' });
    expect(sms).toHaveLength(2);
  });

  it('throws when the token is forgotten while it runs', async () => {
    const renewal = deferred<Response>();
    const { client, read, sms } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : renewal.promise),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 1000);
    const call = rejectionOf(read());
    await flush();
    await client.auth.forgetToken();
    renewal.resolve(keystoneRefusal(503));
    expect(await call).toMatchObject({ name: 'ServerError', service: 'iam' });
    expect(sms).toHaveLength(1);
  });

  it('throws when the token expires before it fails', async () => {
    const renewal = deferred<Response>();
    const { read } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : renewal.promise),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs);
    const call = rejectionOf(read());
    await flush();
    renewal.resolve(keystoneRefusal(503));
    expect(await call).toMatchObject({ name: 'ServerError', service: 'iam' });
  });

  it.each([
    { leftMs: 29_000, totalTimeoutMs: 120_000, waitedMs: 5_800 },
    { leftMs: 29_000, totalTimeoutMs: 10_000, waitedMs: 2_000 },
  ])(
    'while it hangs is waited for $waitedMs ms when the token has $leftMs ms and the call $totalTimeoutMs ms left',
    async ({ leftMs, totalTimeoutMs, waitedMs }) => {
      const { client, read, sms } = connect({
        login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : new Promise<never>(() => undefined)),
      });
      await read();
      await vi.advanceTimersByTimeAsync(dayMs - leftMs);
      const call = client.tasks.get('task-1', { totalTimeoutMs });
      await vi.advanceTimersByTimeAsync(waitedMs - 1);
      expect(sms).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      await call;
      expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
      // No caller waits for the same renewal twice.
      await client.tasks.get('task-1', { totalTimeoutMs });
    },
  );

  it('that pauses after a failure lets calls go on with the valid token', async () => {
    const { iam, read, sms } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : keystoneRefusal(500)),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 20_000);
    await Promise.all([read(), read()]);
    await read();
    expect(iam).toHaveLength(2);
    expect(sms).toHaveLength(4);
  });

  it.each([
    ['refused with 500', () => keystoneRefusal(500), 'ServerError'],
    ['throttled', () => keystoneRefusal(429), 'RateLimitError'],
    ['cut', () => failWith('ECONNRESET'), 'NetworkError'],
    ['a response without a token', () => Response.json({ token: {} }, { status: 201 }), 'ResponseFormatError'],
  ])('is never cached when it was %s: the next call logs in again', async (_what, fail, name) => {
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? fail() : livingToken('token-2', dayMs)),
    });
    await expect(read()).rejects.toMatchObject({ name });
    await read();
    expect(iam).toHaveLength(2);
  });
});
