/** `npm run example -- worker-fleet` without arguments: three workers of examples/worker-fleet.ts on the simulator, of which one is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSimulator } from '@org/sms-client/testing';
import { Queue } from 'bullmq';
import { runExample } from '../examples/support/run-example.js';
import { addJobs, connectQueue, readSettings } from '../examples/support/worker-queue.js';
import { countStarts, serveSimulator } from './show/simulated-account.js';

const seconds = 1_000;

const program = fileURLToPath(new URL('../examples/worker-fleet.ts', import.meta.url));

await runExample(async ({ signal }) => {
  const settings = readSettings();
  const simulator = createSimulator({ speed: 60 });
  const taskIds = Array.from({ length: 6 }, () => simulator.addTask({ durationMs: 4 * 60 * seconds }));
  // A queue of its own: the Redis may be one that others work with.
  const queueName = `migrations-${randomUUID()}`;
  const env = {
    ...process.env,
    ...(await serveSimulator(simulator)),
    QUEUE_NAME: queueName,
    CONCURRENCY: '2',
    LOCK_DURATION_MS: `${2 * seconds}`,
    STALLED_INTERVAL_MS: `${seconds}`,
  };
  const connection = connectQueue(settings.redisUrl);
  const queue = new Queue(queueName, { connection });
  const workers = Array.from({ length: 3 }, () =>
    spawn(process.execPath, [...process.execArgv, program, 'work'], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  for (const { stdout } of workers) stdout.pipe(process.stdout, { end: false });
  // When the reader of this process has closed the pipe, the workers end before they notice it.
  process.once('exit', () => workers.forEach((worker) => void worker.kill('SIGKILL')));
  try {
    await addJobs({ ...settings, queueName }, taskIds);
    // Each worker has its share by then, and is in the middle of it.
    const until = async (isSo: () => Promise<boolean>) => {
      while (!(await isSo())) await sleep(200, undefined, { signal });
    };
    await until(async () => (await queue.getActiveCount()) === taskIds.length);
    await sleep(2 * seconds, undefined, { signal });
    killWorker(workers[0]);
    await until(async () => Object.values(await queue.getJobCounts()).every((count) => count === 0));
    console.log(`\n${taskIds.length} tasks, ${countStarts(simulator)} starts`);
  } finally {
    await Promise.all(workers.map(endWorker));
    await queue.obliterate({ force: true });
    await queue.close();
    connection.disconnect();
    await simulator.close();
  }
});

function killWorker(worker: ChildProcess | undefined): void {
  console.log(`\nWorker ${worker?.pid} is killed in the middle of its jobs\n`);
  worker?.kill('SIGKILL');
}

async function endWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
}
