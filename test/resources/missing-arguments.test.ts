/** What is left out or null is refused by its name, like everything else that is wrong. */
import type { SmsClient } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { collect } from '../support/collect.js';
import { makeFakeClient, rejectionOf } from '../support/fake-client.js';

const none = null as never;
const calls: [string, string, (sms: SmsClient) => Promise<unknown>][] = [
  ['tasks.listAll', 'options', (sms) => collect(sms.tasks.listAll({}, none))],
  ['sourceServers.listAll', 'options', (sms) => collect(sms.sourceServers.listAll({}, none))],
  ['sourceServers.listAllErrors', 'options', (sms) => collect(sms.sourceServers.listAllErrors({}, none))],
  ['templates.listAll', 'options', (sms) => collect(sms.templates.listAll({}, none))],
  ['migrationProjects.listAll', 'options', (sms) => collect(sms.migrationProjects.listAll({}, none))],
  ['tasks.deleteMany', 'options', (sms) => sms.tasks.deleteMany(['a'], none)],
  ['sourceServers.deleteMany', 'options', (sms) => sms.sourceServers.deleteMany(['a'], none)],
  ['templates.deleteMany', 'options', (sms) => sms.templates.deleteMany(['a'], none)],
  ['tasks.get', 'options', (sms) => sms.tasks.get('a', none)],
  ['tasks.checkNetworkAcl', 'projectId', (sms) => sms.tasks.checkNetworkAcl(none, none)],
];

describe('null in place of an object', () => {
  it.each(calls)('is refused by %s, naming %s', async (_method, path, call) => {
    const { logins, requests, sms } = makeFakeClient(() => Response.json({}));

    const error = await rejectionOf(call(sms));

    expect(error).toMatchObject({
      name: 'InvalidRequestError',
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    });
    expect([...logins, ...requests]).toEqual([]);
  });
});
