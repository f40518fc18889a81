/**
 * Start many tasks, follow them with one request for every 200 of them, and say what became of each.
 *
 * On an account, give the task ids: `npm run example -- follow-fleet <task id> <task id> …`. (`npm start -- --fleet` shows bars.)
 */
import { explain, runExample } from './support/run-example.js';

const tasks = [
  { name: 'web-server-01', durationMs: 120_000 },
  { name: 'web-server-02', durationMs: 180_000, failAt: { step: 'MIGRATE_LINUX_FILE' } },
  { name: 'database-01', durationMs: 240_000 },
];

await runExample(
  async ({ intervalMs, signal, sms, taskIds }) => {
    const results = await sms.tasks.startMany([...taskIds], { signal });
    for (const result of results)
      if (!result.started) console.error(`${result.id} did not start: ${explain(result.error)}`);
    const cursors = results.flatMap((result) => (result.started ? [result.cursor] : []));

    const outcomes = await sms.tasks.waitForAll(
      cursors.map(({ id }) => id),
      {
        cursors,
        intervalMs,
        signal,
        onChange: ({ id, progress, task }) =>
          console.log(`${task?.name ?? id}  ${progress?.percent} %  ${progress?.step?.label ?? task?.state}`),
      },
    );

    for (const outcome of outcomes) {
      console.log(`${outcome.task?.name ?? outcome.id}: ${outcome.outcome}`);
      if (outcome.outcome === 'failed') console.log(`  ${explain(outcome.error)}`);
    }
    const succeeded = outcomes.filter(({ outcome }) => outcome === 'succeeded').length;
    console.log(`${succeeded} of ${taskIds.length} succeeded`);
    if (succeeded < taskIds.length) process.exitCode = 1;
  },
  { tasks },
);
