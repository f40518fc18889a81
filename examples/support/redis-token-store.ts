/** A token store on Redis that lets one process at a time log in. */
import type { TokenStore } from '@org/sms-client';
import { Redis } from 'ioredis';

/**
 * Connects to Redis. A command fails at once while there is no connection, and the client then logs in without the store.
 * `close` ends the connection.
 */
export function createRedisTokenStore(url: string): TokenStore & { close: () => void } {
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true });
  // The client logs failed commands. Without a listener ioredis would print each attempt to connect.
  redis.on('error', () => undefined);
  const connected = redis.connect().catch(() => undefined);
  const withRedis = async <T>(work: () => Promise<T>): Promise<T> => {
    await connected;
    return work();
  };
  return {
    get: (key) => withRedis(() => redis.get(key)),
    set: (key, value, ttlMs) => withRedis(() => redis.set(key, value, 'PX', ttlMs)),
    delete: (key) => withRedis(() => redis.del(key)),
    setIfAbsent: (key, value, ttlMs) =>
      withRedis(async () => (await redis.set(key, value, 'PX', ttlMs, 'NX')) === 'OK'),
    close: () => redis.disconnect(),
  };
}
