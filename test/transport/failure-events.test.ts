import { ConfigurationError, type FailureEvent, type Logger, type RetryEvent, SmsClient } from '@org/sms-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readLogger } from '../../src/transport/logger.js';
import { logUpload, makeFakeClient, rejectionOf } from '../support/fake-client.js';
import { failWith, refusal, taskResponse } from '../support/fake-fetch.js';
import { account } from '../support/make-client.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function watch(respond: Parameters<typeof makeFakeClient>[0], login?: Parameters<typeof makeFakeClient>[2]) {
  const failures: FailureEvent[] = [];
  const lines: [string, string, unknown][] = [];
  const write = (level: keyof Logger) => (text: string, details: unknown) => void lines.push([level, text, details]);
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const onFailure = (event: FailureEvent) => void failures.push(event);
  const pair = makeFakeClient(respond, { logger, onFailure, maxRetries: 0 }, login);
  return { ...pair, failures, errors: () => lines.filter(([level]) => level === 'error') };
}

describe('onFailure', () => {
  it('reports a call that ends without a response, once, and so does the logger', async () => {
    const { errors, failures, sms } = watch(() => failWith('ECONNRESET'));

    const error = await rejectionOf(sms.tasks.get('t'));

    expect(failures).toEqual([
      {
        operation: 'ShowTask',
        method: 'GET',
        url: 'https://sms.test.example/v3/tasks/t',
        error,
        durationMs: expect.any(Number),
        attempts: 1,
      },
    ]);
    expect(errors()).toEqual([
      [
        'error',
        (error as Error).message,
        { operation: 'ShowTask', error: 'NetworkError', attempts: 1, durationMs: expect.any(Number) },
      ],
    ]);
  });

  it('reports the call whose login failed, with no attempt', async () => {
    const { failures, sms } = watch(
      () => taskResponse('READY'),
      () => failWith('ECONNREFUSED'),
    );
    await rejectionOf(sms.tasks.get('t'));

    expect(failures.map(({ attempts, operation }) => [operation, attempts])).toEqual([
      ['CreateToken', 1],
      ['ShowTask', 0],
    ]);
  });

  it('reports no refusal, no invalid body, no invalid request and no abort', async () => {
    const controller = new AbortController();
    const { errors, failures, sms } = watch((_request, count) => {
      if (count === 1) return refusal(404);
      if (count === 2) return Response.json([]);
      controller.abort();
      return new Promise<never>(() => undefined);
    });
    await rejectionOf(sms.tasks.get('t'));
    await rejectionOf(sms.tasks.get('t'));
    await rejectionOf(sms.tasks.get(''));
    await rejectionOf(sms.tasks.get('t', { signal: controller.signal }));

    expect(failures).toEqual([]);
    expect(errors()).toEqual([]);
  });

  it.each(['before the call', 'during it'])(
    'reports no abort %s, although the reason is an error of this package',
    async (when) => {
      const controller = new AbortController();
      const reason = new ConfigurationError('of the caller');
      if (when === 'before the call') controller.abort(reason);
      const { errors, failures, sms } = watch(() => {
        controller.abort(reason);
        return new Promise<never>(() => undefined);
      });

      expect(await rejectionOf(sms.tasks.get('t', { signal: controller.signal }))).toBe(reason);
      expect(failures).toEqual([]);
      expect(errors()).toEqual([]);
    },
  );

  it('that throws breaks nothing', async () => {
    const { sms } = makeFakeClient(() => failWith('ECONNRESET'), {
      maxRetries: 0,
      onFailure: () => {
        throw new Error('mine');
      },
    });

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ name: 'NetworkError' });
  });
});

describe('onRetry', () => {
  it('reports the second sending after a refused token, at once', async () => {
    const events: RetryEvent[] = [];
    const { sms } = makeFakeClient(
      (_request, count) => (count === 1 ? refusal(401, 'APIGW.0301') : taskResponse('READY')),
      { maxRetries: 0, onRetry: (event) => events.push(event) },
    );
    await sms.tasks.get('t');

    expect(events).toEqual([
      {
        operation: 'ShowTask',
        attempt: 1,
        delayMs: 0,
        error: expect.objectContaining({ name: 'AuthenticationError' }),
      },
    ]);
  });
});

describe('SMS_CLIENT_LOG', () => {
  const spies = () => {
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    return Object.fromEntries(
      levels.map((level) => [level, vi.spyOn(console, level).mockImplementation(() => undefined)]),
    );
  };
  const call = (options: object = {}) => makeFakeClient(() => taskResponse('READY'), options).sms.tasks.get('t');

  it.each([
    ['debug', 2, 1, 1, 1],
    [' INFO ', 0, 1, 1, 1],
    ['warn', 0, 0, 1, 1],
    ['Error', 0, 0, 0, 1],
    ['', 0, 0, 0, 0],
  ])('%j writes to the console from that level on', async (value, debugs, infos, warnings, errors) => {
    vi.stubEnv('SMS_CLIENT_LOG', value);
    const { debug, error, info, warn } = spies();
    const { sms } = makeFakeClient(
      (_request, count) => (count === 1 ? Response.json({ id: 5 }) : failWith('ECONNRESET')),
      { maxRetries: 0, responseValidation: 'warn' },
    );
    await sms.tasks.get('t');
    const { message } = await rejectionOf(sms.tasks.get('t'));

    expect(debug).toHaveBeenCalledTimes(debugs);
    expect(info).toHaveBeenCalledTimes(infos);
    expect(warn).toHaveBeenCalledTimes(warnings);
    expect(error).toHaveBeenCalledTimes(errors);
    const lines = [debug, info, warn, error].flatMap((spy) => spy?.mock.calls ?? []);
    for (const [text] of lines) expect(text).toMatch(/^\[sms-client\] /);
    if (debugs > 0)
      expect(debug).toHaveBeenLastCalledWith(expect.any(String), expect.objectContaining({ status: 200 }));
    if (infos > 0) expect(info).toHaveBeenCalledWith(expect.stringContaining('log'), expect.anything());
    if (warnings > 0) expect(warn).toHaveBeenCalledWith(expect.stringContaining('ShowTask'), expect.anything());
    if (errors > 0)
      expect(error).toHaveBeenCalledWith(`[sms-client] ${message}`, expect.objectContaining({ error: 'NetworkError' }));
    for (const line of lines) expect(line).not.toContain(undefined);
  });

  it('writes a line without details as the line alone', () => {
    const { warn } = spies();
    readLogger('warn').warn('text');

    expect(warn?.mock.calls).toEqual([['[sms-client] text']]);
  });

  it('writes nothing beside a logger', async () => {
    vi.stubEnv('SMS_CLIENT_LOG', 'debug');
    const { debug } = spies();
    const ignore = () => undefined;
    await call({ logger: { debug: ignore, info: ignore, warn: ignore, error: ignore } });

    expect(debug).not.toHaveBeenCalled();
  });

  it('of another text is refused by its name', () => {
    vi.stubEnv('SMS_CLIENT_LOG', 'loud');
    expect(() => call()).toThrow(ConfigurationError);
    expect(() => call()).toThrow(/SMS_CLIENT_LOG: expected one of debug, info, warn, error/);
  });
});

describe('any input of a caller', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const thrower = {
    get boom() {
      throw new Error('a secret');
    },
  };

  it.each<[string, unknown, RegExp]>([
    ['a BigInt', { n: 1n }, /body: expected what JSON can hold, received a BigInt/],
    ['an object that holds itself', circular, /received an object that holds itself/],
    ['a getter that throws', thrower, /received a value that throws when it is read/],
  ])('in a body is an InvalidRequestError: %s', async (_, value, message) => {
    const { requests, sms } = makeFakeClient(() => Response.json(''));
    const error = (await rejectionOf(sms.tasks.collectLog('t', logUpload, { extraBody: { value } }))) as Error;

    expect(error).toMatchObject({ name: 'InvalidRequestError', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('a secret');
    expect(requests).toEqual([]);
  });

  it.each<[unknown, unknown]>([
    [Symbol('x'), {}],
    [5, {}],
    ['t', null],
    ['t', { signal: {} }],
    ['t', { signal: { aborted: false } }],
    ['t', { headers: { a: 1 } }],
    ['t', { headers: 'a: b' }],
    ['t', { headers: [['a']] }],
    ['t', { headers: [[Symbol('a'), 'b']] }],
    ['t', { headers: new Map([['host', 'evil.example']]) }],
    ['t', { headers: thrower }],
    ['t', Object.defineProperty({}, 'timeoutMs', { enumerable: true, get: () => thrower.boom })],
  ])('as id or options is an InvalidRequestError: %# ', async (id, options) => {
    const { logins, requests, sms } = makeFakeClient(() => taskResponse('READY'));

    const error = await rejectionOf(sms.tasks.get(id as string, options as never));

    expect(error).toMatchObject({ name: 'InvalidRequestError' });
    expect(String(error)).not.toContain('a secret');
    expect(requests.length + logins.length).toBe(0);
  });

  const throwing = (name: string) => Object.defineProperty({}, name, { enumerable: true, get: () => thrower.boom });

  it.each<[string, (sms: SmsClient) => PromiseLike<unknown>]>([
    ['tasks.create', (sms) => sms.tasks.create(throwing('name') as never)],
    ['tasks.update', (sms) => sms.tasks.update('t', throwing('name') as never)],
    ['tasks.act', (sms) => sms.tasks.act('t', throwing('operation') as never)],
    ['tasks.list', (sms) => sms.tasks.list(throwing('name') as never)],
    ['sms.request', (sms) => sms.request(throwing('path') as never)],
    ['auth.login', (sms) => sms.auth.login(throwing('timeoutMs'))],
    ['auth.getToken', (sms) => sms.auth.getToken(throwing('timeoutMs'))],
    ['waitFor', (sms) => sms.tasks.waitFor('t', throwing('intervalMs'))],
    ['startAndWait', (sms) => sms.tasks.startAndWait('t', throwing('intervalMs'))],
    ['startMany', (sms) => sms.tasks.startMany(['t'], throwing('signal'))],
    ['waitForAll', (sms) => sms.tasks.waitForAll(['t'], throwing('signal'))],
  ])('that throws when it is read is an InvalidRequestError: %s', async (_, call) => {
    const { logins, requests, sms } = makeFakeClient(() => taskResponse('READY'));
    const error = await rejectionOf(call(sms));

    expect(error).toMatchObject({ name: 'InvalidRequestError' });
    expect(String(error)).not.toContain('a secret');
    expect(requests.length + logins.length).toBe(0);
  });

  it('as credentials or options of fromEnv is a ConfigurationError that quotes nothing', () => {
    for (const build of [
      () => new SmsClient({ region: 'eu-west-101', credentials: throwing('password') as never }),
      () => SmsClient.fromEnv(throwing('region')),
    ]) {
      expect(build).toThrow(ConfigurationError);
      expect(build).not.toThrow(/a secret/);
    }
  });

  it('as options of the client is a ConfigurationError that quotes nothing', () => {
    const options = Object.defineProperty({ credentials: account }, 'region', {
      enumerable: true,
      get: () => thrower.boom,
    });

    expect(() => new SmsClient(options)).toThrow(ConfigurationError);
    expect(() => new SmsClient(options)).not.toThrow(/a secret/);
    for (const nothing of [null, undefined, 'x']) {
      expect(() => new SmsClient(nothing as never)).toThrow(ConfigurationError);
      expect(() => SmsClient.fromEnv((nothing ?? null) as never)).toThrow(ConfigurationError);
    }
  });
});

describe('a stack', () => {
  async function callFromHere(sms: SmsClient): Promise<unknown> {
    return await sms.tasks.get('t', { timeoutMs: 20, totalTimeoutMs: 30 });
  }

  it.each([
    ['a refusal', () => refusal(404)],
    ['a connection that is refused', () => failWith('ECONNREFUSED')],
    ['a timeout', () => new Promise<never>(() => undefined)],
  ])('of %s shows the line of the caller', async (_, respond) => {
    const { sms } = makeFakeClient(respond, { maxRetries: 0 });

    expect(((await rejectionOf(callFromHere(sms))) as Error).stack).toContain('callFromHere');
  });

  it.each<[string, (sms: SmsClient) => Promise<unknown>]>([
    ['waitFor', (sms) => sms.tasks.waitFor('task-1', { maxWaitMs: 20 })],
    ['startAndWait', (sms) => sms.tasks.startAndWait('task-1', { maxWaitMs: 20, ifRunning: 'follow' })],
    ['waitForAll', (sms) => sms.tasks.waitForAll(['task-1'], { maxWaitMs: 20 })],
    [
      'watch',
      async (sms) => {
        for await (const { task } of sms.tasks.watch('task-1', { maxWaitMs: 20 })) if (task.state !== 'RUNNING') return;
      },
    ],
    [
      'watchMany',
      async (sms) => {
        for await (const change of sms.tasks.watchMany(['task-1'], { maxWaitMs: 20 })) if (change.done) return;
      },
    ],
  ])('of a wait that takes too long shows it: %s', async (_, wait) => {
    const { sms } = makeFakeClient(({ url }) =>
      url.pathname.endsWith('/task-1')
        ? taskResponse('RUNNING')
        : Response.json({ count: 1, tasks: [{ id: 'task-1', state: 'RUNNING' }] }),
    );
    const waitFromHere = async () => await wait(sms);
    const error = (await rejectionOf(waitFromHere())) as Error;

    expect(error.name).toBe('WaitTimeoutError');
    expect(error.stack).toContain('waitFromHere');
  });

  it('of a login that failed shows it, too', async () => {
    const { sms } = makeFakeClient(
      () => taskResponse('READY'),
      { maxRetries: 0 },
      () => refusal(401),
    );

    expect(((await rejectionOf(callFromHere(sms))) as Error).stack).toContain('callFromHere');
  });
});
