import { type Cursor, InvalidRequestError } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeScripted, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';

useFakeTime();

const methods = ['watch', 'waitFor', 'startAndWait'] as const;

async function call(method: (typeof methods)[number], options: unknown, id = taskId) {
  const script = makeScripted(states('MIGRATE_SUCCESS'));
  const { tasks } = script.sms;
  const run = async () => {
    if (method !== 'watch') return tasks[method](id, options as never);
    for await (const { task } of tasks.watch(id, options as never)) return task;
    return undefined;
  };
  return { ...script, run: run() };
}

async function expectRefusal(method: (typeof methods)[number], options: unknown, path?: string) {
  const { requests, run } = await call(method, options);
  const error = await errorOf(run);
  expect(error).toBeInstanceOf(InvalidRequestError);
  if (path !== undefined) expect((error as InvalidRequestError).issues[0]?.path).toBe(path);
  expect((error as Error).message).toContain(`${method}: `);
  expect(requests).toHaveLength(0);
}

const notCount = fc.oneof(
  fc.string(),
  fc.double().filter((value) => !(Number.isSafeInteger(value) && value >= 1)),
  fc.integer({ max: 0 }),
  fc.constantFrom(null, true, {}, [], Number.NaN, Number.POSITIVE_INFINITY),
);
const notList = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, {}, [''], [1], [null], ['SUCESS'], ['X']));
const notCursor = fc.oneof(
  fc.string(),
  fc.constantFrom([], {}, { id: taskId, percent: '5' }, { percent: 5 }, { id: taskId, version: 2 }),
  fc.record({ id: fc.constant(taskId), percent: fc.double().filter((value) => !(value >= 0 && value <= 100)) }),
  fc.record({ id: fc.constant(taskId), percent: fc.constant(1), stage: fc.constantFrom('', 'sent', 5) }),
);
const wrong: Record<string, fc.Arbitrary<unknown>> = {
  maxWaitMs: notCount,
  intervalMs: fc.oneof(notCount, fc.constantFrom(2 ** 31, 2 ** 40)),
  until: fc.oneof(notList, fc.constant([])),
  failOn: notList,
  cursor: notCursor,
  signal: fc.oneof(fc.string(), fc.constantFrom(null, {}, { aborted: false })),
};

describe.each(methods)('before its first request %s', (method) => {
  it.each(Object.keys(wrong))('refuses a wrong value of %s', async (name) => {
    await fc.assert(
      fc.asyncProperty(wrong[name] ?? fc.anything(), (value) => expectRefusal(method, { [name]: value })),
      { numRuns: 40 },
    );
  });

  it('refuses an option that it does not know', () => expectRefusal(method, { untill: ['SUCCESS'] }, 'untill'));

  it.each([null, 5, 'x', []])('refuses %s in place of options', (options) => expectRefusal(method, options));

  it('refuses a wrong id', async () => {
    for (const id of ['', '.', '..', 'x'.repeat(256)]) {
      const { requests, run } = await call(method, {}, id);
      expect(await errorOf(run)).toBeInstanceOf(InvalidRequestError);
      expect(requests).toHaveLength(0);
    }
  });

  it.each([null, 5, true])('refuses the target %s, which is neither an id nor a cursor', async (target) => {
    const { requests, run } = await call(method, {}, target as never);
    expect(await errorOf(run)).toMatchObject({
      message: expect.stringContaining('target: expected an id or a cursor'),
    });
    expect(requests).toHaveLength(0);
  });

  it('refuses the cursor of another task', async () => {
    const cursor: Cursor = { version: 1, id: 'task-2', percent: 3 };
    const { requests, run } = await call(method, { cursor });
    const error = await errorOf(run);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect((error as Error).message).toContain('cursor.id: expected the id of the task, received another id');
    expect(requests).toHaveLength(0);
  });
});

describe('an unknown option', () => {
  it.each([
    ['intervalMS', 'intervalMs'],
    ['timeoutMS', 'timeoutMs'],
  ])('%s is refused with the nearest one, of the method or of every call', async (name, nearest) => {
    const { requests, run } = await call('waitFor', { [name]: 5 });
    expect(await errorOf(run)).toMatchObject({ issues: [{ path: name, nearest }] });
    expect(requests).toHaveLength(0);
  });
});

describe('an unknown state', () => {
  it.each(['until', 'failOn'])('in %s is refused with the nearest one', async (name) => {
    const { requests, run } = await call('waitFor', { [name]: ['MIGRATE_SUCESS'] });
    expect(await errorOf(run)).toMatchObject({ message: expect.stringContaining('did you mean MIGRATE_SUCCESS?') });
    expect(requests).toHaveLength(0);
  });
});

describe('options of one method', () => {
  it('are refused by the others', async () => {
    await expectRefusal('watch', { onProgress: () => undefined }, 'onProgress');
    await expectRefusal('watch', { ifRunning: 'follow' }, 'ifRunning');
    await expectRefusal('waitFor', { ifRunning: 'follow' }, 'ifRunning');
    await expectRefusal('startAndWait', { ifRunning: 'restart' }, 'ifRunning');
    await expectRefusal('waitFor', { onProgress: 'x' }, 'onProgress');
  });

  it('may be undefined', async () => {
    const options = {
      cursor: undefined,
      failOn: undefined,
      intervalMs: undefined,
      maxWaitMs: undefined,
      until: undefined,
    };
    const { run } = await call('waitFor', { ...options, onProgress: undefined, signal: undefined });
    expect(await resultOf(run)).toMatchObject({ state: 'MIGRATE_SUCCESS' });
  });

  it('accept the largest useful values', async () => {
    const { run } = await call('waitFor', { intervalMs: 2 ** 31 - 1, maxWaitMs: Number.MAX_SAFE_INTEGER });
    expect(await resultOf(run)).toMatchObject({ state: 'MIGRATE_SUCCESS' });
  });
});
