import type { DeleteOutcome, SmsClient } from '@org/sms-client';
import type { Simulator } from '@org/sms-client/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../support/collect.js';
import { resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

const makeTasks = (count: number, state: 'READY' | 'MIGRATE_FAIL' = 'READY') =>
  makePair({ tasks: Array.from({ length: count }, () => ({ state })) }, { maxRetries: 1 });

const idsOf = async (sms: SmsClient) => (await resultOf(collect(sms.tasks.listAll()))).map(({ id }) => id);

describe('listAll through the simulator', () => {
  it('yields everything once, however the service cuts and counts its pages', async () => {
    const counts = [undefined, null, (all: number) => all - 1, (all: number) => all + 3, () => 0];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(40),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom(...counts),
        async (size, limit, cap, count) => {
          // A count that fits a page which is short for no reason is beyond doubt.
          fc.pre(count === undefined || count === null || cap > limit);
          const { simulator, sms } = makeTasks(size);
          const all = (await idsOf(sms)).sort();
          simulator.faults.pages(count === undefined ? { cap } : { cap, count });
          const found = await resultOf(collect(sms.tasks.listAll({ limit })));
          expect(found.map(({ id }) => id).sort()).toEqual(all);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('misses nothing that stays, whatever the loop deletes and adds', async () => {
    const actions = fc.array(fc.constantFrom('delete', 'remove another', 'add', 'nothing'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        actions,
        async (size, limit, plan) => {
          const { simulator, sms } = makeTasks(size);
          const before = await idsOf(sms);
          const gone = new Set<string>();
          const yielded: string[] = [];
          const remove = (id: string | undefined) => {
            if (id === undefined || gone.has(id)) return;
            gone.add(id);
            simulator.task(id).remove();
          };
          const walk = async () => {
            for await (const { id } of sms.tasks.listAll({ limit })) {
              const action = plan[yielded.length];
              yielded.push(id);
              if (action === 'delete') remove(id);
              if (action === 'remove another') remove(before[(yielded.length * 7) % size]);
              if (action === 'add') simulator.addTask();
            }
          };
          await resultOf(walk());
          expect(new Set(yielded).size).toBe(yielded.length);
          expect(before.filter((id) => !gone.has(id) && !yielded.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('throws the refusal of a page after the items before it', async () => {
    const { simulator, sms } = makeTasks(9);
    const all = await idsOf(sms);
    simulator.faults.fail(1, 403, { match: 'ListTasks', skip: 2 });
    const seen: string[] = [];
    const walk = async () => {
      for await (const { id } of sms.tasks.listAll({ limit: 3 })) seen.push(id);
    };
    expect(await settle(walk())).toMatchObject({ error: { name: 'PermissionDeniedError' } });
    expect(seen).toEqual(all.slice(0, 6));
  });
});

type Fault = (simulator: Simulator, match: 'DeleteTasks' | 'DeleteTask') => void;

const faults: readonly Fault[] = [
  ({ faults: { cut } }, match) => cut(1, { match, performed: true }),
  ({ faults: { cut } }, match) => cut(1, { match, performed: false }),
  ({ faults: { fail } }, match) => fail(1, 500, { match, performed: true }),
  ({ faults: { fail } }, match) => fail(1, 503, { match }),
  ({ faults: { fail } }, match) => fail(1, 429, { match }),
  ({ faults: { truncate } }, match) => truncate(1, { match }),
  ({ faults: { corrupt } }, match) => corrupt(1, { match }),
  ({ faults: { connection } }, match) => connection(1, 'ECONNREFUSED', { match }),
];
const some = fc.array(fc.constantFrom(...faults), { maxLength: 4 });

/** The state of a task at the service; null when there is none. */
function readState(simulator: Simulator, id: string): string | null {
  try {
    return simulator.task(id).state;
  } catch {
    return null;
  }
}

const isDeleted = (simulator: Simulator, id: string) => ['DELETING', null].includes(readState(simulator, id));

describe('deletions through the simulator', () => {
  it('deleteMany reports the outcome of each task, whatever is lost, running or missing', async () => {
    const index = fc.nat(11);
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.array(index, { maxLength: 3 }),
        fc.array(index, { maxLength: 3 }),
        async (plan, busy, missing) => {
          const { simulator, sms } = makeTasks(12, 'MIGRATE_FAIL');
          const ids = await idsOf(sms);
          for (const at of busy) simulator.task(ids[at] ?? '').set({ state: 'RUNNING' });
          for (const at of missing)
            if (readState(simulator, ids[at] ?? '') !== null) simulator.task(ids[at] ?? '').remove();
          const absent = new Set(ids.filter((id) => readState(simulator, id) === null));
          for (const fault of plan) fault(simulator, 'DeleteTasks');
          const seen: DeleteOutcome[] = [];
          const onOutcome = (outcome: DeleteOutcome) => void seen.push(outcome);
          const outcomes = await resultOf(sms.tasks.deleteMany(ids, { onOutcome }));
          expect(outcomes.map(({ id }) => id)).toEqual(ids);
          expect(seen.map(({ id }) => id).sort()).toEqual([...ids].sort());
          for (const { id, outcome } of outcomes) {
            if (outcome === 'deleted' || outcome === 'gone') expect(isDeleted(simulator, id)).toBe(true);
            // Of what was never there nothing is known when the body of the 404 is lost.
            if (outcome === 'not-deleted' && !absent.has(id)) expect(isDeleted(simulator, id)).toBe(false);
            if (plan.length === 0) expect(outcome).not.toBe('unknown');
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('delete resolves only when the task is deleted, and rejects with a refusal only when it is not', async () => {
    await fc.assert(
      fc.asyncProperty(some, fc.constantFrom('MIGRATE_FAIL', 'RUNNING'), async (plan, state) => {
        const { simulator, sms } = makePair({ tasks: [{ state: state as 'RUNNING' }] }, { maxRetries: 2 });
        const [id = ''] = await idsOf(sms);
        for (const fault of plan) fault(simulator, 'DeleteTask');
        const { error } = await settle(sms.tasks.delete(id));
        if (error === undefined) expect(isDeleted(simulator, id)).toBe(true);
        else if ((error as Error).name !== 'OutcomeUnknownError') expect(isDeleted(simulator, id)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
