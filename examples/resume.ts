/**
 * A wait that survives its process: where it stands is kept in a file, and the next process goes on from there. The task is started once,
 * and the progress never runs backwards.
 *
 * Without an account: `npm run example -- resume`, which kills the first process in the middle. On the real service: set the variables of
 * `npm start`, then `npm run example -- resume <task id>`, as often as it takes.
 */
import { type Cursor, MigrationFailedError, SmsClient } from '@org/sms-client';
import { readCursor, removeCursor, writeCursor } from './support/cursor-file.js';
import { demonstrateRestart } from './support/demonstrate-restart.js';
import { runExample } from './support/run-example.js';

async function migrate(taskId: string, shutdown: AbortSignal): Promise<void> {
  const sms = SmsClient.fromEnv();
  const file = `${taskId}.cursor.json`;
  const cursor = await readCursor(file);
  console.log(cursor === undefined ? `Begins with ${taskId}` : `Goes on with ${taskId} at ${cursor.percent} %`);

  const unsafe = new AbortController();
  // Awaited before anything else is sent, so the file is there before the start is. When it cannot be written, nothing is.
  const keep = (next: Cursor) => writeCursor(file, next).catch((error) => unsafe.abort(error));
  try {
    const task = await sms.tasks.startAndWait(taskId, {
      cursor,
      signal: AbortSignal.any([shutdown, unsafe.signal]),
      onProgress: async ({ percent, state, step }, snapshot) => {
        await keep(snapshot.cursor);
        console.log(`${percent.toFixed(1).padStart(5)} %  ${step?.label ?? state}`);
      },
    });
    console.log(`Ended in ${task.state}`);
    await removeCursor(file);
  } catch (error) {
    // A failed migration is an end, too: the next process shall start it anew.
    if (error instanceof MigrationFailedError) await removeCursor(file);
    throw error;
  }
}

await runExample(async (signal) => {
  const [, , taskId] = process.argv;
  if (taskId !== undefined) await migrate(taskId, signal);
  else await demonstrateRestart(signal);
});
