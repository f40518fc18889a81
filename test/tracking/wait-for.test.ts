import {
  AuthenticationError,
  ConfigurationError,
  MigrationFailedError,
  NotFoundError,
  PermissionDeniedError,
  type Task,
  WaitTimeoutError,
} from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { failWith, fakeFetch, loginResponse, refusal, taskResponse } from '../support/fake-fetch.js';
import { hang, makeScripted, recordWarnings, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('waitFor ends', () => {
  it.each(['MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'SUCCESS'])('with the task when it succeeds with %s', async (state) => {
    const { reads, sms } = makeScripted(states('RUNNING', 'RUNNING', state));
    expect(await resultOf(sms.tasks.waitFor(taskId))).toEqual({ id: taskId, state });
    expect(reads).toHaveLength(3);
  });

  it.each([
    ['MIGRATE_FAIL', 'failed'],
    ['SYNC_FAIL', 'failed'],
    ['FAIL', 'failed'],
    ['SYNC_F_ROLLBACK_SUCCESS', 'rolled-back'],
    ['ABORT', 'paused'],
  ])('with a MigrationFailedError when the task ends in %s, reason %s', async (state, reason) => {
    const { sms } = makeScripted(states('RUNNING', state));
    const error = await errorOf(sms.tasks.waitFor(taskId));
    expect(error).toBeInstanceOf(MigrationFailedError);
    expect(error).toMatchObject({ reason, task: { id: taskId, state } });
  });

  it.each(['READY', 'RUNNING', 'SYNCING', 'ABORTING', 'SKIPPING', 'DELETING', 'RESETING', 'NEVER_HEARD_OF', ''])(
    'not in %s',
    async (state) => {
      const { reads, sms } = makeScripted(states(state));
      expect(await errorOf(sms.tasks.waitFor(taskId, { maxWaitMs: hourMs }))).toBeInstanceOf(WaitTimeoutError);
      expect(reads.length).toBeGreaterThan(hourMs / 70_000);
    },
  );

  it('in the states of until, which replace those of success', async () => {
    const { reads, sms } = makeScripted(states('MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'SYNCING'));
    expect(await resultOf(sms.tasks.waitFor(taskId, { until: ['SYNCING'] }))).toMatchObject({ state: 'SYNCING' });
    expect(reads).toHaveLength(3);
  });

  it('in the states of failOn, which replace those of failure', async () => {
    const { reads, sms } = makeScripted(states('MIGRATE_FAIL', 'ABORT', 'READY'));
    const error = await errorOf(sms.tasks.waitFor(taskId, { failOn: ['READY'] }));
    expect(error).toMatchObject({ name: 'MigrationFailedError', reason: 'failed', task: { state: 'READY' } });
    expect(reads).toHaveLength(3);
  });

  it('in SYNCING with until, for a task that synchronises until it is stopped', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ syncing: true, durationMs: 60_000 });
    await resultOf(sms.tasks.start(id));
    expect(await resultOf(sms.tasks.waitFor(id, { until: ['SYNCING'] }))).toMatchObject({ state: 'SYNCING' });
    expect(await errorOf(sms.tasks.waitFor(id, { maxWaitMs: hourMs }))).toBeInstanceOf(WaitTimeoutError);
  });

  it('never starts the task', async () => {
    const { simulator, sms } = makePair({ tasks: [{ id: 'a', state: 'READY' }] });
    await errorOf(sms.tasks.waitFor('a', { maxWaitMs: hourMs }));
    expect(simulator.requests.every(({ method, operation }) => method === 'GET' || operation === 'CreateToken')).toBe(
      true,
    );
  });
});

describe('maxWaitMs', () => {
  it('ends the wait with the task from the last poll', async () => {
    const { sms } = makeScripted(states('RUNNING'));
    const begin = Date.now();
    const error = await errorOf(sms.tasks.waitFor(taskId, { maxWaitMs: 90_000 }));
    expect(Date.now() - begin).toBe(90_000);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).toMatchObject({
      tasks: [{ id: taskId, state: 'RUNNING' }],
      message: expect.stringContaining('90000'),
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a wait whose polls hang or fail, with no task when none succeeded', async () => {
    for (const read of [hang, () => refusal(500), () => failWith('ENOTFOUND')]) {
      const { sms } = makeScripted((request, count) => (count === 1 ? taskResponse('RUNNING') : read(request)));
      const begin = Date.now();
      const error = await errorOf(sms.tasks.waitFor(taskId, { maxWaitMs: 45_000 }));
      expect(error).toMatchObject({ reason: 'max-wait', tasks: [{ state: 'RUNNING' }] });
      expect(Date.now() - begin).toBe(45_000);
    }
    const { sms } = makeScripted(hang);
    expect(await errorOf(sms.tasks.waitFor(taskId, { maxWaitMs: 5000 }))).toMatchObject({ tasks: [] });
  });

  it('names the last error', async () => {
    const { sms } = makeScripted((_, count) => (count === 1 ? taskResponse('RUNNING') : refusal(500)));
    const error = await errorOf(sms.tasks.waitFor(taskId, { maxWaitMs: 45_000 }));
    expect(error).toMatchObject({
      lastError: { name: 'ServerError' },
      message: expect.stringContaining('ServerError'),
    });
  });

  it('may be longer than a timer can be', async () => {
    const { reads, sms } = makeScripted(states('RUNNING'));
    const maxWaitMs = 100 * dayMs;
    const begin = Date.now();
    const call = settle(sms.tasks.waitFor(taskId, { maxWaitMs, intervalMs: 2 ** 31 - 1 }));
    expect((await call).error).toBeInstanceOf(WaitTimeoutError);
    expect(Date.now() - begin).toBe(maxWaitMs);
    expect(reads).toHaveLength(5);
  });
});

describe('a failed poll', () => {
  const transient: Record<string, () => Response | Promise<Response>> = {
    cut: () => failWith('ECONNRESET'),
    'name not found': () => failWith('ENOTFOUND'),
    'certificate refused': () => failWith('CERT_HAS_EXPIRED'),
    'headers too large': () => failWith('UND_ERR_HEADERS_OVERFLOW'),
    'of an unknown kind': () => Promise.reject('?'),
    408: () => refusal(408),
    429: () => refusal(429),
    '429 for an hour': () => refusal(429, 'APIGW.0308', { 'retry-after': '3600' }),
    500: () => refusal(500),
    501: () => refusal(501),
    502: () => new Response('<html><title>Bad gateway</title></html>', { status: 502 }),
    503: () => refusal(503),
    504: () => refusal(504),
    'no JSON': () => new Response('<html>'),
    'no body': () => new Response(''),
    'no id': () => Response.json({ state: 'MIGRATE_SUCCESS' }),
    'no state': () => Response.json({ id: taskId }),
    'state of another type': () => Response.json({ id: taskId, state: 5 }),
    'a list': () => Response.json([]),
    null: () => Response.json(null),
  };

  it.each(Object.keys(transient))('%s: does not end the wait, and is logged', async (name) => {
    const { logger, warnings } = recordWarnings();
    // More than the retries of one poll.
    const { sms } = makeScripted(
      (_, count) => {
        if (count === 1) return taskResponse('RUNNING');
        return count <= 8 ? (transient[name] ?? hang)(_) : taskResponse('MIGRATE_SUCCESS');
      },
      undefined,
      { logger },
    );
    const wait = sms.tasks.waitFor(taskId, { maxOutageMs: 10 * hourMs });
    expect(await resultOf(wait)).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    expect(warnings.some((line) => line.includes('the wait goes on'))).toBe(true);
  });

  it('by a timeout: does not end the wait', async () => {
    const { sms } = makeScripted(
      (request, count) => {
        if (count === 1) return taskResponse('RUNNING');
        return count <= 8 ? hang(request) : taskResponse('SUCCESS');
      },
      undefined,
      { timeoutMs: 100 },
    );
    expect(await resultOf(sms.tasks.waitFor(taskId))).toMatchObject({ state: 'SUCCESS' });
  });

  it('because IAM does not respond: does not end the wait', async () => {
    const { fetch, iam } = fakeFetch(
      (_, count) => (count === 2 ? refusal(401, 'APIGW.0301') : taskResponse(count === 1 ? 'RUNNING' : 'SUCCESS')),
      (_, count) => (count > 1 && count <= 8 ? refusal(503) : loginResponse(`token-${count}`)),
    );
    const { sms } = makeScripted(hang, undefined, { fetch });
    expect(await resultOf(sms.tasks.waitFor(taskId))).toMatchObject({ state: 'SUCCESS' });
    expect(iam).toHaveLength(9);
  });

  it.each([
    [400, Error],
    [401, AuthenticationError],
    [403, PermissionDeniedError],
    [404, NotFoundError],
  ])('with %i: ends it at once', async (status, kind) => {
    const { reads, sms } = makeScripted((_, count) => (count < 3 ? taskResponse('RUNNING') : refusal(status)));
    expect(await errorOf(sms.tasks.waitFor(taskId))).toBeInstanceOf(kind);
    // A refused token is renewed once, and a task is gone when two polls say so.
    expect(reads).toHaveLength(status === 401 || status === 404 ? 4 : 3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [200, 'SMS.9004'],
    [403, 'SMS.9004'],
  ])('with %i and the code of a refusal: ends it at once', async (status, code) => {
    const { reads, sms } = makeScripted((_, count) => (count < 3 ? taskResponse('RUNNING') : refusal(status, code)));
    expect(await errorOf(sms.tasks.waitFor(taskId))).toMatchObject({ status, code });
    expect(reads).toHaveLength(3);
  });

  it('with 200 and the code of a failure: does not end the wait', async () => {
    const { sms } = makeScripted((_, count) =>
      count === 2 ? refusal(200, 'APIGW.0105') : taskResponse(count === 1 ? 'RUNNING' : 'SUCCESS'),
    );
    expect(await resultOf(sms.tasks.waitFor(taskId))).toMatchObject({ state: 'SUCCESS' });
  });

  it('because of credentials that IAM refuses: ends it at once', async () => {
    const { simulator, sms } = makePair({ accounts: [] });
    simulator.addTask({ id: 'a' });
    expect(await errorOf(sms.tasks.waitFor('a'))).toBeInstanceOf(AuthenticationError);
  });

  it('with Retry-After delays the next poll, up to ten minutes', async () => {
    for (const [seconds, pause] of [
      [120, 120_000],
      [86_400, 600_000],
    ]) {
      const at: number[] = [];
      const { sms } = makeScripted((_, count) => {
        at.push(Date.now());
        if (count === 1) return taskResponse('RUNNING');
        return count === 2 ? refusal(429, 'x', { 'retry-after': String(seconds) }) : taskResponse('SUCCESS');
      });
      await resultOf(sms.tasks.waitFor(taskId));
      expect((at[2] ?? 0) - (at[1] ?? 0)).toBe(pause);
    }
  });
});

describe('a response that misses its schema', () => {
  it('but has id and state does not end the wait: invalid fields are dropped, with a logged warning', async () => {
    const { logger, warnings } = recordWarnings();
    const { sms } = makeScripted(
      (_, count) => taskResponse(count < 3 ? 'RUNNING' : 'MIGRATE_SUCCESS', { priority: 'high' }),
      undefined,
      { logger },
    );
    expect(await resultOf(sms.tasks.waitFor(taskId))).toEqual({
      id: taskId,
      state: 'MIGRATE_SUCCESS',
      sub_tasks: null,
    });
    expect(warnings.some((line) => line.includes('priority: expected number, received string'))).toBe(true);
  });

  it('never breaks a wait, whatever its fields hold', async () => {
    const anything = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
    const step = fc.record(
      Object.fromEntries(
        ['id', 'name', 'progress', 'start_date', 'end_date', 'user_op'].map((name) => [name, anything]),
      ),
      { requiredKeys: [] },
    );
    const fields = fc.record(
      {
        sub_tasks: fc.oneof(anything, fc.array(fc.oneof(step, anything))),
        error_json: anything,
        migrate_speed: anything,
        remain_seconds: anything,
        total_time: anything,
        source_server: anything,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fields, async (more) => {
        const { sms } = makeScripted((_, count) => taskResponse(count < 3 ? 'RUNNING' : 'MIGRATE_FAIL', more));
        const error = await errorOf(
          sms.tasks.waitFor(taskId, { onProgress: ({ percent }) => expect(percent).toBeLessThan(100) }),
        );
        expect(error).toBeInstanceOf(MigrationFailedError);
      }),
      { numRuns: 150 },
    );
  });

  it('does not end startAndWait either', async () => {
    const { order, sms } = makeScripted((_, count) =>
      taskResponse(['READY', 'RUNNING', 'MIGRATE_SUCCESS'][count - 1] ?? '', {
        sub_tasks: { a: 1 },
        total_time: count,
      }),
    );
    await resultOf(sms.tasks.startAndWait(taskId));
    expect(order()).toEqual(['GET', 'POST', 'GET', 'GET']);
  });
});

describe('an abort', () => {
  it('at any moment ends the wait with its reason, and no poll follows', async () => {
    const reason = new Error('enough');
    const failing = [() => refusal(500), () => failWith('ECONNREFUSED'), hang].map(
      (read): Parameters<typeof makeScripted>[0] =>
        (request, count) =>
          count === 1 ? taskResponse('RUNNING') : read(request),
    );
    for (const read of [states('RUNNING'), ...failing]) {
      for (const ms of [0, 1, 100, 400, 1500, 1999, 2500, 10_000, 40_000, 123_456]) {
        const controller = new AbortController();
        const { requests, sms } = makeScripted(read);
        const call = sms.tasks.waitFor(taskId, { signal: controller.signal }).catch((error: unknown) => error);
        await vi.advanceTimersByTimeAsync(ms);
        controller.abort(reason);
        const sent = requests.length;
        expect(await call).toBe(reason);
        await vi.advanceTimersByTimeAsync(200_000);
        expect(requests).toHaveLength(sent);
        expect(vi.getTimerCount()).toBe(0);
      }
    }
  });

  it('before the call sends nothing', async () => {
    const { requests, sms } = makeScripted(states('SUCCESS'));
    const reason = new Error('early');
    const signal = AbortSignal.abort(reason);
    expect(await errorOf(sms.tasks.waitFor(taskId, { signal }))).toBe(reason);
    expect(await errorOf(sms.tasks.startAndWait(taskId, { signal }))).toBe(reason);
    expect(requests).toHaveLength(0);
  });

  it('during onProgress is followed by no poll', async () => {
    const controller = new AbortController();
    const { requests, sms } = makeScripted(states('RUNNING'));
    const onProgress = () => controller.abort();
    const error = await errorOf(sms.tasks.waitFor(taskId, { signal: controller.signal, onProgress }));
    expect(error).toHaveProperty('name', 'AbortError');
    expect(requests).toHaveLength(1);
  });
});

describe('onProgress', () => {
  it('that throws or rejects is only logged', async () => {
    const { logger, warnings } = recordWarnings();
    const { sms } = makeScripted(states('RUNNING', 'SUCCESS'), undefined, { logger });
    const hooks = [
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
    ];
    for (const onProgress of hooks) {
      expect(await resultOf(sms.tasks.waitFor(taskId, { onProgress }))).toMatchObject({ state: 'SUCCESS' });
    }
    expect(warnings.filter((line) => line.includes('onProgress threw'))).toHaveLength(3);
  });

  it('gets the progress and the whole snapshot once per change', async () => {
    const seen: unknown[] = [];
    const { sms } = makeScripted(states('READY', 'READY', 'RUNNING', 'RUNNING', 'SUCCESS'));
    const task: Task = await resultOf(
      sms.tasks.waitFor(taskId, {
        onProgress: (progress, snapshot) => {
          expect(snapshot.progress).toBe(progress);
          expect(snapshot.cursor.id).toBe(taskId);
          seen.push([progress.state, snapshot.task.state, progress.percent]);
        },
      }),
    );
    expect(task.state).toBe('SUCCESS');
    expect(seen).toEqual([
      ['READY', 'READY', 0],
      ['RUNNING', 'RUNNING', 0],
      ['SUCCESS', 'SUCCESS', 100],
    ]);
  });
});

describe('a client whose credentials are wrong from the start', () => {
  it('ends the wait with the error of their provider', async () => {
    const broken = new Error('vault sealed');
    const { sms } = makeScripted(states('RUNNING'), undefined, { credentials: () => Promise.reject(broken) });
    expect(await errorOf(sms.tasks.waitFor(taskId))).toMatchObject({ name: 'ConfigurationError' });
  });

  it('ends the wait at once', async () => {
    const { sms } = makeScripted(states('RUNNING'), undefined, {
      credentials: () => Promise.reject(new ConfigurationError('none')),
    });
    expect(await errorOf(sms.tasks.waitFor(taskId))).toBeInstanceOf(ConfigurationError);
  });
});
