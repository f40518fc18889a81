/**
 * Sign each request with an access key (AK/SK) instead of logging in. A temporary key needs its `securityToken`, too.
 *
 * On an account, leave out `endpoint`, `iamEndpoint` and `fetch`, and give the `region`.
 */
import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

const key = {
  accessKeyId: process.env.HW_ACCESS_KEY ?? 'EXAMPLEACCESSKEYID00',
  secretAccessKey: process.env.HW_SECRET_KEY ?? 'example-secret-access-key',
};
const user = { username: 'testname', password: 'Password', domainName: 'testname' };
const simulator = createSimulator({
  accounts: [{ ...user, accessKeys: [key] }],
  tasks: [{ name: 'web-server-01' }, { name: 'web-server-02' }],
});

const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  fetch: simulator.fetch,
  credentials: key,
});

for await (const task of sms.tasks.listAll()) console.log(`${task.name}: ${task.state}`);
const logins = simulator.requests.filter(({ operation }) => operation === 'CreateToken');
console.log(`${simulator.requests.length} signed request, ${logins.length} logins`);
