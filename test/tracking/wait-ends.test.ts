import type { Interruption, SmsClient } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { failWith, refusal, taskResponse } from '../support/fake-fetch.js';
import { idsOf, itemsOf, makeFleet, setAll } from '../support/fake-fleet.js';
import { hang, makeScripted, recordWarnings, rounds, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const first = async (items: AsyncIterable<unknown>) => {
  for await (const item of items) return item;
  return undefined;
};
const waits: Record<string, (sms: SmsClient) => Promise<unknown>> = {
  waitFor: (sms) => sms.tasks.waitFor(taskId),
  watch: (sms) => first(sms.tasks.watch(taskId)),
  startAndWait: (sms) => sms.tasks.startAndWait(taskId),
  waitForAll: (sms) => sms.tasks.waitForAll([taskId]),
  watchMany: (sms) => first(sms.tasks.watchMany({})),
};

describe('a wait', () => {
  const hopeless: Record<string, () => Response | Promise<Response>> = {
    'a refused connection': () => failWith('ECONNREFUSED'),
    'an unknown host': () => failWith('ENOTFOUND'),
    'an expired certificate': () => failWith('CERT_HAS_EXPIRED'),
    'the page of a proxy': () => new Response('<html>proxy</html>', { headers: { 'content-type': 'text/html' } }),
    'an unknown id': () => refusal(404),
  };

  it.each(Object.keys(hopeless).flatMap((name) => Object.keys(waits).map((wait) => [name, wait] as const)))(
    'whose first poll fails ends as get does: %s, %s',
    async (name, wait) => {
      const { sms } = makeScripted(hopeless[name] as () => Response);
      const expected = (await errorOf(sms.tasks.get(taskId))) as Error;
      expect(await errorOf((waits[wait] as (sms: SmsClient) => Promise<unknown>)(sms))).toMatchObject({
        name: expected.name,
      });
    },
  );

  it('refuses a response about another task at first, and survives it later', async () => {
    const { sms } = makeScripted(() => taskResponse('SUCCESS', { id: 'other' }));
    expect(await errorOf(sms.tasks.waitFor(taskId))).toMatchObject({
      name: 'ResponseFormatError',
      issues: [{ path: 'id' }],
    });
    const later = makeScripted((_, count) =>
      taskResponse(count > 2 ? 'SUCCESS' : 'RUNNING', count === 2 ? { id: 'other' } : {}),
    );
    expect(await resultOf(later.sms.tasks.waitFor(taskId))).toMatchObject({ id: taskId, state: 'SUCCESS' });
  });

  it('reports each interruption, and survives it', async () => {
    const reported: Interruption[] = [];
    const failing = [
      () => failWith('ECONNRESET'),
      () => failWith('CERT_HAS_EXPIRED'),
      () => refusal(500),
      () => new Response('<html>'),
    ];
    const { sms } = makeScripted(
      (_, count) => failing[count - 2]?.() ?? taskResponse(count === 1 ? 'RUNNING' : 'SUCCESS'),
      undefined,
      { maxRetries: 0 },
    );
    await resultOf(
      sms.tasks.waitFor(taskId, { intervalMs: 1000, onInterruption: (event) => void reported.push(event) }),
    );
    expect(reported.map(({ failures }) => failures)).toEqual([1, 2, 3, 4]);
    expect(reported.map(({ error }) => error.name)).toEqual([
      'NetworkError',
      'NetworkError',
      'ServerError',
      'ResponseFormatError',
    ]);
    expect(reported[0]?.sinceMs).toBe(0);
    expect(reported[3]?.sinceMs).toBe(1000 + 2000 + 4000);
  });

  it('reports interruptions of a fleet, too', async () => {
    const reported: Interruption[] = [];
    const { sms } = makeFleet(itemsOf(3, 'RUNNING'), (_, count) => (count > 1 ? refusal(500) : undefined), {
      maxRetries: 0,
    });
    const onInterruption = (event: Interruption) => void reported.push(event);
    const error = await errorOf(sms.tasks.waitForAll(idsOf(3), { maxOutageMs: 60_000, onInterruption }));
    expect(error).toMatchObject({ name: 'WaitTimeoutError', reason: 'outage', lastError: { name: 'ServerError' } });
    expect((error as Error).message).toMatch(
      /^No poll succeeded at sms\.test\.example within 60000 ms \(maxOutageMs\)/,
    );
    expect((error as { outcomes: unknown[] }).outcomes).toMatchObject(
      idsOf(3).map((id) => ({ id, outcome: 'unknown' })),
    );
    expect((error as { tasks: unknown[] }).tasks).toHaveLength(3);
    expect(reported.length).toBeGreaterThan(2);
  });

  it.each([302, 500, 408, 429])('survives %i', async (status) => {
    const { sms } = makeScripted(
      (_, count) => (count === 2 ? refusal(status) : taskResponse(count === 1 ? 'RUNNING' : 'SUCCESS')),
      undefined,
      { maxRetries: 0 },
    );
    expect(await resultOf(sms.tasks.waitFor(taskId))).toMatchObject({ state: 'SUCCESS' });
  });

  it.each([409, 410, 413, 418])('ends with %i', async (status) => {
    const { sms } = makeScripted((_, count) => (count === 2 ? refusal(status) : taskResponse('RUNNING')));
    expect(await errorOf(sms.tasks.waitFor(taskId))).toMatchObject({ status });
  });

  it('does not treat one 404 as gone', async () => {
    const { sms } = makeScripted((_, count) =>
      count === 2 ? refusal(404) : taskResponse(count < 4 ? 'RUNNING' : 'SUCCESS'),
    );
    expect(await resultOf(sms.tasks.waitFor(taskId))).toMatchObject({ state: 'SUCCESS' });
  });

  it('ends when two polls in a row say that the id is gone, by the code of SMS with a 400, too', async () => {
    const isGone = (count: number) => count === 2 || count > 3;
    const script = () =>
      makeScripted((_, count) => (isGone(count) ? refusal(400, 'SMS.7703') : taskResponse('RUNNING')));
    const gone = { name: 'NotFoundError', status: 400, code: 'SMS.7703' };
    const { reads, sms } = script();
    expect(await errorOf(sms.tasks.waitFor(taskId))).toMatchObject(gone);
    expect(reads).toHaveLength(5);
    const started = script();
    expect(await errorOf(started.sms.tasks.startAndWait(taskId, { ifRunning: 'follow' }))).toMatchObject(gone);
    const watched = script();
    const all = async () => {
      for await (const { task } of watched.sms.tasks.watch(taskId)) expect(task.state).toBe('RUNNING');
    };
    expect(await errorOf(all())).toMatchObject(gone);
    expect(watched.reads).toHaveLength(5);
  });

  it('for many counts a task as gone that two reads say is gone, by the code of SMS with a 400, too', async () => {
    const { callsOf, service, sms } = makeFleet(itemsOf(2, 'RUNNING'), ({ id, operation }) =>
      operation === 'ShowTask' && id === 'task-0' ? refusal(400, 'SMS.7703') : undefined,
    );
    setTimeout(() => service.items.shift(), 45_000);
    setTimeout(() => setAll(service.items, { state: 'MIGRATE_SUCCESS' }), 400_000);
    const outcomes = await resultOf(sms.tasks.waitForAll(idsOf(2)));
    expect(outcomes).toMatchObject([{ id: 'task-0', outcome: 'gone' }, { outcome: 'succeeded' }]);
    expect(callsOf('ShowTask').filter(({ id }) => id === 'task-0')).toHaveLength(2);
  });

  it('ends after maxOutageMs without a success', async () => {
    for (const [options, limit] of [
      [{}, 3_600_000],
      [{ maxOutageMs: 90_000 }, 90_000],
    ] as const) {
      const begin = Date.now();
      const { sms } = makeScripted((_, count) => (count === 1 ? taskResponse('RUNNING') : failWith('ECONNREFUSED')));
      const error = await errorOf(sms.tasks.waitFor(taskId, options));
      expect(error).toMatchObject({
        name: 'WaitTimeoutError',
        reason: 'outage',
        tasks: [{ state: 'RUNNING' }],
        lastError: { code: 'ECONNREFUSED' },
      });
      expect(Date.now() - begin).toBeGreaterThanOrEqual(limit);
      expect(Date.now() - begin).toBeLessThan(limit + 10_000);
    }
  });

  it("sends the call's options with each request, and fields of the action only with the action", async () => {
    const { acts, reads, requests, sms } = makeScripted(rounds('READY', 'RUNNING', 'SUCCESS'));
    const onResponse = vi.fn();
    await resultOf(
      sms.tasks.startAndWait(taskId, {
        headers: { 'x-note': 'a' },
        extraBody: { novel: 1 },
        extraQuery: { a: 'b' },
        onResponse,
      }),
    );
    expect(JSON.parse(acts[0]?.body ?? '')).toEqual({ operation: 'start', novel: 1 });
    expect(acts[0]?.url.search).toBe('?a=b');
    expect(reads.every(({ body, url }) => body === undefined && url.search === '')).toBe(true);
    expect(requests.every(({ headers }) => headers.get('x-note') === 'a')).toBe(true);
    expect(onResponse).toHaveBeenCalledTimes(requests.length);
  });
});

describe('a hook', () => {
  it('that hangs at the last snapshot does not time out a task that is done', async () => {
    const { sms } = makeScripted(states('MIGRATE_SUCCESS'));
    const onProgress = () => new Promise(() => undefined);
    expect(await resultOf(sms.tasks.waitFor(taskId, { maxWaitMs: 300, onProgress }))).toMatchObject({
      state: 'MIGRATE_SUCCESS',
    });
    const fleet = makeFleet(itemsOf(1, 'MIGRATE_SUCCESS'));
    const outcomes = await resultOf(fleet.sms.tasks.waitForAll(['task-0'], { maxWaitMs: 300, onOutcome: onProgress }));
    expect(outcomes).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('prevents a start when onProgress rejects before it', async () => {
    const { acts, sms } = makeScripted(states('READY'));
    const onProgress = () => Promise.reject(new Error('disk full'));
    expect(await errorOf(sms.tasks.startAndWait(taskId, { onProgress }))).toMatchObject({ message: 'disk full' });
    expect(acts).toHaveLength(0);
  });

  it('that throws elsewhere is logged, or warned about once without a logger', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const onProgress = () => {
      throw new Error('screen is off');
    };
    const silent = makeScripted(states('RUNNING', 'RUNNING', 'SUCCESS'));
    await resultOf(silent.sms.tasks.waitFor(taskId, { onProgress }));
    expect(emitWarning).toHaveBeenCalledTimes(1);
    expect(String(emitWarning.mock.calls[0]?.[0])).toContain('onProgress threw: Error: screen is off');
    const { logger, warnings } = recordWarnings();
    const logged = makeScripted(states('SUCCESS'), undefined, { logger });
    await resultOf(logged.sms.tasks.waitFor(taskId, { onProgress }));
    expect(warnings.join()).toContain('onProgress threw');
    expect(emitWarning).toHaveBeenCalledTimes(1);
  });
});

describe('an iterator', () => {
  it('ends at once by return() while next() pends, and polls no more', async () => {
    const { requests, sms } = makeScripted(states('RUNNING'));
    const iterator = sms.tasks.watch(taskId)[Symbol.asyncIterator]();
    await iterator.next();
    const pending = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    const sent = requests.length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(requests).toHaveLength(sent);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts a new watch for every loop', async () => {
    const { reads, sms } = makeScripted(states('SUCCESS'));
    const watch = sms.tasks.watch(taskId);
    for (const _ of [1, 2]) for await (const { task } of watch) expect(task.state).toBe('SUCCESS');
    expect(reads).toHaveLength(2);
  });

  it('keeps no timer while no item is requested', async () => {
    const { sms } = makeScripted(states('RUNNING'));
    const fleet = makeFleet(itemsOf(2, 'RUNNING'));
    await sms.tasks.watch(taskId, { maxWaitMs: 4000 })[Symbol.asyncIterator]().next();
    await fleet.sms.tasks.watchMany({}, { maxWaitMs: 4000 })[Symbol.asyncIterator]().next();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts the time between two calls of next() towards maxWaitMs', async () => {
    const { sms } = makeScripted(states('RUNNING'));
    const iterator = sms.tasks.watch(taskId, { maxWaitMs: 4000 })[Symbol.asyncIterator]();
    await iterator.next();
    await vi.advanceTimersByTimeAsync(5000);
    expect(await errorOf(iterator.next())).toMatchObject({ name: 'WaitTimeoutError', reason: 'max-wait' });
  });
});

describe('a client without a logger', () => {
  it('ends a wait on a host that does not respond, and leaves nothing open', async () => {
    const sms = makeClient(() => failWith('ECONNREFUSED'));
    expect((await settle(sms.tasks.waitFor('t1'))).error).toMatchObject({ name: 'NetworkError', code: 'ECONNREFUSED' });
    const { sms: hanging } = makeScripted(hang);
    expect((await settle(hanging.tasks.waitFor(taskId, { maxWaitMs: 200 }))).error).toMatchObject({
      name: 'WaitTimeoutError',
    });
  });
});
