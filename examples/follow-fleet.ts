/**
 * Starts many tasks and follows them with a request or two at each look: one line a task and one for all.
 *
 * Without an account: `npm run example -- follow-fleet`. On the real service: set the variables of `npm start`, then
 * `npm run example -- follow-fleet <task id> <task id> …`.
 */
import { ConflictError, type TaskChange } from '@org/sms-client';
import { chooseFleet } from './support/choose-fleet.js';
import { runExample } from './support/run-example.js';
import { showFleet } from './support/show-fleet.js';

await runExample(async (signal) => {
  const { intervalMs, place, sms, taskIds } = chooseFleet(process.argv.slice(2));
  if (taskIds.length === 0) throw new Error('Give the ids of the tasks: npm run example -- follow-fleet <task id> …');
  console.log(`${place}\n`);

  const results = await sms.tasks.startMany(taskIds, { signal });
  const refused = results.filter((result) => !result.started);
  for (const { error, id } of refused) console.error(`${id} was not started. ${error.message}`);
  // A task that runs already is followed like the others.
  const running = refused.filter(({ error }) => error instanceof ConflictError).map(({ id }) => id);
  const cursors = results.flatMap((result) => (result.started ? [result.cursor] : []));
  const ids = [...cursors.map(({ id }) => id), ...running];

  const view = showFleet(ids.length);
  const onChange = (change: TaskChange) => view.update(change);
  const outcomes = await sms.tasks
    .waitForAll(ids, { cursors, intervalMs, onChange, signal })
    .finally(() => view.stop());

  const failed = outcomes.filter(({ outcome }) => outcome !== 'succeeded');
  for (const { id, task, ...outcome } of failed) {
    const { meaning, hint } = 'error' in outcome ? outcome.error : { meaning: 'It is gone.', hint: '' };
    console.log(`\n${task?.name ?? id}: ${meaning}\n  ${hint}`);
  }
  if (failed.length + refused.length > running.length) process.exitCode = 1;
});
