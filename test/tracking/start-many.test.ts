import {
  ConflictError,
  InvalidRequestError,
  NetworkError,
  NotFoundError,
  type RetryEvent,
  type StartOutcome,
} from '@org/sms-client';
import { createSimulator, type RecordedRequest } from '@org/sms-client/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { makeCountingController } from '../support/counting-signal.js';
import { failWith, refusal } from '../support/fake-fetch.js';
import { idsOf, itemsOf, makeFleet } from '../support/fake-fleet.js';
import { hang, recordWarnings } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const later = <T>(value: T, ms: number) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

describe('startMany', () => {
  it('returns the outcome of each task, in the order of the ids, failures included', async () => {
    const items = [...itemsOf(4, 'READY'), { id: 'busy', state: 'RUNNING' }];
    // Later requests get their responses sooner.
    const { sms, starts } = makeFleet(items, ({ id, operation }) => {
      if (operation !== 'UpdateTaskStatus' || id === 'busy') return undefined;
      const response = id === 'task-1' ? refusal(409) : Response.json('');
      return later(response, 4000 - 1000 * Number(id?.at(-1)));
    });
    const ids = ['task-0', 'gone', 'task-1', 'busy', 'task-3', 'task-2'];
    const results = await resultOf(sms.tasks.startMany(ids));
    expect(results.map(({ id, outcome }) => [id, outcome === 'started'])).toEqual([
      ['task-0', true],
      ['gone', false],
      ['task-1', false],
      ['busy', false],
      ['task-3', true],
      ['task-2', true],
    ]);
    expect(results[1]).toMatchObject({ error: expect.any(NotFoundError) });
    expect(results[2]).toMatchObject({ error: expect.any(ConflictError) });
    expect(results[3]).toMatchObject({ error: expect.any(ConflictError) });
    expect(starts).toEqual([]);
  });

  it('sends one read and one start for each task', async () => {
    const { calls, sms } = makeFleet(itemsOf(25, 'READY'));
    await resultOf(sms.tasks.startMany(idsOf(25)));
    for (const id of idsOf(25)) {
      const sent = calls.filter((call) => call.id === id).map(({ operation }) => operation);
      expect(sent).toEqual(['ShowTask', 'UpdateTaskStatus']);
    }
    expect(calls).toHaveLength(50);
  });

  it.each([
    [undefined, 10],
    [1, 1],
    [3, 3],
    [100, 40],
  ])('with concurrency %s has never more than %i in flight', async (concurrency, most) => {
    let inFlight = 0;
    let seen = 0;
    const { sms, starts } = makeFleet(itemsOf(40, 'READY'), ({ id, operation }) => {
      if (operation !== 'UpdateTaskStatus') return undefined;
      inFlight += 1;
      seen = Math.max(seen, inFlight);
      starts.push(String(id));
      return later(Response.json(''), 500).then((response) => {
        inFlight -= 1;
        return response;
      });
    });
    await resultOf(sms.tasks.startMany(idsOf(40), { concurrency }));
    expect(seen).toBe(most);
    expect(starts).toHaveLength(40);
  });

  it('keeps to its concurrency for requests of every kind, retries and checks included', async () => {
    const simulator = createSimulator();
    const ids = Array.from({ length: 30 }, () => simulator.addTask());
    const troubled = new Set<string>();
    const isFirst = ({ method, path }: RecordedRequest) => {
      const isNew = path.includes('/tasks/') && !troubled.has(method + path);
      troubled.add(method + path);
      return isNew;
    };
    simulator.faults.cut(60, { match: isFirst });
    let inFlight = 0;
    let most = 0;
    const sms = makeClient(simulator, {
      fetch: async (url, init) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        try {
          await later(undefined, 50);
          return await simulator.fetch(url, init);
        } finally {
          inFlight -= 1;
        }
      },
    });
    const results = await resultOf(sms.tasks.startMany(ids, { concurrency: 4 }));
    expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
    expect(most).toBe(4);
  });

  it('starts and reports a task once that is named twice', async () => {
    const { calls, sms, starts } = makeFleet(itemsOf(2, 'READY'));
    const results = await resultOf(sms.tasks.startMany(['task-1', 'task-0', 'task-1', 'task-1']));
    expect(results.map(({ id, outcome }) => `${id} ${outcome === 'started'}`)).toEqual(['task-1 true', 'task-0 true']);
    expect(starts).toEqual(['task-1', 'task-0']);
    expect(calls).toHaveLength(4);
  });

  it('sends nothing for an empty list', async () => {
    const { calls, sms } = makeFleet([]);
    expect(await sms.tasks.startMany([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('uses the ids as they are when it is called', async () => {
    const { sms } = makeFleet(itemsOf(3, 'READY'));
    const ids = idsOf(2);
    const results = sms.tasks.startMany(ids);
    ids.push('task-2');
    expect((await resultOf(results)).map(({ id }) => id)).toEqual(idsOf(2));
  });

  it('performs each start once although responses get lost', async () => {
    const simulator = createSimulator();
    const ids = Array.from({ length: 12 }, () => simulator.addTask({ durationMs: 3_600_000 }));
    const match = 'UpdateTaskStatus';
    simulator.faults.cut(2, { match });
    simulator.faults.cut(2, { match, performed: false });
    simulator.faults.truncate(2, { match });
    simulator.faults.fail(2, 503, { match, performed: true });
    simulator.faults.hang(2, { match, performed: true });
    const results = await resultOf(makeClient(simulator).tasks.startMany(ids));
    expect(results.map(({ outcome }) => outcome === 'started')).toEqual(ids.map(() => true));
    const checks = await Promise.all(ids.map((id) => resultOf(makeClient(simulator).tasks.get(id))));
    for (const { state, sub_tasks: steps } of checks) {
      expect(state).toBe('RUNNING');
      expect(steps).toHaveLength(4);
    }
    expect(simulator.requests.filter(({ operation }) => operation === match)).toHaveLength(14);
  });

  it('returns cursors that distinguish the new round from the old one, also for waitFor', async () => {
    const simulator = createSimulator({ speed: 100 });
    const id = simulator.addTask({ state: 'MIGRATE_FAIL', lagMs: 500_000 });
    const sms = makeClient(simulator);
    const [result] = (await resultOf(sms.tasks.startMany([id]))) as [StartOutcome & { outcome: 'started' }];
    expect(result.cursor).toMatchObject({
      id,
      operation: 'start',
      stage: 'accepted',
      position: { state: 'MIGRATE_FAIL' },
    });
    expect(await resultOf(sms.tasks.waitFor(id, { cursor: result.cursor }))).toMatchObject({
      state: 'MIGRATE_SUCCESS',
    });
  });

  it('reports to onRetry when a read or a start is retried', async () => {
    const events: RetryEvent[] = [];
    const onRetry = (event: RetryEvent) => events.push(event);
    const isFirst = new Set(['ShowTask', 'UpdateTaskStatus']);
    const { sms } = makeFleet(
      itemsOf(1, 'READY'),
      ({ operation }) => (isFirst.delete(operation) ? refusal(503, 'SMS.0000', { 'retry-after': '1' }) : undefined),
      { onRetry },
    );
    await resultOf(sms.tasks.startMany(['task-0']));
    expect(events.map(({ operation }) => operation)).toEqual(['ShowTask', 'UpdateTaskStatus']);
  });

  it('gives up only the task that cannot be reached', async () => {
    const { sms } = makeFleet(itemsOf(3, 'READY'), ({ id }) => (id === 'task-1' ? failWith('ECONNRESET') : undefined));
    const results = await resultOf(sms.tasks.startMany(idsOf(3)));
    expect(results.map(({ outcome }) => outcome === 'started')).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({ error: expect.any(NetworkError) });
  });

  it('delays a refusal by five seconds at most when its reasons cannot be read', async () => {
    const { sms } = makeFleet(itemsOf(1, 'READY'), (call, count) => {
      if (call.operation === 'UpdateTaskStatus') return refusal(409);
      // The task before the start; then the check for reasons.
      return count <= 1 ? undefined : hang(call as never);
    });
    const begin = performance.now();
    const [result] = await resultOf(sms.tasks.startMany(['task-0']));
    expect(result).toMatchObject({ outcome: 'not-started', error: expect.any(ConflictError) });
    expect(performance.now() - begin).toBe(5000);
  });

  it('ends with the error of the credentials, and starts nothing more', async () => {
    const broken = new Error('vault sealed');
    const { calls, sms } = makeFleet(itemsOf(30, 'READY'), undefined, { credentials: () => Promise.reject(broken) });
    expect(await errorOf(sms.tasks.startMany(idsOf(30)))).toMatchObject({ name: 'ConfigurationError' });
    expect(calls).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('credentials that become unavailable', () => {
  it('end startMany at once, also while other starts hang', async () => {
    const broken = new Error('vault sealed');
    let asked = 0;
    const credentials = () => {
      asked += 1;
      return asked === 1 ? Promise.resolve({ token: 'token-1' }) : Promise.reject(broken);
    };
    const { sms } = makeFleet(
      itemsOf(20, 'READY'),
      (call) => (call.id === 'task-1' ? later(refusal(401), 1000) : hang(call as never)),
      { credentials },
    );
    const begun = performance.now();
    expect(await errorOf(sms.tasks.startMany(idsOf(20)))).toMatchObject({ name: 'ConfigurationError' });
    expect(performance.now() - begun).toBe(1000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('onOutcome', () => {
  it('is called with each outcome as soon as it is known, and awaited', async () => {
    const reported: string[] = [];
    const { callsOf, sms } = makeFleet(itemsOf(3, 'READY'));
    await resultOf(
      sms.tasks.startMany([...idsOf(3), 'gone'], {
        concurrency: 1,
        onOutcome: async ({ id, outcome }) => {
          const sent = callsOf('UpdateTaskStatus').length;
          await later(undefined, 1000);
          expect(callsOf('UpdateTaskStatus')).toHaveLength(sent);
          reported.push(`${id} ${outcome === 'started'}`);
        },
      }),
    );
    expect(reported).toEqual(['task-0 true', 'task-1 true', 'task-2 true', 'gone false']);
  });

  it('that throws or rejects is only logged', async () => {
    const { logger, warnings } = recordWarnings();
    const { sms } = makeFleet(itemsOf(2, 'READY'), undefined, { logger });
    const onOutcome = ({ id }: StartOutcome) => {
      if (id === 'task-0') throw new Error('boom');
      return Promise.reject(new Error('bang')) as unknown as undefined;
    };
    const results = await resultOf(sms.tasks.startMany(idsOf(2), { onOutcome }));
    expect(results.every(({ outcome }) => outcome === 'started')).toBe(true);
    expect(warnings.join()).toMatch(/onOutcome threw.*boom.*onOutcome threw.*bang/);
  });
});

describe('an abort of startMany', () => {
  it('before the call sends nothing', async () => {
    const { calls, sms } = makeFleet(itemsOf(2, 'READY'));
    const reason = new Error('never');
    expect(await errorOf(sms.tasks.startMany(idsOf(2), { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(calls).toEqual([]);
  });

  it.each([0, 1, 2, 3, 5, 10, 19, 20, 21, 35, 60])(
    'at request %i rejects with its reason, leaves no timer and no listener, and starts nothing afterwards',
    async (moment) => {
      const { controller, count, signal } = makeCountingController();
      const reason = new Error('enough');
      const reported: string[] = [];
      const { calls, sms, starts } = makeFleet(itemsOf(40, 'READY'), (_, number) => {
        if (number === moment) controller.abort(reason);
        return undefined;
      });
      const promise = sms.tasks.startMany(idsOf(40), {
        signal,
        concurrency: 5,
        onOutcome: ({ id }) => reported.push(id),
      });
      if (moment === 0) controller.abort(reason);
      expect(await errorOf(promise)).toBe(reason);
      const sent = calls.length;
      const reports = reported.length;
      expect(vi.getTimerCount()).toBe(0);
      expect(count.now).toBe(0);
      expect(count.most).toBe(1);
      await vi.advanceTimersByTimeAsync(600_000);
      expect(calls).toHaveLength(sent);
      expect(reported).toHaveLength(reports);
      // Only of those under way at the time is it not known whether they were started.
      expect(starts.length - reported.length).toBeLessThanOrEqual(5);
      for (const id of reported) expect(starts).toContain(id);
    },
  );

  it('while a start hangs, or a hook, ends it at once', async () => {
    for (const place of ['start', 'hook']) {
      const controller = new AbortController();
      const reason = new Error(place);
      const { sms } = makeFleet(itemsOf(2, 'READY'), (call) =>
        place === 'start' && call.operation === 'UpdateTaskStatus' ? hang(call as never) : undefined,
      );
      const onOutcome = () => new Promise<void>(() => undefined);
      const end = settle(sms.tasks.startMany(idsOf(2), { signal: controller.signal, onOutcome }));
      setTimeout(() => controller.abort(reason), 1000);
      expect((await end).error).toBe(reason);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('reports every start with a response before it rejects', async () => {
    // All starts get their responses at the same moment, and the first reported one aborts.
    const controller = new AbortController();
    const reported: string[] = [];
    const moment = later(undefined, 100);
    const { sms } = makeFleet(itemsOf(10, 'READY'), ({ operation }) =>
      operation === 'UpdateTaskStatus' ? moment.then(() => Response.json('')) : undefined,
    );
    const onOutcome = ({ id, outcome }: StartOutcome) => {
      reported.push(`${id} ${outcome === 'started'}`);
      controller.abort(new Error('enough'));
    };
    await errorOf(sms.tasks.startMany(idsOf(10), { signal: controller.signal, onOutcome }));
    expect(reported).toEqual(idsOf(10).map((id) => `${id} true`));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reported).toHaveLength(10);
  });

  it('with an SmsError as its reason is no outcome', async () => {
    const controller = new AbortController();
    const failure = { status: 409, code: null, serviceMessage: null, requestId: null, method: 'POST', path: '/' };
    const reason = new ConflictError({
      ...failure,
      service: 'sms',
      details: [],
      host: 'sms.example',
      hint: 'Wait.',
      isJson: true,
    });
    const { sms } = makeFleet(itemsOf(3, 'READY'), (call) => (call.id === 'task-0' ? undefined : hang(call as never)));
    const reported: string[] = [];
    const onOutcome = ({ id }: StartOutcome) => {
      reported.push(id);
      controller.abort(reason);
    };
    expect(await errorOf(sms.tasks.startMany(idsOf(3), { signal: controller.signal, onOutcome }))).toBe(reason);
    expect(reported).toEqual(['task-0']);
  });
});

describe('invalid arguments of startMany', () => {
  it('are refused before anything is sent, whatever they are', async () => {
    const { calls, sms } = makeFleet(itemsOf(2, 'READY'));
    const wrongId = fc.oneof(
      fc.constant(''),
      fc.integer(),
      fc.constant(null),
      fc.object(),
      fc.string({ minLength: 256 }),
    );
    const wrongIds = fc.oneof(
      fc.tuple(fc.array(fc.constant('task-0')), wrongId).map(([ids, id]) => [...ids, id]),
      fc.constantFrom(undefined, null, 7, {}, new Set(['task-0'])),
    );
    const wrongOptions = fc.constantFrom(
      null,
      7,
      [],
      { concurrency: 0 },
      { concurrency: 101 },
      { concurrency: 1.5 },
      { concurrency: '4' },
      { concurrency: Number.NaN },
      { signal: {} },
      { onOutcome: 'log' },
      { onoutcome: () => undefined },
      { intervalMs: 1000 },
    );
    const refused = async (ids: unknown, options: unknown) => {
      const error = await sms.tasks.startMany(ids as never, options as never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect((error as Error).message).toMatch(/^startMany: /);
    };
    await fc.assert(fc.asyncProperty(wrongIds, (ids) => refused(ids, {})));
    await fc.assert(fc.asyncProperty(wrongOptions, (options) => refused(['task-0'], options)));
    expect(calls).toEqual([]);
  });

  it('are named with their position', async () => {
    const { sms } = makeFleet([]);
    await expect(sms.tasks.startMany([5 as never])).rejects.toThrow('ids[0]: expected an id or a cursor');
    const nameless = [{ outcome: 'not-started' }] as never;
    await expect(sms.tasks.waitForAll(nameless)).rejects.toThrow('ids[0].id: expected string, received nothing');
    await expect(sms.tasks.startMany(['a', ''])).rejects.toThrow('ids[1]');
    await expect(sms.tasks.startMany(['a'], { concurrency: 0 })).rejects.toThrow('concurrency');
  });

  it('may be undefined', async () => {
    const { sms } = makeFleet(itemsOf(1, 'READY'));
    const options = { concurrency: undefined, signal: undefined, onOutcome: undefined };
    expect(await resultOf(sms.tasks.startMany(['task-0'], options))).toMatchObject([{ outcome: 'started' }]);
  });
});
