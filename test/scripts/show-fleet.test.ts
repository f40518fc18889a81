import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type TaskChange, TaskSummary } from '@org/sms-client';
import { expect, it } from 'vitest';
import { showFleet } from '../../scripts/show/show-fleet.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';
import { makePair } from '../support/make-client.js';

useFakeTime();

/** What is left on the screen of a terminal: bars for so many tasks. */
async function drawFleet(count: number, columns: number, rows: number) {
  const { simulator, sms } = makePair();
  for (let index = 0; index < count; index += 1) simulator.addTask({ name: `server-${index}`, state: 'RUNNING' });
  // Each poll finds the migrations two minutes further, whatever the one before it showed.
  simulator.respond('ListTasks', (_request, next) => {
    simulator.advance(120_000);
    return next();
  });
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  const parts: string[] = [];
  stream.setEncoding('utf8').on('data', (part) => parts.push(part));
  const view = showFleet(count, stream as unknown as NodeJS.WriteStream);
  for await (const change of sms.tasks.watchMany({}, { intervalMs: 1 })) view.update(change);
  view.stop();
  view.stop();
  // What moves the cursor may begin a new line.
  const text = stripVTControlCharacters(parts.join('').replaceAll('\u001b', '\n\u001b'));
  return text.split('\n').filter((line) => line.trim() !== '');
}

it.each([
  [5, 120, 24],
  [5, 60, 24],
  [5, 60, 20],
  [30, 60, 20],
  [30, 100, 10],
])(
  'the bars of %i tasks fit a terminal of %i columns and %i rows, and every task is reported as done',
  async (...size) => {
    const lines = await resultOf(drawFleet(...size));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(size[1]);
    for (let index = 0; index < size[0]; index += 1) {
      expect(lines.some((line) => line.startsWith(`server-${index} `) && /100\.0 % {2}Done/.test(line))).toBe(true);
    }
    expect(lines.findLast((line) => line.startsWith('Total'))).toMatch(new RegExp(`100\\.0 % {2}${size[0]} done`));
  },
);

it('a name cannot send control characters to the terminal', () => {
  const parts: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: false });
  stream.setEncoding('utf8').on('data', (part) => parts.push(part));
  const task = TaskSummary.parse({ id: 'task-1', name: 'a\u001b[2J\r\nb\u202e', state: 'READY' });
  const change: TaskChange = {
    id: 'task-1',
    task,
    previousState: null,
    progress: null,
    done: false,
    outcome: null,
    cursor: null,
    error: null,
  };
  showFleet(1, stream as unknown as NodeJS.WriteStream).update(change);
  expect(parts.join('')).toMatch(/^a\[2Jb +0\.0 % {2}Not started\n$/);
});
