import { readFile, writeFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';
import { loadKyAnywhere } from './scripts/load-ky-anywhere.js';
import { markPure } from './scripts/mark-pure.js';

const shared: Options = {
  format: ['esm', 'cjs'],
  target: ['node20', 'es2022'],
  platform: 'neutral',
  // The output is not minified and reads well; maps would be 2.5 times its size.
  sourcemap: false,
  // The rollup pass is here for its CommonJS output: without it tsup rewrites split chunks with sucrase, which turns
  // `import('node:http')` into a require() that bundlers follow.
  treeshake: true,
  external: [/^node:/],
  esbuildPlugins: [markPure],
  removeNodeProtocol: false,
  // The builds run side by side: each would remove the declarations that another has just written. `prebuild` does it.
  clean: false,
};

export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts', schemas: 'src/schemas/index.ts', node: 'src/node/index.ts' },
    dts: true,
    // Entries of one format share chunks: a schema is the same value through whichever door it came, and `./schemas` does
    // not pull in what only the client needs.
    splitting: true,
    // ky is ESM only, so the CommonJS build carries it; the ESM build imports it like any other dependency.
    noExternal: ['ky'],
    esbuildPlugins: [markPure, loadKyAnywhere],
    esbuildOptions(options, { format }) {
      if (format === 'esm') options.external = [...(options.external ?? []), 'ky'];
    },
    async onSuccess() {
      const licence = await readFile('node_modules/ky/license', 'utf8');
      await writeFile('dist/THIRD-PARTY-LICENSES.txt', `index.cjs contains ky, under this licence:\n\n${licence}`);
    },
  },
  {
    ...shared,
    entry: { testing: 'src/testing/index.ts' },
    // `Symbol.asyncDispose` is unknown to projects that compile for older libraries and have no types of Node.
    dts: { banner: '/// <reference lib="esnext.disposable" />' },
    splitting: false,
  },
  {
    ...shared,
    entry: { cli: 'src/cli/main.ts' },
    format: 'esm',
    platform: 'node',
    // What the commands use of the package is there already, as entries of its own.
    treeshake: false,
    splitting: false,
    esbuildPlugins: [
      {
        name: 'other-entries',
        setup(build) {
          build.onResolve({ filter: /^\.\.\/(testing\/)?index\.js$/ }, ({ path }) => ({
            path: path.includes('testing') ? './testing.js' : './index.js',
            external: true,
          }));
        },
      },
    ],
  },
]);
