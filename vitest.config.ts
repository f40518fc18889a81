import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));

/** Tests, code of the pages and examples name the package as its users do, and run against the source. */
const alias = {
  '@org/sms-client/schemas': source('schemas/index.ts'),
  '@org/sms-client/testing': source('testing/index.ts'),
  '@org/sms-client/node': source('node/index.ts'),
  '@org/sms-client': source('index.ts'),
};

// Vitest runs projects in the order of their names: this one last, because the others are few files, and one core would idle behind them.
const unit = {
  name: 'unit',
  // Files of one worker share the modules they load, which halves the processor time: the package keeps no module state.
  isolate: false,
  setupFiles: 'test/support/check-globals.ts',
  include: ['test/**/*.test.ts', 'examples/*.test.ts'],
  exclude: ['test/package/**', 'test/types/**', 'test/integration/redis.test.ts'],
};

/** In a process of its own: for seconds after its tests, clients go on to write to a Redis that is gone. */
const redis = { name: 'redis', include: ['test/integration/redis.test.ts'] };

/** What the compiler and an editor show of the declarations in `dist`, which `npm ci` and `npm run build` write. */
const types = { name: 'types', include: ['test/types/*.test.ts'] };

/** The packed tarball in the hands of its users. It takes about 20 s, so it is part of `npm test`. */
const packaged = {
  name: 'package',
  include: ['test/package/package.test.ts'],
  testTimeout: 180_000,
  hookTimeout: 300_000,
};

/** The same with every runtime, bundler, compiler and test runner that is supported, at some 800 MB: `npm run test:runtimes`. */
const runtimes = {
  name: 'runtimes',
  include: ['test/package/compatibility/*.test.ts'],
  globalSetup: 'test/package/compatibility/pack.setup.ts',
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

export default defineConfig(({ mode }) => ({
  resolve: { alias },
  test: {
    // One worker per core. Vitest would leave one of two cores idle.
    maxWorkers: '100%',
    // Tests of a file that run side by side are programs, which wait most of the time.
    maxConcurrency: 12,
    // For a machine that is busy with other things. Nothing timed decides a test.
    testTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95, branches: 90 },
      reportOnFailure: true,
    },
    projects: (mode === 'runtimes' ? [runtimes] : [unit, types, packaged, redis]).map((test) => ({
      extends: true,
      test,
    })),
  },
}));
