import { createSimulator } from '@org/sms-client/testing';
import { expect } from 'vitest';
import { serveSimulator } from '../../scripts/show/simulated-account.js';
import { it } from '../support/run-example.js';

const timeout = 40_000;

it.concurrent('follow-fleet prints each change and outcome of each task, and a hint for a failure', {
  timeout,
}, async ({ startExample }) => {
  const { ended, errors, output } = startExample('follow-fleet');
  expect(await ended).toBe(1);
  expect(errors()).toBe('');
  expect(output()).toMatch(/^web-server-01 {2}[\d.]+ % {2}Copying data$/m);
  expect(output()).toMatch(/^web-server-01: succeeded$/m);
  expect(output()).toMatch(/^web-server-02: failed\n {2}[^\n]*SMS\.0807[^\n]*Check routes, firewalls/m);
  expect(output()).toMatch(/^2 of 3 succeeded\n$/m);
});

it.concurrent('follow-fleet says which task did not start', { timeout }, async ({ startExample }) => {
  const simulator = createSimulator({ speed: 600 });
  try {
    const ready = simulator.addTask({ name: 'ready', durationMs: 10_000 });
    const variables = await serveSimulator(simulator);
    const { ended, errors, output } = startExample('follow-fleet', [ready, 'unknown'], { variables });
    expect(await ended).toBe(1);
    expect(errors()).toBe('');
    expect(output()).toMatch(/^unknown: not-started\n {2}\S[^\n]+$/m);
    expect(output()).toMatch(/^1 of 2 succeeded$/m);
  } finally {
    await simulator.close();
  }
});
