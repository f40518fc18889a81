import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';
import { version } from '../../src/version.js';
import { root } from '../repository.js';

const folder = mkdtempSync(join(tmpdir(), 'sms-client-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Runs a command until it ends by itself. */
async function run(...args: string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(args, {
    print: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
    signal: AbortSignal.abort('SIGINT'),
  });
  return { code, out: lines.join('\n'), err: complaints.join('\n') };
}

/** Runs the simulator, waits for its address, and ends it with the signal afterwards. */
async function serve(args: string[], use: (url: string, lines: string[]) => Promise<void>, signal = 'SIGINT') {
  const lines: string[] = [];
  const ending = new AbortController();
  const ended = runCommand(['simulate', ...args], {
    print: (line) => lines.push(line),
    complain: (line) => lines.push(`! ${line}`),
    signal: ending.signal,
  });
  await vi.waitUntil(() => lines.length > 0);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(lines[0] ?? '')?.[0] ?? '';
  try {
    await use(url, lines);
  } finally {
    ending.abort(signal);
  }
  const code = await ended;
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  return code;
}

async function login(url: string, password = 'Password') {
  const user = { name: 'testname', password, domain: { name: 'testname' } };
  return fetch(`${url}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } } } }),
  });
}

describe('sms-client', () => {
  it('lists its commands, and exits 2 when it gets none or an unknown one', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringMatching(/simulate .*127\.0\.0\.1/) });
    expect((await run()).code).toBe(2);
    expect(await run('stimulate')).toMatchObject({ code: 2, err: expect.stringContaining('no command "stimulate"') });
  });
});

describe('sms-client --version', () => {
  it('prints the version of the package', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: version });
  });
});

describe('sms-client simulate', () => {
  it('explains its options', async () => {
    const { code, out } = await run('simulate', '--help');
    expect(code).toBe(0);
    for (const option of ['--port', '--speed', '--seed', '--state']) expect(out).toContain(option);
  });

  it.each([
    [['--port', '70000'], /^--port must be a whole number from 0 to 65535, not "70000"\./],
    [['--port', 'http'], /^--port must be/],
    [['--speed', '0'], /^--speed must be a number above 0, not "0"\./],
    [['--seed', '1.5'], /^--seed must be a whole number, not "1\.5"\./],
    [['--sped', '2'], /^Unknown option '--sped'/],
    [['more'], /^Unexpected argument 'more'/],
    [['--state', join(folder, 'missing.json')], /^The state file .* cannot be read/],
    [['--state', write('broken.json', '{"password": "hunter2"')], /^The state file .* is not JSON\./],
    [['--state', write('list.json', '[]')], /must hold a JSON object/],
    [['--state', write('unknown.json', '{"task": []}')], /options has no member "task" \(did you mean tasks\?\)/],
    [['--state', write('state.json', '{"tasks": [{"state": "RUNING"}]}')], /did you mean RUNNING\?/],
  ])('says in one sentence what is wrong with %j', async (args, expected) => {
    const { code, err, out } = await run('simulate', ...args);
    expect(err).toMatch(expected);
    expect(err.split('\n')).toHaveLength(1);
    expect(err).not.toContain('hunter2');
    expect([code, out]).toEqual([2, '']);
  });

  it('says that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await vi.waitUntil(() => server.listening);
    const { port } = server.address() as { port: number };
    const { code, err } = await run('simulate', '--port', String(port));
    expect([code, err]).toEqual([1, `The port ${port} is in use already.`]);
    server.close();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    'prints address, account and three curl lines, then a line a request, and ends on %s with %d',
    async (signal, code) => {
      const given = await serve(
        [],
        async (url, lines) => {
          const start = lines[0] ?? '';
          expect(start).toContain('user testname, password Password, domain testname');
          expect(start.match(/curl -s/g)).toHaveLength(3);
          const response = await login(url);
          const token = response.headers.get('x-subject-token') ?? '';
          const { tasks } = await (
            await fetch(`${url}/v3/tasks?limit=5`, { headers: { 'x-auth-token': token } })
          ).json();
          expect(start).toContain(tasks[0].id);
          expect(lines.slice(1)).toEqual([
            expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} 201 POST \/v3\/auth\/tokens CreateToken$/),
            expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} 200 GET \/v3\/tasks\?limit=5 ListTasks$/),
          ]);
          expect(lines.slice(1).join()).not.toContain('Password');
        },
        signal,
      );
      expect(given).toBe(code);
    },
  );

  it('accepts a state from a file, and a seed', async () => {
    const account = { username: 'testname', password: 'of-the-file', domainName: 'testname' };
    const state = write(
      'full.json',
      JSON.stringify({ accounts: [account], tasks: [{ id: 'task-7', state: 'RUNNING' }] }),
    );
    const ids: (string | null)[] = [];
    for (const _run of [1, 2]) {
      await serve(['--state', state, '--seed', '7', '--speed', '60'], async (url, lines) => {
        expect(lines[0]).toContain('task-7');
        expect(lines[0]).not.toContain('of-the-file');
        const response = await login(url, 'of-the-file');
        expect(response.status).toBe(201);
        ids.push(response.headers.get('x-subject-token'));
      });
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it('exits 130 on Ctrl-C', { timeout: 30_000 }, async () => {
    const program = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'simulate'], { cwd: root });
    program.stdout.setEncoding('utf8');
    const [line] = await once(program.stdout, 'data');
    expect(line).toContain('IAM and SMS are simulated at http://127.0.0.1:');
    program.kill('SIGINT');
    expect(await once(program, 'exit')).toEqual([130, null]);
  });
});
