import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConnectionErrorCode,
  createSimulator,
  type FaultMatch,
  type Simulator,
  type TaskState,
} from '../../src/testing/index.js';
import { adapterNames, type Caller, createCaller, openEndpoints } from './support.js';

type Step = (stage: { simulator: Simulator; call: Caller; ids: string[] }) => unknown;

const operations = ['ListTasks', 'ShowTask', 'UpdateTaskStatus', 'DeleteTask', 'ListServers'] as const;
const match = fc.option(
  fc.oneof(
    fc.constantFrom<FaultMatch>(...operations),
    fc.constant<FaultMatch>(() => true),
    fc.constant<FaultMatch>(() => {
      throw new Error('a match that throws');
    }),
  ),
  { nil: undefined },
);
const read = fc.constantFrom('ListTasks' as const, 'ShowTask' as const, undefined);
const times = fc.integer({ min: 1, max: 3 });
const skip = fc.integer({ min: 0, max: 2 });
const states: TaskState[] = ['READY', 'RUNNING', 'SYNCING', 'ABORT', 'DELETING', 'SYNC_FAIL', 'MIGRATE_SUCCESS'];
const codes: ConnectionErrorCode[] = ['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED'];
const place = fc.nat({ max: 5 });

const idAt = (ids: string[], index: number) => ids[index % ids.length] ?? 'none';
/** Whatever a handle refuses is no failure of the simulator; anything but an Error would be. */
const tolerate = (use: () => unknown) => {
  try {
    use();
  } catch (reason) {
    expect(reason).toBeInstanceOf(Error);
  }
};

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ n: times, status: fc.integer({ min: 400, max: 599 }), match, skip, performed: fc.boolean() }).map(
    ({ n, status, ...options }): Step =>
      ({ simulator }) =>
        simulator.faults.fail(n, status, options),
  ),
  fc
    .record({ kind: fc.constantFrom('cut', 'truncate', 'corrupt'), n: times, match, skip, performed: fc.boolean() })
    .map(
      ({ kind, n, ...options }): Step =>
        ({ simulator }) =>
          simulator.faults[kind as 'cut'](n, options),
    ),
  fc.record({ n: times, match, performed: fc.boolean() }).map(
    ({ n, ...options }): Step =>
      ({ simulator }) =>
        simulator.faults.delay(n, 1, options),
  ),
  fc.record({ n: times, code: fc.constantFrom(...codes), match }).map(
    ({ n, code, match }): Step =>
      ({ simulator }) =>
        simulator.faults.connection(n, code, { match }),
  ),
  fc.record({ n: times, value: fc.jsonValue(), match }).map(
    ({ n, value, match }): Step =>
      ({ simulator }) =>
        simulator.faults.mutate(n, () => value, { match }),
  ),
  fc.record({ ms: fc.nat({ max: 100_000 }), match: read }).map(
    ({ ms, match }): Step =>
      ({ simulator }) =>
        simulator.faults.lag(ms, { match }),
  ),
  fc.record({ n: times, match: read, skip }).map(
    ({ n, ...options }): Step =>
      ({ simulator }) =>
        simulator.faults.stale(n, options),
  ),
  fc.record({ cap: times, lose: fc.nat({ max: 3 }), count: fc.constantFrom(null, () => 3) }).map(
    (pages): Step =>
      ({ simulator }) =>
        simulator.faults.pages(pages),
  ),
  fc.constantFrom<Step>(
    ({ simulator }) => simulator.faults.expireTokens(),
    ({ simulator }) => simulator.faults.throttle(100),
    ({ simulator }) => simulator.faults.clear(),
    ({ simulator }) => simulator.advance(120_000),
    ({ simulator, ids }) => ids.push(simulator.addTask()),
    ({ simulator }) => simulator.respond('ShowTask', async (_request, next) => next(), { times: 1 }),
    ({ simulator }) => simulator.respond('ListTasks', () => Promise.reject(new Error('a handler that throws'))),
  ),
  fc.record({ index: place, state: fc.constantFrom(...states, 'NOVEL') }).map(
    ({ index, state }): Step =>
      ({ simulator, ids }) =>
        tolerate(() => simulator.task(idAt(ids, index)).set({ state })),
  ),
  fc.record({ index: place, use: fc.constantFrom('start', 'pause', 'finish', 'fail', 'remove') }).map(
    ({ index, use }): Step =>
      ({ simulator, ids }) =>
        tolerate(() => simulator.task(idAt(ids, index))[use as 'start']()),
  ),
  fc
    .record({
      index: place,
      method: fc.constantFrom('GET', 'POST', 'DELETE'),
      path: fc.constantFrom('/v3/tasks', '/v3/tasks?limit=2', '/v3/tasks/{id}', '/v3/tasks/{id}/action', '/v3/sources'),
    })
    .map(
      ({ index, method, path }): Step =>
        ({ call, ids }) =>
          call(method, path.replace('{id}', idAt(ids, index)), method === 'POST' ? { operation: 'start' } : undefined),
    ),
);

describe.each(adapterNames)('random faults, handles and requests through %s', (name) => {
  it('never make the simulator throw, and leave nothing behind', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (given) => {
        const simulator = createSimulator({ seed: 1 });
        const endpoints = await openEndpoints(simulator, name);
        const call = await createCaller(endpoints);
        const ids = [simulator.addTask(), simulator.addTask({ state: 'RUNNING' })];
        for (const step of given) {
          try {
            await step({ simulator, call, ids });
          } catch (reason) {
            // What a client meets is what fetch rejects with; anything else came from the simulator.
            expect(reason).toBeInstanceOf(TypeError);
            expect(['fetch failed', 'terminated']).toContain((reason as TypeError).message);
          }
        }
        simulator.faults.clear();
        simulator.reset();
        const again = await createCaller(endpoints);
        expect((await again('GET', '/v3/tasks')).json).toEqual({ count: 0, tasks: [] });
        expect(simulator.faults.pending).toEqual([]);
        await simulator.close({ expectNone: true });
      }),
      { numRuns: name === 'fetch' ? 60 : 25 },
    );
  });
});
