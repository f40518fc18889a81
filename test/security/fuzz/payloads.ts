/** Valid responses to begin with: those of the simulator, and the examples of the service. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Fetch } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import operations from '../../fixtures/facts/operations.json' with { type: 'json' };
import { calls } from '../../operations/calls.js';
import { makeClient } from '../../support/make-client.js';
import type { Payload } from './mutate.js';

const routes = operations.map(({ id, method, path }) => ({
  id,
  method,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
}));

function findOperation(method: string, { pathname }: URL): string {
  if (pathname === '/v3/auth/tokens') return method === 'POST' ? 'CreateToken' : 'ValidateToken';
  if (pathname === '/v3/auth/projects') return 'ListAuthProjects';
  return routes.find((route) => route.method === method && route.pattern.test(pathname))?.id ?? 'unknown';
}

/** Valid responses by operation. */
export class Payloads {
  readonly #byOperation = new Map<string, Payload[]>();
  /** The texts of all examples. */
  readonly texts: readonly string[];

  private constructor(texts: readonly string[]) {
    this.texts = texts;
  }

  /** Asks the simulator and reads the examples. */
  static async collect(): Promise<Payloads> {
    const folder = new URL('../../fixtures/api/', import.meta.url);
    const texts = readdirSync(folder)
      .sort()
      .map((name) => readFileSync(new URL(name, folder), 'utf8'));
    const payloads = new Payloads(texts);
    for (const [operation, { response }] of Object.entries(calls)) {
      payloads.#add(operation, {
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: JSON.stringify(response ?? ''),
      });
    }
    await payloads.#visitSimulator();
    return payloads;
  }

  /** The valid responses to a request. */
  find(method: string, url: string): readonly Payload[] {
    return this.#byOperation.get(findOperation(method, new URL(url))) ?? [{ status: 404, headers: {}, text: '{}' }];
  }

  #add(operation: string, payload: Payload): void {
    this.#byOperation.set(operation, [...(this.#byOperation.get(operation) ?? []), payload]);
  }

  async #visitSimulator(): Promise<void> {
    let now = 1_767_225_600_000;
    const simulator = createSimulator({ now: () => now });
    const fetch: Fetch = async (url, init) => {
      const response = await simulator.fetch(url, init);
      const text = await response.clone().text();
      if (response.ok) {
        const { 'x-subject-token': token, ...headers } = Object.fromEntries(response.headers);
        const shown = token === undefined ? headers : { ...headers, 'x-subject-token': 'T0K3N-of-the-simulator' };
        this.#add(findOperation(init.method ?? 'GET', new URL(url)), { status: response.status, headers: shown, text });
      }
      return response;
    };
    const sms = makeClient(simulator, { fetch });
    for (const state of ['READY', 'RUNNING', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT', 'SYNCING', 'SYNC_FAIL']) {
      const task = simulator.addTask({ state });
      now += 60_000;
      await sms.tasks.get(task);
      await sms.tasks.getConsistencyResult(task).catch(() => undefined);
      await sms.tasks.getSpeedLimits(task).catch(() => undefined);
      await sms.tasks.getPassphrase(task).catch(() => undefined);
      await sms.agent.getCertificate(task).catch(() => undefined);
    }
    const source = simulator.addSourceServer();
    await sms.tasks.list();
    await sms.sourceServers.list();
    await sms.sourceServers.get(source);
    await sms.sourceServers.overview();
    await sms.sourceServers.listErrors();
    const { id } = await sms.templates.create({ name: 'small', is_template: true });
    await sms.templates.get(id);
    await sms.templates.list();
    await sms.migrationProjects.list();
    await sms.service.listVersions();
    await sms.service.getConfig();
    await sms.privacyAgreements.get();
    await sms.auth.listProjects();
    await sms.auth.verifyToken((await sms.auth.getToken()).value);
    await simulator.close();
  }
}
