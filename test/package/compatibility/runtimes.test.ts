import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ca, serveProxy, serveSecurely } from '../../support/proxy-server.js';
import { readConsumers, run } from '../sandbox.js';
import { createHome, type Home } from './home.js';
import { runtimes, workerd } from './matrix.js';

const programs = { 'esm.mjs': 'ES modules', 'cjs.cjs': 'CommonJS' };

/** A service that closes the connection as soon as it has read a creation, and the creations that it has read. */
async function serveCut() {
  const creations: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') return void response.end('{"count":0,"templates":[]}');
    request.on('end', () => {
      creations.push(request.url ?? '');
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, creations };
}

const certificate = fileURLToPath(new URL('../../fixtures/tls/proxied-certificate.pem', import.meta.url));

describe.each(runtimes.map((tool) => ({ name: tool.name, tool })))('$name', ({ tool }) => {
  let home: Home | undefined;
  let folder: string;

  beforeAll(async () => {
    home = await createHome(tool);
    if (home === undefined) return;
    const files = await readConsumers('esm.mjs', 'cjs.cjs', 'main-flow.cjs', 'is-shared.cjs', 'proxied.mjs', 'cut.mjs');
    folder = await home.createProject('project', files);
  });

  it.for(Object.entries(programs))('runs a migration from %s in %s', async ([program, proof], { skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const printed = await run(home.find(tool.command), [...tool.parameters, program], folder);
    expect(JSON.parse(printed)).toEqual({ states: ['MIGRATE_SUCCESS', 'MIGRATE_SUCCESS'], shared: true });
    await home.record(proof);
  });

  it.for(tool.proxies)('sends its requests through a proxy: %s', async (way, { skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const { port, requests } = await serveSecurely();
    const { tunnels, url } = await serveProxy(port);
    const variables = way === 'environment' ? { HTTPS_PROXY: url } : {};
    const parameters = [...tool.parameters, ...(tool.trusting ?? []), 'proxied.mjs', way, url, ca];
    const printed = await run(home.find(tool.command), parameters, folder, {
      variables: { ...variables, NODE_EXTRA_CA_CERTS: certificate },
    });
    expect(printed.trim()).toBe('READY');
    expect(tunnels.map(({ target }) => target)).toEqual(['sms.test.example:8443']);
    expect(requests).toHaveLength(1);
    await home.record('a proxy');
  });

  it('sends a creation once when the connection breaks, with and without a body', async ({ skip }) => {
    if (home === undefined) return skip(`${tool.packages} cannot be installed here`);
    const { creations, url } = await serveCut();
    const printed = await run(home.find(tool.command), [...tool.parameters, 'cut.mjs', url], folder);
    expect(printed.trim().split(/\s+/)).toEqual(['OutcomeUnknownError', 'NetworkError']);
    expect(creations).toEqual(['/v3/vm/templates', '/v3/bodiless']);
    await home.record('sending once');
  });
});

describe('workerd', () => {
  it('runs a bundled worker', async ({ skip }) => {
    const home = await createHome(workerd);
    if (home === undefined) return skip(`${workerd.packages} cannot be installed here`);
    const folder = await home.createProject('project', await readConsumers('worker.mjs', 'run-worker.mjs'));
    await build({
      entryPoints: [join(folder, 'worker.mjs')],
      outfile: join(folder, 'bundled-worker.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      external: ['node:*'],
      logLevel: 'silent',
    });
    expect(JSON.parse(await run('node', ['run-worker.mjs'], folder))).toEqual({
      state: 'MIGRATE_SUCCESS',
      reads: { none: 'READY', plain: 'READY', global: 'READY', bound: 'READY' },
    });
    await home.record('a bundled worker');
  });
});
