import { beforeAll, describe, expect, it } from 'vitest';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { testRunners } from './matrix.js';

interface Way {
  /** As docs/compatibility.md calls it. */
  readonly proof: string;
  readonly program: string;
  readonly parameters: readonly string[];
  /** What shows that the tests passed. Default: a summary that begins with one that did. */
  readonly printed?: RegExp;
}

const vitest = (environment: string): Way => ({
  proof: environment,
  program: 'vitest',
  parameters: ['run', '--globals', `--environment=${environment}`, 'migration.test.mjs'],
});

const jest = (proof: string, file: string): Way => ({
  proof,
  program: 'jest',
  // Its summary goes to the other output.
  parameters: ['--json', '--testMatch', `**/${file}`],
  printed: /"numFailedTests":0,.*"success":true/,
});
const jestWays = [
  jest('CommonJS, listen() and fake timers', 'simulator.test.cjs'),
  jest('jsdom, which has no fetch', 'handles.test.cjs'),
];

/** How each runner is asked to run its tests of the simulator. */
const ways: Record<keyof typeof testRunners, readonly Way[]> = {
  mocha: [{ proof: 'ES modules', program: 'mocha', parameters: ['migration.test.mjs'] }],
  jest29: jestWays,
  jest30: jestWays,
  vitest3: [vitest('node'), vitest('jsdom')],
  vitest4: [vitest('node'), vitest('jsdom')],
};

describe.each(Object.keys(testRunners) as (keyof typeof testRunners)[])('%s', (key) => {
  const tool = testRunners[key];
  let home: Home | undefined;
  let folder: string;

  beforeAll(async () => {
    home = await createHome(tool);
    folder =
      (await home?.createProject(
        'project',
        await readConsumers('migration.test.mjs', 'simulator.test.cjs', 'handles.test.cjs'),
      )) ?? '';
  });

  it.for(ways[key])(
    'runs a test that uses the simulator: $proof',
    async ({ proof, program, parameters, printed: expected = /1 pass/ }, { skip }) => {
      if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
      const printed = await run(home.find(program), parameters, folder);
      expect(printed).toMatch(expected);
      await home.record(proof);
    },
  );
});
