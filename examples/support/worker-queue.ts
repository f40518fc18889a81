/** The queue of a fleet of workers on Redis: its settings, its jobs, and a worker. */
import type { Cursor, TokenStore } from '@org/sms-client';
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** Breaks lines at the width of the terminal. Without one they keep their length, unless COLUMNS is set. */
function breakLines(text: string, { columns }: { readonly columns?: number }): string {
  const width = Math.max(1, (columns || Number(process.env.COLUMNS) || 10_000) - 1);
  return text.replace(new RegExp(`(.{1,${width}})(?:[ \\n]|$)|(.{${width}})`, 'g'), '$1$2\n').trimEnd();
}

/** Prints what went wrong. */
export function complain(text: string): void {
  console.error(breakLines(text, process.stderr));
}

function say(text: string): void {
  console.log(breakLines(text, process.stdout));
}

/** A job: the task to migrate, and the cursor of its last worker. */
export interface MigrationJob {
  readonly taskId: string;
  readonly cursor?: Cursor | undefined;
}

/** The settings of a fleet. */
export interface FleetSettings {
  readonly redisUrl: string;
  readonly queueName: string;
  /** How many migrations a worker follows at the same time. */
  readonly concurrency: number;
  /** How long a worker may be silent before its jobs count as lost, in milliseconds. */
  readonly lockDuration: number;
  /** Pause between two checks for lost jobs, in milliseconds. */
  readonly stalledInterval: number;
}

/** Reads the environment; throws one sentence when it does not say where Redis is. */
export function readSettings(): FleetSettings {
  const { CONCURRENCY, LOCK_DURATION_MS, QUEUE_NAME, REDIS_URL, STALLED_INTERVAL_MS } = process.env;
  if (!REDIS_URL) throw new Error('Set REDIS_URL to the address of a Redis server, such as redis://127.0.0.1:6379.');
  return {
    redisUrl: REDIS_URL,
    queueName: QUEUE_NAME || 'migrations',
    concurrency: Number(CONCURRENCY || 50),
    lockDuration: Number(LOCK_DURATION_MS || 30_000),
    stalledInterval: Number(STALLED_INTERVAL_MS || 30_000),
  };
}

/** A connection as BullMQ requires it: commands wait while Redis is unavailable. */
export function connectQueue(redisUrl: string): Redis {
  return new Redis(redisUrl, { maxRetriesPerRequest: null });
}

/** Puts one job for each task into the queue. A task that has a job already gets no second one. */
export async function addJobs({ queueName, redisUrl }: FleetSettings, taskIds: readonly string[]): Promise<void> {
  const connection = connectQueue(redisUrl);
  const queue = new Queue<MigrationJob>(queueName, { connection });
  try {
    await queue.addBulk(
      taskIds.map((taskId) => ({
        name: 'migrate',
        data: { taskId },
        opts: {
          jobId: taskId,
          attempts: 5,
          backoff: { type: 'exponential', delay: 60_000 },
          // Removed, so that the task can get a new job. A failed job stays for inspection.
          removeOnComplete: true,
        },
      })),
    );
  } finally {
    await queue.close();
    connection.disconnect();
  }
}

/** One login for all workers. Commands wait for Redis only as long as the client allows them to. */
export function shareLogin(redis: Redis): TokenStore {
  return {
    get: (key) => redis.get(key),
    set: (key, value, ttlMs) => redis.set(key, value, 'PX', ttlMs),
    delete: (key) => redis.del(key),
    setIfAbsent: async (key, value, ttlMs) => (await redis.set(key, value, 'PX', ttlMs, 'NX')) === 'OK',
  };
}

/** Runs jobs until `shutdown`. Each gets a signal that ends it when the worker lost the job to another one. */
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
      // A worker renews the locks of its jobs twice in this time, independently of polls.
      lockDuration,
      // A job whose lock has expired goes to another worker at the next of these checks.
      stalledInterval,
      // By default BullMQ fails a job that lost its worker twice. Here another worker can take over safely, and days bring many deployments.
      maxStalledCount: 1_000,
    },
  );
  // Other workers have these jobs by now, or will get them.
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => void worker.cancelJob(id)));
  printEvents(worker);
  await new Promise((resolve) => shutdown.addEventListener('abort', resolve));
  await worker.close();
  connection.disconnect();
}

function printEvents(worker: Worker<MigrationJob, string>): void {
  const name = `Worker ${process.pid}`;
  worker.on('active', ({ data }) => say(`${name} follows ${data.taskId}`));
  worker.on('completed', ({ data }, state) => say(`${name} ended ${data.taskId}: ${state}`));
  worker.on('failed', (job, error) => complain(`${name} failed with ${job?.data.taskId}: ${error.message}`));
  worker.on('error', (error) => complain(`${name}: ${error.message}`));
}
