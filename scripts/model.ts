/**
 * The model checker in its full form: every schedule of a start with up to four faults, and 10,000 random ones of each method.
 *
 *     npm run model -- --faults 4 --runs 10000 --seed 7
 *
 * It prints its seed and every schedule that breaks a promise, as a line of a test.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '4' },
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
console.log(`seed ${values.seed}`);
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'unit', 'test/tracking/model'], {
  stdio: 'inherit',
  env: { ...process.env, MODEL_FAULTS: values.faults, MODEL_RUNS: values.runs, MODEL_SEED: values.seed },
});
process.exitCode = status ?? 1;
