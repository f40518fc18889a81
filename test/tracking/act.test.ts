import type { Cursor, SmsClient } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { failWith, refusal, taskResponse } from '../support/fake-fetch.js';
import { makeScripted, rounds, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

const idle = {
  total_time: 50,
  error_json: 'E1',
  sub_tasks: [{ id: 1, progress: 40, start_date: 1000, end_date: 2000 }],
};
const moved = { ...idle, total_time: 60 };
const named: Record<string, (sms: SmsClient) => Promise<Cursor>> = {
  start: (sms) => sms.tasks.start(taskId, { action: { switch_hce: true, is_need_consistency_check: true } }),
  stop: (sms) => sms.tasks.stop(taskId),
  restart: (sms) => sms.tasks.restart(taskId, { action: { switch_hce: true } }),
  test: (sms) => sms.tasks.test(taskId),
  clone_test: (sms) => sms.tasks.cloneTest(taskId, { action: { template_id: 't1' } }),
  migration_test: (sms) => sms.tasks.migrationTest(taskId),
  network_check: (sms) => sms.tasks.checkNetwork(taskId),
  skip: (sms) => sms.tasks.skipConsistencyCheck(taskId),
  clear: (sms) => sms.tasks.clearSnapshots(taskId),
};
const leavesNoTrace = ['test', 'clone_test', 'migration_test', 'network_check', 'skip', 'clear'];

describe('every action', () => {
  it.each(Object.keys(named))('%s reads the task, is sent once and resolves with a cursor', async (operation) => {
    const { acts, order, sms } = makeScripted(states('MIGRATE_FAIL'));
    const cursor = await resultOf((named[operation] as (sms: SmsClient) => Promise<Cursor>)(sms));
    expect(cursor).toMatchObject({
      version: 1,
      id: taskId,
      operation,
      stage: 'accepted',
      position: { state: 'MIGRATE_FAIL' },
    });
    expect(order()).toEqual(['GET', 'POST']);
    const fields = {
      start: { switch_hce: true, is_need_consistency_check: true },
      restart: { switch_hce: true },
      clone_test: { template_id: 't1' },
    };
    expect(JSON.parse(acts[0]?.body ?? '')).toEqual({ operation, ...fields[operation as keyof typeof fields] });
  });

  it('with any name works the same way', async () => {
    const { acts, sms } = makeScripted(states('MIGRATE_SUCCESS'));
    const cursor = await resultOf(sms.tasks.act(taskId, { operation: 'cutover' }));
    expect(cursor).toMatchObject({ operation: 'cutover', stage: 'accepted' });
    expect(acts).toHaveLength(1);
  });

  it('is sent without a position when the user may not read the task', async () => {
    const { acts, sms } = makeScripted(() => refusal(403));
    expect(await resultOf(sms.tasks.start(taskId))).not.toHaveProperty('position');
    expect(acts).toHaveLength(1);
    const lost = makeScripted(
      () => refusal(403),
      () => failWith('ECONNRESET'),
    );
    expect(await errorOf(lost.sms.tasks.start(taskId))).toMatchObject({ name: 'OutcomeUnknownError' });
    expect(lost.acts).toHaveLength(1);
    const waiting = makeScripted(
      () => refusal(403),
      () => failWith('ECONNRESET'),
    );
    expect(await errorOf(waiting.sms.tasks.startAndWait(taskId))).toMatchObject({ name: 'OutcomeUnknownError' });
  });

  it('is not sent when the task cannot be read for another reason', async () => {
    for (const read of [() => refusal(404), () => refusal(500), () => failWith('ECONNRESET')]) {
      const { acts, sms } = makeScripted(read);
      await errorOf(sms.tasks.start(taskId));
      expect(acts).toHaveLength(0);
    }
  });

  it('is refused before anything is sent when its options are invalid', async () => {
    const { requests, sms } = makeScripted(states('READY'));
    for (const options of [{ actions: {} }, { action: { colour: 'red' } }, { ifRunning: 'wait' }, { maxRetries: -1 }]) {
      expect(await errorOf(sms.tasks.start(taskId, options as never))).toMatchObject({ name: 'InvalidRequestError' });
    }
    expect(await errorOf(sms.tasks.stop(taskId, { ifRunning: 'follow' } as never))).toMatchObject({
      issues: [{ path: 'ifRunning' }],
    });
    expect(requests).toHaveLength(0);
  });

  it('is refused before anything is sent when its id is invalid or its operation empty', async () => {
    const { requests, sms } = makeScripted(states('READY'));
    for (const id of [undefined, null, 5, '', {}, { version: 1, id: taskId, percent: 0 }]) {
      const error = await errorOf(sms.tasks.start(id as never));
      expect(error).toMatchObject({ message: expect.stringMatching(/^start: id: expected /) });
    }
    for (const method of ['act', 'actAndWait'] as const) {
      const error = await errorOf(sms.tasks[method](taskId, { operation: '' as never }));
      expect(error).toMatchObject({ message: expect.stringContaining(`${method}: operation: expected the name`) });
    }
    expect(requests).toHaveLength(0);
  });
});

describe('a start or restart of a busy task', () => {
  it.each(['RUNNING', 'SYNCING', 'ABORTING', 'DELETING', 'SKIPPING', 'RESETING'])(
    'in %s is a ConflictError, and nothing is sent',
    async (state) => {
      for (const method of ['start', 'restart'] as const) {
        const { acts, sms } = makeScripted(states(state));
        expect(await errorOf(sms.tasks[method](taskId))).toMatchObject({
          name: 'ConflictError',
          reasons: [{ code: 'task-state' }],
        });
        const followed = await resultOf(sms.tasks[method](taskId, { ifRunning: 'follow' }));
        expect(followed).toMatchObject({ operation: method, stage: 'accepted' });
        expect(acts).toHaveLength(0);
      }
    },
  );

  it('is sent in an unknown state', async () => {
    const { acts, sms } = makeScripted(states('NOVEL'));
    await resultOf(sms.tasks.start(taskId));
    expect(acts).toHaveLength(1);
  });
});

describe('a start whose response is lost', () => {
  const lost: Record<string, () => Response | Promise<Response>> = {
    cut: () => failWith('ECONNRESET'),
    408: () => refusal(408),
    500: () => refusal(500),
    502: () => refusal(502),
    'an unreadable 200': () => new Response('<html>'),
  };

  it.each(Object.keys(lost))('by %s counts as performed when a poll shows more than before', async (name) => {
    const { acts, reads, sms } = makeScripted(
      () => taskResponse('MIGRATE_FAIL', acts.length === 0 ? idle : moved),
      lost[name],
    );
    expect(await resultOf(sms.tasks.start(taskId))).toMatchObject({ stage: 'accepted' });
    expect(acts).toHaveLength(1);
    expect(reads).toHaveLength(2);
  });

  it.each(Object.keys(lost))('by %s is sent again when nothing moved for 30 s', async (name) => {
    const begin = Date.now();
    const { acts, sms } = makeScripted(
      () => taskResponse('MIGRATE_FAIL', idle),
      (_, count) => (count === 1 ? (lost[name] as () => Response)() : Response.json('')),
    );
    expect(await resultOf(sms.tasks.start(taskId))).toMatchObject({ stage: 'accepted' });
    expect(acts).toHaveLength(2);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(31_000);
  });

  it('does not count as performed because one poll shows the previous run', async () => {
    const { acts, sms } = makeScripted(
      (_, count) => taskResponse(count === 3 ? 'RUNNING' : 'MIGRATE_FAIL', idle),
      () => failWith('ECONNRESET'),
    );
    const error = await errorOf(sms.tasks.start(taskId));
    expect(error).toMatchObject({
      name: 'OutcomeUnknownError',
      cursor: { stage: 'unknown' },
      error: { name: 'NetworkError' },
    });
    expect((error as Error).message).toContain('start of task task-1 may have been performed');
    expect(acts).toHaveLength(1);
  });

  it('counts as performed when the last poll shows another state, too', async () => {
    const { acts, sms } = makeScripted(
      (_, count) => taskResponse(count > 3 ? 'RUNNING' : 'MIGRATE_FAIL', idle),
      () => failWith('ECONNRESET'),
    );
    expect(await resultOf(sms.tasks.start(taskId))).toMatchObject({ stage: 'accepted' });
    expect(acts).toHaveLength(1);
  });

  it('is unknown when there is no poll at the end, or the time is up', async () => {
    const unread = makeScripted(
      (_, count) => (count === 1 ? taskResponse('READY') : refusal(500)),
      () => failWith('ECONNRESET'),
    );
    expect(await errorOf(unread.sms.tasks.start(taskId))).toMatchObject({ name: 'OutcomeUnknownError' });
    const short = makeScripted(states('READY'), () => failWith('ECONNRESET'), { totalTimeoutMs: 10_000 });
    const begin = Date.now();
    expect(await errorOf(short.sms.tasks.start(taskId))).toMatchObject({ name: 'OutcomeUnknownError' });
    expect(Date.now() - begin).toBeLessThanOrEqual(10_001);
  });

  it('throws the last error when it was not performed three times', async () => {
    for (const [maxRetries, sendings] of [
      [undefined, 3],
      [0, 1],
      [10, 3],
    ] as const) {
      const { acts, sms } = makeScripted(states('READY'), () => refusal(502));
      expect(await errorOf(sms.tasks.start(taskId, { maxRetries }))).toMatchObject({
        name: 'ServerError',
        status: 502,
      });
      expect(acts).toHaveLength(sendings);
    }
  });

  it('and that is then refused for another reason throws that refusal', async () => {
    const { acts, sms } = makeScripted(states('READY'), (_, count) =>
      count === 1 ? failWith('ECONNRESET') : refusal(400, 'SMS.0515'),
    );
    expect(await errorOf(sms.tasks.start(taskId))).toMatchObject({ name: 'ApiError', code: 'SMS.0515' });
    const many = makeScripted(states('READY'), (_, count) =>
      count === 1 ? failWith('ECONNRESET') : refusal(400, 'SMS.0515'),
    );
    expect(await resultOf(many.sms.tasks.startMany([taskId]))).toMatchObject([
      { outcome: 'not-started', error: { code: 'SMS.0515' } },
    ]);
    expect(acts).toHaveLength(2);
  });

  it('is sent again at once when no connection was made', async () => {
    const { acts, reads, sms } = makeScripted(states('READY'), (_, count) =>
      count === 1 ? failWith('ECONNREFUSED') : Response.json(''),
    );
    await resultOf(sms.tasks.start(taskId));
    expect([reads.length, acts.length]).toEqual([1, 2]);
  });

  it('is followed by startAndWait until the network is back', async () => {
    const { acts, sms } = makeScripted(
      (_, count) => {
        if (count === 1) return taskResponse('READY', { total_time: 0 });
        return count < 40 ? failWith('ECONNRESET') : taskResponse('MIGRATE_SUCCESS', { total_time: 9 });
      },
      () => failWith('ECONNRESET'),
    );
    expect(await resultOf(sms.tasks.startAndWait(taskId))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    expect(acts).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('is sent whatever the state, and again at once when its response is lost', async () => {
    const { acts, reads, sms } = makeScripted(states('RUNNING'), (_, count) =>
      count < 3 ? failWith('ECONNRESET') : Response.json(''),
    );
    expect(await resultOf(sms.tasks.stop(taskId))).toMatchObject({ stage: 'accepted' });
    expect(acts).toHaveLength(3);
    expect(reads.length).toBeLessThan(5);
  });

  it('counts as performed when the task is being paused and was not before', async () => {
    const { acts, sms } = makeScripted(states('RUNNING', 'ABORTING'), () => failWith('ECONNRESET'));
    expect(await resultOf(sms.tasks.stop(taskId))).toMatchObject({ stage: 'accepted' });
    expect(acts).toHaveLength(1);
  });

  it('succeeds at ABORT, also when only its cursor is given', async () => {
    const { simulator, sms } = makePair();
    const ids = [1, 2].map(() => simulator.addTask({ state: 'RUNNING', durationMs: 3_600_000 }));
    expect(await resultOf(sms.tasks.actAndWait(ids[0] ?? '', { operation: 'stop' }))).toMatchObject({ state: 'ABORT' });
    const cursor = await resultOf(sms.tasks.stop(ids[1] ?? ''));
    expect(await resultOf(sms.tasks.waitFor(cursor))).toMatchObject({ state: 'ABORT' });
  });
});

describe('an action that leaves no trace', () => {
  it.each(leavesNoTrace)('%s is never sent again after a lost response', async (operation) => {
    const { acts, sms } = makeScripted(states('MIGRATE_SUCCESS'), () => failWith('ECONNRESET'));
    const error = await errorOf((named[operation] as (sms: SmsClient) => Promise<Cursor>)(sms));
    expect(error).toMatchObject({ name: 'OutcomeUnknownError', cursor: { operation } });
    expect(acts).toHaveLength(1);
  });

  it('to a task that changes by itself is unknown whatever later polls show', async () => {
    for (const state of ['RUNNING', 'NOVEL']) {
      const { acts, sms } = makeScripted(rounds(state, 'MIGRATE_SUCCESS'), () => failWith('ECONNRESET'));
      expect(await errorOf(sms.tasks.checkNetwork(taskId))).toMatchObject({ name: 'OutcomeUnknownError' });
      expect(acts).toHaveLength(1);
    }
  });

  it('counts as performed when a poll shows more than before', async () => {
    const { sms } = makeScripted(rounds('MIGRATE_SUCCESS', 'RUNNING'), () => failWith('ECONNRESET'));
    expect(await resultOf(sms.tasks.act(taskId, { operation: 'cutover' }))).toMatchObject({
      stage: 'accepted',
    });
  });
});

describe('the cursor of an action', () => {
  it.each(['restart', 'start'] as const)(
    'of %s keeps the old failure from being taken for the new one',
    async (method) => {
      const { simulator, sms } = makePair();
      const id = simulator.addTask({ state: 'MIGRATE_FAIL', durationMs: 60_000, lagMs: 5000 });
      const cursor = await resultOf(sms.tasks[method](id));
      expect(await resultOf(sms.tasks.waitFor(JSON.parse(JSON.stringify(cursor))))).toMatchObject({
        state: 'MIGRATE_SUCCESS',
      });
    },
  );

  it('of a cutover keeps the old success from being taken for the new one', async () => {
    const old = { total_time: 90, sub_tasks: [{ id: 1, progress: 100, start_date: 1, end_date: 91 }] };
    const launch = (progress: number) => ({ ...old, sub_tasks: [...old.sub_tasks, { id: 2, progress }] });
    const { sms } = makeScripted((_, count) => {
      if (count < 4) return taskResponse('MIGRATE_SUCCESS', old);
      return count < 6 ? taskResponse('RUNNING', launch(10)) : taskResponse('MIGRATE_SUCCESS', launch(100));
    });
    const cursor = await resultOf(sms.tasks.act(taskId, { operation: 'cutover' }));
    const task = await resultOf(sms.tasks.waitFor(cursor, { intervalMs: 1000 }));
    expect(task.sub_tasks).toHaveLength(2);
  });
});

describe('a new task', () => {
  /** A client that has just created a task, which reads refuse for a while. */
  async function create(refuse: () => Response, missingMs: number) {
    let createdAt = Number.POSITIVE_INFINITY;
    const script = makeScripted(
      (_, count) =>
        performance.now() - createdAt < missingMs ? refuse() : rounds('READY', 'RUNNING', 'MIGRATE_SUCCESS')(_, count),
      ({ url }) => {
        if (url.pathname.endsWith('/tasks')) createdAt = performance.now();
        return Response.json({ id: taskId });
      },
    );
    const task = { name: 'a', type: 'MIGRATE_FILE', source_server: { id: 's' }, target_server: { disks: [] } };
    const where = { region_id: 'r', region_name: 'r', project_id: 'p', project_name: 'p' };
    await resultOf(script.sms.tasks.create({ ...task, ...where } as never));
    return script;
  }

  it('may be missing from reads for 30 s', async () => {
    const { sms } = await create(() => refusal(404), 15_000);
    expect(await resultOf(sms.tasks.startAndWait(taskId))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be missing for 30 s by the code of SMS with a 400, too, and is gone after that', async () => {
    const refuse = () => refusal(400, 'SMS.7703');
    for (const method of ['startAndWait', 'waitFor'] as const) {
      const { sms } = await create(refuse, 15_000);
      expect(await resultOf(sms.tasks[method](taskId))).toMatchObject({ state: 'MIGRATE_SUCCESS' });
      const late = await create(refuse, 3_600_000);
      const begin = performance.now();
      expect(await errorOf(late.sms.tasks[method](taskId))).toMatchObject({ name: 'NotFoundError', status: 400 });
      expect(performance.now() - begin).toBeGreaterThanOrEqual(29_000);
      expect(late.acts).toHaveLength(1);
    }
    expect(vi.getTimerCount()).toBe(0);
  });
});
