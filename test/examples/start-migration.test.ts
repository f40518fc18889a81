import { type ChildProcess, spawn } from 'node:child_process';
import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { account } from '../support/make-client.js';

/** `npm start` as its user sees it, on a simulator behind a port in place of the real service. */
let simulator: Simulator;
let variables: Record<string, string>;

beforeEach(async () => {
  simulator = createSimulator({ speed: 2000 });
  const { url } = await simulator.listen();
  variables = {
    HW_USER_NAME: account.username,
    HW_USER_PASSWORD: account.password,
    HW_DOMAIN_NAME: account.domainName,
    HW_PROJECT_ID: account.projectId,
    HW_AUTH_URL: `${url}/v3`,
    HUAWEICLOUD_SDK_SMS_ENDPOINT: url,
  };
});

afterEach(() => simulator.close());

function start(taskId: string, more: Record<string, string> = {}): ChildProcess {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return spawn(process.execPath, ['--import', 'tsx', 'examples/start-migration.ts', taskId], {
    env: { ...inherited, ...variables, ...more },
    timeout: 30_000,
  });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> {
  const collect = (stream: NodeJS.ReadableStream | null) => {
    const parts: string[] = [];
    stream?.on('data', (part) => parts.push(String(part)));
    return parts;
  };
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: output.join(''), errors: errors.join('').trim() };
}

describe('npm start', () => {
  it('shows the three steps, the progress and a summary of steps, servers and disks', async () => {
    const { code, errors, output } = await finish(start(simulator.addTask({ name: 'web-server-01' })));
    expect(errors).toBe('');
    expect(code).toBe(0);
    for (const part of ['1. Log in', '2. Start', '3. Follow', 'web-server-01: MIGRATE_SUCCESS'])
      expect(output).toContain(part);
    for (const part of ['MIGRATE_LINUX_FILE', 'source', 'target', '/dev/vda', '40.0 GiB'])
      expect(output).toContain(part);
    expect(output).not.toContain(account.password);
    expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
  }, 30_000);

  it.each([
    ['a wrong password', { HW_USER_PASSWORD: 'wrong' }, 'READY', /^The login was refused: [^\n]+$/],
    ['a running task', {}, 'RUNNING', /^The task is running already: [^\n]+$/],
    ['an unknown task', {}, undefined, /^There is no such task in this account: [^\n]+$/],
    ['no password at all', { HW_USER_PASSWORD: '' }, 'READY', /^The environment holds no credentials: [^\n]+$/],
  ] as const)(
    'tells %s in one sentence and ends with exit code 1',
    async (_, more, state, sentence) => {
      const taskId = state === undefined ? 'unknown' : simulator.addTask({ state, durationMs: 10 ** 12 });
      const { code, errors } = await finish(start(taskId, more));
      expect(errors).toMatch(sentence);
      expect(code).toBe(1);
    },
    30_000,
  );

  it('stops cleanly on Ctrl-C, while the migration goes on', async () => {
    const taskId = simulator.addTask({ durationMs: 10 ** 12 });
    const child = start(taskId);
    child.stdout?.on('data', (part) => String(part).includes('3. Follow') && child.kill('SIGINT'));
    const { code, errors } = await finish(child);
    expect(errors).toMatch(/^Stopped watching\. [^\n]+$/);
    expect(code).toBe(130);
  }, 30_000);
});
