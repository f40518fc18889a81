import { beforeAll, describe, expect, it } from 'vitest';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { testRunners } from './matrix.js';

interface Way {
  /** As docs/compatibility.md calls it. */
  readonly proof: string;
  readonly program: string;
  readonly parameters: readonly string[];
}

const vitest = (environment: string): Way => ({
  proof: environment,
  program: 'vitest',
  parameters: ['run', '--globals', `--environment=${environment}`, 'migration.test.mjs'],
});

/** How each runner is asked to run `migration.test.mjs`. */
const ways: Record<keyof typeof testRunners, readonly Way[]> = {
  mocha: [{ proof: 'ES modules', program: 'mocha', parameters: ['migration.test.mjs'] }],
  vitest3: [vitest('node'), vitest('jsdom')],
  vitest4: [vitest('node'), vitest('jsdom')],
};

describe.each(Object.keys(testRunners) as (keyof typeof testRunners)[])('%s', (key) => {
  const tool = testRunners[key];
  let home: Home | undefined;
  let folder: string;

  beforeAll(async () => {
    home = await createHome(tool);
    folder = (await home?.createProject('project', await readConsumers('migration.test.mjs'))) ?? '';
  });

  it.for(ways[key])('runs a test that uses the simulator: $proof', async ({ proof, program, parameters }, { skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const printed = await run(home.find(program), parameters, folder);
    expect(printed).toMatch(/1 pass/);
    await home.record(proof);
  });
});
