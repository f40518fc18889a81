import type { TaskChange } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { refusal } from '../support/fake-fetch.js';
import { type FleetCall, idsOf, itemsOf, listItems, makeFleet, setAll } from '../support/fake-fleet.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';

useFakeTime();

async function collect(changes: AsyncIterable<TaskChange>): Promise<TaskChange[]> {
  const all: TaskChange[] = [];
  for await (const change of changes) all.push(change);
  return all;
}

/** The number of requests of each poll: those less than a second apart belong together. */
function pollsOf(calls: readonly FleetCall[]): number[] {
  const polls: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of calls) {
    if (at - last > 1000) polls.push(0);
    polls.push((polls.pop() ?? 0) + 1);
    last = at;
  }
  return polls;
}

/** Runs for three polls, then succeeds as a whole. */
function makeShort(total: number, more = 0) {
  const items = itemsOf(total + more, 'RUNNING');
  const fleet = makeFleet(items);
  const succeed = () => {
    for (const item of items) item.state = 'MIGRATE_SUCCESS';
  };
  setTimeout(succeed, 25_000);
  return fleet;
}

describe('the requests of a poll of many tasks', () => {
  it.each([
    [1, 1],
    [2, 1],
    [199, 1],
    [200, 1],
    [201, 2],
    [400, 2],
    [1000, 5],
  ])('for a query that %i tasks match are %i', async (total, pages) => {
    const { calls, sms } = makeShort(total);
    await resultOf(collect(sms.tasks.watchMany({}, { intervalMs: 10_000 })));
    expect(pollsOf(calls)).toEqual([pages, pages, pages, pages]);
    expect(calls.every(({ url }) => url.searchParams.get('limit') === '200')).toBe(true);
  });

  it('for a query that nothing matches are one, which ends the watch', async () => {
    const { calls, sms } = makeFleet([]);
    expect(await resultOf(collect(sms.tasks.watchMany({})))).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it.each([
    [0, []],
    [1, [1, 1, 1, 1]],
    [199, [1, 1, 1, 1]],
    [200, [1, 1, 1, 1]],
    [201, [2, 2, 2, 2]],
    [1000, [5, 5, 5, 5]],
  ])('for %i ids are %j', async (total, polls) => {
    const { calls, sms } = makeShort(total);
    await resultOf(collect(sms.tasks.watchMany(idsOf(total), { intervalMs: 10_000 })));
    expect(pollsOf(calls)).toEqual(polls);
  });

  it('are one for each of a few ids, when the pages would be more', async () => {
    const { calls, sms } = makeShort(1000);
    await resultOf(collect(sms.tasks.watchMany(['task-999', 'task-500', 'task-0'], { intervalMs: 10_000 })));
    // The first page, to know how many there are; it shows one of the three.
    expect(pollsOf(calls)).toEqual([3, 3, 3, 3]);
    expect(calls.slice(1).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['task-999', 'task-500', 'task-0', 'task-999']),
    );
    expect(calls.slice(3).every(({ operation }) => operation === 'ShowTask')).toBe(true);
  });

  it('are never more than the pages, however many ids there are', async () => {
    for (const count of [4, 5, 6, 50]) {
      const { calls, sms } = makeShort(1000);
      const ids = idsOf(1000).slice(-count);
      await resultOf(collect(sms.tasks.watchMany(ids, { intervalMs: 10_000 })));
      for (const poll of pollsOf(calls)) expect(poll).toBeLessThanOrEqual(5);
      vi.clearAllTimers();
    }
  });

  it('stop when every followed task was seen', async () => {
    const { calls, sms } = makeShort(100, 3000);
    await resultOf(collect(sms.tasks.watchMany(idsOf(100), { intervalMs: 10_000 })));
    expect(pollsOf(calls)).toEqual([1, 1, 1, 1]);
  });

  it('become fewer as tasks are done', async () => {
    const items = itemsOf(600, 'RUNNING');
    const { calls, sms } = makeFleet(items);
    setTimeout(() => setAll(items.slice(1), { state: 'ABORT' }), 15_000);
    setTimeout(() => Object.assign(items[0] ?? {}, { state: 'ABORT' }), 35_000);
    await resultOf(collect(sms.tasks.watchMany(idsOf(600), { intervalMs: 10_000 })));
    expect(pollsOf(calls)).toEqual([3, 3, 3, 1, 1]);
  });

  it('are one more for each task that is missing from the pages', async () => {
    const { calls, service, sms } = makeShort(1000);
    setTimeout(() => {
      service.items = service.items.filter(({ id }) => !['task-7', 'task-8'].includes(id));
    }, 15_000);
    await resultOf(collect(sms.tasks.watchMany(idsOf(1000), { intervalMs: 10_000 })));
    // Twice, because one replica may not know what others know.
    expect(pollsOf(calls)).toEqual([5, 5, 7, 7]);
  });

  it('carry the filters of the query on every page', async () => {
    const { calls, sms } = makeFleet(itemsOf(300, 'ABORT'));
    await resultOf(
      collect(sms.tasks.watchMany({ state: 'ABORT', name: 'x', enterprise_project_id: 'all_granted_eps' })),
    );
    expect(calls.map(({ url }) => url.search)).toEqual([
      '?state=ABORT&name=x&enterprise_project_id=all_granted_eps&offset=0&limit=200',
      '?state=ABORT&name=x&enterprise_project_id=all_granted_eps&offset=200&limit=200',
    ]);
  });

  it('never exceed the largest offset of the service: ids behind it are read one by one', async () => {
    const { calls, sms } = makeFleet([], ({ id, offset }) => {
      if (id !== null) return Response.json({ id, state: 'ABORT' });
      const tasks = Array.from({ length: 200 }, (_, index) => ({ id: `other-${offset + index}`, state: 'ABORT' }));
      return Response.json({ count: 1_000_000, tasks });
    });
    expect(await resultOf(collect(sms.tasks.watchMany(idsOf(5000))))).toHaveLength(5000);
    const pages = calls.filter(({ id }) => id === null);
    expect(Math.max(...pages.map(({ offset }) => offset))).toBeLessThanOrEqual(65_535);
    expect(calls).toHaveLength(pages.length + 5000);
  });
});

describe('a list without a usable count', () => {
  it.each([undefined, null, 'many', -1, 0])('(%s) is read until a page that is not full', async (count) => {
    const items = itemsOf(450, 'ABORT');
    const { calls, sms } = makeFleet(items, ({ url }) =>
      Response.json({ ...listItems(items, url.searchParams), count }),
    );
    const changes = await resultOf(collect(sms.tasks.watchMany({}, { intervalMs: 1000 })));
    expect(calls.length).toBeLessThan(10);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(450);
  });

  it('that is too large ends at the first empty page, and the poll ends', async () => {
    const items = itemsOf(450, 'ABORT');
    const { calls, sms } = makeFleet(items, ({ url }) =>
      Response.json({ ...listItems(items, url.searchParams), count: 5000 }),
    );
    expect(await resultOf(collect(sms.tasks.watchMany({})))).toHaveLength(450);
    expect(calls.length).toBeLessThan(20);
  });

  it('beyond the largest offset of the service is an error before anything is followed', async () => {
    const items = itemsOf(450, 'ABORT');
    const { calls, sms } = makeFleet(items, ({ url }) =>
      Response.json({ ...listItems(items, url.searchParams), count: 70_000 }),
    );
    await expect(resultOf(collect(sms.tasks.watchMany({})))).rejects.toMatchObject({ name: 'InvalidRequestError' });
    expect(calls).toHaveLength(1);
  });
});

describe('the pause between two polls', () => {
  const gapsOf = (calls: readonly FleetCall[]) =>
    calls
      .slice(1)
      .map(({ at }, index) => at - (calls[index]?.at ?? 0))
      .filter((gap) => gap > 0);

  it.each([0, 0.999])('is 5 to 60 s by default (chance %d)', async (chance) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    const items = itemsOf(2, 'RUNNING');
    const { calls, sms } = makeFleet(items);
    setTimeout(() => Object.assign(items[0] ?? {}, { state: 'SYNCING' }), 600_000);
    setTimeout(() => setAll(items, { state: 'ABORT' }), 1_200_000);
    await resultOf(collect(sms.tasks.watchMany(idsOf(2))));
    const gaps = gapsOf(calls);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000);
    expect(gaps.length).toBeLessThan(80);
  });

  it('is 200 ms at least for each request of a poll', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const items = itemsOf(10_000, 'RUNNING');
    const { calls, sms } = makeFleet(items);
    setTimeout(() => setAll(items, { state: 'ABORT' }), 5000);
    await resultOf(collect(sms.tasks.watchMany({})));
    expect(calls).toHaveLength(100);
    expect(gapsOf(calls)).toEqual([10_000]);
  });

  it('grows after each failed poll in a row, from 5 to 60 s', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const items = itemsOf(2, 'RUNNING');
    const fails = (_: unknown, count: number) => (count > 1 && count <= 8 ? refusal(500) : undefined);
    const { calls, sms } = makeFleet(items, fails, { maxRetries: 0 });
    setTimeout(() => setAll(items, { state: 'ABORT' }), 1000);
    await resultOf(collect(sms.tasks.watchMany({})));
    expect(gapsOf(calls)).toEqual([5000, 5000, 5000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('is as long as Retry-After says, up to ten minutes', async () => {
    const items = itemsOf(2, 'RUNNING');
    const { calls, sms } = makeFleet(items, (_, count) =>
      count === 2 || count === 3
        ? refusal(429, 'APIGW.0308', { 'retry-after': count === 2 ? '120' : '86400' })
        : undefined,
    );
    setTimeout(() => setAll(items, { state: 'ABORT' }), 1500);
    await resultOf(collect(sms.tasks.watchMany({}, { intervalMs: 1000 })));
    expect(gapsOf(calls)).toEqual([1000, 120_000, 600_000]);
  });

  it('passes without a request while the loop is busy', async () => {
    const { calls, sms } = makeFleet(itemsOf(3, 'RUNNING'));
    for await (const _change of sms.tasks.watchMany({})) {
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(calls).toHaveLength(1);
      break;
    }
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(calls).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
