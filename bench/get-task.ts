/** One `tasks.get` over loopback: bare fetch with JSON.parse, this package, the core of the official SDK. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
// The package does not name `uuid` among its dependencies, although it needs it: package.json here does.
import core from '@huaweicloud/huaweicloud-sdk-core';
import builder from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import { SmsClient } from '@org/sms-client';
import { compare } from './measure.ts';

const worker = new Worker(new URL('./server.mjs', import.meta.url));
const [port] = (await once(worker, 'message')) as [number];
const endpoint = `http://127.0.0.1:${port}`;
const id = '8abda8635e09d185015e09d188dd0001xx';

const sms = new SmsClient({ endpoint, iamEndpoint: endpoint, credentials: { token: 'token' } });
const official = new builder.ClientBuilder((client) => client)
  .withCredential(new core.BasicCredentials().withAk('ak').withSk('sk').withProjectId('project'))
  .withEndpoint(endpoint)
  .build();

await compare('One task over loopback', [
  {
    name: 'bare fetch + JSON.parse',
    run: async () => {
      const response = await fetch(`${endpoint}/v3/tasks/${id}`, {
        headers: { 'content-type': 'application/json', 'x-auth-token': 'token' },
      });
      return JSON.parse(await response.text());
    },
  },
  { name: '@org/sms-client', run: () => sms.tasks.get(id) },
  {
    name: 'core of the official SDK',
    run: () =>
      official.sendRequest({
        method: 'GET',
        url: '/v3/tasks/{task_id}',
        contentType: 'application/json',
        queryParams: {},
        pathParams: { task_id: id },
        headers: {},
      }),
  },
]);
await worker.terminate();
