import { readFileSync } from 'node:fs';
import { Task, type TaskProgress } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type ProgressMark, readProgress } from '../../src/tracking/progress.js';
import { measureSpeed, readTimeLeft } from '../../src/tracking/time-left.js';
import { makeFakeClient } from '../support/fake-client.js';
import { itemsOf, makeFleet } from '../support/fake-fleet.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';
import { measureTimeLeft } from '../support/simulated-copy.js';

useFakeTime();

const minute = 60_000;
const month = 30 * 86_400_000;

/** A task whose only step is so far, has taken so long, and whose service says so many seconds. */
const taskAt = (percent: number, elapsedMs: number | null, remain?: number | null, more: object = {}): Task =>
  Task.parse({
    id: 'task-1',
    state: 'RUNNING',
    remain_seconds: remain,
    total_time: elapsedMs,
    sub_tasks: [{ id: 1, name: 'X', user_op: 'Y', progress: percent, ...(elapsedMs !== null && { start_date: 1000 }) }],
    ...more,
  });

const read = (task: Task, mark?: ProgressMark): TaskProgress => readProgress(task, mark).progress;

describe('the time left', () => {
  it('is the figure of the service when nothing was observed', () => {
    expect(read(taskAt(0, null, 600)).remainingMs).toBe(600_000);
    expect(read(taskAt(50, null, 600)).remainingMs).toBe(600_000);
  });

  it('is the figure of the service when it is near the observed one', () => {
    // Half of it took ten minutes: ten more are to be expected.
    for (const seconds of [600, 300, 151, 2400]) {
      expect(read(taskAt(50, 10 * minute, seconds)).remainingMs).toBe(seconds * 1000);
    }
  });

  it("is the observed figure when the service's is more than a factor of four away", () => {
    // Half of it took an hour.
    for (const seconds of [899, 14_401, 60_000, 1]) {
      expect(read(taskAt(50, 60 * minute, seconds)).remainingMs).toBe(60 * minute);
    }
    for (const seconds of [900, 14_400])
      expect(read(taskAt(50, 60 * minute, seconds)).remainingMs).toBe(seconds * 1000);
  });

  it('is the figure of the service when it fits the average of the round, although its clock differs from ours', () => {
    const { mark } = readProgress(taskAt(40, 60 * minute, 5400));
    vi.advanceTimersByTime(1000);
    // Half an hour at the service took a second here, after which a few more seconds would be expected.
    expect(read(taskAt(60, 90 * minute, 3600), mark).remainingMs).toBe(60 * minute);
  });

  it('is the figure of the service, whatever the factor, when it is no more than two minutes away', () => {
    // Half of it took ten seconds.
    for (const seconds of [1, 130]) expect(read(taskAt(50, 10_000, seconds)).remainingMs).toBe(seconds * 1000);
    expect(read(taskAt(50, 10_000, 131)).remainingMs).toBe(10_000);
  });

  it.each([null, undefined, 0, -5])('is the observed figure when the service says %s', (seconds) => {
    expect(read(taskAt(25, 10 * minute, seconds)).remainingMs).toBe(30 * minute);
  });

  it('is never a month or more, whatever its source', () => {
    expect(read(taskAt(25, 10 * minute, month / 1000 + 1)).remainingMs).toBe(30 * minute);
    expect(read(taskAt(0, null, month / 1000 + 1)).remainingMs).toBeNull();
    expect(read(taskAt(0.1, 86_400_000, null)).remainingMs).toBeNull();
    expect(read(taskAt(0.1, 86_400_000, 600)).remainingMs).toBe(600_000);
  });

  it('is null while it is unknown: without movement, without a date, in the last percent', () => {
    expect(read(taskAt(0, 10 * minute, null)).remainingMs).toBeNull();
    expect(read(taskAt(50, null, null)).remainingMs).toBeNull();
    expect(read(taskAt(99, 10 * minute, null)).remainingMs).toBeNull();
    expect(read(taskAt(98.9, 989 * minute, null)).remainingMs).toBe(11 * minute);
    // In the last percent the service alone may know.
    expect(read(taskAt(99.5, 10 * minute, 30)).remainingMs).toBe(30_000);
  });

  it('is 0 for a task that is done, and null for one that neither runs nor is done', () => {
    for (const state of ['MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT']) {
      expect(read(taskAt(50, 10 * minute, 600, { state })).remainingMs).toBe(0);
    }
    expect(read(taskAt(50, 10 * minute, 600, { state: 'READY' })).remainingMs).toBeNull();
  });

  it('does not trust the 60000 of the official example', () => {
    const fixture = JSON.parse(
      readFileSync(new URL('../fixtures/api/show-task.response.json', import.meta.url), 'utf8'),
    );
    expect(fixture.remain_seconds).toBe(60_000);
    // All steps are done, so the time left is unknown.
    expect(read(Task.parse(fixture)).remainingMs).toBeNull();
    // With its last step halfway at once it is unknown, too: the short steps before it say nothing about its pace.
    fixture.sub_tasks.at(-1).progress = 50;
    const { percent, remainingMs } = read(Task.parse(fixture));
    expect(percent).toBeGreaterThan(50);
    expect(remainingMs).toBeNull();
  });

  it('comes from estimate_complete_time where there is no remain_seconds, as in lists', async () => {
    const task = taskAt(50, 10 * minute, undefined, { estimate_complete_time: Date.now() + 20 * minute });
    expect(read(task).remainingMs).toBe(20 * minute);
    expect(read({ ...task, estimate_complete_time: Date.now() - minute }).remainingMs).toBe(10 * minute);
    const { sms } = makeFleet(itemsOf(2, 'RUNNING', { estimate_complete_time: Date.now() + 20 * minute }));
    const seen: (number | null | undefined)[] = [];
    const loop = (async () => {
      for await (const { progress } of sms.tasks.watchMany({}, { maxWaitMs: 1000 })) seen.push(progress?.remainingMs);
    })();
    await errorOf(loop);
    expect(seen).toEqual([20 * minute, 20 * minute]);
  });

  it('uses the clock of the service in lists, whatever the local time is', async () => {
    const there = Date.now() + 90 * minute;
    const task = { id: 'task-0', state: 'RUNNING', estimate_complete_time: there + 20 * minute };
    const { sms } = makeFakeClient(() =>
      Response.json({ count: 1, tasks: [task] }, { headers: { date: new Date(there).toUTCString() } }),
    );
    const [change] = await resultOf(collectFirst(sms.tasks.watchMany({})));
    expect(change?.progress?.remainingMs).toBe(20 * minute);
  });
});

async function collectFirst<T>(items: AsyncIterable<T>): Promise<T[]> {
  for await (const item of items) return [item];
  return [];
}

describe('the observed time left', () => {
  const copyAt = (percent: number | null, elapsedMs: number) => ({ key: 'copy', percent, elapsedMs });

  it('begins with the average of the step so far, where the service says how long it takes', () => {
    expect(measureSpeed(copyAt(20, 100_000), 0, undefined)).toMatchObject({ percent: 20, pace: 5000 });
    expect(measureSpeed({ key: 'copy', percent: 20, elapsedMs: null }, 0, undefined).pace).toBeNull();
    expect(measureSpeed(copyAt(20, 0), 0, undefined).pace).toBeNull();
  });

  it('is measured from change to change: a poll that shows nothing new changes nothing', () => {
    const first = measureSpeed(copyAt(10, 10 * minute), 0, undefined);
    for (const percent of [10, 9, null]) {
      expect(measureSpeed(copyAt(percent, 11 * minute), minute, first)).toMatchObject({ pace: minute, percent: 10 });
    }
  });

  it('uses the clock of the service, and the local one where that stands still', () => {
    const first = measureSpeed(copyAt(10, 10 * minute), 0, undefined);
    const stands = measureSpeed(copyAt(10, 10 * minute), 3 * minute, first);
    expect(stands.elapsedMs).toBe(13 * minute);
    // It never runs backwards.
    expect(measureSpeed(copyAt(10, 11 * minute), 4 * minute, stands).elapsedMs).toBe(13 * minute);
    expect(measureSpeed(copyAt(10, 20 * minute), 5 * minute, stands).elapsedMs).toBe(20 * minute);
  });

  it('begins anew with another step', () => {
    const first = measureSpeed(copyAt(10, 10 * minute), 0, undefined);
    expect(measureSpeed({ key: 'other', percent: 5, elapsedMs: null }, minute, first)).toMatchObject({ pace: null });
  });

  it('does not count before the copy, where the service is trusted', () => {
    const steps = [
      { id: 1, name: 'SSL_CONFIG', user_op: 'REPLICATE', progress: 100, start_date: 0, end_date: 4000 },
      { id: 2, name: 'ATTACH_AGENT_IMAGE', user_op: 'REPLICATE', progress: 50, start_date: 4000 },
    ];
    const task = (remain?: number) => taskAt(0, null, remain, { sub_tasks: steps, total_time: 100_000 });
    expect(read(task()).remainingMs).toBeNull();
    expect(read(task(86_400)).remainingMs).toBe(86_400_000);
  });

  it('includes the steps after the current one by their weight', () => {
    const steps = [
      { id: 1, name: 'CONFIGURE_LINUX_FILE', user_op: 'CUTOVER0', progress: 50, start_date: 1000 },
      { id: 2, name: 'DETTACH_AGENT_IMAGE', user_op: 'CUTOVER0', progress: 0 },
    ];
    const task = taskAt(0, null, null, { sub_tasks: steps, total_time: 10 * minute });
    // Half of the first step took ten minutes, and the second one weighs as much.
    expect(read(task).remainingMs).toBe(30 * minute);
  });

  it('goes on while a poll shows no steps', () => {
    const { mark } = readProgress(taskAt(50, 10 * minute, null));
    vi.advanceTimersByTime(6000);
    const blank = readProgress(taskAt(0, null, null, { sub_tasks: null }), mark);
    expect(blank.progress).toMatchObject({ percent: 50, remainingMs: 10 * minute - 6000 });
  });

  it('is the same with many small changes as with few large ones, at a steady rate', () => {
    for (const stepMs of [2000, 20_000, 60_000]) {
      let mark: ProgressMark | undefined;
      let last: TaskProgress | undefined;
      for (let ms = 0; ms <= 30 * minute; ms += stepMs) {
        vi.setSystemTime(Date.now() + stepMs);
        vi.advanceTimersByTime(stepMs);
        // A percent a minute, from 30 on; without any date.
        const next = readProgress(taskAt(30 + ms / minute, null, null), mark);
        mark = next.mark;
        last = next.progress;
      }
      // 60 percent: 40 minutes to go. Percentages have one decimal, so that the rate trembles.
      expect(Math.abs((last?.remainingMs ?? 0) - 40 * minute)).toBeLessThan(4 * minute);
    }
  });

  it('follows a migration that becomes slower, within some minutes', () => {
    let mark: ProgressMark | undefined;
    const readAfter = (ms: number, percent: number) => {
      vi.advanceTimersByTime(ms);
      const next = readProgress(taskAt(percent, null, null), mark);
      mark = next.mark;
      return next.progress.remainingMs ?? Number.NaN;
    };
    readAfter(0, 10);
    expect(readAfter(10 * minute, 20)).toBe(80 * minute);
    // Ten times slower from now on.
    const estimates = Array.from({ length: 15 }, (_, index) => readAfter(minute, 20.1 + index / 10));
    expect(estimates).toEqual([...estimates].sort((one, other) => one - other));
    expect(estimates.at(-1)).toBeGreaterThan(400 * minute);
  });

  it('begins anew with each round', () => {
    const steps = (id: number, progress: number) => ({ sub_tasks: [{ id, name: 'X', user_op: `Y${id}`, progress }] });
    const first = readProgress(taskAt(0, null, null, steps(1, 10)));
    vi.advanceTimersByTime(minute);
    const second = readProgress(taskAt(0, null, null, steps(1, 50)), first.mark);
    expect(second.progress.remainingMs).toBe(75_000);
    expect(readProgress(taskAt(0, null, null, steps(2, 10)), second.mark).progress.remainingMs).toBeNull();
  });

  it('is never negative or infinite, whatever is read', () => {
    const figure = fc.option(fc.double({ noNaN: false }), { nil: null });
    fc.assert(
      fc.property(
        figure,
        fc.double({ min: 0, max: 100, noNaN: true }),
        figure,
        figure,
        (service, percent, observed, average) => {
          const left = readTimeLeft(service, percent, observed, average);
          if (left === null) return;
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left).toBeLessThanOrEqual(month);
        },
      ),
    );
  });
});

describe('the time left of a copy with noise and a pause, polled every minute', () => {
  it.each([1, 6, 24, 72])(
    'of %i h is within 0.75 to 1.35 of the truth from 3 to 98 percent, and at most 2 % null',
    (hours) => {
      const now = vi.spyOn(performance, 'now');
      const { highest, lowest, polls, unknown } = measureTimeLeft(hours, hours > 6 ? 2 : 12, (ms) => {
        now.mockReturnValue(ms);
      });
      expect(polls).toBeGreaterThan(600);
      expect(lowest).toBeGreaterThanOrEqual(0.75);
      expect(highest).toBeLessThanOrEqual(1.35);
      expect(unknown).toBeLessThanOrEqual(0.02);
    },
  );
});
