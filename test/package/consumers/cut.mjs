/** A creation whose connection breaks: prints what the client reports. The connection was used before, as runtimes repeat only then. */
import { SmsClient } from '@org/sms-client';

const [endpoint] = process.argv.slice(2);
const sms = new SmsClient({ endpoint, iamEndpoint: endpoint, credentials: { token: 'a-token' }, maxRetries: 2 });
await sms.templates.list();
const error = await sms.templates.create({ name: 'web', is_template: true }).catch((reason) => reason);
console.log(error.name);
