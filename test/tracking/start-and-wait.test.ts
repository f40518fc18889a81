import {
  type ApiError,
  ConflictError,
  MigrationFailedError,
  NetworkError,
  TimeoutError,
  WaitTimeoutError,
} from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { failWith, refusal, taskResponse } from '../support/fake-fetch.js';
import { hang, makeScripted, rounds, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

const accept = () => Response.json('');
const steps = (...ids: number[]) => ({
  total_time: 0,
  sub_tasks: ids.map((id) => ({ id, name: `STEP_${id}`, user_op: 'REPLICATE' })),
});

/** Responds with one state after the other, the last one for ever. */
const polls =
  (...responses: readonly (readonly [state: string, more?: object])[]) =>
  (_request: unknown, count: number) => {
    const [state, more] = responses[Math.min(count, responses.length) - 1] ?? [''];
    return taskResponse(state, more);
  };

describe('startAndWait', () => {
  it('reads the task, starts it, and polls until it is done', async () => {
    const { acts, order, sms } = makeScripted(rounds('READY', 'RUNNING', 'RUNNING', 'MIGRATE_SUCCESS'));
    expect(await resultOf(sms.tasks.startAndWait(taskId))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    expect(order()).toEqual(['GET', 'POST', 'GET', 'GET', 'GET']);
    expect(acts[0]?.body).toBe('{"operation":"start"}');
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['READY', 'ABORT', 'MIGRATE_FAIL', 'MIGRATE_SUCCESS', 'SYNC_FAIL', 'SYNC_SUCCESS'])(
    'brings a task from %s to the end of a new round',
    async (state) => {
      const { simulator, sms } = makePair();
      const id = simulator.addTask({ state, durationMs: 600_000 });
      const before = await resultOf(sms.tasks.get(id));
      const begin = Date.now();
      const task = await resultOf(sms.tasks.startAndWait(id));
      expect(task.state).toMatch(/_SUCCESS$/);
      expect(Date.now() - begin).toBeGreaterThan(60_000);
      expect(task.total_time).toBeGreaterThan(before.total_time ?? 0);
      expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
    },
  );

  it('rejects when the new round fails', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const error = await errorOf(sms.tasks.startAndWait(id));
    expect(error).toBeInstanceOf(MigrationFailedError);
    expect(error).toMatchObject({ reason: 'failed', step: { name: 'MIGRATE_LINUX_FILE' }, code: 'SMS.0807' });
    expect((error as Error).message).toContain('MIGRATE_LINUX_FILE');
  });

  it('throws when the first read fails, and starts nothing', async () => {
    const { acts, sms } = makeScripted(() => failWith('ECONNRESET'));
    expect(await errorOf(sms.tasks.startAndWait(taskId))).toBeInstanceOf(NetworkError);
    expect(acts).toHaveLength(0);
  });

  it('ends after maxWaitMs at any point', async () => {
    for (const [read, act] of [
      [hang, accept],
      [states('READY'), hang],
      [states('READY', 'RUNNING'), accept],
    ] as const) {
      const { sms } = makeScripted(read, act);
      const begin = Date.now();
      expect(await errorOf(sms.tasks.startAndWait(taskId, { maxWaitMs: 20_000 }))).toBeInstanceOf(WaitTimeoutError);
      expect(Date.now() - begin).toBe(20_000);
    }
  });

  it('sends no start when the caller aborts at its first progress', async () => {
    const controller = new AbortController();
    const { acts, sms } = makeScripted(states('READY'));
    const onProgress = () => controller.abort();
    await errorOf(sms.tasks.startAndWait(taskId, { signal: controller.signal, onProgress }));
    expect(acts).toHaveLength(0);
  });

  it('goes on after a start without a response, until it is known not to have been performed', async () => {
    const { acts, sms } = makeScripted(states('READY'), hang, { totalTimeoutMs: 4000 });
    const begin = Date.now();
    expect(await errorOf(sms.tasks.startAndWait(taskId))).toBeInstanceOf(TimeoutError);
    expect(acts).toHaveLength(1);
    expect(Date.now() - begin).toBeGreaterThan(34_000);
  });
});

describe('a new round is distinguished from the old one', () => {
  it.each(['MIGRATE_FAIL', 'MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'ABORT', 'READY'])(
    'although reads show the old %s for a while',
    async (state) => {
      const { simulator, sms } = makePair();
      const id = simulator.addTask({ state, durationMs: 600_000, lagMs: 20_000 });
      const seen: string[] = [];
      const begin = Date.now();
      const onProgress = ({ state: shown }: { state: string }) => seen.push(shown);
      const task = await resultOf(sms.tasks.startAndWait(id, { onProgress }));
      expect(task.state).toMatch(/_SUCCESS$/);
      expect(Date.now() - begin).toBeGreaterThan(60_000);
      // The old state is shown once, before the start, and never as if it belonged to the new round.
      expect(seen.filter((name) => name === state)).toHaveLength(state === task.state ? 2 : 1);
    },
  );

  it('for 30 s: an unchanged failure that lasts longer is the outcome', async () => {
    const { sms } = makeScripted(states('MIGRATE_FAIL'));
    const begin = Date.now();
    const error = await errorOf(sms.tasks.startAndWait(taskId, { intervalMs: 1000 }));
    expect(error).toBeInstanceOf(MigrationFailedError);
    expect(Date.now() - begin).toBe(30_000);
  });

  it('for 30 s: an unchanged success that lasts longer is the outcome', async () => {
    const { reads, sms } = makeScripted(states('MIGRATE_SUCCESS'));
    expect(await resultOf(sms.tasks.startAndWait(taskId, { intervalMs: 29_999 }))).toMatchObject({
      state: 'MIGRATE_SUCCESS',
    });
    expect(reads).toHaveLength(4);
  });

  it('when it begins and succeeds between two polls', async () => {
    const { order, sms } = makeScripted(
      polls(['MIGRATE_FAIL', steps(1)], ['MIGRATE_SUCCESS', { ...steps(1), total_time: 5 }]),
    );
    await resultOf(sms.tasks.startAndWait(taskId));
    expect(order()).toEqual(['GET', 'POST', 'GET']);
  });

  it('when it ends in the same state, by its new steps', async () => {
    for (const state of ['MIGRATE_FAIL', 'MIGRATE_SUCCESS']) {
      const { order, sms } = makeScripted(polls([state, steps(1, 2)], [state, steps(3, 4)]));
      await sms.tasks
        .startAndWait(taskId)
        .catch((error: unknown) => expect(error).toBeInstanceOf(MigrationFailedError));
      expect(order()).toEqual(['GET', 'POST', 'GET']);
    }
  });

  it('also after it was seen: an old state is not trusted within 30 s of the start', async () => {
    const old = ['MIGRATE_FAIL', steps(1)] as const;
    const { sms } = makeScripted(
      polls(old, ['RUNNING', steps(1, 2)], old, ['RUNNING', steps(1, 2)], ['SUCCESS', steps(1, 2)]),
    );
    expect(await resultOf(sms.tasks.startAndWait(taskId))).toMatchObject({ state: 'SUCCESS' });
  });

  it('also later: the same state may come back as a real outcome', async () => {
    const old = ['MIGRATE_FAIL', steps(1)] as const;
    const { sms } = makeScripted(polls(old, old, ['RUNNING', steps(1, 2)], ['MIGRATE_FAIL', steps(1, 2)]));
    expect(await errorOf(sms.tasks.startAndWait(taskId))).toBeInstanceOf(MigrationFailedError);
  });
});

describe('a task that is running already', () => {
  const running = () => makeScripted(rounds('RUNNING', 'RUNNING', 'MIGRATE_SUCCESS'));

  it('is a ConflictError with a hint and a reason, and nothing is sent', async () => {
    const { order, sms } = running();
    const error = await errorOf(sms.tasks.startAndWait(taskId));
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({
      status: 409,
      code: null,
      host: 'sms.test.example',
      reasons: [{ code: 'task-state' }],
    });
    expect((error as Error).message).toContain(
      'start of task task-1 at sms.test.example was not sent, because the task is RUNNING',
    );
    expect((error as ApiError).hint).toContain("ifRunning: 'follow'");
    expect(order()).toEqual(['GET']);
  });

  it('leaves no start in a cursor', async () => {
    const onProgress = vi.fn();
    const { sms } = running();
    await errorOf(sms.tasks.startAndWait(taskId, { onProgress }));
    expect(onProgress).not.toHaveBeenCalled();
  });

  it("is followed with ifRunning: 'follow', without a start", async () => {
    const { order, sms } = running();
    await resultOf(sms.tasks.startAndWait(taskId, { ifRunning: 'follow' }));
    expect(order()).toEqual(['GET', 'GET', 'GET']);
  });

  it('because another client started it in between is a ConflictError, or followed', async () => {
    const make = () =>
      makeScripted(rounds('READY', 'RUNNING', 'RUNNING', 'MIGRATE_SUCCESS'), () => refusal(400, 'SMS.1039'));
    const error = await errorOf(make().sms.tasks.startAndWait(taskId));
    expect(error).toBeInstanceOf(ConflictError);
    expect((error as ApiError).hint).toContain("ifRunning: 'follow'");
    const { order, sms } = make();
    expect(await resultOf(sms.tasks.startAndWait(taskId, { ifRunning: 'follow' }))).toMatchObject({
      state: 'MIGRATE_SUCCESS',
    });
    expect(order()).toEqual(['GET', 'POST', 'GET', 'GET', 'GET']);
  });

  it('is not the meaning of every refusal', async () => {
    for (const ifRunning of ['error', 'follow'] as const) {
      const { acts, sms } = makeScripted(states('READY'), () => refusal(400, 'SMS.7777'));
      const error = await errorOf(sms.tasks.startAndWait(taskId, { ifRunning }));
      expect(error).toMatchObject({ name: 'ApiError', code: 'SMS.7777' });
      expect(acts).toHaveLength(1);
    }
  });

  it('does not matter to another action, whose refusal is thrown at once', async () => {
    const { order, sms } = makeScripted(states('ABORT'), () => refusal(400, 'SMS.1038'));
    const error = await errorOf(sms.tasks.actAndWait(taskId, { operation: 'stop' }, { ifRunning: 'follow' }));
    expect(error).toMatchObject({ name: 'ConflictError', code: 'SMS.1038' });
    expect(order()).toEqual(['GET', 'POST']);
  });

  it('ends with the reason of an abort also during the checks after a refusal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const { sms } = makeScripted(
      (request, count) => {
        if (count === 1) return taskResponse('READY');
        controller.abort(reason);
        return hang(request);
      },
      () => refusal(400, 'SMS.1039'),
    );
    expect(await errorOf(sms.tasks.startAndWait(taskId, { signal: controller.signal }))).toBe(reason);
  });
});

describe('a lost response to the start', () => {
  it.each([true, false])('does no harm, performed: %s', async (performed) => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ durationMs: 60_000 });
    simulator.faults.cut(1, { match: 'UpdateTaskStatus', performed });
    expect(await resultOf(sms.tasks.startAndWait(id))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(
      performed ? 1 : 2,
    );
  });

  it('does no harm when the round was over before the first poll', async () => {
    const { order, sms } = makeScripted(polls(['MIGRATE_FAIL', steps(1)], ['MIGRATE_FAIL', steps(2)]), () =>
      refusal(502),
    );
    expect(await errorOf(sms.tasks.startAndWait(taskId))).toBeInstanceOf(MigrationFailedError);
    expect(order()).toEqual(['GET', 'POST', 'GET', 'GET']);
  });

  it('does no harm although reads show the old state for a while', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ durationMs: 600_000, lagMs: 20_000 });
    simulator.faults.cut(1, { match: 'UpdateTaskStatus', performed: true });
    expect(await resultOf(sms.tasks.startAndWait(id))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
  });

  it('followed by a refusal that no change explains within 30 s throws that refusal', async () => {
    const { sms } = makeScripted(states('READY'), (_, count) =>
      count === 1 ? refusal(502) : refusal(400, 'SMS.1039'),
    );
    const begin = Date.now();
    expect(await errorOf(sms.tasks.startAndWait(taskId, { intervalMs: 1000 }))).toBeInstanceOf(ConflictError);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(60_000);
    expect(Date.now() - begin).toBeLessThan(66_000);
  });

  it('is the error when no attempt is left', async () => {
    const { acts, sms } = makeScripted(states('READY'), () => refusal(502));
    expect(await errorOf(sms.tasks.startAndWait(taskId))).toMatchObject({ name: 'ServerError', status: 502 });
    expect(acts).toHaveLength(3);
  });
});
