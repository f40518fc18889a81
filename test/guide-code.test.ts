/** The programs of the guides run: each in a process of its own, on a simulator of its own. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveSimulator } from '../scripts/show/simulated-account.js';
import { listFiles, root } from './repository.js';
import { type Block, findBlocks } from './support/code-blocks.js';
import { makeClient } from './support/make-client.js';
import { endTls, serveProxy } from './support/proxy-server.js';
import { type RunningExample, startProgram } from './support/run-example.js';

/** What cannot run here: a page, a text that only this block of it contains, and the reason. */
const cannotRun: readonly (readonly [page: string, text: string, reason: string])[] = [
  ['docs/proxies.md', "{ ...init, proxy: 'http://proxy.example:3128' }", 'needs Bun'],
  ['docs/testing.md', "from 'msw'", 'needs msw, which is not installed'],
  ['docs/testing.md', "from 'vitest'", 'is a test, which Vitest runs'],
  ['docs/token-store.md', 'new Keyv(', 'needs Redis'],
  ['docs/token-store.md', 'new Redis(', 'needs Redis'],
];

/** What sends its requests through a proxy: a page, and a text that only this block of it contains. */
const proxied: readonly (readonly [page: string, text: string])[] = [
  ['docs/proxies.md', "createFetch({ proxy: 'http://proxy.example:3128' })"],
  ['docs/proxies.md', 'new ProxyAgent('],
];

const ids = ['8abda8635e09d185015e09d188dd0001xx', '8abda8635e09d185015e09d188dd0002xx'];
const accessKey = { accessKeyId: 'AKEXAMPLE', secretAccessKey: 'SKEXAMPLE' };

/** How far the migrations go on after each poll of a task, however fast this machine is. */
const pollMs = 30_000;

/** What the guides speak of. A program that only watches finds tasks that run; one that stops a task has time to do so. */
function createWorld({ code }: Block, taskIds: readonly string[] = ids): Simulator {
  const stops = code.includes("operation: 'stop'");
  const state = stops || /\bwatch(Many)?\(/.test(code) ? 'RUNNING' : 'READY';
  const task = { state, durationMs: (stops ? 2 : 1) * pollMs };
  const projects = [
    { id: '0215ef11e49d4743be23dd97a1561xxx', name: 'eu-west-101' },
    { id: '0605767e1a80251f2f7bc0093ea4e5f1', name: 'ap-southeast-3' },
  ];
  const simulator = createSimulator({
    seed: 1,
    accounts: [
      { username: 'testname', password: 'Password', domainName: 'testname', projects, accessKeys: [accessKey] },
      {
        username: 'mover',
        password: 'Password',
        domainName: 'my-account',
        userId: '7116d09f88fa41908676fdd4b039e95b',
        projects,
        mfaPasscode: code.includes('askForCode') ? '123456' : undefined,
      },
      {
        username: 'customer',
        password: 'Password',
        domainName: 'account-of-the-customer',
        projects,
        agencies: [{ agencyName: 'migration', trustedDomainName: 'my-account' }],
      },
    ],
    sources: [{ id: '621f2cb5-ba4f-4819-b00d-ee48ca2c3xxx', name: 'web-server-01' }],
    tasks: taskIds.map((id) => ({ ...task, id })),
    onRequest: ({ operation }) => {
      if (operation === 'ShowTask' || operation === 'ListTasks') simulator.advance(pollMs);
    },
  });
  return simulator;
}

/** The environment of a program. A password is preferred to the key and the token, which some programs read by themselves. */
async function createVariables(simulator: Simulator): Promise<Record<string, string>> {
  const credentials = { username: 'testname', password: 'Password', domainName: 'testname' };
  const token = await makeClient(simulator, { credentials }).auth.getToken();
  return {
    ...(await serveSimulator(simulator)),
    HW_ACCESS_KEY: accessKey.accessKeyId,
    HW_SECRET_KEY: accessKey.secretAccessKey,
    HW_AUTH_TOKEN: token.value,
  };
}

const programs = ['README.md', ...listFiles('docs', '.md').filter((page) => /^docs\/[^/]+$/.test(page))]
  .flatMap(findBlocks)
  .filter(({ language }) => language === 'ts' || language === 'js');
const isOf = ({ code, page }: Block, [of, text]: readonly [string, string, string?]) =>
  page === of && code.includes(text);
const runs = programs.filter((block) => !cannotRun.some((entry) => isOf(block, entry)));
const isProxied = (block: Block) => proxied.some((entry) => isOf(block, entry));
const toTitle = (block: Block) => [`${block.page}:${block.line}`, block] as const;

let folder = '';
const toName = ({ line, page }: Block) => `${page.replaceAll('/', '-')}.line${line}`;

/** The endpoints become those of the simulator, and what a program leaves to its reader is there. */
function place(code: string): string {
  return code
    .replace(
      /\bregion: '[^']*'/,
      'endpoint: process.env.HUAWEICLOUD_SDK_SMS_ENDPOINT!, iamEndpoint: process.env.HW_AUTH_URL!',
    )
    .replace(/\bendpoint: 'https:[^']*'/, 'endpoint: process.env.HUAWEICLOUD_SDK_SMS_ENDPOINT!')
    .replace(/\biamEndpoint: 'https:[^']*'/, 'iamEndpoint: process.env.HW_AUTH_URL!')
    .replace(/'http:\/\/proxy\.example:3128'/, 'process.env.PROXY_URL!')
    .replace(/declare (function askForCode.*);/, "$1 { return Promise.resolve('123456'); }")
    .replace(/declare (function readSecret.*);/, "$1 { return Promise.resolve('Password'); }");
}

// All at once, with what they share in one file. They lie in the repository, so that they find the packages.
beforeAll(async () => {
  const parent = join(root, 'node_modules/.cache');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'sms-client-guides-'));
  const entryPoints = runs.map((block) => {
    const file = join(folder, `${toName(block)}.ts`);
    writeFileSync(file, `${place(block.code)}\nexport {};\n`);
    return file;
  });
  await build({
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    // What every program loads is in that file, too: it starts sooner.
    external: ['@opentelemetry/api', 'pino', 'undici'],
    alias: Object.fromEntries(
      Object.entries({
        '': 'index',
        '/testing': 'testing/index',
        '/schemas': 'schemas/index',
        '/node': 'node/index',
      }).map(([name, file]) => [`@org/sms-client${name}`, join(root, `src/${file}.ts`)]),
    ),
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a program in a folder of its own. */
function start(block: Block, variables: Record<string, string>): RunningExample {
  const cwd = mkdtempSync(join(folder, 'run-'));
  copyFileSync(join(root, 'test/fixtures/tls/certificate.pem'), join(cwd, 'company.pem'));
  return startProgram([join(folder, `${toName(block)}.mjs`)], [], { cwd, variables });
}

/** Runs a program to its end. */
async function run(block: Block, variables: Record<string, string>) {
  const { child, ended, errors, output } = start(block, variables);
  const timer = setTimeout(() => child.kill('SIGKILL'), 45_000);
  try {
    return { exit: await ended, errors: errors(), output: output() };
  } finally {
    clearTimeout(timer);
  }
}

describe('what cannot run here', () => {
  it.each(cannotRun)('is one block of %s: %s (%s)', (...entry) => {
    expect(programs.filter((block) => isOf(block, entry))).toHaveLength(1);
  });
});

describe.concurrent('the programs of the guides', () => {
  it.each(runs.filter((block) => !isProxied(block)).map(toTitle))('run: %s', async (_at, block) => {
    await using simulator = createWorld(block);
    expect(await run(block, await createVariables(simulator))).toMatchObject({ errors: '', exit: 0 });
  });

  const fleets = runs.filter(({ code }) => /\bstart(Many|AllAndWait)\(/.test(code));
  it.each(fleets.map(toTitle))('print what did not start: %s', async (_at, block) => {
    const [started = '', missing = ''] = ids;
    await using simulator = createWorld(block, [started]);
    const { errors, exit, output } = await run(block, await createVariables(simulator));
    expect(exit).toBe(0);
    expect(`${output}${errors}`).toMatch(new RegExp(`^${missing} not-started .*404`, 'm'));
    expect(errors).not.toContain(started);
  });

  it('with a fleet are at least three', () => {
    expect(fleets.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the programs for a proxy', () => {
  it.each(runs.filter(isProxied).map(toTitle))('run through a proxy: %s', async (_at, block) => {
    await using simulator = createWorld(block);
    const variables = await createVariables(simulator);
    const { port } = new URL(variables.HUAWEICLOUD_SDK_SMS_ENDPOINT ?? '');
    const { tunnels, url } = await serveProxy(await endTls(Number(port)));
    const outcome = await run(block, {
      ...variables,
      HW_AUTH_URL: 'https://sms.test.example',
      HUAWEICLOUD_SDK_SMS_ENDPOINT: 'https://sms.test.example',
      NODE_EXTRA_CA_CERTS: join(root, 'test/fixtures/tls/proxied-certificate.pem'),
      PROXY_URL: url,
    });
    expect(outcome).toEqual({ errors: '', exit: 0, output: `${ids.length}\n` });
    // The login and the call: no host has this name, so only the proxy can have forwarded them.
    expect(new Set(tunnels.map(({ target }) => target))).toEqual(new Set(['sms.test.example:443']));
    expect(simulator.requests.map(({ operation }) => operation).slice(-2)).toEqual(['CreateToken', 'ListTasks']);
  });

  it.each(proxied)('are one block of %s: %s', (...entry) => {
    expect(runs.filter((block) => isOf(block, entry))).toHaveLength(1);
  });
});
