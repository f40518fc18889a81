/**
 * A fleet of workers over a queue on Redis. The job of a worker that dies goes to another one, which continues from the cursor and does
 * not start the task again. Needs REDIS_URL; without arguments three workers run on the simulator, and one of them is killed.
 *
 * On an account: `npm run example -- worker-fleet work` on many machines, and `npm run example -- worker-fleet add <task id> …`.
 */
import { MigrationFailedError, SmsClient } from '@org/sms-client';
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import {
  addJobs,
  complain,
  connectQueue,
  type MigrationJob,
  readSettings,
  runWorker,
  shareLogin,
} from './support/worker-queue.js';

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
      // A migration of days is not waited for: another worker continues from here.
      await job.moveToWait(job.token);
      throw new WaitingError();
    }
    if (!(error instanceof MigrationFailedError)) throw error;
    // The next attempt starts the task again, so it must not begin with the cursor of this failure. A paused task stays paused.
    await job.updateData({ taskId });
    throw error.canRestart && error.reason !== 'paused' ? error : new UnrecoverableError(error.message);
  }
}

const shutdown = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => shutdown.abort());
const [, , role, ...taskIds] = process.argv;
try {
  const settings = readSettings();
  if (role === 'add') await addJobs(settings, taskIds);
  else if (role === 'work') {
    const redis = connectQueue(settings.redisUrl);
    const sms = SmsClient.fromEnv({ tokenStore: shareLogin(redis) });
    await runWorker(settings, shutdown.signal, (job, lost) => migrate(sms, job, shutdown.signal, lost));
    redis.disconnect();
  }
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  process.exit(1); // an open connection would keep the process alive
}
