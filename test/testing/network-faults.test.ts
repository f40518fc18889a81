import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectionErrorCode, createSimulator, type Simulator } from '../../src/testing/index.js';
import { adapterNames, createCaller, openEndpoints } from './support.js';

const simulators: Simulator[] = [];
afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.close()));
});

async function prepare(name: (typeof adapterNames)[number]) {
  const simulator = createSimulator();
  simulators.push(simulator);
  const id = simulator.addTask();
  const call = await createCaller(await openEndpoints(simulator, name));
  const start = () => call('POST', `/v3/tasks/${id}/action`, { operation: 'start' });
  const list = () => call('GET', '/v3/tasks');
  return { simulator, id, call, start, list };
}

const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (reason) => reason,
  );

const codes: ConnectionErrorCode[] = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

describe.each(adapterNames)('connection through %s', (name) => {
  it('breaks before the request is performed', async () => {
    const { simulator, id, start } = await prepare(name);
    simulator.faults.connection(1, 'ECONNREFUSED', { match: 'UpdateTaskStatus' });
    const reason = await reasonOf(start());
    expect(reason).toBeInstanceOf(TypeError);
    // A server that has been reached can only reset the socket.
    const expected = name === 'fetch' ? ['ECONNREFUSED'] : ['ECONNRESET', 'UND_ERR_SOCKET'];
    expect(expected).toContain(reason.cause.code);
    expect(simulator.requests.at(-1)).toMatchObject({ operation: 'UpdateTaskStatus', status: null });
    expect(simulator.task(id).state).toBe('READY');
    expect((await start()).status).toBe(200);
  });
});

describe('connection', () => {
  it.each(codes)('rejects as the runtime does for %s', async (code) => {
    const { simulator, list } = await prepare('fetch');
    simulator.faults.connection(1, code);
    const reason = await reasonOf(list());
    expect(reason).toBeInstanceOf(TypeError);
    expect(reason.message).toBe('fetch failed');
    expect(reason.cause).toBeInstanceOf(Error);
    expect(reason.cause.code).toBe(code);
    expect(reason.cause.message).not.toBe('');
  });

  it('names the requested host', async () => {
    const { simulator, list } = await prepare('fetch');
    simulator.faults.connection(1, 'ENOTFOUND');
    const { cause } = await reasonOf(list());
    expect(cause).toMatchObject({ syscall: 'getaddrinfo', hostname: 'sms.simulator.example' });
    expect(cause.message).toBe('getaddrinfo ENOTFOUND sms.simulator.example');
  });

  it('has the cause of a real refused connection, except for the address', async () => {
    const { simulator, list } = await prepare('fetch');
    simulator.faults.connection(1, 'ECONNREFUSED');
    const { cause } = await reasonOf(list());
    const listening = createSimulator();
    const { url } = await listening.listen();
    await listening.close();
    const real = await reasonOf(fetch(url));
    expect(Object.keys(cause).sort()).toEqual(Object.keys(real.cause).sort());
    expect(cause).toMatchObject({ errno: real.cause.errno, code: real.cause.code, syscall: real.cause.syscall });
  });
});

describe.each(adapterNames)('mutate through %s', (name) => {
  it('responds with the result of the function', async () => {
    const { simulator, id, call, list } = await prepare(name);
    simulator.faults.mutate(1, (body) => ({ ...(body as object), tasks: 'none' }), { match: 'ListTasks' });
    expect((await call('GET', `/v3/tasks/${id}`)).json.id).toBe(id);
    expect((await list()).json).toEqual({ count: 1, tasks: 'none' });
    expect((await list()).json.tasks).toHaveLength(1);
  });

  it('performs the request, passes undefined where there is no JSON, and sends no body for undefined', async () => {
    const { simulator, id, call, start } = await prepare(name);
    const seen: unknown[] = [];
    const note = (body: unknown) => {
      seen.push(body);
      return undefined;
    };
    simulator.faults.mutate(2, note);
    expect((await start()).text).toBe('');
    expect(simulator.task(id).state).toBe('RUNNING');
    simulator.task(id).finish();
    expect((await call('DELETE', `/v3/tasks/${id}`)).text).toBe('');
    expect(seen).toEqual(['', undefined]);
  });

  it('responds with 500 when the function throws, and does not change the task for others', async () => {
    const { simulator, id, call, list } = await prepare(name);
    simulator.faults.mutate(1, () => {
      throw new Error('no mutation');
    });
    const reply = await list();
    expect([reply.status, reply.json.error_msg]).toEqual([500, expect.stringContaining('no mutation')]);
    simulator.faults.mutate(1, (body) => {
      (body as { tasks: unknown[] }).tasks.length = 0;
      return body;
    });
    expect((await list()).json.tasks).toEqual([]);
    expect((await call('GET', `/v3/tasks/${id}`)).json.sub_tasks).toEqual([]);
    expect((await list()).json.tasks).toHaveLength(1);
  });
});

describe.each(adapterNames)('skip and Infinity through %s', (name) => {
  it('let that many matching requests succeed first', async () => {
    const { simulator, id, call, list } = await prepare(name);
    simulator.faults.fail(2, 500, { match: 'ListTasks', skip: 1 });
    expect((await call('GET', `/v3/tasks/${id}`)).status).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await list()).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    simulator.faults.fail(Number.POSITIVE_INFINITY, 503);
    for (let count = 0; count < 4; count += 1) expect((await list()).status).toBe(503);
    simulator.faults.clear();
    expect((await list()).status).toBe(200);
  });

  it('let the next fault apply to a skipped request', async () => {
    const { simulator, list } = await prepare(name);
    simulator.faults.fail(1, 500, { skip: 1 });
    simulator.faults.fail(1, 502);
    expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([502, 500, 200]);
  });
});

describe('pending', () => {
  it('lists each fault that has not fired as often as requested, one entry per fault', async () => {
    const { simulator, list } = await prepare('fetch');
    const { faults } = simulator;
    expect(faults.pending).toEqual([]);
    faults.fail(2, 500, { match: 'ListTasks', skip: 1 });
    faults.cut(1, { match: () => false });
    faults.hang(Number.POSITIVE_INFINITY, { match: 'ShowTask' });
    faults.fail(Number.POSITIVE_INFINITY, 503, { match: 'ListTasks', skip: 3 });
    faults.lag(5);
    faults.pages({ cap: 1 });
    expect(faults.pending).toEqual([
      { fault: 'fail', operation: 'ListTasks', remaining: 2, skip: 1 },
      { fault: 'cut', operation: null, remaining: 1, skip: 0 },
      { fault: 'hang', operation: 'ShowTask', remaining: Number.POSITIVE_INFINITY, skip: 0 },
      { fault: 'fail', operation: 'ListTasks', remaining: Number.POSITIVE_INFINITY, skip: 3 },
    ]);
    for (let count = 0; count < 6; count += 1) await list();
    expect(faults.pending.map(({ fault }) => fault)).toEqual(['cut', 'hang']);
    faults.clear();
    expect(faults.pending).toEqual([]);
  });

  it('makes close reject when none was expected, after closing everything', async () => {
    const { simulator } = await prepare('listen');
    const { url } = await createSimulator().listen();
    simulator.faults.cut(2, { match: 'ShowTask' });
    simulator.faults.stale(1);
    await expect(simulator.close({ expectNone: true })).rejects.toThrow(
      'Faults that have not fired: cut (ShowTask, 2 more); stale (any request, 1 more)',
    );
    await expect(simulator.listen()).rejects.toThrow('closed');
    expect(url).not.toBe('');
    const { simulator: quiet, list } = await prepare('fetch');
    quiet.faults.fail(1, 500);
    await list();
    await quiet.close({ expectNone: true });
    await expect(quiet.close({ expectNone: 'yes' } as object)).rejects.toThrow(TypeError);
    await expect(quiet.close({ expectNothing: true } as object)).rejects.toThrow(/expectNone/);
  });
});

describe('invalid arguments', () => {
  const always = Number.POSITIVE_INFINITY;
  it.each([
    ['fail', [0, 500], RangeError, 'n must be a whole number from 1 up, not 0'],
    ['fail', [1.5, 500], RangeError, 'n must be'],
    ['fail', ['1', 500], TypeError, 'n must be a whole number from 1 up, not "1"'],
    ['fail', [1, 200], RangeError, 'status must be a whole number from 400 to 599, not 200'],
    ['fail', [1, 600], RangeError, 'status must be'],
    ['fail', [1, '500'], TypeError, 'status must be'],
    ['fail', [1], TypeError, 'status must be'],
    ['fail', [1, 500, { mach: 'ShowTask' }], TypeError, 'options has no member "mach" (did you mean match?)'],
    ['fail', [1, 500, { match: 'ShowTasks' }], TypeError, '(did you mean ShowTask?)'],
    ['fail', [1, 500, { match: /Show/ }], TypeError, 'options.match must be one of'],
    ['fail', [1, 500, { skip: -1 }], RangeError, 'options.skip must be'],
    ['fail', [1, 500, { skip: always }], RangeError, 'options.skip must be'],
    ['fail', [1, 500, { performed: 1 }], TypeError, 'options.performed must be a boolean, not 1'],
    ['fail', [1, 500, { retryAfter: Number.NaN }], RangeError, 'options.retryAfter'],
    ['fail', [1, 500, { retryAfter: -1 }], RangeError, 'options.retryAfter'],
    ['fail', [1, 500, { retryAfter: 'a\nb' }], TypeError, 'options.retryAfter'],
    ['fail', [1, 500, { code: 7 }], TypeError, 'options.code must be a string'],
    ['fail', [1, 500, 7], TypeError, 'options must be an object, not 7'],
    ['cut', ['1'], TypeError, 'n must be a whole number from 1 up, not "1"'],
    ['cut', [Number.NaN], RangeError, 'n must be'],
    ['cut', [-always], RangeError, 'n must be'],
    ['cut', [], TypeError, 'n must be'],
    ['truncate', [1, { n: 1 }], TypeError, 'options has no member "n"'],
    ['corrupt', [1, null], TypeError, 'options must be an object'],
    ['hang', [1, { code: 'x' }], TypeError, 'options has no member "code"'],
    ['delay', [1, -1], RangeError, 'ms must be a number from 0 up, not -1'],
    ['delay', [1, always], RangeError, 'ms must be'],
    ['delay', [1, '5'], TypeError, 'ms must be'],
    ['connection', [1, 'EPERM'], TypeError, 'code must be one of ECONNREFUSED'],
    ['connection', [1, 'ECONNREFUSED', { performed: true }], TypeError, 'options has no member "performed"'],
    ['mutate', [1, { a: 1 }], TypeError, 'change must be a function, not an object'],
    ['mutate', [1], TypeError, 'change must be a function, not undefined'],
    ['lag', [-1], RangeError, 'ms must be'],
    ['lag', [always], RangeError, 'ms must be'],
    ['lag', [10, { match: 'UpdateTaskStatus' }], TypeError, 'options.match must be one of'],
    ['lag', [10, { match: 'ListProjects' }], TypeError, 'options.match must be one of'],
    ['lag', [10, { skip: 1 }], TypeError, 'options has no member "skip"'],
    ['stale', [0], RangeError, 'n must be'],
    ['stale', [1, { match: 'DeleteTask' }], TypeError, 'options.match must be one of'],
    ['pages', [], TypeError, 'options must be an object'],
    ['pages', [{ cap: 0 }], RangeError, 'options.cap must be a whole number from 1 up, not 0'],
    ['pages', [{ cap: '5' }], TypeError, 'options.cap'],
    ['pages', [{ lose: -1 }], RangeError, 'options.lose'],
    ['pages', [{ count: 5 }], TypeError, 'options.count must be a function'],
    ['pages', [{ limit: 5 }], TypeError, 'options has no member "limit"'],
    ['throttle', [-1], RangeError, 'perSecond must be'],
    ['throttle', [Number.NaN], RangeError, 'perSecond must be'],
    ['throttle', ['5'], TypeError, 'perSecond must be'],
  ] as const)('of %s%j are refused', (method, args, kind, message) => {
    const { faults } = createSimulator();
    const make = () => Reflect.apply(faults[method], faults, args as unknown as never[]);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
    expect(faults.pending).toEqual([]);
  });

  it.each([
    [{ sped: 1 }, TypeError, 'options has no member "sped" (did you mean speed?)'],
    [{ speed: '1' }, RangeError, 'options.speed must be a number above 0, not "1"'],
    [{ seed: 1.5 }, RangeError, 'options.seed must be'],
    [{ seed: 'one' }, TypeError, 'options.seed must be'],
    [{ keepRequests: -1 }, RangeError, 'options.keepRequests'],
    [{ now: 5 }, TypeError, 'options.now must be a function'],
    [{ now: () => Number.NaN }, TypeError, 'options.now must return a number'],
    [{ tokenLifetimeMs: 0 }, RangeError, 'options.tokenLifetimeMs'],
    [{ privacyAgreementAccepted: 'yes' }, TypeError, 'options.privacyAgreementAccepted must be a boolean'],
    [{ tasks: {} }, TypeError, 'options.tasks must be a list'],
    [{ tasks: [{ state: 'NEVER_HEARD_OF' }] }, TypeError, 'options.tasks[0].state must be one of'],
    [{ tasks: [{ sate: 'READY' }] }, TypeError, '(did you mean state?)'],
    [
      { tasks: [{ failAt: { step: 'SSL_CONFIG', time: 2 } }] },
      TypeError,
      'options.tasks[0].failAt has no member "time"',
    ],
    [{ tasks: [{ durationMs: 0 }] }, RangeError, 'options.tasks[0].durationMs'],
    [{ tasks: [{ disks: [{ sizeBytes: 1 }] }] }, TypeError, 'options.tasks[0].disks[0].usedBytes'],
    [{ sources: [{ firmware: 'EFI' }] }, TypeError, 'options.sources[0].firmware must be one of'],
    [{ sources: [{ checks: [{ name: 'CPU', result: 'FINE' }] }] }, TypeError, 'options.sources[0].checks[0].result'],
    [{ accounts: [{ username: 'a', password: 'hunter2' }] }, TypeError, 'options.accounts[0].domainName must be text'],
    [{ accounts: [{ username: 'a', passwort: 'hunter2', domainName: 'd' }] }, TypeError, '(did you mean password?)'],
    [{ onRequest: true }, TypeError, 'options.onRequest must be a function'],
    [null, TypeError, 'options must be an object'],
  ])('of createSimulator(%j) are refused', (options, kind, message) => {
    const make = () => createSimulator(options as object);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
    expect(make).not.toThrow('hunter2');
  });

  it('of addTask, addSourceServer and advance are refused', () => {
    const simulator = createSimulator();
    expect(() => simulator.addTask({ priority: 9 })).toThrow('task.priority must be a whole number from 0 to 2, not 9');
    expect(() => simulator.addTask({ id: '' })).toThrow('task.id must be text');
    expect(() => simulator.addSourceServer({ conected: true } as object)).toThrow(/did you mean connected\?/);
    expect(() => simulator.advance('5' as unknown as number)).toThrow('ms must be a number from 0 up, not "5"');
    expect(simulator.requests).toEqual([]);
  });
});
