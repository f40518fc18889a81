import { SmsClient } from '@org/sms-client';
import { credentialChain } from '@org/sms-client/node';
import { createSimulator } from '@org/sms-client/testing';

/** What a server bundles: every entry, and the main job over a socket. */
credentialChain();
const simulator = createSimulator({ speed: 1000 });
const { smsEndpoint, iamEndpoint } = await simulator.listen();
const sms = new SmsClient({
  endpoint: smsEndpoint,
  iamEndpoint,
  credentials: {
    username: 'testname',
    password: 'Password',
    domainName: 'testname',
    projectId: '0215ef11e49d4743be23dd97a1561xxx',
  },
});
const { state } = await sms.tasks.startAndWait(simulator.addTask(), { intervalMs: 20 });
await simulator.close();
console.log(JSON.stringify({ state }));
