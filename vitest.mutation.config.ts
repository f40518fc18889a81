import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import whole from './vitest.config.js';

/** The folders whose tests run: those that are mutated. */
const folders = process.env.FOLDER ?? '{transport,auth,tracking}';
const { resolve = {} } = whole({ command: 'serve', mode: 'test' });

/** A mutant is done with its first failure: what found the mutant before comes first, then the quickest file. */
class LikeliestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const costOf = ({ moduleId, project }: TestSpecification): number => {
      const last = this.ctx.cache.getFileTestResults(`${project.name}:${relative(this.ctx.config.root, moduleId)}`);
      return last?.failed ? 0 : (last?.duration ?? 0);
    };
    return files.toSorted((one, other) => costOf(one) - costOf(other));
  }
}

export default defineConfig({
  resolve,
  test: {
    include: [
      `test/${folders}/**/*.test.ts`,
      'test/{secrets,wire,errors,options,client}.test.ts',
      'test/resources/send-once.test.ts',
    ],
    // They take longer than all others together: polls by the ten thousand, calls by the hundred over sockets.
    exclude: ['test/tracking/leaks.test.ts', 'test/auth/dead-tokens.test.ts', 'test/transport/burst.test.ts'],
    setupFiles: 'test/support/shorten-properties.ts',
    sequence: { sequencer: LikeliestFirst },
    // A mutant that waits for ever costs this much.
    testTimeout: 5_000,
    // Thrice as fast. Mutants that act while a module is loaded are left out anyway.
    isolate: false,
  },
});
