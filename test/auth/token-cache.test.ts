import { describe, expect, it, vi } from 'vitest';
import { failWith } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { connect, dayMs, deferred, keystoneRefusal, livingToken, reasonOf, settle, tokensOf } from './support.js';

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
  it('comes from memory as long as its end is far', async () => {
    const { iam, read, sms } = connect();
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs - 1);
    await read();
    await settle();
    expect(iam).toHaveLength(1);
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1']);
  });

  it('is renewed behind its callers in its last 10 minutes', async () => {
    const { finish, iam, read, sms } = connectWithHeldRenewal(dayMs);
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await Promise.all([read(), read(), read()]);
    expect(iam).toHaveLength(2);
    finish();
    await settle();
    await read();
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-1', 'token-1', 'token-2']);
    expect(iam).toHaveLength(2);
  });

  it('makes its callers wait for the next one in its last 30 seconds', async () => {
    const { finish, iam, read, sms } = connectWithHeldRenewal(dayMs);
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 30_000);
    const calls = [read(), read()];
    await settle();
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
    'of $lifeMs ms is renewed behind from $refreshMs ms before its end, and waited for from $waitMs ms',
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
        await settle();
        expect([iam.length, sms.length], `${leftMs} ms before the end`).toEqual([logins, waits ? 1 : 2]);
        finish();
        await call;
      }
    },
  );

  it('lives from the moment it was asked for, not from the moment it came', async () => {
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
    'lives as long when the local clock says %s and jumps',
    async (date) => {
      vi.setSystemTime(new Date(date));
      const { iam, read } = connect();
      await read();
      vi.setSystemTime(new Date('2035-06-01'));
      await read();
      await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs - 1);
      vi.setSystemTime(new Date('1985-06-01'));
      await read();
      expect(iam).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      await read();
      await settle();
      expect(iam).toHaveLength(2);
    },
  );
});

describe('a renewal behind the callers', () => {
  /** Reads every second, and answers after how many seconds IAM was asked. */
  async function readEverySecond(connection: ReturnType<typeof connect>, seconds: number): Promise<number[]> {
    const times: number[] = [];
    for (let second = 0; second < seconds; second += 1) {
      const before = connection.iam.length;
      await connection.read();
      await settle();
      if (connection.iam.length > before) times.push(second);
      await vi.advanceTimersByTimeAsync(1000);
    }
    return times;
  }

  it('fails in silence and rests 5 s, 10 s, 20 s, 40 s, then 60 s', async () => {
    const connection = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : failWith('ECONNRESET')),
    });
    await connection.read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    expect(await readEverySecond(connection, 200)).toEqual([0, 5, 15, 35, 75, 135, 195]);
  });

  it('counts once, however many callers there were in front of it', async () => {
    const renewal = deferred<Response>();
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : renewal.promise),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * minuteMs);
    await Promise.all([read(), read(), read(), read()]);
    renewal.resolve(keystoneRefusal(500));
    await settle();
    await vi.advanceTimersByTimeAsync(5000);
    await read();
    expect(iam).toHaveLength(3);
  });

  it('rests 5 s again once one has succeeded', async () => {
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

  it('is joined by callers who come in the last 30 seconds', async () => {
    const { finish, iam, read, sms } = connectWithHeldRenewal(dayMs);
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 30_001);
    await read();
    await vi.advanceTimersByTimeAsync(1);
    const call = read();
    await settle();
    expect(iam).toHaveLength(2);
    finish();
    await call;
    expect(tokensOf(sms)).toEqual(['token-1', 'token-1', 'token-2']);
  });
});

describe('a renewal that callers wait for', () => {
  it('leaves the living token in use when it fails, and is an error only after its end', async () => {
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

  it('is an error when the token is forgotten while it runs', async () => {
    const renewal = deferred<Response>();
    const { client, read, sms } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : renewal.promise),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 1000);
    const call = reasonOf(read());
    await settle();
    await client.auth.forgetToken();
    renewal.resolve(keystoneRefusal(503));
    expect(await call).toMatchObject({ name: 'ServerError', service: 'iam' });
    expect(sms).toHaveLength(1);
  });

  it('is an error when the token dies while it runs', async () => {
    const renewal = deferred<Response>();
    const { read } = connect({
      login: (_request, count) => (count === 1 ? livingToken('token-1', dayMs) : renewal.promise),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 1000);
    const call = reasonOf(read());
    await vi.advanceTimersByTimeAsync(1000);
    renewal.resolve(keystoneRefusal(503));
    expect(await call).toMatchObject({ name: 'ServerError', service: 'iam' });
  });

  it.each([
    ['refused with 500', () => keystoneRefusal(500), 'ServerError'],
    ['throttled', () => keystoneRefusal(429), 'RateLimitError'],
    ['cut', () => failWith('ECONNRESET'), 'NetworkError'],
    ['answered without a token', () => Response.json({ token: {} }, { status: 201 }), 'ResponseFormatError'],
  ])('is never cached when it was %s: the next call asks again', async (_what, fail, name) => {
    const { iam, read } = connect({
      login: (_request, count) => (count === 1 ? fail() : livingToken('token-2', dayMs)),
    });
    await expect(read()).rejects.toMatchObject({ name });
    await read();
    expect(iam).toHaveLength(2);
  });
});
