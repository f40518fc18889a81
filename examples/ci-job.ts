/**
 * Migrate in a CI job: one line for each 10 percent, and an exit code for the outcome. 0 is success, 1 is failure, and 2 means that the
 * task was still running when the time was up, so that the next job can continue.
 *
 * On an account: `npm run example -- ci-job <task id>`. MAX_MINUTES limits the time.
 */
import { MigrationFailedError, WaitTimeoutError } from '@org/sms-client';
import { complain, explain, runExample } from './support/run-example.js';

await runExample(async ({ intervalMs, signal, sms, taskIds: [taskId] }) => {
  if (taskId === undefined) throw new Error('Give the id of the task');
  let tenth = -1;
  try {
    const task = await sms.tasks.startAndWait(taskId, {
      // A second job follows the task that the first one has started.
      ifRunning: 'follow',
      intervalMs,
      maxWaitMs: Number(process.env.MAX_MINUTES ?? 60) * 60_000,
      signal,
      onProgress: ({ percent, step }) => {
        if (Math.floor(percent / 10) === tenth) return;
        tenth = Math.floor(percent / 10);
        console.log(`${new Date().toISOString()}  ${percent} %  ${step?.label ?? ''}`);
      },
    });
    console.log(`${task.name ?? task.id}: ${task.state}`);
  } catch (error) {
    if (error instanceof MigrationFailedError) process.exitCode = 1;
    else if (error instanceof WaitTimeoutError) process.exitCode = 2;
    else throw error;
    complain(explain(error));
  }
});
