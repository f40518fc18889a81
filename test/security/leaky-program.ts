/** Fails without a catch, like a careless program. leaks.test.ts checks what the runtime then prints. */
import { SmsClient } from '@org/sms-client';

// Reports of the runtime hold the arguments of the program, so that these come in disguise.
const [password = '', token = '', mistake = ''] = process.argv.slice(2).map((argument) => atob(argument));
const account = { username: 'u', password, domainName: 'd' };
const fail = async () => {
  throw new Error(`the vault refused ${password}`);
};

const sms = new SmsClient({
  region: 'eu-west-101',
  credentials:
    { fetch: account, credentials: fail, passcode: { ...account, mfa: { userId: 'u', passcode: fail } } }[mistake] ??
    account,
  maxRetries: 0,
  fetch: async (_url, init) => {
    const sent = JSON.stringify(init);
    if (String(init.body).includes(password)) {
      const details = { issued_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-02T00:00:00Z' };
      return Response.json({ token: details }, { status: 201, headers: { 'x-subject-token': token } });
    }
    throw new TypeError(`fetch failed: ${sent}`, { cause: new Error(sent) });
  },
});
void sms.tasks.get('t');
