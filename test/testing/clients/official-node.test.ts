// The package does not name `uuid` among its dependencies, although it needs it: package.json here does.
import core from '@huaweicloud/huaweicloud-sdk-core';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { expect, it } from 'vitest';
import { createSimulator } from '../../../src/testing/index.js';

const accessKeys = [{ accessKeyId: 'AKEXAMPLE', secretAccessKey: 'secret-of-the-example' }];
const account = {
  username: 'u',
  password: 'p',
  domainName: 'd',
  projects: [{ id: 'p1', name: 'cn-north-4' }],
  accessKeys,
};

/** A request as the service's own client for Node, which is on no registry, hands it to the core. */
function send(client: HcClient, method: string, url: string, data?: object, query: Record<string, unknown> = {}) {
  return client.sendRequest<Record<string, unknown>>({
    method,
    url,
    contentType: 'application/json',
    queryParams: query,
    pathParams: {},
    headers: { 'Content-Type': 'application/json' },
    ...(data === undefined ? {} : { data }),
  } as never);
}

it('the core of the official Node SDK lists, starts and reads tasks, signed with access keys', async () => {
  await using simulator = createSimulator({ accounts: [account], tasks: [{ id: 'task-1' }, { id: 'task 2/ü' }] });
  const { smsEndpoint } = await simulator.listen();
  const client = new ClientBuilder<HcClient>((made) => made)
    .withCredential(new core.BasicCredentials().withAk('AKEXAMPLE').withSk('secret-of-the-example').withProjectId('p1'))
    .withEndpoint(smsEndpoint)
    .build();
  const listed = await send(client, 'GET', '/v3/tasks', undefined, { limit: 1, offset: 0, state: 'READY' });
  expect(listed).toMatchObject({ count: 2, tasks: [{ id: 'task-1', state: 'READY' }] });
  await send(client, 'POST', '/v3/tasks/task-1/action', { operation: 'start' });
  expect(await send(client, 'GET', '/v3/tasks/task-1')).toMatchObject({ id: 'task-1', state: 'RUNNING' });
  expect(simulator.requests.map(({ operation, status }) => [operation, status])).toEqual([
    ['ListTasks', 200],
    ['UpdateTaskStatus', 200],
    ['ShowTask', 200],
  ]);
  expect(JSON.stringify(simulator.requests)).not.toContain('secret-of-the-example');
});
