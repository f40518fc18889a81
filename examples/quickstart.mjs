/** Start a migration on the simulator and follow it to its end: the first program of the README, for plain Node. */
import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

const simulator = createSimulator({ speed: 600 });
const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
  fetch: simulator.fetch,
});
const onProgress = ({ percent, step }) => console.log(`${percent} %`, step?.label ?? '');
const task = await sms.tasks.startAndWait(simulator.addTask(), { intervalMs: 100, onProgress });
console.log(task.state);
