/** A program that the package is proven with: its name in docs/compatibility.md, and what npm installs for it. */
export interface Tool {
  readonly name: string;
  readonly packages: readonly string[];
  /** The package whose version the page shows; the first one when not given. */
  readonly shown?: string;
}

export interface Runtime extends Tool {
  /** In `node_modules/.bin`. */
  readonly command: string;
  readonly parameters: readonly string[];
  /** The ways to use a proxy that docs/proxies.md shows for it. */
  readonly proxies: readonly ('environment' | 'option' | 'createFetch')[];
  /** What makes it trust the server of the tests, where a variable cannot. */
  readonly trusting?: readonly string[];
}

/** Each runtime is an npm package that brings its binary. */
export const runtimes: readonly Runtime[] = [
  { name: 'Node.js 22', packages: ['node@22'], command: 'node', parameters: [], proxies: ['createFetch'] },
  { name: 'Node.js 24', packages: ['node@24'], command: 'node', parameters: [], proxies: ['createFetch'] },
  { name: 'Node.js 26', packages: ['node@26'], command: 'node', parameters: [], proxies: ['createFetch'] },
  { name: 'Bun 1', packages: ['bun@1'], command: 'bun', parameters: ['run'], proxies: ['environment', 'option'] },
  {
    name: 'Deno 2',
    packages: ['deno@2'],
    command: 'deno',
    parameters: ['run', '--allow-all', '--quiet', '--no-lock'],
    proxies: ['environment'],
    trusting: ['--unsafely-ignore-certificate-errors'],
  },
];

export const workerd: Tool = { name: 'workerd', packages: ['miniflare@4'], shown: 'workerd' };

export const bundlers = {
  esbuild: { name: 'esbuild', packages: ['esbuild'] },
  rollup: {
    name: 'rollup 4',
    packages: ['rollup@4', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs'],
  },
  webpack: { name: 'webpack 5', packages: ['webpack@5'] },
  vite: { name: 'vite 7', packages: ['vite@7'] },
} as const satisfies Record<string, Tool>;

export const testRunners = {
  mocha: { name: 'mocha 11', packages: ['mocha@11'] },
  jest29: { name: 'Jest 29', packages: ['jest@29', 'jest-environment-jsdom@29'] },
  jest30: { name: 'Jest 30', packages: ['jest@30', 'jest-environment-jsdom@30'] },
  vitest3: { name: 'vitest 3', packages: ['vitest@3', 'vite@6', 'jsdom@26'] },
  vitest4: { name: 'vitest 4', packages: ['vitest@4', 'vite@7', 'jsdom@26'] },
} as const satisfies Record<string, Tool>;

/** What TypeScript compiles with; `without` are the ways to resolve modules that it does not know any more. */
export const compilers = {
  ts54: { tool: { name: 'TypeScript 5.4', packages: ['typescript@~5.4', '@types/node@20'] }, without: [] },
  ts59: { tool: { name: 'TypeScript 5.9', packages: ['typescript@~5.9', '@types/node@22'] }, without: [] },
  ts6: { tool: { name: 'TypeScript 6', packages: ['typescript@6', '@types/node@22'] }, without: [] },
  ts7: { tool: { name: 'TypeScript 7', packages: ['typescript@7', '@types/node@22'] }, without: ['node10'] },
} as const satisfies Record<string, { readonly tool: Tool; readonly without: readonly string[] }>;

/** The lowest and the newest version of zod that package.json admits, and the last one of a minor between. */
export const zods: readonly Tool[] = [
  { name: 'zod 4.0.17', packages: ['zod@4.0.17'] },
  { name: 'zod 4.1', packages: ['zod@~4.1'] },
  { name: 'zod 4', packages: ['zod@4'] },
];

/** All of them, as docs/compatibility.md lists them: by heading. */
export const matrix: Readonly<Record<string, readonly Tool[]>> = {
  Runtimes: [...runtimes, workerd],
  Bundlers: Object.values(bundlers),
  TypeScript: Object.values(compilers).map(({ tool }) => tool),
  'Test runners': Object.values(testRunners),
  zod: zods,
};
