import { beforeAll, describe, expect, it } from 'vitest';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { zods } from './matrix.js';

describe.each(zods.map((tool) => ({ name: tool.name, tool })))('$name', ({ tool }) => {
  let home: Home | undefined;
  let folder: string;

  beforeAll(async () => {
    home = await createHome(tool);
    const files = await readConsumers('derive.mjs', 'esm.mjs', 'main-flow.cjs', 'is-shared.cjs');
    folder = (await home?.createProject('project', files)) ?? '';
  });

  it('runs a migration', async ({ skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const printed = await run(process.execPath, ['esm.mjs'], folder);
    expect(JSON.parse(printed)).toEqual({ states: ['MIGRATE_SUCCESS', 'MIGRATE_SUCCESS'], shared: true });
    await home.record('a migration');
  });

  it('derives schemas that validate like those of plain zod', async ({ skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const printed = await run(process.execPath, ['derive.mjs'], folder);
    expect(JSON.parse(printed)).toEqual({ differences: [], described: 'object' });
    await home.record('derived schemas');
  });
});
