/**
 * Survive a restart of the process: save the cursor in a file, and continue from it in the next process. The task is started at most
 * once, and the progress never runs backwards.
 *
 * Without a task id it is shown on the simulator, where the first process is killed half-way. On an account:
 * `npm run example -- resume <task id>`, as often as it takes.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type Cursor, MigrationFailedError, SmsClient } from '@org/sms-client';
import { complain, say } from './support/run-example.js';

const [, , taskId = ''] = process.argv;
const file = `${taskId}.cursor.json`;
const cursor = await readFile(file, 'utf8').then(
  (text): Cursor => JSON.parse(text),
  () => undefined,
);
say(cursor === undefined ? `Begins with ${taskId}` : `Continues ${taskId} at ${cursor.percent} %`);

// Renaming replaces the file in one step: whenever the machine dies, the file that is there is whole.
async function keep(next: Cursor): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(next), { flush: true });
  await rename(`${file}.new`, file);
}

const unsafe = new AbortController();
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(130));
process.once('SIGTERM', () => interrupted.abort(143));
try {
  const task = await SmsClient.fromEnv().tasks.startAndWait(taskId, {
    cursor,
    signal: AbortSignal.any([interrupted.signal, unsafe.signal]),
    // Awaited before the start is sent. When the cursor cannot be kept, nothing is started.
    onProgress: async ({ percent, state, step }, snapshot) => {
      await keep(snapshot.cursor).catch((error) => unsafe.abort(error));
      say(`${percent.toFixed(1).padStart(5)} %  ${step?.label ?? state}`);
    },
  });
  console.log(`Ended in ${task.state}`);
  await rm(file, { force: true });
} catch (error) {
  // A failed migration has ended, too. Remove the cursor, so that the next process starts it again.
  if (error instanceof MigrationFailedError) await rm(file, { force: true });
  complain(interrupted.signal.aborted ? 'Stopped watching. The migration goes on.' : String(error));
  process.exitCode = interrupted.signal.aborted ? interrupted.signal.reason : 1;
}
