import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { describe, expect } from 'vitest';
import { account } from '../support/make-client.js';
import { it as base, type RunningExample } from '../support/run-example.js';

const { domainName, password, username } = account;
const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-access-key' };
const project = { id: account.projectId, name: 'cn-north-4' };

const passwordVariables = {
  HW_USER_NAME: username,
  HW_USER_PASSWORD: password,
  HW_DOMAIN_NAME: domainName,
};

interface Fixtures {
  readonly simulator: Simulator;
  readonly start: (taskIds: readonly string[], more?: Record<string, string>) => RunningExample;
}

/** `npm start` as its user sees it, on a simulator behind a port in place of the real service. */
const it = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
  simulator: async ({}, use) => {
    const simulator = createSimulator({
      speed: 2000,
      accounts: [{ username, password, domainName, projects: [project], accessKeys: [key] }],
    });
    await use(simulator);
    await simulator.close();
  },
  start: async ({ simulator, startScript }, use) => {
    const { url } = await simulator.listen();
    const variables = {
      HW_PROJECT_ID: account.projectId,
      HW_AUTH_URL: `${url}/v3`,
      HUAWEICLOUD_SDK_SMS_ENDPOINT: url,
    };
    await use((taskIds, more = passwordVariables) =>
      startScript('start', taskIds, { variables: { ...variables, ...more } }),
    );
  },
});

const timeout = 30_000;
const endless = 10 ** 12;
/** What an error has for its reader: what to do, and the id of the request that was refused. A refusal to send has no request. */
const [hint, named] = [/\bHint:\s+[A-Z]\w+/, /\[request\s+[^\]\s]+\]/];
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe.concurrent('npm start', () => {
  it('shows the three steps, the progress and a summary of steps, servers and disks', { timeout }, async ({
    simulator,
    start,
  }) => {
    const { ended, errors, output } = start([simulator.addTask({ name: 'web-server-01' })]);
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
    for (const part of ['1. Log in', '2. Start', '3. Follow', 'web-server-01: MIGRATE_SUCCESS'])
      expect(output()).toContain(part);
    for (const part of ['MIGRATE_LINUX_FILE', 'source', 'target', '/dev/sda', '40.0 GiB'])
      expect(output()).toContain(part);
    expect(output()).not.toContain(password);
    expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
  });

  it.for(['80', '60'])(
    'writes no line wider than %s columns, in a summary and in an error',
    { timeout },
    async (columns, { simulator, start }) => {
      const { ended, output } = start([simulator.addTask({ name: 'web-server-01' })], {
        ...passwordVariables,
        COLUMNS: columns,
      });
      expect(await ended).toBe(0);
      expect(widest(output())).toBeLessThan(Number(columns));
    },
  );

  it('writes no line wider than 60 columns about a task that is unknown or failed', { timeout }, async ({
    simulator,
    start,
  }) => {
    const more = { ...passwordVariables, COLUMNS: '60' };
    const single = start(['unknown'], more);
    const failing = simulator.addTask({ name: 'failing', failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const fleet = start([failing, 'unknown'], more);
    for (const { ended, errors, output } of [single, fleet]) {
      expect(await ended).toBe(1);
      expect(errors()).not.toBe('');
      expect(widest(`${output()}${errors()}`)).toBeLessThan(60);
    }
  });

  it('works with an access key, which needs no login', { timeout }, async ({ simulator, start }) => {
    const keys = { HW_ACCESS_KEY: key.accessKeyId, HW_SECRET_KEY: key.secretAccessKey };
    const { ended, errors, output } = start([simulator.addTask({})], keys);
    expect(await ended, errors()).toBe(0);
    expect(output()).toContain('1. Sign');
    expect(output()).not.toContain(key.secretAccessKey);
    expect(simulator.requests.filter(({ operation }) => operation === 'CreateToken')).toHaveLength(0);
  });

  it.for([
    ['a wrong password', { ...passwordVariables, HW_USER_PASSWORD: 'wrong' }, 'READY', [/password/i, named, hint]],
    ['a running task', passwordVariables, 'RUNNING', [/RUNNING|running/, hint]],
    ['an unknown task', passwordVariables, undefined, [/404/, /request/i, named, hint]],
  ] as const)(
    'explains %s with the hint and request id, and exits 1',
    { timeout },
    async ([_, more, state, patterns], { simulator, start }) => {
      const taskId = state === undefined ? 'unknown' : simulator.addTask({ state, durationMs: endless });
      const { ended, errors } = start([taskId], more);
      expect(await ended).toBe(1);
      for (const pattern of patterns) expect(errors()).toMatch(pattern);
      expect(errors()).not.toContain('    at ');
    },
  );

  it.for([
    ['half an account', { HW_USER_NAME: 'somebody' }, [/HW_USER_PASSWORD/, /HW_DOMAIN_NAME/]],
    ['half an access key', { HW_ACCESS_KEY: 'AKIDEXAMPLE' }, [/HW_SECRET_KEY/]],
  ] as const)(
    'explains %s by the variables that are missing, and exits 1',
    { timeout },
    async ([_, more, patterns], { simulator, start }) => {
      const { ended, errors } = start([simulator.addTask({ state: 'READY', durationMs: endless })], more);
      expect(await ended).toBe(1);
      for (const pattern of patterns) expect(errors()).toMatch(pattern);
      expect(errors()).not.toContain('    at ');
    },
  );

  it.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'exits on %s with code %i, while the migration goes on',
    { timeout },
    async ([signal, code], { simulator, start }) => {
      const { child, ended, errors, until } = start([simulator.addTask({ durationMs: endless })]);
      await until(/3\. Follow/);
      child.kill(signal);
      expect(await ended).toBe(code);
      expect(errors()).toMatch(/^\nStopped watching\. [^\n]+\n$/);
    },
  );

  it('exits 0 without output when its reader closes the pipe', { timeout }, async ({ simulator, start }) => {
    const { child, ended, errors, until } = start([simulator.addTask({ durationMs: 600_000 })]);
    await until(/1\. Log in/);
    child.stdout?.destroy();
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
  });

  it('with several tasks prints a line for each step, and the totals at the end', { timeout }, async ({
    simulator,
    start,
  }) => {
    const failAt = { step: 'MIGRATE_LINUX_FILE' };
    const ids = ['one', 'two'].map((name) => simulator.addTask({ name }));
    ids.push(simulator.addTask({ name: 'three', failAt }), 'unknown');
    const { ended, errors, output } = start(ids);
    expect(await ended).toBe(1);
    for (const name of ['one', 'two']) expect(output()).toMatch(new RegExp(`^${name} +100\\.0 % {2}Done$`, 'm'));
    expect(output()).toMatch(/^three .*Failed: Copying data$/m);
    expect(output().trimEnd().split('\n').at(-1)).toMatch(/^Total +\d+\.\d % {2}2 done, 1 failed$/);
    expect(errors()).toMatch(/^unknown was not started\./);
    expect(errors()).toMatch(/^three: .*SMS\.0807/m);
  });
});
