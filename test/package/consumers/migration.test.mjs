import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

// Mocha and Jest bring these as globals, and vitest does with `globals`.
describe('a migration', () => {
  it('is started and followed on the simulator', async () => {
    const simulator = createSimulator({ speed: 1000 });
    const sms = new SmsClient({
      endpoint: simulator.smsEndpoint,
      iamEndpoint: simulator.iamEndpoint,
      credentials: {
        username: 'testname',
        password: 'Password',
        domainName: 'testname',
        projectId: '0215ef11e49d4743be23dd97a1561xxx',
      },
      fetch: simulator.fetch,
    });
    const { state } = await sms.tasks.startAndWait(simulator.addTask(), { intervalMs: 20 });
    if (state !== 'MIGRATE_SUCCESS') throw new Error(`it ended as ${state}`);
  });
});
