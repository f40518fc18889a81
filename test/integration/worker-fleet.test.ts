import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSimulator, type TaskSeed } from '@org/sms-client/testing';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, type TestContext } from 'vitest';
import { addJobs, connectQueue, type FleetSettings, type MigrationJob } from '../../examples/support/worker-queue.js';
import { serveSimulator } from '../../scripts/show/simulated-account.js';
import { makeClient } from '../support/make-client.js';
import { it, type Programs, type RunningExample } from '../support/run-example.js';
import { countLogins, findRedisServer, startRedis } from './redis.js';

const program = findRedisServer();
if (program === undefined) console.warn('SKIPPED: workers over a queue on a real Redis: no redis-server on PATH');

// Eight processes on a machine that may be busy with other things.
const timeout = 120_000;
type Context = TestContext & Programs;

it('worker-fleet says in one sentence that it needs REDIS_URL', { timeout }, async ({ startScript }) => {
  const { ended, errors, output } = startScript('example', ['worker-fleet']);
  expect(await ended).toBe(1);
  expect(errors()).toMatch(/^\nSet REDIS_URL to the address of a Redis server[^\n]*\n$/);
  expect(output()).toBe('');
});

it('worker-fleet says so without a stack, too, when it is run directly', { timeout }, async ({ startExample }) => {
  const { ended, errors } = startExample('worker-fleet', ['work']);
  expect(await ended).toBe(1);
  expect(errors()).toMatch(/^Set REDIS_URL to the address of a Redis server[^\n]*\n$/);
});

describe.skipIf(program === undefined).concurrent('workers over a queue on a real Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let connection: Redis;

  beforeAll(async () => {
    redis = await startRedis(program ?? '');
    connection = connectQueue(redis.url);
  });

  afterAll(async () => {
    connection?.disconnect();
    await redis?.stop();
  });

  /** A simulator behind a port, a job for each task, and what starts a worker process. */
  async function prepare(
    { onTestFinished, startExample }: Pick<Context, 'onTestFinished' | 'startExample'>,
    seeds: readonly TaskSeed[],
  ) {
    const concurrency = seeds.length;
    const workers: RunningExample[] = [];
    const simulator = createSimulator({ speed: 60 });
    const taskIds = seeds.map((seed) => simulator.addTask(seed));
    const settings: FleetSettings = {
      redisUrl: redis.url,
      queueName: `migrations-${randomUUID()}`,
      concurrency,
      lockDuration: 2_000,
      stalledInterval: 1_000,
    };
    const queue = new Queue<MigrationJob, string>(settings.queueName, { connection });
    const variables = {
      ...(await serveSimulator(simulator)),
      REDIS_URL: redis.url,
      QUEUE_NAME: settings.queueName,
      CONCURRENCY: `${concurrency}`,
      LOCK_DURATION_MS: `${settings.lockDuration}`,
      STALLED_INTERVAL_MS: `${settings.stalledInterval}`,
    };
    onTestFinished(async () => {
      for (const { child } of workers) child.kill('SIGKILL');
      await Promise.all(workers.map(({ ended }) => ended));
      await queue.close();
      await simulator.close();
    });
    await addJobs(settings, taskIds);
    const startsOf = (id: string) =>
      simulator.requests.filter(
        ({ operation, path }) => operation === 'UpdateTaskStatus' && path === `/v3/tasks/${id}/action`,
      ).length;
    return {
      simulator,
      taskIds,
      settings,
      queue,
      startWorker() {
        const worker = startExample('worker-fleet', ['work'], { variables });
        workers.push(worker);
        return worker;
      },
      countStarts: () => taskIds.map(startsOf),
    };
  }

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 30_000; !(await isSo()); await sleep(20)) {
      if (Date.now() > deadline) throw new Error('It did not come to that within 30 seconds');
    }
  }

  const isEmpty = async (queue: Queue) => Object.values(await queue.getJobCounts()).every((jobs) => jobs === 0);

  it('take over the jobs of a killed one: every job completes, each task is started once, and they share one login', {
    timeout,
  }, async ({ onTestFinished, startExample }) => {
    const seeds = Array.from({ length: 4 }, () => ({ durationMs: 6 * 60_000 }));
    const { countStarts, queue, simulator, startWorker, taskIds } = await prepare(
      { onTestFinished, startExample },
      seeds,
    );
    // One start is performed, and its response is still on the way when the worker dies.
    const doubtful = taskIds[3] ?? '';
    simulator.faults.delay(1, 30_000, {
      match: ({ operation, path }) => operation === 'UpdateTaskStatus' && path.includes(doubtful),
    });
    const killed = startWorker();
    const percents = async () => {
      const jobs = await Promise.all(taskIds.map((id) => queue.getJob(id)));
      return jobs.map((job) => job?.data.cursor?.percent ?? 0);
    };
    await until(async () => (await percents()).slice(0, 3).every((percent) => percent > 0) && countStarts()[3] === 1);
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toBe('SIGKILL');
    expect(await queue.getActiveCount()).toBe(4);

    const heir = startWorker();
    await until(() => isEmpty(queue));
    for (const id of taskIds) await heir.until(new RegExp(`ended ${id}: MIGRATE_SUCCESS`));
    expect(countStarts()).toEqual([1, 1, 1, 1]);
    expect(countLogins(simulator)).toBe(1);
  });

  it('hand their jobs over at once when they are stopped', { timeout }, async ({ onTestFinished, startExample }) => {
    const { countStarts, queue, startWorker } = await prepare({ onTestFinished, startExample }, [
      { durationMs: 3 * 60_000 },
    ]);
    const first = startWorker();
    await until(() => countStarts()[0] === 1);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.errors()).toBe('');
    expect(await queue.getJobCounts('active', 'wait', 'failed')).toEqual({ active: 0, wait: 1, failed: 0 });
    startWorker();
    await until(() => isEmpty(queue));
    expect(countStarts()).toEqual([1]);
  });

  it('give up what a restart cannot help, and retry the others later without the old cursor', {
    timeout,
  }, async ({ onTestFinished, startExample }) => {
    const fail = (error: string) => ({ durationMs: 60_000, failAt: { step: 'MIGRATE_LINUX_FILE', error } });
    const { queue, settings, simulator, startWorker, taskIds } = await prepare({ onTestFinished, startExample }, [
      fail('{"error_code":"SMS.0807","error_msg":"network"}'),
      fail('{"error_code":"SMS.0515","error_msg":"disks"}'),
      { durationMs: 3_600_000 },
    ]);
    startWorker();
    const paused = taskIds[2] ?? '';
    await until(async () => ((await queue.getJob(paused))?.data.cursor?.percent ?? 0) > 0);
    await makeClient(simulator).tasks.stop(paused);
    await until(async () => (await queue.getFailedCount()) === 2 && (await queue.getDelayedCount()) === 1);
    const [again, ...over] = (await Promise.all(taskIds.map((id) => queue.getJob(id)))) as Job<MigrationJob>[];
    expect(await again?.getState()).toBe('delayed');
    expect(again?.data).toEqual({ taskId: taskIds[0] });
    expect(over.map((job) => job.failedReason)).toEqual([
      expect.stringContaining('SMS.0515'),
      expect.stringMatching(/is ABORT.* paused/),
    ]);
    // The same task again is no second job.
    await addJobs(settings, taskIds);
    expect(await queue.getWaitingCount()).toBe(0);
  });

  it('run on the simulator', { timeout }, async ({ startScript }) => {
    const { ended, errors, output } = startScript('example', ['worker-fleet'], { variables: { REDIS_URL: redis.url } });
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
    expect(output()).toMatch(/is killed in the middle of its jobs\n[\s\S]*\n6 tasks, 6 starts\n$/);
  });

  it('end quietly on the simulator when the reader has closed the pipe', { timeout }, async ({ startScript }) => {
    const variables = { REDIS_URL: redis.url };
    const { child, ended, errors } = startScript('example', ['worker-fleet'], { variables });
    child.stdout?.destroy();
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
  });
});
