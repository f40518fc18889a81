import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

/** What a page bundles: the client, over the simulator, which needs no server. */
const simulator = createSimulator({ tasks: [{ id: 'task', state: 'MIGRATE_SUCCESS' }] });
const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
  fetch: simulator.fetch,
});
const { state } = await sms.tasks.get('task');
console.log(JSON.stringify({ state }));
