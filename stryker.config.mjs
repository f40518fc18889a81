/** The folders of src that are mutated: one by its name, or those where a fault costs most. */
const folders = process.env.FOLDER ?? '{transport,auth,tracking}';

export default {
  mutate: [`src/${folders}/**/*.ts`],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: Number(process.env.WORKERS ?? 1),
  // What an endless loop costs, beside the time of the tests that reach it.
  timeoutMS: 4_000,
  timeoutFactor: 1,
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: 'coverage/mutation/report.json' },
  htmlReporter: { fileName: 'coverage/mutation/report.html' },
  tempDirName: 'coverage/stryker',
  ignorePatterns: ['/dist', '/coverage', '/bench', '/docs'],
  thresholds: { high: 95, low: 92, break: 90 },
};
