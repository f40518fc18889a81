import { SmsClient } from '@org/sms-client';

/** What a page bundles: the client, over a fetch that needs no server. */
const token = { issued_at: '2026-01-01T00:00:00.000000Z', expires_at: '2026-01-02T00:00:00.000000Z' };
const sms = new SmsClient({
  endpoint: 'https://sms.test.example',
  iamEndpoint: 'https://iam.test.example',
  credentials: { username: 'testname', password: 'Password', domainName: 'testname', projectId: 'project' },
  fetch: async (url) =>
    url.includes('/auth/tokens')
      ? Response.json({ token }, { status: 201, headers: { 'x-subject-token': 'token' } })
      : Response.json({ id: 'task', state: 'MIGRATE_SUCCESS' }),
});
const { state } = await sms.tasks.get('task');
console.log(JSON.stringify({ state }));
