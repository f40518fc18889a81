import { createSimulator } from '@org/sms-client/testing';
import { describe, expect } from 'vitest';
import { serveSimulator } from '../../scripts/show/simulated-account.js';
import { findWideLines, it, narrow } from '../support/run-example.js';

const timeout = 40_000;

describe.concurrent('start-migration', () => {
  it('asks for the id of the task on an account, and sends nothing', { timeout }, async ({ startExample }) => {
    const simulator = createSimulator();
    try {
      const { ended, errors, output } = startExample('start-migration', [], {
        variables: await serveSimulator(simulator),
      });
      expect(await ended).toBe(1);
      expect(errors()).toBe('Give the id of the task\n');
      expect(output()).toBe('');
      expect(simulator.requests).toHaveLength(0);
    } finally {
      await simulator.close();
    }
  });

  it('says what is missing of an account', { timeout }, async ({ startExample }) => {
    const { ended, errors } = startExample('start-migration', ['task-1'], { variables: { HW_USER_NAME: 'somebody' } });
    expect(await ended).toBe(1);
    expect(errors()).toMatch(/HW_USER_PASSWORD/);
    expect(errors()).not.toMatch(/^ +at /m);
  });

  it.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'exits on %s with code %i, while the migration goes on',
    { timeout },
    async ([signal, code], { startExample }) => {
      const simulator = createSimulator();
      await using _closed = simulator;
      const taskId = simulator.addTask({ durationMs: 60 * 60_000 });
      const variables = await serveSimulator(simulator);
      const { child, ended, errors, until } = startExample('start-migration', [taskId], { variables });
      await until(/ % /);
      child.kill(signal);
      expect(await ended).toBe(code);
      expect(errors()).toBe('Stopped watching. The migration goes on.\n');
      expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toHaveLength(1);
    },
  );

  it('explains an unknown task with the hint and request id', { timeout }, async ({ startExample }) => {
    const simulator = createSimulator();
    await using _closed = simulator;
    const variables = await serveSimulator(simulator);
    const { ended, errors } = startExample('start-migration', ['unknown'], { variables });
    expect(await ended).toBe(1);
    expect(errors()).toMatch(/404[^\n]* \[request [^\]\s]+\]\. Hint: [A-Z][^\n]+\n$/);
  });

  it('explains a failure with its code and hint, in lines that fit 60 columns', { timeout }, async ({
    startExample,
  }) => {
    const simulator = createSimulator({ speed: 600 });
    await using _closed = simulator;
    const taskId = simulator.addTask({ durationMs: 60_000, failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const variables = { ...(await serveSimulator(simulator)), ...narrow };
    const example = startExample('start-migration', [taskId], { variables });
    expect(await example.ended).toBe(1);
    const text = example.errors().trimEnd().split('\n').join(' ');
    expect(text).toMatch(/SMS\.0807: .* Hint: [A-Z].* Can be restarted: true$/);
    expect(findWideLines(example)).toEqual([]);
  });

  it('runs on the simulator when the environment names a region alone, until its reader closes the pipe', {
    timeout,
  }, async ({ startExample }) => {
    const { child, ended, errors, until } = startExample('start-migration', [], {
      variables: { HW_REGION_NAME: 'eu-west-101' },
    });
    await until(/\n/);
    child.stdout?.destroy();
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
  });
});
