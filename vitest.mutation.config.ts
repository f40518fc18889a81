import { defineConfig } from 'vitest/config';
import whole from './vitest.config.js';

/** The folders whose tests run: those that are mutated. */
const folders = process.env.FOLDER ?? '{transport,auth,tracking}';
const { resolve = {} } = whole({ command: 'serve', mode: 'test' });

export default defineConfig({
  resolve,
  test: {
    include: [`test/${folders}/**/*.test.ts`, 'test/secrets.test.ts', 'test/wire.test.ts'],
    // It measures the heap over a hundred thousand polls.
    exclude: ['test/tracking/leaks.test.ts'],
    testTimeout: 10_000,
    // Thrice as fast. Mutants that act while a module is loaded are left out anyway.
    isolate: false,
  },
});
