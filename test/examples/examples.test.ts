import { createSimulator } from '@org/sms-client/testing';
import { describe, expect } from 'vitest';
import { serveSimulator } from '../../scripts/show/simulated-account.js';
import { findWideLines, it, narrow } from '../support/run-example.js';

const timeout = 60_000;

/** What an example prints on the simulator, without an account and without arguments. */
const outputs: readonly [name: string, code: number, ...patterns: RegExp[]][] = [
  ['access-keys', 0, /^web-server-02: READY$/m, /^1 signed request, 0 logins$/m],
  ['agency', 0, /^Works in eu-west-101 of customer$/m, /^server-of-the-customer: READY$/m],
  ['ci-job', 0, /^\S+ {2}100 % /m, /^web-server-01: MIGRATE_SUCCESS$/m],
  ['opentelemetry', 0, /name: 'ListTasks'[\s\S]*'http\.request\.resend_count': 1/, /^1 task$/m],
  [
    'proxy',
    0,
    /^CONNECT through the proxy\nCONNECT through the proxy\nweb-server-01: READY$|^CONNECT through the proxy\nweb-server-01: READY$/m,
  ],
  ['quickstart.mjs', 0, /^100 % /m, /^MIGRATE_SUCCESS$/m],
  ['serverless', 0, /^Invocation 1: \d/m, /: MIGRATE_SUCCESS$/m, /^1 start was sent$/m],
  ['speed-limits', 0, /^ {2}8:00 to 18:00: 50$/m],
  [
    'start-migration',
    0,
    /^ *\d+\.\d % {2}[A-Z][a-z ]+ {2}[1-9][\d.]* Mbit\/s {2}[1-9]\d* min left$/m,
    /^100\.0 % /m,
    /^web-server-01: MIGRATE_SUCCESS$/m,
    /\/dev\/sda: \d+ bytes$/m,
  ],
  ['vault', 0, /^The secret was read$/m, /^web-server-01: READY$/m],
];

describe.concurrent('on the simulator', () => {
  it.for(outputs)(
    '%s exits with %i and prints its result, in lines that fit 60 columns',
    { timeout },
    async ([name, code, ...patterns], { startExample }) => {
      const example = startExample(name, [], { variables: narrow });
      expect(await example.ended, example.errors()).toBe(code);
      expect(example.errors()).toBe('');
      for (const pattern of patterns) expect(example.output()).toMatch(pattern);
      // OpenTelemetry prints objects, in lines of its own.
      if (name !== 'opentelemetry') expect(findWideLines(example)).toEqual([]);
    },
  );
});

describe.concurrent('server-sent events', () => {
  it.for(['express', 'fastify'])(
    'of %s report each change, then the end',
    { timeout },
    async (name, { startExample }) => {
      const example = startExample(name, [], { variables: narrow });
      const { child, ended, until } = example;
      const [, url = ''] = await until(/curl -N (\S+)/);
      const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      const blocks = (await response.text()).trim().split('\n\n');
      expect(blocks.at(-1)).toBe('event: done\ndata: {}');
      const changes = blocks.slice(0, -1).map((block) => JSON.parse(block.replace(/^data: /, '')));
      for (const server of ['web-server-01', 'web-server-02'])
        expect(changes.findLast((change) => change.name === server)).toMatchObject({
          state: 'MIGRATE_SUCCESS',
          percent: 100,
        });
      child.kill('SIGTERM');
      expect(await ended).toBe(143);
      expect(findWideLines(example)).toEqual([]);
    },
  );
});

describe.concurrent('ci-job', () => {
  it('exits 2 when the time is up', { timeout }, async ({ startExample }) => {
    const { ended, errors } = startExample('ci-job', [], { variables: { MAX_MINUTES: '0.05' } });
    expect(await ended).toBe(2);
    expect(errors()).toContain('RUNNING');
  });
});

describe.concurrent('on an account', () => {
  it.for(['follow-fleet', 'notify-failures', 'speed-limits'])(
    '%s asks for the ids of the tasks',
    { timeout },
    async (name, { startExample }) => {
      const simulator = createSimulator();
      try {
        const { ended, errors, output } = startExample(name, [], { variables: await serveSimulator(simulator) });
        expect(await ended).toBe(1);
        expect(errors()).toBe('\nGive the ids of the tasks\n');
        expect(output()).toBe('');
      } finally {
        await simulator.close();
      }
    },
  );
});

describe.concurrent('in 60 columns', () => {
  it.for(['follow-fleet', 'notify-failures', 'register-to-launch'])(
    '%s writes no wider line',
    { timeout },
    async (name, { startExample }) => {
      const example = startExample(name, [], { variables: narrow });
      await example.ended;
      expect(findWideLines(example)).toEqual([]);
    },
  );

  it('worker-fleet writes no wider line about what is missing', { timeout }, async ({ startExample }) => {
    const example = startExample('worker-fleet', ['work'], { variables: narrow });
    expect(await example.ended).toBe(1);
    expect(example.errors()).toContain('REDIS_URL');
    expect(findWideLines(example)).toEqual([]);
  });
});
