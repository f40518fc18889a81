import { inspect } from 'node:util';
import type { AccessKeyCredentials, ClientOptions } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';
import { connect, dayMs, flush } from './support.js';

useFakeTime();

const key = { accessKeyId: 'AccessKey', secretAccessKey: 'S3cr3tKey' };
const temporary = { accessKeyId: 'Temporary', secretAccessKey: 'S3cr3tTemporary', securityToken: 'S3cr3tToken' };
const hourMs = 60 * 60_000;

const keyOf = ({ headers }: SentRequest) => /Access=([^,]+)/.exec(headers.get('authorization') ?? '')?.[1];
const dateOf = ({ headers }: SentRequest) => headers.get('x-sdk-date');
const httpDate = (time: number) => ({ date: new Date(time).toUTCString() });
const refused = (time: number | string) =>
  refusal(401, 'APIGW.0301', typeof time === 'string' ? { date: time } : httpDate(time));

/** A simulator whose clock is so far ahead, with a user who has keys. */
function simulate(credentials: ClientOptions['credentials'], aheadMs: () => number = () => 0) {
  const simulator = createSimulator({
    now: () => Date.now() + aheadMs(),
    accounts: [
      {
        username: 'n',
        password: 'p',
        domainName: 'd',
        accessKeys: [key, temporary],
        projects: [{ id: 'i', name: 'n' }],
      },
    ],
  });
  return { simulator, sms: makeClient(simulator, { credentials, maxRetries: 0 }), id: simulator.addTask() };
}

describe('an access key', () => {
  it.each([
    ['permanent', key],
    ['temporary', temporary],
    ['with a project', { ...key, projectId: 'project' }],
    ['with a domain', { ...temporary, domainId: 'domain' }],
  ])('signs every request so that the service accepts it, without a login: %s', async (_what, credentials) => {
    const { id, simulator, sms } = simulate(credentials);
    await sms.tasks.get(id);
    await sms.tasks.list({ limit: 5, name: "a b/ü+!'()*~" });
    await sms.tasks.start(id);
    await sms.templates
      .create({ template: { name: '密码', is_template: 'true', region: 'r', projectid: 'p' } } as never)
      .catch(() => undefined);
    expect(simulator.requests.map(({ operation }) => operation)).not.toContain('CreateToken');
    expect(simulator.requests.filter(({ status }) => status === 401)).toEqual([]);
    for (const { headers } of simulator.requests) expect(headers).not.toHaveProperty('x-auth-token');
  });

  it('is refused when its secret, its id or its security token is wrong, after one sending', async () => {
    for (const wrong of [
      { ...key, secretAccessKey: 'other' },
      { ...key, accessKeyId: 'other' },
      { ...key, securityToken: 'other' },
      { ...temporary, securityToken: 'other' },
    ]) {
      const { id, simulator, sms } = simulate(wrong);
      await expect(sms.tasks.get(id)).rejects.toMatchObject({ name: 'AuthenticationError', code: 'APIGW.0301' });
      expect(simulator.requests).toHaveLength(1);
    }
  });

  it('signs listProjects, and verifyToken needs no signature', async () => {
    const { simulator, sms } = simulate(key);
    expect(await sms.auth.listProjects()).toMatchObject([{ id: 'i' }]);
    expect(await sms.auth.verifyToken('unknown')).toBeNull();
    expect(simulator.requests.map(({ headers }) => 'authorization' in headers)).toEqual([true, false]);
  });

  it.each<[string, ClientOptions['credentials']]>([
    ['given', key],
    ['returned by a function', async () => key],
  ])('has no token: login and getToken are ConfigurationErrors that say so (%s)', async (_how, credentials) => {
    const { client, iam, sms } = connect({ credentials });
    for (const call of [client.auth.login(), client.auth.getToken()].map(rejectionOf)) {
      expect(await call).toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringMatching(/sign.*no token/),
      });
    }
    expect([...iam, ...sms]).toEqual([]);
  });

  it('signs each attempt anew, with the date of that attempt', async () => {
    const onRetry = vi.fn();
    const { read, sms } = connect({
      credentials: key,
      maxRetries: 1,
      onRetry,
      respond: (_request, count) =>
        count === 1 ? refusal(503, 'SMS.0001', { 'retry-after': '7' }) : taskResponse('READY'),
    });
    const call = read();
    // Web Crypto works aside from all timers.
    while (onRetry.mock.calls.length === 0) await flush();
    await vi.advanceTimersByTimeAsync(10_000);
    await call;
    expect(sms.map(dateOf)).toEqual(['20231114T221320Z', expect.stringMatching(/^20231114T2213(27|30)Z$/)]);
    expect(new Set(sms.map(({ headers }) => headers.get('authorization'))).size).toBe(2);
  });

  it('is in no error, log or print, and neither is the signature when the service quotes it', async () => {
    const seen: unknown[] = [];
    const log = (...entry: unknown[]) => void seen.push(entry);
    const { client, read } = connect({
      credentials: temporary,
      logger: { debug: log, info: log, warn: log, error: log },
      onResponse: log,
      respond: ({ headers }) =>
        Response.json(
          { error_code: 'APIGW.0301', error_msg: `${[...headers.values()].join(' ')} ${temporary.secretAccessKey}` },
          { status: 401, headers: { 'x-request-id': headers.get('x-security-token') ?? '' } },
        ),
    });
    const error = await rejectionOf(read());
    expect(error.message).toContain('***');
    const printed = inspect([error, client, seen], { depth: 12, showHidden: true, getters: true });
    expect(printed + JSON.stringify([error, client, seen])).not.toMatch(/S3cr3t|Signature=/);
  });
});

describe('a signature', () => {
  it('is not printed either when a gateway quotes it alone', async () => {
    const seen: unknown[] = [];
    const log = (...entry: unknown[]) => void seen.push(entry);
    let signature = '';
    const { read } = connect({
      credentials: key,
      logger: { debug: log, info: log, warn: log, error: log },
      respond: ({ headers }) => {
        signature = /Signature=(\w+)/.exec(headers.get('authorization') ?? '')?.[1] ?? '';
        return Response.json({ error_code: 'APIGW.0301', error_msg: `sign ${signature} is wrong` }, { status: 401 });
      },
    });
    const error = await rejectionOf(read());
    expect(signature).toHaveLength(64);
    expect(error.message).toContain('sign *** is wrong');
    expect(inspect([error, seen]) + JSON.stringify([error, seen])).not.toContain(signature);
  });
});

describe('a wrong local clock', () => {
  it.each([
    ['behind', dayMs],
    ['ahead', -16 * 60_000],
  ])(
    'is corrected from the refusal, and the request is sent once more, even without retries (%s)',
    async (_where, aheadMs) => {
      const { id, simulator, sms } = simulate(key, () => aheadMs);
      await sms.tasks.get(id);
      expect(simulator.requests.map(({ status }) => status)).toEqual([401, 200]);
      await sms.tasks.get(id);
      await sms.auth.listProjects();
      expect(simulator.requests.map(({ status }) => status)).toEqual([401, 200, 200, 200]);
    },
  );

  it('costs each call in flight one repetition, and later calls none', async () => {
    const { id, simulator, sms } = simulate(key, () => hourMs);
    await Promise.all(Array.from({ length: 50 }, () => sms.tasks.get(id)));
    await sms.tasks.get(id);
    const statuses = simulator.requests.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(51);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(50);
  });

  it('is logged', async () => {
    const warnings: string[] = [];
    const ignore = () => undefined;
    const logger = { debug: ignore, info: ignore, error: ignore, warn: (text: string) => void warnings.push(text) };
    const { read } = connect({
      credentials: key,
      logger,
      respond: (_request, count) => (count === 1 ? refused(Date.now() + hourMs) : taskResponse('READY')),
    });
    await read();
    expect(warnings).toEqual([expect.stringContaining('clock'), 'ShowTask is tried again']);
  });

  it('that is set right later is corrected again', async () => {
    let aheadMs = hourMs;
    const { id, simulator, sms } = simulate(key, () => aheadMs);
    await sms.tasks.get(id);
    aheadMs = 0;
    await sms.tasks.get(id);
    expect(simulator.requests.map(({ status }) => status)).toEqual([401, 200, 401, 200]);
  });

  it('is corrected once per call: a second refusal is final', async () => {
    const { read, sms } = connect({
      credentials: key,
      respond: (_request, count) => refused(Date.now() + count * hourMs),
    });
    await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(sms).toHaveLength(2);
  });

  it.each([
    ['a minute away', 60_000, 1],
    ['more than a minute away', 61_000, 2],
    ['a minute behind', -60_000, 1],
    ['more than a minute behind', -61_000, 2],
  ])('is noticed when the service is %s', async (_what, aheadMs, sendings) => {
    // Both dates are counted in seconds.
    vi.setSystemTime(1_700_000_000_000);
    const { read, sms } = connect({ credentials: key, respond: () => refused(Date.now() + aheadMs) });
    await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(sms).toHaveLength(sendings);
  });

  it.each(['', 'yesterday', 'NaN'])('is not read from an invalid date: %j', async (date) => {
    const { read, sms } = connect({ credentials: key, respond: () => refused(date) });
    await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(sms).toHaveLength(1);
  });

  it('is no reason to send a refused token again', async () => {
    const { read, sms } = connect({ credentials: { token: 'given' }, respond: () => refused(Date.now() + hourMs) });
    await expect(read()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(sms).toHaveLength(1);
  });
});

describe('a provider of access keys', () => {
  it('is called once while the key is valid, and again in the background before the key expires', async () => {
    let count = 0;
    const credentials = vi.fn(
      async (): Promise<AccessKeyCredentials> => ({
        ...key,
        accessKeyId: `key-${++count}`,
        expiresAt: new Date(Date.now() + hourMs),
      }),
    );
    const { read, sms } = connect({ credentials });
    await Promise.all([read(), read()]);
    await vi.advanceTimersByTimeAsync(hourMs - 6 * 60_000);
    await read();
    await flush();
    await read();
    expect(sms.map(keyOf)).toEqual(['key-1', 'key-1', 'key-1', 'key-2']);
    expect(credentials).toHaveBeenCalledTimes(2);
  });

  it('is called again when its key is refused', async () => {
    const given = [{ ...key, accessKeyId: 'stale' }, key];
    const credentials = vi.fn(async () => given.shift() ?? key);
    const { read, sms } = connect({
      credentials,
      respond: (request) => (keyOf(request) === 'stale' ? refused(Date.now()) : taskResponse('READY')),
    });
    await read();
    expect(sms.map(keyOf)).toEqual(['stale', 'AccessKey']);
  });

  it('measures the life of a key by the clock of the service', async () => {
    // The local clock is two hours ahead: by it, the key is dead on arrival.
    let asked = 0;
    const credentials = vi.fn(async (): Promise<AccessKeyCredentials> => {
      asked += 1;
      return { ...key, accessKeyId: `key-${asked}`, expiresAt: new Date(Date.now() - 2 * hourMs + hourMs) };
    });
    const { read } = connect({
      credentials,
      respond: (_request, count) => (count === 1 ? refused(Date.now() - 2 * hourMs) : taskResponse('READY')),
    });
    await read();
    await read();
    const before = asked;
    await read();
    expect(asked).toBe(before);
  });

  it('may switch to a password and back', async () => {
    const account = { username: 'n', password: 'p', domainName: 'd' };
    const given = [{ ...key, expiresAt: new Date(Date.now() + hourMs) }, account, key];
    const { iam, read, sms } = connect({ credentials: async () => given.shift() ?? key });
    for (let turn = 0; turn < 3; turn += 1) {
      await read();
      await vi.advanceTimersByTimeAsync(2 * dayMs);
    }
    expect(sms.map((request) => keyOf(request) ?? request.headers.get('x-auth-token'))).toEqual([
      'AccessKey',
      'token-1',
      'AccessKey',
    ]);
    expect(iam).toHaveLength(1);
  });
});

describe('a provider of tokens', () => {
  it('is called once more by getToken when IAM says that the token is dead', async () => {
    const details = { issued_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-02T00:00:00Z' };
    const given = ['dead', 'alive'];
    const credentials = vi.fn(async () => ({ token: given.shift() ?? 'dead' }));
    const { client } = connect({
      credentials,
      respond: ({ headers }) =>
        headers.get('x-subject-token') === 'alive' ? Response.json({ token: details }) : refusal(404, 'IAM.0004'),
    });
    expect((await client.auth.getToken()).value).toBe('alive');
    expect(credentials).toHaveBeenCalledTimes(2);
  });

  it('that has only dead tokens makes getToken throw an AuthenticationError', async () => {
    const credentials = vi.fn(async () => ({ token: 'dead' }));
    const { client } = connect({ credentials, respond: () => refusal(404, 'IAM.0004') });
    await expect(client.auth.getToken()).rejects.toMatchObject({ name: 'AuthenticationError', service: 'iam' });
    expect(credentials).toHaveBeenCalledTimes(2);
    await expect(client.auth.getToken()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(credentials).toHaveBeenCalledTimes(2);
  });

  it('is called at most twice by getToken, even when SMS still accepts a token that IAM calls dead', async () => {
    let count = 0;
    const credentials = vi.fn(async () => ({ token: `dead-${++count}` }));
    const { client, read } = connect({
      credentials,
      respond: async ({ url }) => {
        if (url.pathname !== '/v3/auth/tokens') return taskResponse('READY');
        await read();
        return refusal(404, 'IAM.0004');
      },
    });
    await expect(client.auth.getToken()).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect(credentials).toHaveBeenCalledTimes(2);
  });
});
