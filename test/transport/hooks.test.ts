import type { ClientOptions, Logger, ResponseEvent, RetryEvent } from '@org/sms-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { failWith, loginResponse, refusal, taskResponse } from '../support/fake-fetch.js';
import { hang, recordWarnings } from '../support/fake-task.js';
import { settle, useFakeTime } from '../support/fake-time.js';

useFakeTime();

const unhandled: unknown[] = [];
const keep = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', keep);
});
afterEach(() => {
  process.off('unhandledRejection', keep);
});

/** Unhandled rejections are reported after the microtasks of a turn. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('onRetry', () => {
  it('gets the failure, the attempt and the delay before the sleep', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const seen: (RetryEvent & { at: number; sent: number })[] = [];
    const { requests, sms } = makeFakeClient((_request, count) => (count < 3 ? refusal(500) : taskResponse('READY')), {
      onRetry: (event) => seen.push({ ...event, at: performance.now() - start, sent: requests.length }),
    });
    const start = performance.now();

    await settle(sms.tasks.get('t'));

    const error = expect.objectContaining({ name: 'ServerError', status: 500 });
    expect(seen).toEqual([
      { operation: 'ShowTask', attempt: 1, delayMs: 250, error, at: 0, sent: 1 },
      { operation: 'ShowTask', attempt: 2, delayMs: 500, error, at: 250, sent: 2 },
    ]);
  });

  it('is called for logins, too', async () => {
    const events: RetryEvent[] = [];
    const { sms } = makeFakeClient(
      () => taskResponse('READY'),
      { onRetry: (event) => events.push(event) },
      (_request, count) => (count === 1 ? failWith('ECONNRESET') : loginResponse()),
    );

    await settle(sms.tasks.get('t'));

    const error = expect.objectContaining({ name: 'NetworkError', code: 'ECONNRESET' });
    expect(events).toEqual([expect.objectContaining({ operation: 'CreateToken', attempt: 1, error })]);
  });

  it('is not called for a failure that ends the call', async () => {
    const onRetry = vi.fn();
    const { sms } = makeFakeClient(() => refusal(404), { onRetry });

    await settle(sms.tasks.get('t'));

    expect(onRetry).not.toHaveBeenCalled();
  });
});

describe('onResponse', () => {
  const headers = { 'x-request-id': 'request-7', 'set-cookie': 'session=1', 'content-type': 'application/json' };

  it('gets everything about the response that ended the call', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const events: ResponseEvent[] = [];
    const { sms } = makeFakeClient((_request, count) =>
      count === 1 ? refusal(500) : Response.json({ count: 0, tasks: [] }, { headers }),
    );

    vi.advanceTimersByTime(7_000);
    await settle(sms.tasks.list({ limit: 5, name: 'a b' }, { onResponse: (event) => events.push(event) }));

    expect(events).toEqual([
      {
        operation: 'ListTasks',
        method: 'GET',
        url: 'https://sms.test.example/v3/tasks?limit=5&name=a%20b',
        status: 200,
        requestId: 'request-7',
        headers: { ...headers, 'set-cookie': '***' },
        durationMs: 500,
        attempts: 2,
      },
    ]);
  });

  it.each([400, 403])(
    'is called for a refusal with %i that ended the call, with the request id of the body when the headers have none',
    async (status) => {
      const events: ResponseEvent[] = [];
      const { sms } = makeFakeClient(
        () => Response.json({ error_code: 'APIGW.0106', error_msg: 'no', request_id: 'request-8' }, { status }),
        { onResponse: (event) => events.push(event) },
      );

      await settle(sms.tasks.get('t'));

      expect(events.filter(({ operation }) => operation === 'ShowTask')).toMatchObject([
        { status, requestId: 'request-8', attempts: 1 },
      ]);
    },
  );

  it('gets no request id from the body of a success, where such a field is data', async () => {
    const requestIds: unknown[] = [];
    const { sms } = makeFakeClient(() => taskResponse('READY', { request_id: 'of something else' }));

    await settle(sms.tasks.get('t', { onResponse: ({ requestId }) => requestIds.push(requestId) }));

    expect(requestIds).toEqual([null]);
  });

  it('is called once per call, not for responses that were retried', async () => {
    const statuses: number[] = [];
    const { sms } = makeFakeClient(
      (_request, count) => (count === 1 ? refusal(401) : count < 4 ? refusal(503) : taskResponse('READY')),
      { onResponse: ({ operation, status }) => operation === 'ShowTask' && statuses.push(status) },
    );

    await settle(sms.tasks.get('t'));

    expect(statuses).toEqual([200]);
  });

  it.each([
    ['a connection that broke', () => failWith('ECONNRESET'), 'NetworkError'],
    ['a timeout', hang, 'TimeoutError'],
  ])('is not called when what ended the call was %s', async (_name, last, name) => {
    const onResponse = vi.fn();
    const { sms } = makeFakeClient((request, count) => (count === 1 ? refusal(500) : last(request)), { maxRetries: 1 });

    const outcome = await settle(sms.tasks.get('t', { onResponse }));

    expect(outcome.error).toMatchObject({ name });
    expect(onResponse).not.toHaveBeenCalled();
  });

  it('is not called when the call was aborted in its sleep', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const onResponse = vi.fn();
    const controller = new AbortController();
    const { sms } = makeFakeClient(() => refusal(500));
    setTimeout(() => controller.abort(), 100);

    await settle(sms.tasks.get('t', { onResponse, signal: controller.signal }));

    expect(onResponse).not.toHaveBeenCalled();
  });

  it('is called for logins, with the token masked', async () => {
    const events: ResponseEvent[] = [];
    const { sms } = makeFakeClient(() => taskResponse('READY'), { onResponse: (event) => events.push(event) });

    await settle(sms.tasks.get('t'));

    expect(events.map(({ operation, status }) => [operation, status])).toEqual([
      ['CreateToken', 201],
      ['ShowTask', 200],
    ]);
    expect(events[0]?.url).toBe('https://iam.test.example/v3/auth/tokens?nocatalog=true');
    expect(events[0]?.headers['x-subject-token']).toBe('***');
  });

  it('of the call runs before that of the client', async () => {
    const order: string[] = [];
    const { sms } = makeFakeClient(() => taskResponse('READY'), {
      onResponse: ({ operation }) => order.push(`client ${operation}`),
    });

    await settle(sms.tasks.get('t', { onResponse: () => order.push('call') }));

    expect(order).toEqual(['client CreateToken', 'call', 'client ShowTask']);
  });

  it('runs before the call settles', async () => {
    const order: string[] = [];
    const { sms } = makeFakeClient(() => taskResponse('READY'));

    await sms.tasks.get('t', { onResponse: () => order.push('hook') }).then(() => order.push('settled'));

    expect(order).toEqual(['hook', 'settled']);
  });
});

/** Everything that can go wrong in a user's function. What cannot be converted to text is reported by its type. */
const failures: Record<string, () => unknown> = {
  'throws an error': () => {
    throw new Error('hook failed');
  },
  'throws what no text can be made of': () => {
    throw Object.create(null);
  },
  rejects: () => Promise.reject(new Error('hook failed')),
  'rejects with what no text can be made of': () => Promise.reject(Object.create(null)),
  'returns a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is the point
    get then() {
      throw new Error('hook failed');
    },
  }),
};

describe('a hook that fails', () => {
  const cases = Object.entries(failures).flatMap(([name, fail]) =>
    (['onRetry', 'onResponse', 'onResponse of the call'] as const).map((hook) => ({ hook, name, fail })),
  );

  it.each(cases)('breaks nothing when $hook $name, and is logged', async ({ fail, hook, name }) => {
    const { logger, warnings } = recordWarnings();
    const { sms } = makeFakeClient((_request, count) => (count === 1 ? refusal(503) : taskResponse('READY')), {
      logger,
      ...(hook === 'onRetry' && { onRetry: fail as ClientOptions['onRetry'] }),
      ...(hook === 'onResponse' && { onResponse: fail as ClientOptions['onResponse'] }),
    });
    const options = hook === 'onResponse of the call' ? { onResponse: fail as () => void } : {};

    const outcome = await settle(sms.tasks.get('t', options));
    await nextTurn();

    expect(outcome).toMatchObject({ value: { state: 'READY' } });
    const reason = name.includes('no text') ? 'object' : 'Error: hook failed';
    expect(warnings).toContain(`${hook.split(' ')[0]} threw {"error":"${reason}"}`);
    expect(unhandled).toEqual([]);
  });
});

describe('the logger', () => {
  it('gets every response, every retry and every login, and neither bodies nor headers', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const lines: unknown[] = [];
    const level = (name: string) => (message: string, details?: object) => void lines.push([name, message, details]);
    const logger: Logger = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
    const { sms } = makeFakeClient((_request, count) => (count === 1 ? refusal(503) : taskResponse('READY')), {
      logger,
    });

    vi.advanceTimersByTime(7_000);
    await settle(sms.tasks.get('t'));

    const response = { requestId: null, durationMs: 0 };
    expect(lines).toEqual([
      ['debug', 'POST /v3/auth/tokens 201', { operation: 'CreateToken', status: 201, attempts: 1, ...response }],
      ['info', 'logged in', { expiresAt: '2026-01-02T00:00:00.000Z' }],
      ['debug', 'GET /v3/tasks/t 503', { operation: 'ShowTask', status: 503, attempts: 1, ...response }],
      [
        'warn',
        'ShowTask is tried again',
        {
          attempt: 1,
          delayMs: 500,
          reason: expect.stringContaining('was refused by sms.test.example with 503, SMS.0000'),
        },
      ],
      [
        'debug',
        'GET /v3/tasks/t 200',
        { operation: 'ShowTask', status: 200, attempts: 2, ...response, durationMs: 500 },
      ],
    ]);
  });

  it('gets the response that refused a token, too', async () => {
    const statuses: unknown[] = [];
    const { logger } = recordWarnings();
    const debug = (_message: string, details?: Readonly<Record<string, unknown>>) =>
      void statuses.push(details?.status);
    const { sms } = makeFakeClient((_request, count) => (count === 1 ? refusal(401) : taskResponse('READY')), {
      logger: { ...logger, debug },
    });

    await settle(sms.tasks.get('t'));

    expect(statuses).toEqual([201, 401, 201, 200]);
  });

  it('is called as a method, as pino and winston require', async () => {
    class Collector {
      readonly lines: string[] = [];
      debug(message: string) {
        this.lines.push(message);
      }
      info() {}
      warn() {}
      error() {}
    }
    const logger = new Collector();
    const { sms } = makeFakeClient(() => taskResponse('READY'), { logger });

    await settle(sms.tasks.get('t'));

    expect(logger.lines).toHaveLength(2);
  });

  it.each(Object.entries(failures))('breaks nothing when it %s', async (_name, fail) => {
    const level = fail as () => void;
    const { sms } = makeFakeClient((_request, count) => (count === 1 ? refusal(503) : taskResponse('READY')), {
      logger: { debug: level, info: level, warn: level, error: level },
      onResponse: level,
    });

    const outcome = await settle(sms.tasks.get('t'));
    await nextTurn();

    expect(outcome).toMatchObject({ value: { state: 'READY' } });
    expect(unhandled).toEqual([]);
  });
});
