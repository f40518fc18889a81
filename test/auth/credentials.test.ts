import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import type { Credentials, CredentialsProvider } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { useFakeTime } from '../support/fake-time.js';
import { account } from '../support/make-client.js';
import { connect, dayMs, deferred, flush, livingToken, tokensOf } from './support.js';

useFakeTime();

const secret = 'S3cr3t-value';
const key = { accessKeyId: 'AccessKey', secretAccessKey: secret };
const agency = { agencyName: 'a', domainName: 'd' };
const wrong: readonly (readonly [string, unknown, string])[] = [
  ['nothing', undefined, 'expected { username'],
  ['null', null, 'expected { username'],
  ['a text', secret, 'expected { username'],
  ['an array', [secret], 'expected { username'],
  ['a function', () => secret, 'expected { username'],
  ['an empty object', {}, 'expected { username'],
  ['unknown fields alone', { apiKey: secret }, 'expected { username'],
  ['an access key without its secret', { accessKeyId: secret }, '.secretAccessKey: expected'],
  ['a secret key alone', { secretAccessKey: secret }, '.accessKeyId: expected'],
  ['a secret key with a blank', { accessKeyId: 'a', secretAccessKey: `${secret} ` }, '.secretAccessKey: expected'],
  ['a security token with a line break', { ...key, securityToken: `${secret}\r\nx: 1` }, '.securityToken: expected'],
  [
    'a password with a line break at its end',
    { ...account, password: `${secret}\n` },
    '.password: expected a text without',
  ],
  ['a password with a blank at its beginning', { ...account, password: ` ${secret}` }, '.password: expected'],
  ['a user name that ends in a zero-width space', { ...account, username: `${secret}\u200b` }, '.username: expected'],
  ['a domain that begins with a mark of order', { ...account, domainName: `\ufeff${secret}` }, '.domainName: expected'],
  ['a user name with a carriage return', { ...account, username: `${secret}\r` }, '.username: expected'],
  ['a domain with a control character', { ...account, domainName: `${secret}\u0085x` }, '.domainName: expected'],
  ['a project with a blank at its end', { ...account, projectName: `${secret} ` }, '.projectName: expected'],
  ['an agency with a tab', { ...agency, agencyName: `${secret}\tx`, source: key }, '.agencyName: expected'],
  ['a passcode with a blank', { ...account, mfa: { userId: 'u', passcode: `${secret} 1` } }, '.mfa.passcode: expected'],
  ['an id of a project with a line break', { ...key, projectId: `${secret}\n` }, '.projectId: expected'],
  ['an access key with a field too many', { ...key, token: secret }, '.token: expected no field of this name'],
  ['an end of a key that is no Date', { ...key, expiresAt: secret }, '.expiresAt: expected a valid Date'],
  ['an agency without a source', { agencyName: 'a', domainName: 'd' }, '.source: expected'],
  [
    'an agency without a domain',
    { agencyName: 'a', source: key },
    '.domainName: expected this or a domainId, received nothing',
  ],
  ['a name of an agency alone', { agencyName: 'a' }, '.source: expected'],
  ['a source of an agency alone', { source: key }, '.agencyName: expected'],
  ['a user name alone', { username: 'u' }, '.password: expected'],
  ['a domain alone', { domainName: 'd' }, '.username: expected'],
  ['an agency without a name', { domainName: 'd', source: key }, '.agencyName: expected'],
  ['an agency with a wrong source', { ...agency, source: { token: ` ${secret}` } }, '.source.token: expected'],
  ['an agency with a source of no kind', { ...agency, source: { secret } }, '.source: expected { username'],
  ['a second factor without a user', { ...account, mfa: { passcode: secret } }, '.mfa.userId: expected'],
  ['a passcode that is a number', { ...account, mfa: { userId: 'u', passcode: 5 } }, '.mfa.passcode: expected'],
  ['an empty passcode', { ...account, mfa: { userId: 'u', passcode: '' } }, '.mfa.passcode: expected'],
  ['a password alone', { password: secret }, '.username: expected'],
  ['a password that is a number', { ...account, password: 5 }, '.password: expected'],
  ['an empty password', { ...account, password: '' }, '.password: expected a non-empty string'],
  [
    'an id of a user without a scope',
    { userId: 'u', password: secret },
    '.projectId: expected this, a projectName or a domainName, received nothing',
  ],
  ['an id beside a name', { ...account, userId: 'u' }, '.username: expected no field of this name'],
  ['no domain', { username: 'testname', password: secret }, '.domainName: expected'],
  ['an empty user name', { ...account, username: '', password: secret }, '.username: expected'],
  ['an empty project', { ...account, password: secret, projectId: '' }, '.projectId: expected'],
  ['a field too many', { ...account, password: secret, region: 'x' }, '.region: expected no field of this name'],
  ['an empty token', { token: '' }, '.token: expected'],
  ['a token with a line break', { token: `${secret}\n` }, '.token: expected'],
  ['a token with a blank', { token: `${secret} ${secret}` }, '.token: expected'],
  ['a token beyond ASCII', { token: `${secret}é` }, '.token: expected'],
  ['a token that is no text', { token: { secret } }, '.token: expected'],
  ['an end that is no Date', { token: secret, expiresAt: dayMs }, '.expiresAt: expected a valid Date'],
  ['an end that is no valid Date', { token: secret, expiresAt: new Date('') }, '.expiresAt: expected a valid Date'],
];

const join = (text: string) => (text[0] === '.' ? text : `: ${text}`);

/** What the constructor throws. */
function refusalOf(credentials: unknown): unknown {
  try {
    connect({ credentials: credentials as Credentials });
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

describe('credentials that cannot be read', () => {
  it('are refused without what a getter threw', () => {
    const hostile = Object.defineProperty({ ...account }, 'password', {
      enumerable: true,
      get: () => {
        throw new Error(secret);
      },
    });
    const error = refusalOf(hostile);
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/^credentials: expected plain data, received a value that throws when it is read/),
    });
    expect(inspect(error)).not.toContain(secret);
  });

  it('are refused when an agency is its own source', () => {
    const circular: Record<string, unknown> = { ...agency };
    circular.source = circular;
    expect(refusalOf(circular)).toMatchObject({
      name: 'ConfigurationError',
      message: 'credentials: expected an agency with a source, received one within itself',
    });
  });
});

describe('credentials that cannot be used', () => {
  const given = wrong.filter(([, value]) => typeof value !== 'function' && value !== undefined);
  it.each(given)('are refused by the constructor, without any value: %s', (_what, value, text) => {
    const error = refusalOf(value);
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(`credentials${join(text)}`),
    });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(secret);
  });

  it.each(wrong)(
    'are a ConfigurationError without any value when a function returns them: %s',
    async (_what, value, text) => {
      const { iam, read, sms } = connect({ credentials: async () => value as never });
      const error = await rejectionOf(read());
      expect(error).toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining(`credentials()${join(text)}`),
      });
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(secret);
      expect([...iam, ...sms]).toEqual([]);
    },
  );

  it('report everything that is wrong at once', () => {
    const credentials = { username: 1, password: 2, domainName: 3 } as unknown as Credentials;
    expect(() => connect({ credentials })).toThrow(
      /credentials\.username.*; credentials\.password.*; credentials\.domainName/,
    );
  });
});

describe('given credentials', () => {
  it('may have undefined fields, also of other kinds', async () => {
    const credentials = { ...account, token: undefined, accessKeyId: undefined, mfa: undefined } as Credentials;
    const { iam, read } = connect({ credentials });
    await read();
    expect(iam).toHaveLength(1);
  });

  it('may be an object with inherited fields', async () => {
    const { iam, read } = connect({ credentials: Object.create(account) as Credentials });
    await read();
    expect(iam).toHaveLength(1);
  });

  it('are copied: what happens to the object afterwards has no effect', async () => {
    const credentials = { ...account };
    const { iam, read } = connect({ credentials });
    credentials.password = 'changed';
    await read();
    expect(iam[0]?.body).toContain('"Password"');
  });

  it('that are a token are used without IAM until the token is refused', async () => {
    const { iam, read, sms } = connect({ credentials: { token: 'given', expiresAt: new Date(0) } });
    await read();
    await vi.advanceTimersByTimeAsync(10 * dayMs);
    await read();
    expect(iam).toEqual([]);
    expect(tokensOf(sms)).toEqual(['given', 'given']);
  });
});

describe('a provider', () => {
  it('is not called before the first call of a method, nor again while the token is valid', async () => {
    const credentials = vi.fn(async () => ({ token: 'given' }));
    const { read } = connect({ credentials });
    expect(credentials).not.toHaveBeenCalled();
    await read();
    await vi.advanceTimersByTimeAsync(100 * dayMs);
    await read();
    expect(credentials).toHaveBeenCalledTimes(1);
  });

  it('is called again at each renewal, also for a password', async () => {
    const credentials = vi.fn(async () => account);
    const { iam, read } = connect({ credentials });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs);
    await read();
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(iam).toHaveLength(2);
  });

  it('of tokens that expire is called for the next one in the background, ahead of time', async () => {
    let count = 0;
    const credentials = vi.fn(async () => ({ token: `given-${++count}`, expiresAt: new Date(Date.now() + dayMs) }));
    const { read, sms } = connect({ credentials });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 10 * 60_000);
    await read();
    await flush();
    await read();
    expect(tokensOf(sms)).toEqual(['given-1', 'given-1', 'given-2']);
  });

  it('of access keys that expire is called again when the machine slept past the expiry', async () => {
    let count = 0;
    const credentials = async () => {
      count += 1;
      const expiresAt = new Date(Date.now() + 3_600_000);
      return { accessKeyId: `key-${count}`, secretAccessKey: 's', securityToken: `token-${count}`, expiresAt };
    };
    const { read, sms } = connect({ credentials });
    await read();
    vi.setSystemTime(Date.now() + 2 * 3_600_000);
    await read();
    expect(sms.map(({ headers }) => headers.get('x-security-token'))).toEqual(['token-1', 'token-2']);
  });

  it('may return a Date of another realm, as in a test runner', async () => {
    const expiresAt: Date = runInNewContext(`new Date(${Date.now() + 2 * dayMs})`);
    expect(expiresAt).not.toBeInstanceOf(Date);
    const credentials = vi.fn(async () => ({ token: 'given', expiresAt }));
    const { read, sms } = connect({ credentials });
    await read();
    await read();
    expect([credentials.mock.calls.length, tokensOf(sms)]).toEqual([1, ['given', 'given']]);
  });

  it('of expired tokens is called at every call, and its token is sent', async () => {
    const credentials = vi.fn(async () => ({ token: 'given', expiresAt: new Date(Date.now() - 1) }));
    const { read, sms } = connect({ credentials });
    await read();
    await read();
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(sms).toHaveLength(2);
  });

  it('may change from a password to a token and back', async () => {
    const responses = [account, { token: 'given', expiresAt: new Date(Date.now() + 2 * dayMs) }, account];
    const { iam, read, sms } = connect({ credentials: async () => responses.shift() ?? account });
    for (let day = 0; day < 3; day += 1) {
      await read();
      await vi.advanceTimersByTimeAsync(dayMs);
    }
    expect(tokensOf(sms)).toEqual(['token-1', 'given', 'token-2']);
    expect(iam).toHaveLength(2);
  });

  it('never runs twice at a time, even when forgetToken comes in between', async () => {
    const questions: ReturnType<typeof deferred<{ token: string }>>[] = [];
    let open = 0;
    let mostOpen = 0;
    const credentials: CredentialsProvider = async () => {
      const question = deferred<{ token: string }>();
      questions.push(question);
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      const response = await question.promise;
      open -= 1;
      return response;
    };
    const { client, read, sms } = connect({ credentials });
    const calls = [read(), read()];
    await flush();
    await client.auth.forgetToken();
    calls.push(read(), read());
    await flush();
    expect(questions).toHaveLength(1);
    questions[0]?.resolve({ token: 'given-1' });
    await flush();
    questions[1]?.resolve({ token: 'given-2' });
    await Promise.all(calls);
    expect(mostOpen).toBe(1);
    expect(tokensOf(sms)).toEqual(['given-1', 'given-1', 'given-2', 'given-2']);
  });

  it.each([
    [
      'throws',
      (reason: Error) => () => {
        throw reason;
      },
    ],
    ['rejects', (reason: Error) => () => Promise.reject(reason)],
  ])(
    "that %s: its error becomes cause.error of the callers' error, is never printed, and the provider is called again",
    async (_how, fail) => {
      const reason = new Error('vault is sealed: hunter2hunter2');
      const failing = fail(reason);
      let isWell = false;
      const credentials = vi.fn(() => (isWell ? Promise.resolve({ token: 'given' }) : failing()));
      const { client, read, sms } = connect({ credentials, maxRetries: 3 });
      const calls = [read(), read(), client.auth.login(), client.auth.getToken()].map(rejectionOf);
      for (const call of calls) {
        const error = await call;
        expect(error).toMatchObject({ name: 'ConfigurationError', cause: { error: reason } });
        expect(error.message).toBe('credentials() failed; cause.error of this error is what it threw');
        expect([inspect(error), JSON.stringify(error), error.stack].join()).not.toContain('hunter2');
      }
      expect(credentials).toHaveBeenCalledTimes(1);
      isWell = true;
      await read();
      expect(credentials).toHaveBeenCalledTimes(2);
      expect(sms).toHaveLength(1);
    },
  );

  it("that throws shows each caller the own line in the error's stack, and no other", async () => {
    const { client, read } = connect({ credentials: () => Promise.reject(new Error('vault is sealed')) });
    const callers = {
      readHere: async () => await read(),
      loginHere: async () => await client.auth.login(),
    };
    const errors = await Promise.all(Object.values(callers).map((call) => rejectionOf(call())));
    const shown = errors.map(({ stack = '' }) => Object.keys(callers).filter((name) => stack.includes(name)));
    expect(shown).toEqual([['readHere'], ['loginHere']]);
    expect(errors).toMatchObject([
      { cause: { error: { message: 'vault is sealed' } } },
      { name: 'ConfigurationError' },
    ]);
  });

  it('gets a signal that aborts when the last of its callers has left, and not before', async () => {
    const signals: AbortSignal[] = [];
    const question = deferred<{ token: string }>();
    const credentials: CredentialsProvider = ({ signal }) => {
      signals.push(signal);
      return question.promise;
    };
    const { client, read, sms } = connect({ credentials });
    const calls = [100, 200].map((totalTimeoutMs) => rejectionOf(client.tasks.get('task-1', { totalTimeoutMs })));
    await vi.advanceTimersByTimeAsync(199);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(calls);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(vi.getTimerCount()).toBe(0);
    // It takes no notice of its signal: what it returns goes to the next caller.
    const next = read();
    await flush();
    question.resolve({ token: 'given' });
    await next;
    expect([signals.length, tokensOf(sms)]).toEqual([1, ['given']]);
  });

  it('that ends when its signal aborts is called again for the next caller', async () => {
    const controllers = [new AbortController(), new AbortController()];
    let count = 0;
    const credentials: CredentialsProvider = ({ signal }) => {
      count += 1;
      if (count > 2) return Promise.resolve({ token: 'given' });
      return new Promise((_resolve, reject) => {
        // Not at once: the next caller comes before it is over.
        signal.addEventListener('abort', () => setTimeout(() => reject(new Error('stopped by its signal')), 10));
      });
    };
    const { client, read, sms } = connect({ credentials });
    for (const controller of controllers) {
      const call = rejectionOf(client.tasks.get('task-1', { signal: controller.signal }));
      await flush();
      controller.abort(new Error('enough'));
      expect(await call).toMatchObject({ message: 'enough' });
      await vi.advanceTimersByTimeAsync(controller === controllers[0] ? 10 : 5);
    }
    const last = read();
    await vi.advanceTimersByTimeAsync(10);
    await last;
    expect([count, tokensOf(sms)]).toEqual([3, ['given']]);
  });

  it('that fails in the background disturbs no call', async () => {
    const responses = [Promise.resolve({ token: 'given', expiresAt: new Date(Date.now() + dayMs) })];
    const credentials = vi.fn(() => responses.shift() ?? Promise.reject(new Error('vault is sealed')));
    const { read } = connect({ credentials });
    await read();
    await vi.advanceTimersByTimeAsync(dayMs - 60_000);
    await read();
    await flush();
    expect(credentials).toHaveBeenCalledTimes(2);
  });

  it('that never settles holds no call longer than its totalTimeoutMs', async () => {
    const { client, read } = connect({ credentials: () => new Promise<never>(() => undefined), totalTimeoutMs: 500 });
    const calls = [read(), client.auth.login(), client.auth.getToken(), client.auth.listProjects()].map(rejectionOf);
    await vi.advanceTimersByTimeAsync(500);
    for (const call of calls) expect(await call).toMatchObject({ name: 'TimeoutError' });
  });

  it('that calls its own client ends at totalTimeoutMs', async () => {
    const { client, read } = connect({
      credentials: async () => ({ token: (await client.auth.getToken()).value }),
      login: () => livingToken('token', dayMs),
      totalTimeoutMs: 500,
    });
    const call = rejectionOf(read());
    await vi.advanceTimersByTimeAsync(500);
    expect(await call).toMatchObject({ name: 'TimeoutError' });
  });
});
