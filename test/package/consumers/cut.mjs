/** Requests whose connection breaks: prints what the client reports. The connection was used before, as runtimes repeat only then. */
import { SmsClient } from '@org/sms-client';

const [endpoint] = process.argv.slice(2);
const sms = new SmsClient({ endpoint, iamEndpoint: endpoint, credentials: { token: 'a-token' }, maxRetries: 2 });
for (const send of [
  () => sms.templates.create({ name: 'web', is_template: true }),
  () => sms.request({ method: 'POST', path: '/v3/bodiless' }),
]) {
  await sms.templates.list();
  const error = await send().catch((reason) => reason);
  console.log(error.name);
}
