import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SmsClient } from '@org/sms-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listRegions } from '../../src/regions.js';
import { createSimulator } from '../../src/testing/index.js';
import { root } from '../repository.js';
import { account, makeClient } from '../support/make-client.js';

const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');

function readBlock(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
}

const isThere = (command: string) => spawnSync(command, ['--version']).status === 0;

describe('docs/testing.md', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.skipIf(!isThere('curl'))('has lines of curl that start a task', async () => {
    const simulator = createSimulator({ tasks: [{}] });
    await using _closed = simulator;
    const { url } = await simulator.listen();
    const script = readBlock('sh').replaceAll('http://127.0.0.1:8080', url);
    const { stdout } = await promisify(execFile)('sh', ['-c', script]);
    expect(JSON.parse(stdout.replace(/^""/, ''))).toMatchObject({ state: 'RUNNING' });
    expect(simulator.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'CreateToken 201',
      'ListTasks 200',
      'UpdateTaskStatus 200',
      'ShowTask 200',
    ]);
  });

  it.skipIf(!isThere('python3'))('has a program in Python that starts a task', async () => {
    await using simulator = createSimulator({ tasks: [{}] });
    const { url } = await simulator.listen();
    const program = readBlock('python').replaceAll('http://127.0.0.1:8080', url);
    const { stdout } = await promisify(execFile)('python3', ['-c', program]);
    expect(stdout.trim()).toBe('RUNNING');
  });

  it('routes the hosts of every region to the simulator with msw', async () => {
    const program = readBlock('js').replace(/^import .*\n/gm, '');
    const http = {
      all: (hosts: RegExp, respond: (info: { request: Request }) => Promise<Response>) => ({ hosts, respond }),
    };
    const setupServer = (...handlers: ReturnType<typeof http.all>[]) => ({
      listen: () =>
        vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
          const request = new Request(url, init);
          const handler = handlers.find(({ hosts }) => hosts.test(request.url));
          if (handler === undefined) throw new TypeError(`fetch failed: nothing handles ${request.url}`);
          return handler.respond({ request });
        }),
    });
    new Function('createSimulator', 'http', 'setupServer', program)(createSimulator, http, setupServer);
    for (const region of listRegions()) {
      const sms = new SmsClient({ region, credentials: account });
      expect(await sms.tasks.list()).toMatchObject({ count: 0 });
    }
    expect(program.trim().split('\n')).toHaveLength(3);
  });

  it('names every fault and every method of the handles in its table', () => {
    const simulator = createSimulator();
    const id = simulator.addTask();
    const methods = [
      ...Object.keys(simulator.faults)
        .filter((name) => name !== 'pending' && name !== 'clear')
        .map((name) => `faults.${name}(`),
      ...['set', 'finish', 'fail', 'pause', 'start', 'remove'].map((name) => `task(id).${name}(`),
      ...['set', 'remove'].map((name) => `source(id).${name}(`),
    ];
    expect(Object.keys(simulator.task(id))).toEqual(
      expect.arrayContaining(['set', 'finish', 'fail', 'pause', 'start', 'remove']),
    );
    const table = page.slice(page.indexOf('| What happens'), page.indexOf('## Ten cases'));
    expect(methods.filter((method) => !table.includes(method))).toEqual([]);
  });
});

describe('fake timers', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const key = { accessKeyId: 'AKEXAMPLE', secretAccessKey: 'secret-of-the-example' };
  const account = { username: 'testname', password: 'Password', domainName: 'testname' };

  it.each([
    ['a password', account],
    ['access keys', key],
  ])('make an hour pass at once with %s', async (_name, credentials) => {
    vi.useFakeTimers();
    const simulator = createSimulator({
      accounts: [{ ...account, accessKeys: [key] }],
      tasks: [{ id: 'task', durationMs: 3_600_000 }],
    });
    const sms = makeClient(simulator, { credentials });
    const migration = sms.tasks.startAndWait('task');
    await vi.advanceTimersByTimeAsync(3_700_000);
    expect((await migration).state).toBe('MIGRATE_SUCCESS');
  });
});
