import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { bundlers } from './matrix.js';

type Target = 'browser' | 'server';

/** How each bundler, a command of `node_modules/.bin` or a program of its own, bundles `browser.mjs` or `server.mjs` into `out/`, with the options of its manual. */
const recipes: Record<keyof typeof bundlers, (target: Target) => { files: Record<string, string>; command: string[] }> =
  {
    esbuild: (target) => ({
      files: {},
      command: [
        'esbuild',
        `${target}.mjs`,
        '--bundle',
        '--format=esm',
        target === 'browser' ? '--platform=browser' : '--platform=node',
        `--outfile=out/${target}.mjs`,
      ],
    }),
    rollup: (target) => ({
      files: {
        [`rollup.${target}.mjs`]: `
          import resolve from '@rollup/plugin-node-resolve';
          import commonjs from '@rollup/plugin-commonjs';
          export default {
            input: '${target}.mjs',
            output: { file: 'out/${target}.mjs', inlineDynamicImports: true },
            external: ${target === 'browser' ? '[]' : '/^node:/'},
            plugins: [resolve({ browser: ${target === 'browser'}, preferBuiltins: ${target === 'server'} }), commonjs()],
            onwarn({ id, message }) { if (!\`\${id} \${message}\`.includes('node_modules/zod/')) throw new Error(message); },
          };`,
      },
      command: ['rollup', '--config', `rollup.${target}.mjs`],
    }),
    webpack: (target) => ({
      files: {
        [`webpack.${target}.mjs`]: `
          import { createRequire } from 'node:module';
          const webpack = createRequire(import.meta.url)('webpack');
          webpack({
            mode: 'production',
            context: import.meta.dirname,
            entry: './${target}.mjs',
            target: ${target === 'browser' ? "['web', 'es2022']" : "'node20'"},
            // The simulator is larger than what a page should load.
            performance: { hints: false },
            experiments: { outputModule: true },
            output: { path: import.meta.dirname + '/out', filename: '${target}.mjs', module: true, chunkFormat: 'module' },
          }, (error, stats) => {
            if (error || stats.hasErrors() || stats.hasWarnings()) {
              console.error(error ?? stats.toString());
              process.exitCode = 1;
            }
          });`,
      },
      command: ['node', `webpack.${target}.mjs`],
    }),
    vite: (target) => ({
      files: {
        [`vite.${target}.mjs`]: `
          export default {
            logLevel: 'warn',
            build: {
              outDir: 'out',
              emptyOutDir: false,
              target: 'es2022',
              ${target === 'browser' ? '' : "ssr: 'server.mjs',"}
              rollupOptions: { input: '${target}.mjs', output: { entryFileNames: '${target}.mjs' } },
            },
            ssr: { noExternal: true },
          };`,
      },
      command: ['vite', 'build', '--config', `vite.${target}.mjs`],
    }),
  };

describe.each(Object.keys(bundlers) as (keyof typeof bundlers)[])('%s', (key) => {
  const tool = bundlers[key];
  let home: Home | undefined;
  let folder: string;

  beforeAll(async () => {
    home = await createHome(tool);
    folder = (await home?.createProject('project', await readConsumers('browser.mjs', 'server.mjs'))) ?? '';
  });

  it.for<Target>(['browser', 'server'])('bundles for a %s, without a warning', async (target, { skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const { files, command } = recipes[key](target);
    await home.writeFiles('project', files);
    const [program = '', ...parameters] = command;
    const printed = await run(home.find(program), parameters, folder);
    expect(printed).not.toMatch(/warn/i);
    const bundle = await readFile(join(folder, `out/${target}.mjs`), 'utf8');
    if (target === 'browser') expect(bundle).not.toMatch(/(require\(|import\(|from|import) ?['"]node:/);
    expect(JSON.parse(await run(process.execPath, [`out/${target}.mjs`], folder))).toEqual({
      state: 'MIGRATE_SUCCESS',
    });
    await home.record(target);
  });
});
