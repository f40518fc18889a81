/** One request that only a proxy can forward, because nothing has its host name; prints the state of the task. */
import { SmsClient } from '@org/sms-client';
import { createFetch } from '@org/sms-client/node';

const [way, proxy, ca] = process.argv.slice(2);
const fetches = {
  environment: undefined,
  option: (url, init) => fetch(url, { ...init, proxy }),
  createFetch: createFetch({ proxy, ca }),
};
const sms = new SmsClient({
  endpoint: 'https://sms.test.example:8443',
  iamEndpoint: 'https://iam.test.example:8443',
  credentials: { token: 'a-token' },
  maxRetries: 0,
  ...(fetches[way] && { fetch: fetches[way] }),
});
console.log((await sms.tasks.get('a')).state);
