/**
 * Test your own code against the simulator with vitest: success, a failed migration and a broken connection, in milliseconds.
 *
 * `npm run example -- vitest` runs it.
 */
import { MigrationFailedError, SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { expect, test } from 'vitest';

/** The code of your app: it migrates a server and says how it went. */
async function migrate(sms: SmsClient, taskId: string): Promise<string> {
  try {
    const task = await sms.tasks.startAndWait(taskId, { intervalMs: 1 });
    return `${task.name} was migrated`;
  } catch (error) {
    if (error instanceof MigrationFailedError) return `${error.task.name} failed: ${error.code}`;
    throw error;
  }
}

function prepare() {
  const simulator = createSimulator({ speed: 100_000 });
  const sms = new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
    fetch: simulator.fetch,
  });
  return { simulator, sms };
}

test('a server is migrated', async () => {
  const { simulator, sms } = prepare();
  expect(await migrate(sms, simulator.addTask({ name: 'web' }))).toBe('web was migrated');
});

test('a failure is reported with its code', async () => {
  const { simulator, sms } = prepare();
  const taskId = simulator.addTask({ name: 'web', failAt: { step: 'MIGRATE_LINUX_FILE' } });
  expect(await migrate(sms, taskId)).toBe('web failed: SMS.0807');
});

test('a response that is lost does not start the task twice', async () => {
  const { simulator, sms } = prepare();
  const taskId = simulator.addTask({ name: 'web' });
  simulator.faults.cut(1, { match: 'UpdateTaskStatus', performed: true });
  expect(await migrate(sms, taskId)).toBe('web was migrated');
  expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
});
