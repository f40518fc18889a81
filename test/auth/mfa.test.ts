import { inspect } from 'node:util';
import { createSimulator } from '@org/sms-client/testing';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { failWith, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';
import { connect, dayMs, deferred, flush, keystoneRefusal, livingToken, readFixture } from './support.js';

useFakeTime();

const account = { username: 'IAMUser', password: 'IAMPassword', domainName: 'IAMDomain' };
const userId = '7116d09f88fa41908676fdd4b039e...';
const withCode = (passcode: string | (() => Promise<string>)) => ({ ...account, mfa: { userId, passcode } });
const codeOf = ({ body = '{}' }: SentRequest) => JSON.parse(body).auth.identity.totp?.user.passcode;

describe('a login with a passcode', () => {
  it('is the official one', async () => {
    const { iam, read } = connect({ credentials: withCode('******') });
    await read();
    expect(JSON.parse(iam[0]?.body ?? '')).toEqual(readFixture('iam.create-token.mfa.request.json'));
  });

  it('is accepted by the simulator for a user with a second factor', async () => {
    const simulator = createSimulator({ accounts: [{ ...account, userId, mfaPasscode: '123456' }] });
    const login = (credentials: Parameters<typeof withCode>[0] | undefined) =>
      makeClient(simulator, { credentials: credentials === undefined ? account : withCode(credentials) }).auth.login();
    expect((await login('123456')).user.id).toBe(userId);
    await expect(login('654321')).rejects.toMatchObject({ name: 'AuthenticationError' });
    await expect(login(undefined)).rejects.toMatchObject({ name: 'AuthenticationError' });
  });

  it('that is refused says that a passcode can be used only once', async () => {
    const { read } = connect({ credentials: withCode('123456'), login: () => keystoneRefusal(401) });
    expect(await rejectionOf(read())).toMatchObject({
      name: 'AuthenticationError',
      hint: expect.stringContaining('passcode'),
    });
  });

  it('is not repeated when its response is lost, because the passcode may have been used', async () => {
    const { iam, read } = connect({ credentials: withCode('1'), maxRetries: 3, login: () => failWith('ECONNRESET') });
    expect(await rejectionOf(read())).toMatchObject({ name: 'NetworkError' });
    expect(iam).toHaveLength(1);
  });

  it('shows the passcode nowhere, not even when IAM quotes it', async () => {
    const { client, read } = connect({
      credentials: withCode('S3cr3t-code'),
      login: ({ body }) => keystoneRefusal(400, `Bad request: ${body}`),
    });
    const error = await rejectionOf(read());
    expect(error.message).toContain('***');
    expect(inspect([error, client], { depth: 12, showHidden: true, getters: true })).not.toContain('S3cr3t');
  });
});

describe('a passcode from a function', () => {
  it('is requested at each login, and not in between', async () => {
    const codes = ['111111', '222222'];
    const passcode = vi.fn(async () => codes.shift() ?? '');
    const { iam, read } = connect({ credentials: withCode(passcode) });
    expect(passcode).not.toHaveBeenCalled();
    await read();
    await read();
    await vi.advanceTimersByTimeAsync(dayMs);
    await read();
    expect(iam.map(codeOf)).toEqual(['111111', '222222']);
  });

  it('is not requested while a refused login is held back, although each passcode is new', async () => {
    let count = 0;
    const passcode = vi.fn(async () => `code-${++count}`);
    const { iam, read } = connect({ credentials: withCode(passcode), login: () => keystoneRefusal(401) });
    for (let call = 0; call < 3; call += 1) await rejectionOf(read());
    expect([iam.length, passcode.mock.calls.length]).toEqual([1, 1]);
  });

  it('that fails becomes cause.error of the error, is not printed, and is called again', async () => {
    const reason = new Error('nobody at the keyboard: 111111');
    const passcode = vi.fn(() => Promise.reject(reason));
    const { iam, read } = connect({ credentials: withCode(passcode) });
    for (const error of [await rejectionOf(read()), await rejectionOf(read())]) {
      expect(error).toMatchObject({ name: 'ConfigurationError', cause: { error: reason } });
      expect(error.message).toContain('credentials.mfa.passcode() failed');
      expect(inspect(error)).not.toContain('111111');
    }
    expect([iam.length, passcode.mock.calls.length]).toEqual([0, 2]);
  });

  it.each([
    ['an empty text', ''],
    ['a number', 123456],
    ['nothing', undefined],
    ['a code with a line break at its end', '123456\n'],
    ['two codes', '123456 654321'],
  ])('is a ConfigurationError without the value when it is %s', async (_what, value) => {
    const { iam, read } = connect({ credentials: withCode(async () => value as string) });
    const error = await rejectionOf(read());
    expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining('mfa.passcode()') });
    expect(error.message).not.toContain('123456');
    expect(iam).toEqual([]);
  });
});

describe('a passcode that a person types', () => {
  it('is used for the next login when no call waits for the first any more, with one prompt at a time', async () => {
    const questions: ReturnType<typeof deferred<string>>[] = [];
    const passcode = () => {
      const question = deferred<string>();
      questions.push(question);
      return question.promise;
    };
    const { client, iam, read } = connect({ credentials: withCode(passcode) });
    const impatient = rejectionOf(client.tasks.get('task-1', { totalTimeoutMs: 100 }));
    await vi.advanceTimersByTimeAsync(100);
    expect(await impatient).toMatchObject({ name: 'TimeoutError' });
    const calls = [read(), read()];
    await flush();
    expect(questions).toHaveLength(1);
    questions[0]?.resolve('111111');
    await Promise.all(calls);
    expect(iam.map(codeOf)).toEqual(['111111']);
  });

  it('belongs to one login, also when forgetToken begins another one beside it', async () => {
    const questions: ReturnType<typeof deferred<string>>[] = [];
    const passcode = () => {
      const question = deferred<string>();
      questions.push(question);
      return question.promise;
    };
    const { client, iam, read } = connect({ credentials: withCode(passcode) });
    const calls = [read()];
    await flush();
    await client.auth.forgetToken();
    calls.push(read());
    await flush();
    expect(questions).toHaveLength(1);
    questions[0]?.resolve('111111');
    await flush();
    questions[1]?.resolve('222222');
    await Promise.all(calls);
    expect(iam.map(codeOf)).toEqual(['111111', '222222']);
  });
});

describe('a plain passcode', () => {
  it('serves one login: the next is a ConfigurationError that says so, and nothing is sent', async () => {
    const { client, iam, read } = connect({ credentials: withCode('123456') });
    await read();
    const error = await rejectionOf(client.auth.login());
    expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining('pass a function') });
    expect(error.message).not.toContain('123456');
    expect(await read()).toMatchObject({ state: 'RUNNING' });
    expect(iam).toHaveLength(1);
  });

  it('does not shorten the life of the token', async () => {
    const { iam, read } = connect({ credentials: withCode('123456'), login: () => livingToken('token', dayMs) });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 1000);
    await read();
    await flush();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await rejectionOf(read())).toMatchObject({ name: 'ConfigurationError' });
    expect(iam).toHaveLength(1);
  });

  it('that a function returns again and again is sent once', async () => {
    const { iam, read } = connect({ credentials: async () => withCode('123456') });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs);
    expect(await rejectionOf(read())).toMatchObject({ name: 'ConfigurationError' });
    expect(iam).toHaveLength(1);
  });

  it('may differ each time when a function returns the credentials', async () => {
    let count = 0;
    const { iam, read } = connect({
      credentials: async () => withCode(`code-${++count}`),
      respond: () => taskResponse('READY'),
    });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs);
    await read();
    expect(iam.map(codeOf)).toEqual(['code-1', 'code-2']);
  });
});
