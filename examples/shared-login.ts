/**
 * Share one login between 20 clients: in memory, or on Redis with REDIS_URL (`redis://127.0.0.1:6379`), where processes on many machines
 * share it, too.
 */
import { MemoryTokenStore, SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { createRedisTokenStore } from './support/redis-token-store.js';

const simulator = createSimulator({ tasks: [{ id: 'task-1' }] });
const redis = process.env.REDIS_URL ? createRedisTokenStore(process.env.REDIS_URL) : undefined;
const tokenStore = redis ?? new MemoryTokenStore();
const startWorker = () =>
  new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
    fetch: simulator.fetch,
    tokenStore,
  });
const countLogins = () => simulator.requests.filter(({ operation }) => operation === 'CreateToken').length;

try {
  // A token of an earlier run lives on in Redis, but this simulator does not know it.
  await startWorker().auth.login();
  const workers = Array.from({ length: 20 }, startWorker);
  await Promise.all(workers.map((worker) => worker.tasks.get('task-1')));
  console.log(`20 workers, ${redis ? 'Redis' : 'memory'}: ${countLogins()} login`);

  simulator.faults.revokeTokens();
  await Promise.all(workers.map((worker) => worker.tasks.get('task-1')));
  console.log(`The token was revoked: ${countLogins()} logins`);
} finally {
  redis?.close();
}
