/**
 * Send every request through an HTTP proxy, the login included. Here the proxy runs on this machine and prints what it forwards.
 *
 * With a proxy of your own, `createFetch({ proxy })` of `@org/sms-client/node` does it without another package. It sends requests to
 * this machine directly, so the example uses undici.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { ProxyAgent, fetch as send } from 'undici';

const proxy = createServer().on('connect', ({ url = '' }, client, head) => {
  console.log('CONNECT through the proxy');
  const { hostname, port } = new URL(`http://${url}`);
  const target = connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    target.write(head);
    target.pipe(client).pipe(target);
  });
  target.on('error', () => client.destroy());
  client.on('error', () => target.destroy());
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');

const dispatcher = new ProxyAgent(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
const simulator = createSimulator({ tasks: [{ name: 'web-server-01' }] });
const { iamEndpoint, smsEndpoint } = await simulator.listen();
const sms = new SmsClient({
  endpoint: smsEndpoint,
  iamEndpoint,
  credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
  // undici has types of its own for what the runtime's fetch takes and returns.
  fetch: (url, init) => send(url, { ...init, dispatcher } as object) as Promise<unknown> as Promise<Response>,
});
try {
  for await (const task of sms.tasks.listAll()) console.log(`${task.name}: ${task.state}`);
} finally {
  await dispatcher.close();
  await simulator.close();
  proxy.close();
}
