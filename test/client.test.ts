import { inspect } from 'node:util';
import { SmsClient } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient } from './support/fake-client.js';
import { taskResponse } from './support/fake-fetch.js';
import { account } from './support/make-client.js';

describe('SmsClient', () => {
  it('sends nothing when it is constructed', async () => {
    const { logins, requests } = makeFakeClient(() => taskResponse('READY'));
    await new Promise((resolve) => setImmediate(resolve));

    expect([...logins, ...requests]).toEqual([]);
  });

  it('calls a credentials function at the first request, not when it is constructed', async () => {
    const credentials = vi.fn(async () => account);
    const { sms } = makeFakeClient(() => taskResponse('READY'), { credentials });
    expect(credentials).not.toHaveBeenCalled();

    await sms.tasks.get('t');

    expect(credentials).toHaveBeenCalledTimes(1);
  });

  it('logs in once for all calls that begin together', async () => {
    const { logins, requests, sms } = makeFakeClient(() => taskResponse('READY'));

    await Promise.all(Array.from({ length: 50 }, () => sms.tasks.get('t')));

    expect(logins).toHaveLength(1);
    expect(requests).toHaveLength(50);
  });

  it('shares nothing with another client', async () => {
    const [one, other] = [makeFakeClient(() => taskResponse('READY')), makeFakeClient(() => taskResponse('READY'))];

    await one.sms.tasks.get('t');
    await other.sms.tasks.get('t');

    expect([one.logins, other.logins]).toMatchObject([{ length: 1 }, { length: 1 }]);
  });

  it('works with destructured resources', async () => {
    const { tasks } = makeFakeClient(() => taskResponse('READY')).sms;

    expect(await tasks.get('t')).toMatchObject({ state: 'READY' });
  });

  it('has no method beside those that are documented', () => {
    const { auth } = new SmsClient({ region: 'eu-west-101', credentials: account });

    expect(Object.getOwnPropertyNames(Object.getPrototypeOf(auth)).sort()).toEqual([
      'constructor',
      'forgetToken',
      'getToken',
      'listProjects',
      'login',
      'verifyToken',
    ]);
  });

  it('shows nothing but its resources when printed or serialised', () => {
    const sms = new SmsClient({ region: 'eu-west-101', credentials: account });

    expect(Object.keys(sms)).toEqual(expect.arrayContaining(['auth', 'tasks']));
    expect(JSON.parse(JSON.stringify(sms))).toEqual(Object.fromEntries(Object.keys(sms).map((name) => [name, {}])));
    expect(inspect(sms, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(account.password);
  });
});
