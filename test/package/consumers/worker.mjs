import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

const credentials = {
  username: 'testname',
  password: 'Password',
  domainName: 'testname',
  projectId: '0215ef11e49d4743be23dd97a1561xxx',
};

/** The ways to pass the runtime's own fetch, which refuses any receiver but its own. */
const ways = {
  none: undefined,
  plain: fetch,
  global: globalThis.fetch,
  bound: fetch.bind(globalThis),
};

/** A worker has no sockets to listen on and may not generate code: the main job in memory, then a read from a server. */
export default {
  async fetch(_request, { endpoint, iamEndpoint }) {
    const simulator = createSimulator({ speed: 1000 });
    const sms = new SmsClient({
      endpoint: simulator.smsEndpoint,
      iamEndpoint: simulator.iamEndpoint,
      credentials,
      fetch: simulator.fetch,
    });
    const task = await sms.tasks.startAndWait(simulator.addTask(), { intervalMs: 20 });
    const reads = {};
    for (const [way, fetch] of Object.entries(ways)) {
      const client = new SmsClient({ endpoint, iamEndpoint, credentials, fetch });
      reads[way] = await client.tasks.get('task').then(({ state }) => state, String);
    }
    return Response.json({ state: task.state, reads });
  },
};
