import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator, type TaskSeed } from '@org/sms-client/testing';
import { describe, expect } from 'vitest';
import { countStarts, serveSimulator } from '../../scripts/show/simulated-account.js';
import { it as base, findWideLines, narrow, type RunningExample } from '../support/run-example.js';

const timeout = 60_000;

interface Fixtures {
  readonly simulator: Simulator;
  /** Where the cursors are saved. */
  readonly folder: string;
  readonly run: (taskId: string, more?: Record<string, string>) => RunningExample;
}

const it = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
  simulator: async ({}, use) => {
    const simulator = createSimulator({ speed: 60 });
    await use(simulator);
    await simulator.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'sms-client-resume-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  run: async ({ folder, simulator, startExample }, use) => {
    const variables = await serveSimulator(simulator);
    await use((taskId, more) =>
      startExample('resume', [taskId], { cwd: folder, variables: { ...variables, ...more } }),
    );
  },
});

function addTask(simulator: Simulator, seed: TaskSeed = {}): string {
  return simulator.addTask({ durationMs: 4 * 60_000, ...seed });
}

function readPercents({ output }: RunningExample): number[] {
  return [...output().matchAll(/^ *([\d.]+) % /gm)].map(([, percent]) => Number(percent));
}

describe.concurrent('resume', () => {
  it('continues where a killed process stopped, with progress that never runs backwards, and starts the task once', {
    timeout,
  }, async ({ folder, run, simulator }) => {
    const taskId = addTask(simulator, { durationMs: 8 * 60_000 });
    const first = run(taskId);
    await first.until(/^ *[1-9]\d?\.\d % /m);
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    expect(readdirSync(folder)).toContain(`${taskId}.cursor.json`);

    const second = run(taskId);
    expect(await second.ended).toBe(0);
    expect(second.output()).toMatch(new RegExp(`^Continues ${taskId} at [1-9]`));
    expect(second.output()).toMatch(/Ended in MIGRATE_SUCCESS\n$/);
    const percents = [...readPercents(first), ...readPercents(second)];
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
    expect(percents.at(-1)).toBe(100);
    expect(countStarts(simulator)).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('starts the task once although the process dies while the response to the start is on its way', {
    timeout,
  }, async ({ folder, run, simulator }) => {
    const taskId = addTask(simulator);
    simulator.faults.delay(1, 20_000, { match: 'UpdateTaskStatus' });
    const first = run(taskId);
    while (countStarts(simulator) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The cursor was there before the start was sent.
    expect(readdirSync(folder)).toEqual([`${taskId}.cursor.json`]);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = run(taskId);
    expect(await second.ended).toBe(0);
    expect(countStarts(simulator)).toBe(1);
  });

  it('sends no start when the cursor cannot be saved', { timeout }, async ({ run, simulator }) => {
    const taskId = addTask(simulator, { id: 'missing-folder/task-1' });
    const { ended, errors } = run(taskId);
    expect(await ended).toBe(1);
    expect(errors()).toMatch(/ENOENT: [^\n]+\n$/);
    expect(countStarts(simulator)).toBe(0);
  });

  it('forgets the cursor of a migration that failed, so that the next process starts it anew', {
    timeout,
  }, async ({ folder, run, simulator }) => {
    const taskId = addTask(simulator, { durationMs: 60_000, failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const first = run(taskId, narrow);
    expect(await first.ended).toBe(1);
    expect(first.errors()).toMatch(/SMS\.0807[\s\S]*\sHint:\s/);
    expect(findWideLines(first)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    const second = run(taskId);
    expect(await second.ended).toBe(0);
    expect(countStarts(simulator)).toBe(2);
  });

  it.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'exits on %s with code %i, and keeps its cursor',
    { timeout },
    async ([signal, code], { folder, run, simulator }) => {
      const taskId = addTask(simulator, { durationMs: 60 * 60_000 });
      const { child, ended, errors, until } = run(taskId);
      await until(/ % /);
      child.kill(signal);
      expect(await ended).toBe(code);
      expect(errors()).toBe('Stopped watching. The migration goes on.\n');
      expect(readdirSync(folder)).toContain(`${taskId}.cursor.json`);
    },
  );

  it('runs on the simulator without a task id', { timeout }, async ({ startScript }) => {
    const { ended, errors, output } = startScript('example', ['resume']);
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
    expect(output()).toMatch(
      /The process is killed\.\n\nContinues [\s\S]*Ended in MIGRATE_SUCCESS\n\n1 start was sent\.\n$/,
    );
  });
});
