/** What the workers of a fleet and those who give them work agree on. */
import type { Cursor } from '@org/sms-client';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

/** A job: the task to migrate, and where the last worker stood with it. */
export interface MigrationJob {
  readonly taskId: string;
  readonly cursor?: Cursor | undefined;
}

/** What a fleet can be told by its environment. */
export interface FleetSettings {
  readonly redisUrl: string;
  readonly queueName: string;
  /** How many migrations a worker follows at the same time. */
  readonly concurrency: number;
  /** How long a worker may be silent before its jobs are taken for lost, in milliseconds. */
  readonly lockDuration: number;
  /** Pause between two looks for lost jobs, in milliseconds. */
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

/** A connection as BullMQ wants it: commands wait while Redis is away. */
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
          // Makes room for the next round of the task; a failed job stays to be looked at.
          removeOnComplete: true,
        },
      })),
    );
  } finally {
    await queue.close();
    connection.disconnect();
  }
}
