import {
  type Cursor,
  type FleetTargets,
  InvalidRequestError,
  PermissionDeniedError,
  type TaskChange,
  WaitTimeoutError,
  type WatchManyOptions,
} from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { makeCountingController } from '../support/counting-signal.js';
import { failWith, refusal } from '../support/fake-fetch.js';
import { type FleetItem, idsOf, itemsOf, listItems, makeFleet, setAll } from '../support/fake-fleet.js';
import { hang, recordWarnings } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const intervalMs = 10_000;

async function collect(changes: AsyncIterable<TaskChange>): Promise<TaskChange[]> {
  const all: TaskChange[] = [];
  for await (const change of changes) all.push(change);
  return all;
}

const summarise = ({ done, id, previousState, task }: TaskChange) =>
  `${id} ${previousState} → ${task?.state ?? 'gone'}${done ? '.' : ''}`;

const at = (seconds: number, act: () => void) => void setTimeout(act, seconds * 1000);

describe('watchMany', () => {
  it('yields the first snapshot and every change of each task, and ends when all are done or gone', async () => {
    const { service, sms } = makeFleet([
      { id: 'a', state: 'READY' },
      { id: 'b', state: 'RUNNING' },
      { id: 'c', state: 'MIGRATE_SUCCESS' },
    ]);
    at(15, () => Object.assign(service.items[0] ?? {}, { state: 'RUNNING' }));
    at(25, () => Object.assign(service.items[1] ?? {}, { state: 'MIGRATE_FAIL' }));
    at(35, () => service.items.splice(0, 1));
    const changes = await resultOf(collect(sms.tasks.watchMany(['a', 'b', 'c'], { intervalMs })));
    expect(changes.map(summarise)).toEqual([
      'a null → READY',
      'b null → RUNNING',
      'c null → MIGRATE_SUCCESS.',
      'a READY → RUNNING',
      'b RUNNING → MIGRATE_FAIL.',
      'a RUNNING → gone.',
    ]);
    expect(changes.at(-1)).toEqual({
      id: 'a',
      task: null,
      previousState: 'RUNNING',
      progress: null,
      done: true,
      outcome: { id: 'a', outcome: 'gone' },
      cursor: null,
      error: null,
    });
  });

  it('yields progress and a cursor with each change', async () => {
    const simulator = createSimulator({ speed: 100 });
    const id = simulator.addTask({ state: 'RUNNING' });
    const changes = await resultOf(collect(makeClient(simulator).tasks.watchMany([id], { intervalMs: 1000 })));
    const percents = changes.map(({ progress }) => progress?.percent ?? -1);
    expect(percents.length).toBeGreaterThan(4);
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
    expect(percents.at(-1)).toBe(100);
    expect(changes.some(({ progress }) => progress?.step?.label === 'Copying data')).toBe(true);
    // The time left comes from estimate_complete_time.
    expect(changes[0]?.progress?.remainingMs).toBeGreaterThan(0);
    for (const { cursor } of changes) expect(JSON.parse(JSON.stringify(cursor))).toMatchObject({ id });
  });

  it('continues from the cursors of an earlier watch, with their rounds, percentages and starts', async () => {
    const steps = (progress: number) => [{ id: 1, name: 'MIGRATE_LINUX_FILE', user_op: 'REPLICATE', progress }];
    const { service, sms } = makeFleet([{ id: 'a', state: 'RUNNING', sub_tasks: steps(60) }]);
    const first = async (targets: FleetTargets): Promise<TaskChange | undefined> => {
      for await (const change of sms.tasks.watchMany(targets)) return change;
      return undefined;
    };
    const before = await resultOf(first(['a']));
    expect(before?.cursor).not.toHaveProperty('stage');
    setAll(service.items, { sub_tasks: steps(40) });
    const cursor = JSON.parse(JSON.stringify(before?.cursor));
    const after = await resultOf(first([cursor]));
    expect(after?.progress?.percent).toBe(before?.progress?.percent);
    expect(after?.cursor).toEqual(cursor);
  });

  it('ends at once for an empty list, without a request', async () => {
    const { calls, sms } = makeFleet([]);
    expect(await collect(sms.tasks.watchMany([]))).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('reports an id that was never there as gone, and each id once', async () => {
    const { sms } = makeFleet(itemsOf(1, 'ABORT'));
    const changes = await resultOf(collect(sms.tasks.watchMany(['nowhere', 'task-0', 'nowhere', 'task-0'])));
    expect(changes.map(summarise)).toEqual(['task-0 null → ABORT.', 'nowhere null → gone.']);
  });

  it('reports no task that was not requested', async () => {
    const { sms } = makeFleet(itemsOf(10, 'ABORT'));
    const changes = await resultOf(collect(sms.tasks.watchMany(['task-3', 'task-4'])));
    expect(changes.map(({ id }) => id)).toEqual(['task-3', 'task-4']);
  });

  it('follows tasks of a query that appear later', async () => {
    const { service, sms } = makeFleet(itemsOf(1, 'RUNNING'));
    at(15, () => service.items.push({ id: 'new', state: 'RUNNING' }));
    at(25, () => setAll(service.items, { state: 'SYNC_FAIL' }));
    expect((await resultOf(collect(sms.tasks.watchMany({}, { intervalMs })))).map(summarise)).toEqual([
      'task-0 null → RUNNING',
      'new null → RUNNING',
      'task-0 RUNNING → SYNC_FAIL.',
      'new RUNNING → SYNC_FAIL.',
    ]);
  });

  it('reports a task that leaves the filter by finishing as done, not gone', async () => {
    const { service, sms } = makeFleet(itemsOf(3, 'RUNNING'));
    at(15, () => Object.assign(service.items[0] ?? {}, { state: 'MIGRATE_SUCCESS' }));
    at(25, () => Object.assign(service.items[1] ?? {}, { state: 'ABORTING' }));
    at(35, () => Object.assign(service.items[1] ?? {}, { state: 'ABORT' }));
    at(35, () => service.items.splice(2, 1));
    expect((await resultOf(collect(sms.tasks.watchMany({ state: 'RUNNING' }, { intervalMs })))).map(summarise)).toEqual(
      [
        'task-0 null → RUNNING',
        'task-1 null → RUNNING',
        'task-2 null → RUNNING',
        'task-0 RUNNING → MIGRATE_SUCCESS.',
        'task-1 RUNNING → ABORTING',
        'task-1 ABORTING → ABORT.',
        'task-2 RUNNING → gone.',
      ],
    );
  });

  it('reports a task as done once, also when it is started again or comes back', async () => {
    const { service, sms } = makeFleet(itemsOf(2, 'RUNNING'));
    at(15, () => Object.assign(service.items[0] ?? {}, { state: 'ABORT' }));
    at(25, () => Object.assign(service.items[0] ?? {}, { state: 'RUNNING' }));
    at(35, () => Object.assign(service.items[0] ?? {}, { state: 'MIGRATE_FAIL' }));
    at(45, () => Object.assign(service.items[1] ?? {}, { state: 'ABORT' }));
    for (const target of [{}, idsOf(2)]) {
      const changes = await resultOf(collect(sms.tasks.watchMany(target, { intervalMs })));
      expect(changes.filter(({ done, id }) => done && id === 'task-0')).toHaveLength(1);
      service.items = itemsOf(2, 'ABORT');
    }
  });

  it('knows the states of until and failOn, which replace the usual ones', async () => {
    const { service, sms } = makeFleet([...itemsOf(1, 'SYNCING'), { id: 'odd', state: 'ABORT' }]);
    at(15, () => Object.assign(service.items[1] ?? {}, { state: 'BROKEN' }));
    const failOn = ({ state }: { state: string }) => state === 'BROKEN';
    const options: WatchManyOptions = { until: ['SYNCING'], failOn, intervalMs };
    expect((await resultOf(collect(sms.tasks.watchMany({}, options)))).map(summarise)).toEqual([
      'task-0 null → SYNCING.',
      'odd null → ABORT',
      'odd ABORT → BROKEN.',
    ]);
  });

  it('survives unknown states and invalid fields', async () => {
    const rubbish = fc.record({
      sub_tasks: fc.anything(),
      migrate_speed: fc.anything(),
      estimate_complete_time: fc.anything(),
      total_time: fc.anything(),
      error_json: fc.anything(),
      source_server: fc.anything(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(rubbish, { minLength: 1, maxLength: 5 }), async (fields) => {
        const items: FleetItem[] = fields.map((field, index) => ({ ...field, id: `task-${index}`, state: 'NOVEL' }));
        const { service, sms } = makeFleet(items.map((item) => JSON.parse(JSON.stringify(item))));
        at(15, () => setAll(service.items, { state: 'MIGRATE_FAIL' }));
        const outcomes = await resultOf(sms.tasks.waitForAll({}, { intervalMs }));
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(items.map(() => 'failed'));
      }),
      { numRuns: 60 },
    );
  });

  it('does not trust the state from before a start for 30 s', async () => {
    const simulator = createSimulator({ speed: 100 });
    const ids = [0, 500_000, 2_500_000].map((lagMs) => simulator.addTask({ state: 'MIGRATE_FAIL', lagMs }));
    const sms = makeClient(simulator);
    const results = await resultOf(sms.tasks.startMany(ids));
    const changes = await resultOf(collect(sms.tasks.watchMany(results, { intervalMs: 1000 })));
    for (const id of ids) {
      const states = changes.filter((change) => change.id === id).map(({ task }) => task?.state);
      expect(states).not.toContain('MIGRATE_FAIL');
      expect(states.at(-1)).toBe('MIGRATE_SUCCESS');
    }
    // Without the cursors the old state is all there is to see.
    const again = createSimulator({ speed: 100 });
    const id = again.addTask({ state: 'MIGRATE_FAIL', lagMs: 500_000 });
    await resultOf(makeClient(again).tasks.startMany([id]));
    expect((await resultOf(collect(makeClient(again).tasks.watchMany([id])))).map(summarise)).toEqual([
      `${id} null → MIGRATE_FAIL.`,
    ]);
  });

  it('treats an old state that lasts longer than 30 s as the outcome', async () => {
    const { calls, sms } = makeFleet(itemsOf(2, 'MIGRATE_FAIL'));
    const position = {
      state: 'MIGRATE_FAIL',
      totalTime: 0,
      error: null,
      startDate: null,
      finishDate: null,
      steps: null,
    };
    const asked = { version: 1, percent: 0, operation: 'start', stage: 'accepted', position } as const;
    const cursors = idsOf(2).map((id) => ({ ...asked, id }));
    const changes = await resultOf(collect(sms.tasks.watchMany(cursors, { intervalMs: 1000 })));
    expect(changes.map(summarise)).toEqual(['task-0 null → MIGRATE_FAIL.', 'task-1 null → MIGRATE_FAIL.']);
    expect((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)).toBeGreaterThanOrEqual(29_000);
  });

  it('shows no percentage below that of its cursor in the same round', async () => {
    const sub_tasks = [{ id: 7, name: 'X', progress: 10 }];
    const { sms } = makeFleet(itemsOf(2, 'RUNNING', { sub_tasks }));
    const cursors = [
      { version: 1, id: 'task-0', round: '#7', percent: 80 },
      { version: 1, id: 'task-1', round: '#6', percent: 80 },
    ] as const;
    const percents: (number | undefined)[] = [];
    const loop = (async () => {
      const changes = sms.tasks.watchMany(cursors, { maxWaitMs: 1000 });
      for await (const { progress } of changes) percents.push(progress?.percent);
    })();
    await errorOf(loop);
    // A tenth of a step among those that a first copy will have.
    expect(percents).toEqual([80, 0.4]);
  });

  it('continues from its cursors, however often it is begun anew: percentages never run backwards', async () => {
    const simulator = createSimulator({ speed: 100 });
    const kinds = [{}, { type: 'MIGRATE_BLOCK' }, { os_type: 'WINDOWS' }] as const;
    const ids = kinds.flatMap((kind) =>
      (['READY', 'MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'MIGRATE_FAIL', 'ABORT'] as const).map((state) =>
        simulator.addTask({ ...kind, state }),
      ),
    );
    const sms = makeClient(simulator);
    const started = await resultOf(sms.tasks.startMany(ids));
    const cursors = new Map(started.map(({ cursor, id }) => [id, cursor]));
    const last = new Map<string, number>();
    const open = new Set(ids);
    while (open.size > 0) {
      const kept = JSON.parse(JSON.stringify([...open].map((id) => cursors.get(id)))) as Cursor[];
      const session = (async () => {
        let changes = 0;
        for await (const { done, cursor, id, progress } of sms.tasks.watchMany(kept, { intervalMs: 500 })) {
          cursors.set(id, cursor ?? undefined);
          expect(progress?.percent).toBeGreaterThanOrEqual(last.get(id) ?? 0);
          if (!done) expect(progress?.percent).toBeLessThan(100);
          last.set(id, progress?.percent ?? 0);
          if (done) open.delete(id);
          changes += 1;
          if (changes > 20) break;
        }
      })();
      await resultOf(session);
    }
    expect([...last.values()]).toEqual(ids.map(() => 100));
  });
});

describe('a slow loop', () => {
  it('gets the latest snapshot of each task, and the state reported before', async () => {
    const { service, sms } = makeFleet(itemsOf(3, 'READY'));
    const states = ['RUNNING', 'SYNCING', 'ABORTING', 'ABORT'];
    states.forEach((state, index) => {
      at(60 * (index + 1), () => setAll(service.items, { state }));
    });
    const reported: string[] = [];
    const loop = (async () => {
      for await (const change of sms.tasks.watchMany({}, { intervalMs })) {
        reported.push(summarise(change));
        await new Promise((resolve) => setTimeout(resolve, 100_000));
      }
    })();
    await resultOf(loop);
    // When the third is requested, it is in SYNCING, although RUNNING was never reported.
    expect(reported).toEqual([
      'task-0 null → READY',
      'task-1 null → RUNNING',
      'task-2 null → ABORTING',
      'task-0 READY → ABORT.',
      'task-1 RUNNING → ABORT.',
      'task-2 ABORTING → ABORT.',
    ]);
  });

  it('has at most one pending change per task, however long it takes', async () => {
    const { service, sms } = makeFleet(itemsOf(50, 'RUNNING', { migrate_speed: 0 }));
    const loop = (async () => {
      let polls = 0;
      const changes: TaskChange[] = [];
      for await (const change of sms.tasks.watchMany({}, { intervalMs: 1000 })) {
        changes.push(change);
        polls += 1;
        if (polls === 50) {
          // Everybody else changes again and again.
          setAll(service.items, { state: 'ABORT' });
        } else if (polls < 50) {
          setAll(service.items, { migrate_speed: polls });
        }
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
      return changes;
    })();
    const changes = await resultOf(loop);
    expect(changes).toHaveLength(100);
    expect(new Set(changes.slice(0, 50).map(({ id }) => id)).size).toBe(50);
    expect(changes.slice(50).every(({ done }) => done)).toBe(true);
  });
});

describe('tasks that move between the pages while they are read', () => {
  it('are not reported as gone, and none is reported twice', async () => {
    const items = itemsOf(450, 'RUNNING');
    const { service, sms } = makeFleet(items, ({ id, offset }) => {
      // The first items are deleted while the pages are read, so the others move up.
      if (id === null && offset === 0 && service.items.length > 400) {
        const page = Response.json(listItems(service.items, new URLSearchParams({ limit: '200' })));
        service.items = service.items.slice(20);
        return page;
      }
      return undefined;
    });
    at(45, () => {
      service.items = service.items.map(({ id }) => ({ id, state: 'MIGRATE_SUCCESS' }));
    });
    const changes = await resultOf(collect(sms.tasks.watchMany({}, { intervalMs })));
    const ends = changes.filter(({ done }) => done);
    expect(new Set(ends.map(({ id }) => id)).size).toBe(ends.length);
    expect(ends.filter(({ task }) => task === null).map(({ id }) => id)).toEqual(idsOf(60));
    expect(ends).toHaveLength(450);
    expect(changes.filter(({ previousState }) => previousState === null)).toHaveLength(450);
  });

  it('are not missed although all others are done', async () => {
    const { service, sms } = makeFleet(itemsOf(201, 'MIGRATE_SUCCESS'), ({ offset }, count) => {
      if (count !== 1 || offset !== 0) return undefined;
      const page = Response.json(listItems(service.items, new URLSearchParams({ limit: '200' })));
      // The task on the second page moves to the first one, which was read.
      service.items = service.items.slice(1);
      return page;
    });
    const changes = await resultOf(collect(sms.tasks.watchMany({})));
    expect(new Set(changes.map(({ id }) => id))).toEqual(new Set(idsOf(201)));
  });

  it('are reported once also when new ones push them to a later page', async () => {
    const { service, sms } = makeFleet(itemsOf(400, 'MIGRATE_FAIL'), ({ offset }, count) => {
      if (count !== 1 || offset !== 0) return undefined;
      const page = Response.json(listItems(service.items, new URLSearchParams({ limit: '200' })));
      service.items = [...idsOf(10).map((id) => ({ id: `new-${id}`, state: 'ABORT' })), ...service.items];
      return page;
    });
    const changes = await resultOf(collect(sms.tasks.watchMany({})));
    expect(changes.map(({ id }) => id)).toHaveLength(410);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(410);
  });
});

describe('a failed poll of a fleet', () => {
  it.each([
    ['500', () => refusal(500)],
    ['408', () => refusal(408)],
    ['429', () => refusal(429)],
    ['a cut connection', () => failWith('ECONNRESET')],
    ['a page of a proxy', () => new Response('<html>')],
    ['an item without an id', () => Response.json({ count: 1, tasks: [{ state: 'ABORT' }] })],
  ])('by %s does not end the watch, and is logged', async (_, respond) => {
    const { logger, warnings } = recordWarnings();
    const { service, sms } = makeFleet(
      itemsOf(3, 'RUNNING'),
      (_call, count) => (count > 1 && count <= 5 ? respond() : undefined),
      {
        logger,
        maxRetries: 0,
      },
    );
    at(1, () => setAll(service.items, { state: 'ABORT' }));
    expect(await resultOf(collect(sms.tasks.watchMany({})))).toHaveLength(6);
    expect(warnings.join()).toContain('The tasks could not be read; the wait goes on');
  });

  it('in part reports what it saw, and no task as gone', async () => {
    let fails = true;
    const { service, sms } = makeFleet(
      itemsOf(600, 'RUNNING'),
      ({ offset }) => (fails && offset === 200 ? refusal(500) : undefined),
      { maxRetries: 0 },
    );
    at(100, () => {
      fails = false;
      setAll(service.items, { state: 'ABORT' });
    });
    const changes = await resultOf(collect(sms.tasks.watchMany(idsOf(600), { intervalMs })));
    expect(changes.every(({ task }) => task !== null)).toBe(true);
    expect(changes.filter(({ done }) => done)).toHaveLength(600);
    expect(changes.filter(({ task }) => task?.state === 'RUNNING')).toHaveLength(200);
  });

  it('that looked up a missing task reports no task as gone', async () => {
    const { sms } = makeFleet(
      itemsOf(3, 'ABORT'),
      ({ id }, count) => (id !== null && count < 6 ? refusal(503) : undefined),
      { maxRetries: 0 },
    );
    const changes = await resultOf(collect(sms.tasks.watchMany(['task-0', 'task-1', 'task-2', 'nowhere'])));
    expect(changes.filter(({ task }) => task === null).map(({ id }) => id)).toEqual(['nowhere']);
  });

  it.each([400, 401, 403, 404])('with %i ends the watch at once', async (status) => {
    const { calls, sms } = makeFleet(itemsOf(3, 'ABORT'), () => refusal(status));
    const error = await errorOf(collect(sms.tasks.watchMany({})));
    expect(error).toMatchObject({ status });
    if (status === 403) expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(calls.length).toBeLessThanOrEqual(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('watchMany ends', () => {
  it('after maxWaitMs, with an error that names the open tasks', async () => {
    const { sms } = makeFleet(itemsOf(3, 'RUNNING'));
    const started = performance.now();
    const error = await errorOf(collect(sms.tasks.watchMany({}, { maxWaitMs: 60_000 })));
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).toMatchObject({
      reason: 'max-wait',
      message: expect.stringMatching(/60000 ms \(maxWaitMs\): task task-0/),
    });
    expect(performance.now() - started).toBe(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['page', 'lookup of a missing one', 'pause', 'loop'])(
    'with the reason of an abort during a %s, and leaves nothing',
    async (moment) => {
      const { controller, count, signal } = makeCountingController();
      const reason = new Error(moment);
      const { calls, sms } = makeFleet(itemsOf(500, 'RUNNING'), (call) =>
        (moment === 'page' && call.offset > 0) || (moment.startsWith('look') && call.id !== null)
          ? hang(call as never)
          : undefined,
      );
      const loop = (async () => {
        for await (const _change of sms.tasks.watchMany([...idsOf(500), 'x'], { signal, intervalMs: 30_000 })) {
          if (moment === 'loop') controller.abort(reason);
        }
      })();
      at(20, () => controller.abort(reason));
      expect(await errorOf(loop)).toBe(reason);
      expect(count.now).toBe(0);
      expect(count.most).toBe(1);
      vi.clearAllTimers();
      const sent = calls.length;
      await vi.advanceTimersByTimeAsync(600_000);
      expect(calls).toHaveLength(sent);
    },
  );

  it('before it begins when the signal is aborted', async () => {
    const { calls, sms } = makeFleet(itemsOf(2, 'RUNNING'));
    const signal = AbortSignal.abort(new Error('never'));
    expect(await errorOf(collect(sms.tasks.watchMany({}, { signal })))).toBe(signal.reason);
    expect(calls).toEqual([]);
  });

  it('with its loop, by break, return or throw: no timer, no listener, no request', async () => {
    const { calls, sms } = makeFleet(itemsOf(500, 'RUNNING'));
    const { count, signal } = makeCountingController();
    const leave: Record<string, () => Promise<unknown>> = {
      break: async () => {
        for await (const _change of sms.tasks.watchMany({}, { signal, maxWaitMs: 100_000 })) break;
      },
      throw: async () => {
        for await (const _change of sms.tasks.watchMany({}, { signal })) throw new Error('mine');
      },
      return: async () => {
        const iterator = sms.tasks.watchMany({}, { signal })[Symbol.asyncIterator]();
        await iterator.next();
        await iterator.return?.();
      },
    };
    for (const [name, act] of Object.entries(leave)) {
      await settle(act());
      expect(vi.getTimerCount(), name).toBe(0);
      expect(count.now, name).toBe(0);
      const sent = calls.length;
      await vi.advanceTimersByTimeAsync(600_000);
      expect(calls, name).toHaveLength(sent);
    }
  });
});

describe('invalid arguments of watchMany and waitForAll', () => {
  it.each<[unknown, unknown, string]>([
    [7, {}, 'query'],
    [null, {}, 'query'],
    [undefined, {}, 'query'],
    [[''], {}, 'ids[0]'],
    [['a', 7], {}, 'ids[1]'],
    [['x'.repeat(256)], {}, 'ids[0]'],
    [{ colour: 'red' }, {}, 'colour'],
    [{ limit: 10 }, {}, 'limit'],
    [{ offset: 0 }, {}, 'offset'],
    [{ state: 7 }, {}, 'state'],
    [{}, { intervalMs: 0 }, 'intervalMs'],
    [{}, { maxWaitMs: 0 }, 'maxWaitMs'],
    [{}, { until: [] }, 'until'],
    [{}, { failOn: [''] }, 'failOn'],
    [[{ percent: 7 }], {}, 'ids[0].id'],
    [{ version: 1, percent: 7 }, {}, 'id'],
    [{}, { cursors: [] }, 'cursors'],
    [{}, { until: ['MIGRATE_SUCESS'] }, 'until[0]'],
    [{}, { signal: 'now' }, 'signal'],
    [{}, { concurrency: 4 }, 'concurrency'],
    [{}, null, ''],
  ])('%j with %j are refused before anything is sent, by name: %s', async (target, options, place) => {
    const { calls, sms } = makeFleet(itemsOf(2, 'ABORT'));
    const many = await errorOf(collect(sms.tasks.watchMany(target as never, options as WatchManyOptions)));
    const all = await errorOf(sms.tasks.waitForAll(target as never, options as WatchManyOptions));
    for (const error of [many, all]) {
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect((error as InvalidRequestError).issues.map(({ path }) => path).join()).toContain(place);
    }
    expect(calls).toEqual([]);
  });

  it('may be undefined', async () => {
    const { sms } = makeFleet(itemsOf(2, 'ABORT'));
    const query = { state: undefined, limit: undefined, offset: undefined } as object;
    const options = { intervalMs: undefined, maxWaitMs: undefined, signal: undefined };
    expect(await resultOf(collect(sms.tasks.watchMany(query, options)))).toHaveLength(2);
  });
});
