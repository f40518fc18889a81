/**
 * One `tasks.get` over loopback with 1, 16 and 64 callers: this package with a token, with access keys and over `createFetch`, and its
 * peers.
 * `BEFORE=/path/to/an/older/dist/index.js npm start` measures another build of the package in the same run.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import * as present from '@org/sms-client';
import { createFetch } from '@org/sms-client/node';
import { type Candidate, compare } from './measure.ts';
import { makePeers } from './peers.ts';

const server = fork(new URL('./server.mjs', import.meta.url), { execArgv: [] });
const [port] = (await once(server, 'message')) as [number];
const endpoint = `http://127.0.0.1:${port}`;
const id = '8abda8635e09d185015e09d188dd0001xx';

function makeOwn(label: string, { SmsClient }: Pick<typeof present, 'SmsClient'>): Candidate[] {
  const make = (credentials: present.ClientOptions['credentials']) =>
    new SmsClient({ endpoint, iamEndpoint: endpoint, credentials });
  const token = make({ token: 'token' });
  const keys = make({ accessKeyId: 'access-key-id', secretAccessKey: 'secret-access-key' });
  return [
    { name: `${label}, token`, run: () => token.tasks.get(id) },
    { name: `${label}, AK/SK`, run: () => keys.tasks.get(id) },
  ];
}

const [bare, ...peers] = makePeers(endpoint, `/v3/tasks/${id}`) as [Candidate, ...Candidate[]];
const lean = new present.SmsClient({
  endpoint,
  iamEndpoint: endpoint,
  credentials: { token: 'token' },
  fetch: createFetch(),
});
const candidates = [
  bare,
  ...makeOwn('@org/sms-client', present),
  { name: '@org/sms-client, token, createFetch', run: () => lean.tasks.get(id) },
];
if (process.env.BEFORE !== undefined) {
  candidates.push(...makeOwn('before', (await import(pathToFileURL(process.env.BEFORE).href)) as typeof present));
}
candidates.push(...peers);

const rounds = Number(process.env.ROUNDS ?? 30);
for (const callers of [1, 16, 64]) {
  await compare(`One task over loopback, ${callers} callers, Node ${process.version}`, candidates, {
    callers,
    rounds,
    runs: Math.max(100, 4 * callers),
  });
}
server.kill();
process.exit();
