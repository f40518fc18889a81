/**
 * A fleet of workers over a queue on Redis: the job of a worker that dies is taken over by another one, which goes on where it stood and
 * does not start the task again. Needs REDIS_URL; runs on the simulator with `npm run example -- worker-fleet`, which kills a worker.
 *
 * On the real service: set the variables of `npm start`, run `npm run example -- worker-fleet work` on as many machines as you like, and
 * give them work with `npm run example -- worker-fleet add <task id> …`.
 */
import { MigrationFailedError, SmsClient } from '@org/sms-client';
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { demonstrateTakeover } from './support/demonstrate-takeover.js';
import { createRedisTokenStore } from './support/redis-token-store.js';
import { runExample } from './support/run-example.js';
import { runWorker } from './support/run-worker.js';
import { addJobs, type MigrationJob, readSettings } from './support/worker-queue.js';

async function migrate(sms: SmsClient, job: Job<MigrationJob>, shutdown: AbortSignal, lost: AbortSignal) {
  const { cursor, taskId } = job.data;
  const unsafe = new AbortController();
  try {
    const task = await sms.tasks.startAndWait(taskId, {
      cursor,
      ifRunning: 'follow',
      signal: AbortSignal.any([shutdown, lost, unsafe.signal]),
      // Awaited before the start is sent: a cursor that cannot be kept ends the job instead.
      onProgress: (_progress, snapshot) =>
        job.updateData({ taskId, cursor: snapshot.cursor }).catch((error) => unsafe.abort(error)),
    });
    return task.state;
  } catch (error) {
    if (shutdown.aborted) {
      // A migration of days is not waited for: another worker follows it from here.
      await job.moveToWait(job.token);
      throw new WaitingError();
    }
    if (!(error instanceof MigrationFailedError)) throw error;
    // The cursor tells of this failure: a new attempt starts the task anew. What somebody paused stays paused.
    await job.updateData({ taskId });
    throw error.canRestart && error.reason !== 'paused' ? error : new UnrecoverableError(error.message);
  }
}

await runExample(async (signal) => {
  const [, , role, ...taskIds] = process.argv;
  const settings = readSettings();
  if (role === 'add') return addJobs(settings, taskIds);
  if (role !== 'work') return demonstrateTakeover(settings, signal);
  const tokenStore = createRedisTokenStore(settings.redisUrl);
  const sms = SmsClient.fromEnv({ tokenStore });
  await runWorker(settings, signal, (job, lost) => migrate(sms, job, signal, lost));
  tokenStore.close();
});
