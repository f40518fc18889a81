import { inspect } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import {
  ApiError,
  type ApiFailure,
  AuthenticationError,
  ConfigurationError,
  ConflictError,
  InvalidRequestError,
  isSmsError,
  MigrationFailedError,
  NetworkError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionDeniedError,
  RateLimitError,
  ResponseFormatError,
  ServerError,
  SmsError,
  type Task,
  TimeoutError,
  WaitTimeoutError,
} from '@org/sms-client';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { describeErrorCode, listErrorCodes } from '../src/error-codes.js';
import { toApiError } from '../src/transport/api-error.js';
import { makeFakeClient, rejectionOf } from './support/fake-client.js';
import { refusal } from './support/fake-fetch.js';

const failure = {
  service: 'sms',
  status: 400,
  code: null,
  serviceMessage: null,
  requestId: null,
  method: 'GET',
  path: '/v3/tasks/t',
  details: [],
  host: 'sms.example',
  hint: 'Try something else.',
  isJson: true,
} as const;
const task = { id: 't', state: 'MIGRATE_FAIL' } as Task;
const migrationFailure = {
  reason: 'failed',
  round: null,
  step: { id: 4, name: 'MIGRATE_LINUX_FILE' },
  code: 'SMS.0515',
  meaning: 'The source went away.',
  serviceMessage: null,
  hint: 'Start the agent.',
  canRestart: true,
} as const;

/** One error of every class, with its name and its ancestors. */
const errors: Record<string, readonly [SmsError, ...(new (...parameters: never) => SmsError)[]]> = {
  ConfigurationError: [new ConfigurationError('wrong'), ConfigurationError],
  InvalidRequestError: [new InvalidRequestError('ShowTask', []), InvalidRequestError],
  ApiError: [new ApiError(failure), ApiError],
  AuthenticationError: [new AuthenticationError(failure), AuthenticationError, ApiError],
  PermissionDeniedError: [new PermissionDeniedError(failure), PermissionDeniedError, ApiError],
  NotFoundError: [new NotFoundError(failure), NotFoundError, ApiError],
  ConflictError: [new ConflictError(failure), ConflictError, ApiError],
  RateLimitError: [new RateLimitError(failure), RateLimitError, ApiError],
  ServerError: [new ServerError(failure), ServerError, ApiError],
  ResponseFormatError: [new ResponseFormatError('wrong', [], {}), ResponseFormatError],
  NetworkError: [new NetworkError('cut', 'ECONNRESET'), NetworkError],
  TimeoutError: [new TimeoutError('late'), TimeoutError],
  MigrationFailedError: [new MigrationFailedError(task, migrationFailure), MigrationFailedError],
  WaitTimeoutError: [
    new WaitTimeoutError({ reason: 'max-wait', limitMs: 5, tasks: [task], outcomes: [], lastError: null }),
    WaitTimeoutError,
  ],
  OutcomeUnknownError: [
    new OutcomeUnknownError({ subject: 'start of task t', error: new TimeoutError('late') }),
    OutcomeUnknownError,
  ],
};

describe.each(Object.entries(errors))('%s', (name, [error, ...classes]) => {
  it('has its name as a literal, which a bundler cannot change', () => {
    expect(error.name).toBe(name);
    expect(Object.keys(error)).not.toContain('name');
    const Renamed = class Q extends (error.constructor as new () => Error) {};
    expect(Renamed.prototype.name).toBe(name);
  });

  it('begins its stack with its name and its message', () => {
    expect(error.stack?.startsWith(`${name}: ${error.message}`)).toBe(true);
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it('is an Error, an SmsError and an instance of its own classes, and of no others', () => {
    const all = [...new Set(Object.values(errors).flatMap(([, ...own]) => own))];
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(SmsError);
    expect(all.filter((Class) => error instanceof Class).sort()).toEqual([...classes].sort());
  });

  it('is recognised by isSmsError', () => {
    expect(isSmsError(error)).toBe(true);
  });

  it('survives structured logging with all its fields', () => {
    const fields = JSON.parse(JSON.stringify({ level: 'error', ...error, name: error.name, message: error.message }));
    expect(fields).toMatchObject({ level: 'error', name, message: error.message });
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(Object.keys(error)));
  });

  it('becomes JSON with its name, its message and all its fields', () => {
    const fields = JSON.parse(JSON.stringify(error));
    expect(fields).toMatchObject({ name, message: error.message });
    expect(Object.keys(fields).sort()).toEqual([...new Set(['name', 'message', ...Object.keys(error)])].sort());
  });

  it('has no cause, which could hold a request', () => {
    expect(error.cause).toBeUndefined();
  });
});

describe('a message', () => {
  it.each([
    ['a line break', 'one\ntwo\r\nthree', 'one two three'],
    ['an escape sequence of terminals', 'red \u001b[31m', 'red  [31m'],
    ['separators of lines', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['marks that turn the direction', '\u202egnp.exe\u2066\u200e\u061c', '\\u202egnp.exe\\u2066\\u200e\\u061c'],
    ['other languages', '已删除 – été', '已删除 – été'],
  ])('shows %s so that no log is forged', (_, text, shown) => {
    expect(new ConfigurationError(text).message).toBe(shown);
    expect(new ApiError({ ...failure, serviceMessage: text }).message).toContain(shown);
  });
});

describe('a ConfigurationError', () => {
  const secret = 'the secret of a vault';
  const error = new ConfigurationError('credentials() threw an Error', { cause: new Error(secret) });

  it("has what the caller's function threw in its cause", () => {
    expect(error.cause).toMatchObject({ error: { message: secret } });
  });

  it.each<[string, (value: unknown) => string]>([
    ['inspect', (value) => inspect(value, { depth: 9, showHidden: true, getters: true })],
    [
      'inspect as the runtime does for what nobody catches',
      (value) => inspect(value, { depth: 9, customInspect: false }),
    ],
    ['the serializer of pino', (value) => JSON.stringify(pino.stdSerializers.err(value as Error))],
    ['inspect within an object', (value) => inspect({ nested: [value] }, { depth: 9 })],
    ['JSON', (value) => JSON.stringify({ value })],
    ['String', String],
  ])('never prints it: %s', (_, print) => {
    expect(print(error)).toContain('threw an Error');
    expect(print(error)).not.toContain(secret);
  });
});

describe('isSmsError', () => {
  it('is true for errors of another copy of the package, where instanceof is not', async () => {
    vi.resetModules();
    const copy = await import('../src/errors.js');
    const foreign = new copy.NotFoundError(failure);

    expect(foreign).not.toBeInstanceOf(NotFoundError);
    expect(isSmsError(foreign)).toBe(true);
    expect(copy.isSmsError(new NotFoundError(failure))).toBe(true);
  });

  it('is true for errors of another realm that carry the brand', () => {
    const foreign = runInContext(
      "Object.assign(new Error('x'), { [Symbol.for('@org/sms-client/error')]: true })",
      createContext({}),
    );

    expect(isSmsError(foreign)).toBe(true);
  });

  it.each([
    new Error('wrong'),
    Object.assign(new Error('wrong'), { name: 'NotFoundError', status: 404, service: 'sms' }),
    { name: 'ApiError', message: 'wrong', status: 400 },
    { ...new NotFoundError(failure) },
    Symbol.for('@org/sms-client/error'),
    null,
    undefined,
    'ApiError',
    404,
    NotFoundError,
    OutcomeUnknownError,
  ])('is false for what only resembles one: %o', (value) => {
    expect(isSmsError(value)).toBe(false);
  });
});

describe('the class of a refusal', () => {
  it.each([
    [300, 'ApiError'],
    [301, 'ApiError'],
    [400, 'ApiError'],
    [401, 'AuthenticationError'],
    [403, 'PermissionDeniedError'],
    [404, 'NotFoundError'],
    [405, 'ApiError'],
    [409, 'ConflictError'],
    [410, 'ApiError'],
    [422, 'ApiError'],
    [429, 'RateLimitError'],
    [499, 'ApiError'],
    [500, 'ServerError'],
    [503, 'ServerError'],
    [599, 'ServerError'],
  ])('follows the status when the code does not decide: %i', (status, name) => {
    expect(toApiError({ ...failure, status }).name).toBe(name);
    expect(toApiError({ ...failure, status, code: 'NEW.0001' }).name).toBe(name);
  });

  const nameOfKind = {
    authentication: 'AuthenticationError',
    'dead-token': 'AuthenticationError',
    permission: 'PermissionDeniedError',
    'not-found': 'NotFoundError',
    conflict: 'ConflictError',
    'rate-limit': 'RateLimitError',
    server: 'ServerError',
    request: 'ApiError',
  };

  it('follows the code first, whatever the status', () => {
    const decisive = listErrorCodes().filter((code) => describeErrorCode(code)?.kind !== undefined);
    expect(decisive.length).toBeGreaterThan(10);
    for (const code of decisive) {
      const kind = describeErrorCode(code)?.kind ?? 'request';
      for (const status of [400, 401, 500]) {
        expect(toApiError({ ...failure, code, status }).name, code).toBe(nameOfKind[kind]);
      }
    }
  });

  it.each(['SMS.1038', 'SMS.1039', 'SMS.1040', 'SMS.2015'])(
    'is ConflictError for the wrong state %s, which comes with 400',
    (code) => {
      expect(toApiError({ ...failure, code })).toBeInstanceOf(ConflictError);
    },
  );

  it('is NotFoundError for an id that is gone, under any of its codes, and a conflict while it is going', () => {
    for (const code of ['SMS.7703', 'SMS.2216', 'SMS.0412', 'IAM.1109']) {
      expect(toApiError({ ...failure, code, serviceMessage: "Task doesn't exist" }).name, code).toBe('NotFoundError');
    }
    expect(toApiError({ ...failure, code: 'SMS.7703', serviceMessage: 'The task is being deleted' }).name).toBe(
      'ConflictError',
    );
    expect(toApiError({ ...failure, code: 'SMS.2216', serviceMessage: 'The task is being deleted' }).name).toBe(
      'NotFoundError',
    );
  });

  it.each(['constructor', '__proto__', 'toString'])('is not misled by %s as a code', (code) => {
    expect(toApiError({ ...failure, code }).name).toBe('ApiError');
  });
});

describe('an ApiError', () => {
  it('says in its message what was refused, how, why, and in which request', async () => {
    const { sms } = makeFakeClient(({ method }) =>
      method === 'GET'
        ? Response.json({ id: 't', state: 'READY' })
        : refusal(400, 'SMS.6531', { 'x-request-id': 'request-7' }),
    );

    expect(await rejectionOf(sms.tasks.act('t', { operation: 'start' }))).toMatchObject({
      message: `POST /v3/tasks/t/action was refused by sms.test.example with 400, SMS.6531: refused [request request-7]. Hint: ${describeErrorCode('SMS.6531')?.hint}`,
      host: 'sms.test.example',
      service: 'sms',
      status: 400,
      code: 'SMS.6531',
      serviceMessage: 'refused',
      requestId: 'request-7',
      method: 'POST',
      path: '/v3/tasks/t/action',
      details: [],
      hint: describeErrorCode('SMS.6531')?.hint,
    });
  });

  it('leaves out of its message what the service left out', () => {
    const messageOf = (more: Partial<ApiFailure>) => new ApiError({ ...failure, ...more }).message;
    expect(messageOf({ status: 502 })).toBe(
      'GET /v3/tasks/t was refused by sms.example with 502. Hint: Try something else.',
    );
    expect(messageOf({ code: 'A.1' })).toContain(' with 400, A.1. Hint: ');
    for (const serviceMessage of ['no', 'no.', 'no. ']) {
      expect(messageOf({ serviceMessage })).toContain(' with 400, no. Hint: ');
      expect(messageOf({ serviceMessage, requestId: '7' })).toContain(' with 400, no [request 7]. Hint: ');
    }
  });

  it('has a path without host and query', async () => {
    const { sms } = makeFakeClient(() => refusal(404), { endpoint: 'https://gateway.example/base' });

    expect(await rejectionOf(sms.tasks.list({ limit: 5 }))).toMatchObject({ path: '/v3/tasks' });
  });

  it.each(['x-request-id', 'x-openstack-request-id', 'x-iam-trace-id'])(
    'takes the request id from %s',
    async (name) => {
      const { sms } = makeFakeClient(() => refusal(404, 'SMS.0000', { [name]: 'id' }));

      expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({ requestId: 'id' });
    },
  );

  it('holds the nested causes of a 403', async () => {
    const details = [{ error_code: 'SMS.9004', error_msg: 'grant it' }];
    const { sms } = makeFakeClient(() =>
      Response.json({ error_code: 'SMS.9004', error_msg: 'no', details }, { status: 403 }),
    );

    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      details: [{ code: 'SMS.9004', message: 'grant it' }],
    });
  });

  it.each([
    [200, 'Correct the request'],
    [300, 'Redirects are never followed'],
    [302, 'Redirects are never followed'],
    [399, 'Redirects are never followed'],
    [400, 'Correct the request'],
    [304, 'A cache responded'],
    [401, 'Check the credentials'],
    [403, 'Check the permissions'],
    [404, 'Check the id'],
    [405, 'Check the endpoint and the HTTP method'],
    [407, 'The proxy wants a login'],
    [408, 'did not arrive in time'],
    [409, 'Read the current state'],
    [413, 'send less at once'],
    [418, 'Correct the request'],
    [425, 'did not accept the request yet'],
    [429, 'send fewer requests'],
    [500, 'Try again later'],
    [511, 'Log in to the network'],
    [520, 'A gateway in front of the service'],
    [529, 'A gateway in front of the service'],
    [530, 'The service failed'],
  ])('has a hint for status %i, also in its message', (status, hint) => {
    const error = toApiError({ ...failure, status });
    expect(error.hint).toContain(hint);
    expect(error.message).toContain(`Hint: ${error.hint}`);
  });

  it('names the endpoint when a 404 comes from something that is not the service', () => {
    const page = { ...failure, status: 404, isJson: false };
    expect(toApiError(page)).toMatchObject({
      name: 'NotFoundError',
      hint: expect.stringMatching(/endpoint: sms\.example/),
    });
    expect(toApiError({ ...page, service: 'iam', host: 'iam.example' })).toMatchObject({
      name: 'NotFoundError',
      hint: expect.stringMatching(/iamEndpoint: iam\.example/),
    });
  });

  it('prefers the hint of the code', () => {
    const code = 'SMS.9004';
    expect(toApiError({ ...failure, code }).hint).toBe(describeErrorCode(code)?.hint);
  });

  it('can get another hint, and keeps everything else', () => {
    const original = new NotFoundError({ ...failure, status: 429, code: 'A.1', retryAfterMs: 5 });
    const changed = original.with({ hint: 'mine' });

    expect(changed).toBeInstanceOf(NotFoundError);
    expect(changed).toMatchObject({ ...original, hint: 'mine' });
    expect(changed.message).toBe(original.message.replace(original.hint, 'mine'));
    expect(original.with({}, AuthenticationError)).toMatchObject({ ...original, name: 'AuthenticationError' });
  });
});

describe('a MigrationFailedError', () => {
  it('names the task, the step, the code, its meaning and a hint', () => {
    const error = new MigrationFailedError(task, migrationFailure);

    expect(error.message).toBe(
      'Task t is MIGRATE_FAIL in step MIGRATE_LINUX_FILE, SMS.0515: The source went away. Hint: Start the agent.',
    );
    expect(error).toMatchObject({ task, ...migrationFailure });
  });

  it('names the host, when it is known', () => {
    expect(new MigrationFailedError(task, migrationFailure, 'sms.test.example').message).toMatch(
      /^Task t at sms\.test\.example is MIGRATE_FAIL in step /,
    );
  });

  it('leaves out what is not known', () => {
    expect(new MigrationFailedError(task, { ...migrationFailure, step: null, code: null }).message).toBe(
      'Task t is MIGRATE_FAIL: The source went away. Hint: Start the agent.',
    );
  });

  it("keeps the service's own words beside their meaning", () => {
    const error = new MigrationFailedError(task, { ...migrationFailure, serviceMessage: 'disk 3 not found' });

    expect(error).toMatchObject({ serviceMessage: 'disk 3 not found', meaning: 'The source went away.' });
    expect(error.message).toContain('The source went away. The service says: disk 3 not found. Hint: Start the agent.');
    expect(new MigrationFailedError(task, { ...migrationFailure, serviceMessage: 'The source' }).message).not.toContain(
      'The service says',
    );
  });
});

describe('a WaitTimeoutError', () => {
  const open = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `t${index}`, outcome: 'unknown' as const }));

  it('names the limit, the state of the open tasks and the last error', () => {
    const error = new WaitTimeoutError({
      reason: 'outage',
      limitMs: 60_000,
      tasks: [{ id: 't0', state: 'RUNNING' }],
      outcomes: open(2),
      lastError: new NetworkError('connect ECONNREFUSED', 'ECONNREFUSED'),
    });

    expect(error.message).toBe(
      'No poll succeeded within 60000 ms (maxOutageMs): task t0 is RUNNING, task t1 was never read. ' +
        'The last error was NetworkError: connect ECONNREFUSED',
    );
    expect(error).toMatchObject({ reason: 'outage', tasks: [{ id: 't0' }], lastError: { code: 'ECONNREFUSED' } });
  });

  it('names five open tasks and counts the rest', () => {
    const { message } = new WaitTimeoutError({
      reason: 'max-wait',
      limitMs: 5,
      tasks: [],
      outcomes: [...open(7), { id: 'gone', outcome: 'gone' }],
      lastError: null,
    });

    expect(message).toContain('Not every task ended within 5 ms (maxWaitMs): task t0 was never read');
    expect(message).toMatch(/task t4 was never read, and 2 more$/);
  });
});

describe('an OutcomeUnknownError', () => {
  it('says what may have been performed, and holds the cursor and the error', () => {
    const cursor = { version: 1, id: 't', percent: 0 } as const;
    const error = new OutcomeUnknownError({ subject: 'start of task t', cursor, error: new TimeoutError('late') });

    expect(error.message).toBe('start of task t may have been performed: its response was lost (TimeoutError: late)');
    expect(error).toMatchObject({ cursor, error: { name: 'TimeoutError' } });
  });
});
