import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator, type TaskSeed } from '@org/sms-client/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countStarts, serveSimulator } from '../../scripts/show/simulated-account.js';
import { type RunningExample, startExample, startScript } from '../support/run-example.js';

const timeout = 40_000;
let simulator: Simulator;
let variables: Record<string, string>;
let folder: string;

beforeEach(async () => {
  simulator = createSimulator({ speed: 60 });
  variables = await serveSimulator(simulator);
  folder = mkdtempSync(join(tmpdir(), 'sms-client-resume-'));
});

afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(taskId: string): RunningExample {
  return startExample('resume', [taskId], { cwd: folder, variables });
}

function addTask(seed: TaskSeed = {}): string {
  return simulator.addTask({ durationMs: 4 * 60_000, ...seed });
}

function readPercents({ output }: RunningExample): number[] {
  return [...output().matchAll(/^ *([\d.]+) % /gm)].map(([, percent]) => Number(percent));
}

describe('resume', () => {
  it('continues where a killed process stopped, with progress that never runs backwards, and starts the task once', {
    timeout,
  }, async () => {
    const taskId = addTask({ durationMs: 8 * 60_000 });
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
  }, async () => {
    const taskId = addTask();
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

  it('sends no start when the cursor cannot be saved', { timeout }, async () => {
    const taskId = addTask({ id: 'missing-folder/task-1' });
    const { ended, errors } = run(taskId);
    expect(await ended).toBe(1);
    expect(errors()).toMatch(/ENOENT: [^\n]+\n$/);
    expect(countStarts(simulator)).toBe(0);
  });

  it('forgets the cursor of a migration that failed, so that the next process starts it anew', {
    timeout,
  }, async () => {
    const taskId = addTask({ durationMs: 60_000, failAt: { step: 'MIGRATE_LINUX_FILE' } });
    const first = run(taskId);
    expect(await first.ended).toBe(1);
    expect(first.errors()).toMatch(/SMS\.0807/);
    expect(readdirSync(folder)).toEqual([]);
    const second = run(taskId);
    expect(await second.ended).toBe(0);
    expect(countStarts(simulator)).toBe(2);
  });

  it('runs on the simulator without a task id', { timeout }, async () => {
    const { ended, errors, output } = startScript('example', ['resume']);
    expect(await ended).toBe(0);
    expect(errors()).toBe('');
    expect(output()).toMatch(
      /The process is killed\.\n\nContinues [\s\S]*Ended in MIGRATE_SUCCESS\n\n1 start was sent\.\n$/,
    );
  });
});
