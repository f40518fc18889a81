import { createSimulator } from '@org/sms-client/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeClient } from '../support/make-client.js';
import { buildWorker, countLogins, findRedisServer, startRedis, Worker } from './redis.js';
import { openRedisStore, type WorkerOptions } from './redis-worker.js';

const program = findRedisServer();
if (program === undefined) console.warn('SKIPPED: logins shared through a real Redis: no redis-server on PATH');

const kinds = ['keyv', 'adapter'] as const;
const timeout = 30_000;

describe.skipIf(program === undefined)('logins shared through a real Redis', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let commands: Redis;
  let worker: Awaited<ReturnType<typeof buildWorker>>;

  beforeAll(async () => {
    worker = await buildWorker();
    redis = await startRedis(program ?? '');
    commands = new Redis(redis.url);
  });

  afterAll(async () => {
    commands?.disconnect();
    await redis?.stop();
    worker?.remove();
  });

  beforeEach(async () => {
    await commands.flushall();
  });

  /** A simulator behind a server, and as many processes as asked for, ready to start at the same moment. */
  async function launch(count: number, options: Omit<WorkerOptions, 'url' | 'redis'>) {
    const simulator = createSimulator({ tasks: [{ id: 'task-1', state: 'READY' }] });
    const { url } = await simulator.listen();
    const starting = Array.from({ length: count }, () =>
      Worker.start(worker.file, { ...options, url, redis: redis.url }),
    );
    onTestFinished(async () => {
      const started = await Promise.allSettled(starting);
      await Promise.all(started.map((outcome) => outcome.status === 'fulfilled' && outcome.value.stop()));
      await simulator.close();
    });
    return { simulator, workers: await Promise.all(starting) };
  }

  /** The key and the value of the one token in Redis. */
  async function readStored(): Promise<{ key: string; value: string }> {
    const keys = await commands.keys('*');
    const [key = ''] = keys;
    expect(keys).toHaveLength(1);
    return { key, value: (await commands.get(key)) ?? '' };
  }

  it.each(kinds)('make one login for two processes, with %s', { timeout }, async (store) => {
    const { simulator, workers } = await launch(2, { store });
    for (const worker of workers) expect(await worker.ask('read')).toEqual({ outcome: 'READY', warnings: [] });
    expect(countLogins(simulator)).toBe(1);
    const { key, value } = await readStored();
    expect(key).toMatch(/sms-client:token:v2:[0-9a-f]{64}$/);
    expect(value).not.toContain('Password');
    expect(await commands.pttl(key)).toBeGreaterThan(86_000_000);
    expect(await commands.pttl(key)).toBeLessThanOrEqual(86_400_000);
  });

  it('make one login for 20 processes that start at the same moment', { timeout }, async () => {
    const { simulator, workers } = await launch(20, { store: 'adapter' });
    const responses = await Promise.all(workers.map((worker) => worker.ask('read')));
    expect(responses).toEqual(workers.map(() => ({ outcome: 'READY', warnings: [] })));
    expect(countLogins(simulator)).toBe(1);
    // And one more when the service refuses the token of all of them at once.
    simulator.faults.revokeTokens();
    const again = await Promise.all(workers.map((worker) => worker.ask('read')));
    expect(again).toEqual(responses);
    expect(countLogins(simulator)).toBe(2);
  });

  it('make one attempt for 5 processes with a wrong password', { timeout }, async () => {
    const { simulator, workers } = await launch(5, { store: 'adapter', password: 'wrong' });
    const responses = await Promise.all(workers.map((worker) => worker.ask('read')));
    expect(responses).toEqual(
      workers.map(() => ({ outcome: expect.stringMatching(/^AuthenticationError: /), warnings: [] })),
    );
    expect(countLogins(simulator)).toBe(1);
  });

  it.each(kinds)(
    'do not use a revoked token that a slower process writes back, with %s',
    {
      timeout,
    },
    async (store) => {
      const { simulator, workers } = await launch(2, { store });
      const readAll = async () => {
        for (const worker of workers) expect(await worker.ask('read')).toEqual({ outcome: 'READY', warnings: [] });
      };
      await readAll();
      const { key, value: first } = await readStored();

      simulator.faults.revokeTokens();
      await readAll();
      expect(countLogins(simulator)).toBe(2);
      const { value: second } = await readStored();
      expect(second).not.toBe(first);

      await commands.set(key, first, 'PX', 86_400_000);
      simulator.faults.revokeTokens();
      await readAll();
      expect(countLogins(simulator)).toBe(3);
      const { value: third } = await readStored();
      expect([first, second]).not.toContain(third);
    },
  );
});

describe.skipIf(program === undefined)('a Redis that goes down in the middle of traffic', () => {
  it.each(kinds)('costs logins and never a call, with %s', { timeout }, async (store) => {
    const redis = await startRedis(program ?? '');
    onTestFinished(redis.stop);
    await using simulator = createSimulator({ tasks: [{ id: 'task-1' }] });
    const { tokenStore, close } = openRedisStore({ redis: redis.url, store });
    const warnings: string[] = [];
    const ignore = () => undefined;
    // A call whose token was revoked is sent once more, and says so.
    const warn = (message: string) => {
      if (!message.endsWith('is tried again')) warnings.push(message);
    };
    const sms = makeClient(simulator, {
      tokenStore,
      logger: { debug: ignore, info: ignore, warn, error: ignore },
    });
    const traffic = () => Promise.all(Array.from({ length: 50 }, () => sms.tasks.get('task-1')));

    await traffic();
    expect([countLogins(simulator), warnings]).toEqual([1, []]);
    const during = traffic();
    await redis.stop();
    await during;
    simulator.faults.revokeTokens();
    const startedAt = performance.now();
    await traffic();
    expect(countLogins(simulator)).toBe(2);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    // Calls do not wait for the store, so its failure may show after them.
    const warned = /^the token store failed at \w+: going on without it$/;
    await vi.waitFor(() => expect(warnings[0]).toMatch(warned), { timeout: 20_000, interval: 100 });
    await traffic();
    expect(countLogins(simulator)).toBe(2);
    await close().catch(ignore);
  });
});
