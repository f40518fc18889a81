import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type TaskChange, TaskSummary } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { expect, it } from 'vitest';
import { showFleet } from '../../examples/support/show-fleet.js';
import { serveSimulator } from '../../examples/support/simulated-account.js';
import { makePair } from '../support/make-client.js';
import { startExample } from '../support/run-example.js';

const timeout = 40_000;

it('follow-fleet shows each step of each task and the total as plain lines when its output is no terminal', {
  timeout,
}, async () => {
  const { ended, errors, output } = startExample('follow-fleet');
  expect(await ended).toBe(1);
  expect(errors()).toBe('');
  const lines = output().split('\n');
  expect(output()).not.toContain('\u001b');
  const servers = ['web-server-01', 'web-server-02', 'database-01', 'database-02', 'mail', 'build'];
  for (const name of servers) {
    const own = lines.filter((line) => line.startsWith(name));
    expect(own[0]).toMatch(/Setting up encryption|Attaching/);
    expect(own.at(-1)).toMatch(/100\.0 % {2}Done$/);
  }
  expect(lines.filter((line) => line.includes('Failed: Copying data'))).toHaveLength(2);
  const totals = lines.filter((line) => line.startsWith('Total')).map((line) => Number.parseFloat(line.slice(5)));
  expect(totals).toEqual([...totals].sort((one, other) => one - other));
  expect(totals.length).toBeGreaterThan(3);
  expect(lines.at(-2)).toMatch(/^ {2}Check routes, firewalls/);
});

it('follow-fleet ends cleanly on Ctrl-C, while the migrations go on', { timeout }, async () => {
  const { child, ended, errors, until } = startExample('follow-fleet');
  await until(/Copying data/);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(errors()).toMatch(/^\nStopped watching\. [^\n]+\n$/);
});

it('follow-fleet on the real service asks for ids, follows tasks that run already, and says which start was refused', {
  timeout,
}, async () => {
  const simulator = createSimulator({ speed: 600 });
  const variables = await serveSimulator(simulator);
  try {
    const none = startExample('follow-fleet', [], { variables });
    expect(await none.ended).toBe(1);
    expect(none.errors()).toMatch(/^\nGive the ids of the tasks: [^\n]+\n$/);

    const ready = simulator.addTask({ name: 'ready' });
    const running = simulator.addTask({ name: 'running', state: 'RUNNING', durationMs: 3_000_000 });
    const { ended, errors, output } = startExample('follow-fleet', [ready, running, 'unknown'], { variables });
    expect(await ended).toBe(1);
    expect(errors().split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^${running} was not started\\.`)),
      expect.stringMatching(/^unknown was not started\./),
      '',
    ]);
    expect(output()).toMatch(/^ready .*Done$/m);
    expect(output()).toMatch(/^running .*Done$/m);
    expect(
      simulator.requests.filter(({ operation, status }) => operation === 'UpdateTaskStatus' && status === 200),
    ).toHaveLength(1);
  } finally {
    await simulator.close();
  }
});

/** What is left on the screen of a terminal: `follow-fleet` with bars, for so many tasks. */
async function drawFleet(count: number, columns: number, rows: number) {
  const { simulator, sms } = makePair();
  for (let index = 0; index < count; index += 1) simulator.addTask({ name: `server-${index}`, state: 'RUNNING' });
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  const parts: string[] = [];
  stream.setEncoding('utf8').on('data', (part) => parts.push(part));
  const view = showFleet(count, stream as unknown as NodeJS.WriteStream);
  let seen = 0;
  for await (const change of sms.tasks.watchMany({}, { intervalMs: 1 })) {
    view.update(change);
    seen += 1;
    if (seen % count === 0) simulator.advance(120_000);
  }
  view.stop();
  view.stop();
  // What moves the cursor may begin a new line.
  const text = stripVTControlCharacters(parts.join('').replaceAll('\u001b', '\n\u001b'));
  return text.split('\n').filter((line) => line.trim() !== '');
}

it.each([
  [5, 120, 24],
  [5, 60, 24],
  [30, 100, 10],
])(
  'the bars of %i tasks fit a terminal of %i columns and %i rows, and every task is told to be done',
  async (...size) => {
    const lines = await drawFleet(...size);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(size[1]);
    for (let index = 0; index < size[0]; index += 1) {
      expect(lines.some((line) => line.startsWith(`server-${index} `) && /100\.0 % {2}Done/.test(line))).toBe(true);
    }
    expect(lines.findLast((line) => line.startsWith('Total'))).toMatch(new RegExp(`100\\.0 % {2}${size[0]} done`));
  },
);

it('a name cannot tell the terminal what to do', () => {
  const parts: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: false });
  stream.setEncoding('utf8').on('data', (part) => parts.push(part));
  const task = TaskSummary.parse({ id: 'task-1', name: 'a\u001b[2J\r\nb\u202e', state: 'READY' });
  const change: TaskChange = {
    id: 'task-1',
    task,
    previousState: null,
    progress: null,
    atRest: false,
    cursor: null,
    error: null,
  };
  showFleet(1, stream as unknown as NodeJS.WriteStream).update(change);
  expect(parts.join('')).toMatch(/^a\[2Jb +0\.0 % {2}Not started\n$/);
});
