import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionRules, type Rules } from '../../../src/tracking/rules.js';
import { isBusy } from '../../../src/tracking/states.js';
import { Clock } from './clock.js';
import { explore, type Method, methods, runModel } from './run.js';
import { pasts } from './service.js';

/** More in the full form: `npm run model -- --faults 4 --runs 10000`. */
const mostFaults = Number(process.env.MODEL_FAULTS ?? 2);
const numRuns = Number(process.env.MODEL_RUNS ?? 60);
const seed = Number(process.env.MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
const timeout = 3_600_000;

let clock: Clock;
beforeEach(() => {
  clock = new Clock();
});
afterEach(() => clock.restore());

describe(`every schedule of a start with up to ${mostFaults} faults`, () => {
  it.each(pasts)(
    'of a task in %s is accepted at most once and reported truly',
    async (past) => {
      const { broken, runs } = await explore(clock, 'start', past, mostFaults);
      expect(runs).toBeGreaterThan(mostFaults);
      expect(broken.map((run) => `${run.broken}: ${run.choices.describe(past, 'start')}`)).toEqual([]);
    },
    timeout,
  );
});

describe(`random schedules, seed ${seed}`, () => {
  const plan = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5) }), {
    maxLength: 40,
  });

  it.each(methods)(
    'of %s keep every invariant',
    async (method: Method) => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...pasts), plan, async (past, choices) => {
          const run = await runModel(clock, method, past, choices);
          if (run.broken !== undefined) throw new Error(`${run.broken}: ${run.choices.describe(past, method)}`);
        }),
        { numRuns, seed },
      );
    },
    timeout,
  );
});

// Each rule is there for a reason: without it the model finds a schedule that breaks the promise.
describe('a protocol without one of its rules fails', () => {
  const variants: Record<string, Partial<Rules>> = {
    'drop the position: a task that runs is evidence': {
      compare: (_, task) => (isBusy(task.state) ? 'newer' : 'same'),
    },
    'believe one poll that differs': { believesOnePoll: true },
    'send again at once': { settles: false },
    'settle for a second only': { lagMs: 0 },
  };

  it.each(Object.keys(variants))(
    '%s',
    async (name) => {
      const rules: Rules = { ...actionRules, ...variants[name] };
      const found = new Set<string>();
      for (const past of pasts) {
        const { broken } = await explore(clock, 'start', past, 2, rules);
        for (const run of broken) found.add(run.broken);
      }
      expect([...found].length).toBeGreaterThan(0);
    },
    timeout,
  );
});
