/** Runs a bundled worker once in workerd, beside a simulator that listens on this machine, and prints its response. */
import { readFileSync } from 'node:fs';
import { createSimulator } from '@org/sms-client/testing';
import { Miniflare } from 'miniflare';

const simulator = createSimulator({ tasks: [{ id: 'task' }] });
const { iamEndpoint, smsEndpoint: endpoint } = await simulator.listen();
const worker = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync('bundled-worker.mjs', 'utf8') }],
  compatibilityDate: '2025-01-01',
  bindings: { endpoint, iamEndpoint },
});
try {
  const response = await worker.dispatchFetch('http://localhost/');
  console.log(await response.text());
} finally {
  await worker.dispose();
  await simulator.close();
}
