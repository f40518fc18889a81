/** One process of a fleet: a client whose logins are shared through Redis. Started by `redis.test.ts`. */
import KeyvRedis from '@keyv/redis';
import type { Logger, TokenStore } from '@org/sms-client';
import Keyv from 'keyv';
import { createRedisTokenStore } from '../../examples/support/redis-token-store.js';
import { makeClient } from '../support/make-client.js';

export interface WorkerOptions {
  /** URL of the simulator. */
  readonly url: string;
  readonly redis: string;
  /** Keyv has no `setIfAbsent`, the adapter of the example has. */
  readonly store: 'keyv' | 'adapter';
  readonly password?: string;
}

export type Order = 'read' | 'stop';

/** What came of an order. */
export interface Reply {
  /** State of the task, or the error. */
  readonly outcome: string;
  /** What the client warned about so far. */
  readonly warnings: readonly string[];
}

/** A store on Redis, and how to let go of it. */
export function openRedisStore({ redis, store }: Pick<WorkerOptions, 'redis' | 'store'>) {
  if (store === 'adapter') {
    const adapter = createRedisTokenStore(redis);
    return { tokenStore: adapter as TokenStore, close: async () => adapter.close() };
  }
  const adapter = new KeyvRedis(redis);
  const keyv = new Keyv(adapter);
  keyv.on('error', () => undefined);
  return { tokenStore: keyv as TokenStore, close: () => adapter.disconnect(true) };
}

function work(options: WorkerOptions): void {
  const { tokenStore, close } = openRedisStore(options);
  const warnings: string[] = [];
  const ignore = () => undefined;
  const warn: Logger['warn'] = (message, details) => {
    // A call whose token was revoked is sent once more, and says so.
    if (!message.endsWith('is tried again')) warnings.push(`${message} ${JSON.stringify(details)}`);
  };
  const logger: Logger = { debug: ignore, info: ignore, warn, error: ignore };
  const credentials = { username: 'testname', password: options.password ?? 'Password', domainName: 'testname' };
  const sms = makeClient(options.url, { credentials, tokenStore, logger });
  const read = async (): Promise<string> => {
    try {
      return String((await sms.tasks.get('task-1')).state);
    } catch (error) {
      return String(error);
    }
  };
  const report = (outcome: string) => process.send?.({ outcome, warnings } satisfies Reply);
  process.on('message', async (order: Order) => {
    if (order === 'read') {
      report(await read());
      return;
    }
    await close();
    process.disconnect();
  });
  report('ready');
}

const [, , options] = process.argv;
if (process.send !== undefined && options?.startsWith('{')) work(JSON.parse(options));
