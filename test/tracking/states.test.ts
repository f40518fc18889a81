import { Task, taskStates } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { itemsOf, makeFleet } from '../support/fake-fleet.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

// As the documents list them, the old names included.
const documented = [
  ...['READY', 'RUNNING', 'SYNCING', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORTING', 'ABORT', 'DELETING'],
  ...['SYNC_SUCCESS', 'SYNC_FAIL', 'SKIPPING', 'RESETING', 'SYNC_F_ROLLBACKING', 'SYNC_F_ROLLBACK_SUCCESS'],
  ...['SUCCESS', 'FAIL'],
];

describe('taskStates', () => {
  it('puts every documented state in one place: busy, success, failure, or READY', () => {
    const { busy, failure, success } = taskStates;
    expect([...busy, ...success, ...failure, 'READY'].sort()).toEqual([...documented].sort());
  });

  it('cannot be changed, because the client itself uses it', () => {
    for (const part of [taskStates, ...Object.values(taskStates)]) expect(Object.isFrozen(part)).toBe(true);
    expect(() => (taskStates.busy as string[]).push('READY')).toThrow(TypeError);
  });

  it('lets a task be started unless it is busy, and paused while it copies or synchronises', () => {
    const { busy, startable, stoppable } = taskStates;
    expect([...startable, ...busy].sort()).toEqual([...documented].sort());
    expect(stoppable).toEqual(['RUNNING', 'SYNCING']);
    for (const state of stoppable) expect(busy).toContain(state);
  });

  it.each(['READY', 'ABORT', 'MIGRATE_FAIL', 'SYNC_FAIL', 'MIGRATE_SUCCESS', 'SYNC_SUCCESS'])(
    '%s can be started, as taskStates says',
    async (state) => {
      const { simulator, sms } = makePair();
      const id = simulator.addTask({ state });
      expect(taskStates.startable).toContain(state);
      await resultOf(sms.tasks.start(id));
    },
  );

  it.each(['RUNNING', 'SYNCING', 'ABORTING', 'DELETING'])('%s cannot be started, as taskStates says', async (state) => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state });
    expect(taskStates.startable).not.toContain(state);
    expect(await errorOf(sms.tasks.start(id))).toMatchObject({ name: 'ConflictError' });
  });

  it.each(['READY', 'RUNNING', 'SYNCING', 'ABORT', 'MIGRATE_FAIL'])(
    '%s can be paused or not, as taskStates says',
    async (state) => {
      const { simulator, sms } = makePair();
      const id = simulator.addTask({ state });
      const outcome = await settle(sms.tasks.stop(id));
      expect('value' in outcome).toBe(taskStates.stoppable.includes(state));
    },
  );

  it.each(documented)('%s ends a wait with success or failure, or does not, as taskStates says', async (state) => {
    const { sms } = makeFleet(itemsOf(1, state));
    const { error } = await settle(sms.tasks.waitFor('task-0', { maxWaitMs: 60_000 }));
    const name = taskStates.success.includes(state)
      ? undefined
      : taskStates.failure.includes(state)
        ? 'MigrationFailedError'
        : 'WaitTimeoutError';
    expect((error as Error | undefined)?.name).toBe(name);
  });

  it('leaves an unknown state out: a wait goes on, and the state is shown unchanged', async () => {
    const { service, sms } = makeFleet(itemsOf(1, 'NOVEL'));
    const seen: string[] = [];
    setTimeout(() => Object.assign(service.items[0] ?? {}, { state: 'MIGRATE_SUCCESS' }), 100_000);
    await resultOf(sms.tasks.waitFor('task-0', { onProgress: ({ state }) => void seen.push(state) }));
    expect(seen).toEqual(['NOVEL', 'MIGRATE_SUCCESS']);
    expect(Object.values(taskStates).flat()).not.toContain('NOVEL');
  });

  it('can be read as in its example', () => {
    // The example of its page: the failed ones of a list.
    const tasks = documented.map((state) => Task.parse({ id: state, state }));
    expect(tasks.filter(({ state }) => taskStates.failure.includes(state)).map(({ id }) => id)).toEqual(
      documented.filter((state) => taskStates.failure.includes(state)),
    );
  });
});
