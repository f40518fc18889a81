/** `npm run fuzz -- [--seed N] [--count N] [--only N]`: corrupted responses through every method. Exits with 1 when a promise is broken. */
import { parseArgs } from 'node:util';
import { fuzz } from '../test/security/fuzz/run.js';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, count: { type: 'string', default: '100000' }, only: { type: 'string' } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const only = values.only === undefined ? undefined : Number(values.only);
const startedAt = performance.now();
console.log(`seed ${seed}, ${values.count} responses${only === undefined ? '' : `, call ${only} alone`}`);

const report = await fuzz({
  seed,
  count: Number(values.count),
  only,
  onProgress: (responses) => process.stdout.isTTY && process.stdout.write(`\r${responses} responses`),
});

console.log(`\r${report.responses} responses, ${report.calls} calls of ${Object.keys(report.methods).length} methods`);
console.table(report.outcomes);
console.log(
  `slowest call ${Math.round(report.slowestMs)} ms, all ${Math.round((performance.now() - startedAt) / 1_000)} s`,
);
for (const { call, method, problem } of report.failures) {
  console.error(`\n${method}: ${problem}\n  again: npm run fuzz -- --seed ${seed} --only ${call}`);
}
process.exitCode = report.failures.length > 0 ? 1 : 0;
