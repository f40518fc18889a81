import { createSimulator } from '@org/sms-client/testing';
import { describe, expect } from 'vitest';
import { serveSimulator } from '../../scripts/show/simulated-account.js';
import { it } from '../support/run-example.js';

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
