/** A worker of the queue, until it is told to end. */
import { type Job, Worker } from 'bullmq';
import { connectQueue, type FleetSettings, type MigrationJob } from './worker-queue.js';

/** Runs jobs. Each is given a signal that ends it when the worker lost the job to another one. */
export async function runWorker(
  { concurrency, lockDuration, queueName, redisUrl, stalledInterval }: FleetSettings,
  shutdown: AbortSignal,
  work: (job: Job<MigrationJob>, lost: AbortSignal) => Promise<string>,
): Promise<void> {
  const connection = connectQueue(redisUrl);
  const worker = new Worker<MigrationJob, string>(
    queueName,
    (job, _token, cancelled) => work(job, cancelled ?? new AbortController().signal),
    {
      connection,
      concurrency,
      // A worker renews the locks of its jobs twice in this time, whatever they wait for: no poll has to fit in.
      lockDuration,
      // A job whose lock ran out goes to another worker at the next of these checks.
      stalledInterval,
      // BullMQ gives a job up that lost its worker twice; taking over is harmless here, and days bring many deployments.
      maxStalledCount: 1_000,
    },
  );
  // Somebody else has these jobs by now, or will have.
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => void worker.cancelJob(id)));
  printEvents(worker);
  await new Promise((resolve) => shutdown.addEventListener('abort', resolve));
  await worker.close();
  connection.disconnect();
}

function printEvents(worker: Worker<MigrationJob, string>): void {
  const name = `Worker ${process.pid}`;
  worker.on('active', ({ data }) => console.log(`${name} follows ${data.taskId}`));
  worker.on('completed', ({ data }, state) => console.log(`${name} ended ${data.taskId}: ${state}`));
  worker.on('failed', (job, error) => console.error(`${name} failed with ${job?.data.taskId}: ${error.message}`));
  worker.on('error', (error) => console.error(`${name}: ${error.message}`));
}
