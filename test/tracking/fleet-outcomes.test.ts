import type { StartOutcome, WaitOutcome } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { failWith, refusal, taskResponse } from '../support/fake-fetch.js';
import { type FleetItem, idsOf, itemsOf, makeFleet, setAll } from '../support/fake-fleet.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

const names = (outcomes: readonly WaitOutcome[]) => outcomes.map(({ id, outcome }) => `${id} ${outcome}`);

describe('waitForAll with what startMany returned', () => {
  it('passes on what was not started, and follows the rest', async () => {
    const { simulator, sms } = makePair();
    const ids = ['READY', 'DELETING', 'READY', 'RUNNING'].map((state) =>
      simulator.addTask({ state: state as 'READY', durationMs: 60_000 }),
    );
    const started = await resultOf(sms.tasks.startMany(ids));
    expect(started.map(({ outcome }) => outcome)).toEqual(['started', 'not-started', 'started', 'not-started']);
    const reported: string[] = [];
    const outcomes = await resultOf(sms.tasks.waitForAll(started, { onOutcome: ({ id }) => void reported.push(id) }));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['succeeded', 'not-started', 'succeeded', 'not-started']);
    expect(outcomes[1]?.error).toMatchObject({ name: 'ConflictError' });
    expect([...reported].sort()).toEqual([...ids].sort());
  });

  it('follows a start with an unknown outcome, and reports it as unknown when nothing shows it', async () => {
    const items: FleetItem[] = itemsOf(2, 'MIGRATE_FAIL', {
      total_time: 50,
      sub_tasks: [{ id: 1, progress: 40, start_date: 1, end_date: 51 }],
    });
    const { service, sms } = makeFleet(
      items,
      (call) => (call.operation === 'UpdateTaskStatus' ? failWith('ECONNRESET') : undefined),
      { totalTimeoutMs: 5000 },
    );
    const lost = (id: string): StartOutcome => ({
      id,
      outcome: 'unknown',
      cursor: {
        version: 1,
        id,
        percent: 0,
        operation: 'start',
        stage: 'unknown',
        position: {
          state: 'MIGRATE_FAIL',
          totalTime: 50,
          error: null,
          startDate: null,
          finishDate: null,
          steps: [[1, 40, 1, 51]],
        },
      },
    });
    setTimeout(() => Object.assign(service.items[0] ?? {}, { state: 'MIGRATE_SUCCESS', total_time: 90 }), 10_000);
    const outcomes = await resultOf(sms.tasks.waitForAll(idsOf(2).map(lost)));
    expect(names(outcomes)).toEqual(['task-0 succeeded', 'task-1 unknown']);
    expect(outcomes[1]).toMatchObject({ error: { name: 'OutcomeUnknownError' }, cursor: { stage: 'unknown' } });
  });

  it('treats a task that the list shows late as neither gone nor done', async () => {
    let polls = 0;
    let isStarted = false;
    const steps = { sub_tasks: [{ id: 5, name: 'SSL_CONFIG', progress: 1 }] };
    const { sms } = makeFleet([], ({ operation }) => {
      if (operation === 'UpdateTaskStatus') {
        isStarted = true;
        return Response.json('');
      }
      if (operation === 'ShowTask') return taskResponse(isStarted ? 'RUNNING' : 'READY', { id: 'task-0' });
      if (operation !== 'ListTasks') return undefined;
      polls += 1;
      if (polls < 2) return Response.json({ count: 0, tasks: [] });
      return Response.json({
        count: 1,
        tasks: [{ id: 'task-0', state: polls > 4 ? 'MIGRATE_SUCCESS' : 'RUNNING', ...steps }],
      });
    });
    const started = await resultOf(sms.tasks.startMany(['task-0']));
    const outcomes = await resultOf(sms.tasks.waitForAll(started, { intervalMs: 20, maxWaitMs: 4000 }));
    expect(names(outcomes)).toEqual(['task-0 succeeded']);
  });

  it('survives one empty list', async () => {
    const { service, sms } = makeFleet(itemsOf(3, 'RUNNING'), ({ operation }, count) =>
      operation === 'ListTasks' && count === 2 ? Response.json({ count: 0, tasks: [] }) : undefined,
    );
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS' }), 25_000);
    const outcomes = await resultOf(sms.tasks.waitForAll(idsOf(3), { intervalMs: 10_000 }));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });
});

describe('waitForAll and watchMany', () => {
  it('accept an id, a cursor or a list of both', async () => {
    const cursor = { version: 1, id: 'task-0', percent: 0 } as const;
    for (const targets of ['task-0', cursor, ['task-0'], [cursor], [cursor, 'task-0']]) {
      const { sms } = makeFleet(itemsOf(2, 'MIGRATE_SUCCESS'));
      expect(names(await resultOf(sms.tasks.waitForAll(targets)))).toEqual(['task-0 succeeded']);
    }
  });
});

describe('startAllAndWait', () => {
  it('starts, waits, and returns one outcome for each id', async () => {
    const { simulator, sms } = makePair();
    const good = simulator.addTask({ durationMs: 60_000 });
    const bad = simulator.addTask({ durationMs: 60_000, failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const busy = simulator.addTask({ state: 'RUNNING', durationMs: 60_000 });
    const starts: string[] = [];
    const onStart = ({ id, outcome }: StartOutcome) => void starts.push(`${id} ${outcome}`);
    const outcomes = await resultOf(sms.tasks.startAllAndWait([good, 'nowhere', bad, busy, good], { onStart }));
    expect(outcomes.map(({ id, outcome }) => [id, outcome])).toEqual([
      [good, 'succeeded'],
      ['nowhere', 'not-started'],
      [bad, 'failed'],
      [busy, 'not-started'],
    ]);
    expect(starts).toHaveLength(4);
    expect(await resultOf(sms.tasks.startAllAndWait([]))).toEqual([]);
  });

  it("follows running tasks with ifRunning: 'follow', and sends the fields of the action with every start", async () => {
    const { calls, service, sms } = makeFleet([
      ...itemsOf(1, 'READY'),
      { id: 'busy', state: 'RUNNING', total_time: 5 },
    ]);
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS', total_time: 50 }), 3000);
    const options = { ifRunning: 'follow', action: { is_need_consistency_check: true }, intervalMs: 1000 } as const;
    const outcomes = await resultOf(sms.tasks.startAllAndWait(['task-0', 'busy'], options));
    expect(names(outcomes)).toEqual(['task-0 succeeded', 'busy succeeded']);
    expect(calls.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
  });

  it('reports what is known when maxWaitMs is over, while it starts and while it waits', async () => {
    for (const trouble of [undefined, 'UpdateTaskStatus'] as const) {
      const { sms } = makeFleet(itemsOf(2, 'READY'), ({ id, operation }) =>
        operation === trouble && id === 'task-1' ? new Promise<Response>(() => undefined) : undefined,
      );
      const error = await errorOf(sms.tasks.startAllAndWait(idsOf(2), { maxWaitMs: 20_000 }));
      expect(error).toMatchObject({ name: 'WaitTimeoutError', reason: 'max-wait' });
      expect((error as { outcomes: WaitOutcome[] }).outcomes).toMatchObject([
        { id: 'task-0', outcome: 'unknown', cursor: { stage: 'accepted' } },
        { id: 'task-1', outcome: 'unknown' },
      ]);
    }
  });

  it('does not start again what was started according to a cursor', async () => {
    const { sms, starts } = makeFleet(itemsOf(1, 'MIGRATE_SUCCESS', { total_time: 60 }));
    const position = { state: 'READY', totalTime: 0, error: null, startDate: null, finishDate: null, steps: [] };
    const cursor = { version: 1, id: 'task-0', percent: 0, operation: 'start', stage: 'accepted', position } as const;
    expect(names(await resultOf(sms.tasks.startAllAndWait([cursor])))).toEqual(['task-0 succeeded']);
    expect(starts).toEqual([]);
    expect(await errorOf(sms.tasks.startAllAndWait([''] as never))).toMatchObject({ name: 'InvalidRequestError' });
    expect(refusal(400).status).toBe(400);
  });
});
