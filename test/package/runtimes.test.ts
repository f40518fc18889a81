import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, createSandbox, install, run, type Sandbox } from './sandbox.js';

/** Each runtime is an npm package that brings its binary. */
const runtimes = [
  { name: 'node-22', source: 'node@22', command: 'node', parameters: [] },
  { name: 'node-24', source: 'node@24', command: 'node', parameters: [] },
  { name: 'node-26', source: 'node@26', command: 'node', parameters: [] },
  { name: 'bun', source: 'bun@1', command: 'bun', parameters: ['run'] },
  { name: 'deno', source: 'deno@2', command: 'deno', parameters: ['run', '--allow-all', '--quiet', '--no-lock'] },
];

const programs = ['esm.mjs', 'cjs.cjs'];

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});

afterAll(() => sandbox?.remove());

/** Installs a package in a folder of its own; when it cannot be had, says so aloud and answers nothing. */
async function tryInstall(name: string, source: string): Promise<string | undefined> {
  const home = join(sandbox.folder, '..', name);
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{ "private": true }');
  try {
    await install(home, source);
    return home;
  } catch (error) {
    console.warn(`SKIPPED: ${source} cannot be installed here: ${error}`);
    return undefined;
  }
}

describe.each(runtimes)('$name', ({ name, source, command, parameters }) => {
  let binary: string | undefined;
  let folder: string;

  beforeAll(async () => {
    const home = await tryInstall(name, source);
    if (home === undefined) return;
    binary = join(home, 'node_modules/.bin', command);
    console.log(`${name}: ${(await run(binary, ['--version'], home)).trim()}`);
    folder = await createProject(sandbox, `in-${name}`, { type: 'module' }, [
      ...programs,
      'main-flow.cjs',
      'is-shared.cjs',
    ]);
  });

  it.for(programs)('runs %s', async (program, { skip }) => {
    if (binary === undefined) return skip(`${source} cannot be installed here`);
    const printed = await run(binary, [...parameters, program], folder);
    expect(JSON.parse(printed)).toEqual({ states: ['MIGRATE_SUCCESS', 'MIGRATE_SUCCESS'], shared: true });
  });
});

describe('workerd', () => {
  it('runs a bundled worker', async ({ skip }) => {
    const source = 'miniflare@4';
    const home = await tryInstall('workerd', source);
    if (home === undefined) return skip(`${source} cannot be installed here`);
    const project = await createProject(sandbox, 'in-workerd', { type: 'module' }, ['worker.mjs']);
    const folder = await createProject({ ...sandbox, folder: home }, 'runner', {}, ['run-worker.mjs']);
    await build({
      entryPoints: [join(project, 'worker.mjs')],
      outfile: join(folder, 'bundled-worker.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      external: ['node:*'],
      logLevel: 'silent',
    });
    expect(JSON.parse(await run('node', ['run-worker.mjs'], folder))).toEqual({ state: 'MIGRATE_SUCCESS' });
  });
});
