/**
 * Start many tasks, follow them with one request for every 200 of them, and print the outcome of each.
 *
 * On an account, give the task ids: `npm run example -- follow-fleet <task id> <task id> …`. (`npm start -- --fleet` shows bars.)
 */
import { explain, runExample, say } from './support/run-example.js';

const tasks = [
  { name: 'web-server-01', durationMs: 120_000 },
  { name: 'web-server-02', durationMs: 180_000, failAt: { step: 'MIGRATE_LINUX_FILE' } },
  { name: 'database-01', durationMs: 240_000 },
];

await runExample(
  async ({ intervalMs, signal, sms, taskIds }) => {
    if (taskIds.length === 0) throw new Error('Give the ids of the tasks');
    const results = await sms.tasks.startMany([...taskIds], { signal });

    const outcomes = await sms.tasks.waitForAll(results, {
      intervalMs,
      signal,
      onChange: ({ id, progress, task }) =>
        say(`${task?.name ?? id}  ${progress?.percent} %  ${progress?.step?.label ?? task?.state}`),
    });

    // Also those that did not start.
    for (const { error, id, outcome, task } of outcomes) {
      say(`${task?.name ?? id}: ${outcome}`);
      if (error !== undefined) say(`  ${explain(error)}`);
    }
    const succeeded = outcomes.filter(({ outcome }) => outcome === 'succeeded').length;
    console.log(`${succeeded} of ${taskIds.length} succeeded`);
    if (succeeded < taskIds.length) process.exitCode = 1;
  },
  { tasks },
);
