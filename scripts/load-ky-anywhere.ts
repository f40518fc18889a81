/** A step of the build for the copy of ky in the CommonJS files. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const eager = 'const encoder = new TextEncoder();';
const lazy = 'const encoder = { encode: (text) => new TextEncoder().encode(text) };';

/**
 * Makes ky look for `TextEncoder` when it needs one. It makes one when it is loaded, and would not load in an environment without
 * the class, such as the jsdom of Jest.
 */
export const loadKyAnywhere: Plugin = {
  name: 'load-ky-anywhere',
  setup(build) {
    build.onLoad({ filter: /[\\/]ky[\\/]distribution[\\/]utils[\\/]body\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes(eager))
        throw new Error(`${path} does not contain "${eager}": see whether this step is still needed`);
      return { contents: text.replace(eager, lazy), loader: 'js' };
    });
  },
};
