/** Runs a bundled worker once in workerd and prints its response. */
import { readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';

const worker = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: readFileSync('bundled-worker.mjs', 'utf8') }],
  compatibilityDate: '2025-01-01',
});
try {
  const response = await worker.dispatchFetch('http://localhost/');
  console.log(await response.text());
} finally {
  await worker.dispose();
}
