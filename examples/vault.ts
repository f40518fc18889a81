/**
 * Read the password from a secret manager, here HashiCorp Vault (KV version 2), so that it never lies in a file or a variable. The
 * function is called again at each renewal: a rotated password needs no restart.
 *
 * Set VAULT_ADDR and VAULT_TOKEN to use yours. On an account, leave out `endpoint`, `iamEndpoint` and `fetch`, and give the `region`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

// A stand-in for a Vault on this machine.
const standIn = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data: { data: { username: 'testname', password: 'Password', domain: 'testname' } } }));
});
standIn.listen(0, '127.0.0.1');
await once(standIn, 'listening');
const address = process.env.VAULT_ADDR ?? `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;

async function readSecret({ signal }: { readonly signal: AbortSignal }) {
  const response = await fetch(`${address}/v1/secret/data/huawei-cloud`, {
    headers: { 'x-vault-token': process.env.VAULT_TOKEN ?? '' },
    signal,
  });
  if (!response.ok) throw new Error(`Vault returned ${response.status}`);
  const { data } = (await response.json()) as {
    data: { data: { username: string; password: string; domain: string } };
  };
  console.log('The secret was read');
  return { username: data.data.username, password: data.data.password, domainName: data.data.domain };
}

const simulator = createSimulator({ tasks: [{ name: 'web-server-01' }] });
const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  fetch: simulator.fetch,
  credentials: readSecret,
});
try {
  for await (const task of sms.tasks.listAll()) console.log(`${task.name}: ${task.state}`);
} finally {
  standIn.close();
}
