/** Starts many tasks, follows them and says what became of each. */
import { complain, explain, type Setting } from '../../examples/support/run-example.js';
import { showFleet } from './show-fleet.js';

/** Ends with exit code 1 unless every task succeeded. */
export async function migrateFleet({ intervalMs, signal, sms, taskIds }: Setting): Promise<void> {
  if (taskIds.length === 0) throw new Error('Give the ids of the tasks: npm start -- <task id> <task id> …');
  // A task that runs already is followed like the others.
  const results = await sms.tasks.startMany([...taskIds], { ifRunning: 'follow', signal });
  const refused = results.filter(({ outcome }) => outcome === 'not-started');
  for (const { error, id } of refused) complain(`${id} was not started. ${explain(error)}`);

  const view = showFleet(results.length - refused.length);
  const outcomes = await sms.tasks
    .waitForAll(results, { intervalMs, signal, onChange: view.update })
    .finally(() => view.stop());

  const failed = outcomes.filter(({ outcome }) => outcome !== 'succeeded' && outcome !== 'not-started');
  for (const { error, id, task } of failed) {
    complain(`\n${task?.name ?? id}: ${error === undefined ? 'it is gone' : explain(error)}`);
  }
  if (failed.length + refused.length > 0) process.exitCode = 1;
}
