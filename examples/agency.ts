/**
 * Work in the account of a customer through an agency. The customer creates the agency for your account; you log in as yourself, and the
 * client assumes it.
 *
 * On an account, leave out `endpoint`, `iamEndpoint` and `fetch`, and give the `region`.
 */
import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

const simulator = createSimulator({
  accounts: [
    { username: 'migration-partner', password: 'Password', domainName: 'partner' },
    {
      username: 'owner',
      password: 'another password',
      domainName: 'customer',
      projects: [{ id: 'project-of-the-customer', name: 'eu-west-101' }],
      agencies: [{ agencyName: 'migration', trustedDomainName: 'partner' }],
    },
  ],
  tasks: [{ name: 'server-of-the-customer' }],
});

const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  fetch: simulator.fetch,
  credentials: {
    agencyName: 'migration',
    domainName: 'customer',
    projectName: 'eu-west-101',
    source: { username: 'migration-partner', password: 'Password', domainName: 'partner' },
  },
});

const token = await sms.auth.getToken();
console.log(`Works in ${token.project?.name} of ${token.domain.name}`);
for await (const task of sms.tasks.listAll()) console.log(`${task.name}: ${task.state}`);
