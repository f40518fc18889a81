import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

/** A worker has no sockets to listen on and may not generate code: the main job in memory. */
export default {
  async fetch() {
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
    const task = await sms.tasks.startAndWait(simulator.addTask(), { intervalMs: 20 });
    return Response.json({ state: task.state });
  },
};
