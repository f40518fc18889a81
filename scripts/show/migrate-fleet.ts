/** Starts many tasks, follows them and says what became of each. */
import { ConflictError } from '@org/sms-client';
import { explain, type Setting, wrap } from '../../examples/support/run-example.js';
import { showFleet } from './show-fleet.js';

/** Ends with exit code 1 unless every task succeeded. */
export async function migrateFleet({ intervalMs, signal, sms, taskIds }: Setting): Promise<void> {
  if (taskIds.length === 0) throw new Error('Give the ids of the tasks: npm start -- <task id> <task id> …');
  const complain = (text: string) => console.error(wrap(text, process.stderr.columns));
  const results = await sms.tasks.startMany([...taskIds], { signal });
  const refused = results.filter((result) => !result.started);
  for (const { error, id } of refused) complain(`${id} was not started. ${explain(error)}`);
  // A task that runs already is followed like the others.
  const running = refused.filter(({ error }) => error instanceof ConflictError).map(({ id }) => id);
  const cursors = results.flatMap((result) => (result.started ? [result.cursor] : []));

  const view = showFleet(cursors.length + running.length);
  const ids = [...cursors.map(({ id }) => id), ...running];
  const outcomes = await sms.tasks
    .waitForAll(ids, { cursors, intervalMs, signal, onChange: view.update })
    .finally(() => view.stop());

  const failed = outcomes.filter(({ outcome }) => outcome !== 'succeeded');
  for (const outcome of failed) {
    complain(`\n${outcome.task?.name ?? outcome.id}: ${'error' in outcome ? explain(outcome.error) : 'it is gone'}`);
  }
  if (failed.length + refused.length > running.length) process.exitCode = 1;
}
