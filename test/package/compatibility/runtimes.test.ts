import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { runtimes, workerd } from './matrix.js';

const programs = { 'esm.mjs': 'ES modules', 'cjs.cjs': 'CommonJS' };

describe.each(runtimes.map((tool) => ({ name: tool.name, tool })))('$name', ({ tool }) => {
  let home: Home | undefined;
  let folder: string;

  beforeAll(async () => {
    home = await createHome(tool);
    if (home === undefined) return;
    const files = await readConsumers('esm.mjs', 'cjs.cjs', 'main-flow.cjs', 'is-shared.cjs');
    folder = await home.createProject('project', files);
  });

  it.for(Object.entries(programs))('runs a migration from %s in %s', async ([program, proof], { skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const printed = await run(home.find(tool.command), [...tool.parameters, program], folder);
    expect(JSON.parse(printed)).toEqual({ states: ['MIGRATE_SUCCESS', 'MIGRATE_SUCCESS'], shared: true });
    await home.record(proof);
  });
});

describe('workerd', () => {
  it('runs a bundled worker', async ({ skip }) => {
    const home = await createHome(workerd);
    if (home === undefined) return skip(`${workerd.packages} cannot be installed here`);
    const folder = await home.createProject('project', await readConsumers('worker.mjs', 'run-worker.mjs'));
    await build({
      entryPoints: [join(folder, 'worker.mjs')],
      outfile: join(folder, 'bundled-worker.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      external: ['node:*'],
      logLevel: 'silent',
    });
    expect(JSON.parse(await run('node', ['run-worker.mjs'], folder))).toEqual({ state: 'MIGRATE_SUCCESS' });
    await home.record('a bundled worker');
  });
});
