import { readFileSync } from 'node:fs';
import { type SubTask, Task, type TaskAction, type TaskProgress } from '@org/sms-client';
import { createSimulator, type TaskSeed } from '@org/sms-client/testing';
import { describe, expect, it } from 'vitest';
import { type ProgressMark, readProgress } from '../../src/tracking/progress.js';
import { readRounds } from '../../src/tracking/steps.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

const fixture = JSON.parse(readFileSync(new URL('../fixtures/api/show-task.response.json', import.meta.url), 'utf8'));
const withoutOperations = (steps: readonly SubTask[]): SubTask[] => steps.map(({ user_op: _, ...step }) => step);
const read = (task: object, mark?: ProgressMark) => readProgress(Task.parse(task), mark);

describe('the rounds of the official example', () => {
  const names = ['REPLICATE', 'CUTOVER0', 'RESYNC0', 'CUTOVER1', 'RESYNC1'];

  it('are named, timed and split, oldest first; the last one is that of the progress', () => {
    const { progress } = read(fixture);
    expect(progress.rounds.map(({ name }) => name)).toEqual(names);
    expect(progress.rounds.map(({ steps }) => steps.length)).toEqual([4, 2, 3, 2, 3]);
    // Sums of the durations of their steps, to the millisecond.
    expect(progress.rounds.map(({ elapsedMs }) => elapsedMs)).toEqual([191_000, 185_000, 190_000, 172_000, 197_000]);
    expect(progress.round).toBe('RESYNC1');
    expect(progress.steps).toEqual(progress.rounds.at(-1)?.steps);
    expect(progress.elapsedMs).toBe(197_000);
    expect(progress.rounds[0]?.steps.map(({ label }) => label)).toEqual([
      'Setting up encryption',
      'Attaching the agent image',
      'Formatting disks',
      'Copying data',
    ]);
    expect(progress.rounds[0]?.steps.map(({ durationMs }) => durationMs)).toEqual([4000, 176_000, 3000, 8000]);
  });

  it('are the same without user_op, except for their names, as in a list', () => {
    const { progress } = read({ ...fixture, sub_tasks: withoutOperations(fixture.sub_tasks) });
    expect(progress.rounds.map(({ steps }) => steps.length)).toEqual([4, 2, 3, 2, 3]);
    expect(progress.rounds.map(({ name }) => name)).toEqual(names.map(() => null));
    expect(progress.rounds.map(({ elapsedMs }) => elapsedMs)).toEqual([191_000, 185_000, 190_000, 172_000, 197_000]);
  });

  it('accept missing and null dates, names and figures', () => {
    for (const value of [undefined, null]) {
      const steps = fixture.sub_tasks.map((step: object) => ({ ...step, start_date: value, end_date: value }));
      const { progress } = read({ ...fixture, sub_tasks: steps, total_time: value, remain_seconds: value });
      expect(progress.rounds.map(({ elapsedMs }) => elapsedMs)).toEqual(names.map(() => null));
      expect(progress).toMatchObject({ elapsedMs: null, remainingMs: null, percent: 99.9 });
      expect(progress.steps.every(({ durationMs }) => durationMs === null)).toBe(true);
      const bare = read({
        ...fixture,
        sub_tasks: fixture.sub_tasks.map(({ id }: { id: number }) => ({ id, name: value, user_op: value })),
      });
      expect(bare.progress).toMatchObject({
        round: null,
        percent: 0,
        step: { name: '', label: 'Unknown step' },
      });
    }
    expect(read({ ...fixture, sub_tasks: null }).progress).toMatchObject({ rounds: [], step: null, percent: 0 });
  });
});

describe('without user_op, a round', () => {
  const split = (...names: string[]) =>
    readRounds(names.map((name, id) => ({ id, name }))).map(({ kind, steps }) => `${kind} ${steps.length}`);

  it.each<[string, string[], string[]]>([
    [
      'block modes synchronise without preparation',
      ['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_BLOCK', 'MIGRATE_LINUX_BLOCK', 'SYNC_LINUX_BLOCK'],
      ['REPLICATE 4', 'RESYNC 1'],
    ],
    [
      'a comparison in between belongs to the first',
      ['FORMAT_DISK_WINDOWS', 'MIGRATE_WINDOWS_BLOCK', 'CHECK_CONSISTENCY', 'SYNC_WINDOWS_BLOCK', 'CHECK_CONSISTENCY'],
      ['REPLICATE 3', 'RESYNC 2'],
    ],
    [
      'a launch after a comparison is one',
      ['MIGRATE_LINUX_FILE', 'CHECK_CONSISTENCY', 'CONFIGURE_LINUX_FILE', 'DETTACH_AGENT_IMAGE'],
      ['REPLICATE 2', 'CUTOVER 2'],
    ],
    ['each synchronisation is one', ['SYNC_LINUX_BLOCK', 'SYNC_LINUX_BLOCK'], ['RESYNC 1', 'RESYNC 1']],
    [
      'the correct spelling is understood, too',
      ['MIGRATE_LINUX_FILE', 'CONFIGURE_LINUX_FILE', 'DETACH_AGENT_IMAGE', 'SSL_CONFIG', 'SYNC_LINUX_FILE'],
      ['REPLICATE 1', 'CUTOVER 2', 'RESYNC 2'],
    ],
    [
      'a created server belongs to the copy',
      ['CREATE_CLOUD_SERVER', 'SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_FILE', 'MIGRATE_LINUX_FILE'],
      ['REPLICATE 5'],
    ],
    ['an unknown step belongs to what it follows', ['MIGRATE_LINUX_FILE', 'POLISH', 'WAX'], ['REPLICATE 3']],
  ])('is distinguished from the one before: %s', (_, names, rounds) => {
    expect(split(...names)).toEqual(rounds);
  });
});

// Through the simulator, so that the steps are those of the service.
describe.each<[string, TaskSeed, string]>([
  ['Linux file', {}, 'LINUX_FILE'],
  ['Linux block', { type: 'MIGRATE_BLOCK' }, 'LINUX_BLOCK'],
  ['Windows block', { os_type: 'WINDOWS' }, 'WINDOWS_BLOCK'],
])('a task of %s', (_, seed, kind) => {
  it('shows the same percentages alone and in a list, through a copy, a synchronisation and a launch', async () => {
    const simulator = createSimulator();
    const id = simulator.addTask({ ...seed, durationMs: 400_000 });
    const sms = makeClient(simulator);
    let alone: ProgressMark | undefined;
    let listed: ProgressMark | undefined;
    const seen: Record<string, TaskProgress[]> = {};
    for (const operation of ['start', 'start', 'cutover', 'start'] as const) {
      await resultOf(sms.tasks.act(id, { operation: operation as TaskAction['operation'] }));
      for (let poll = 0; poll < 25; poll += 1) {
        const one = readProgress(await resultOf(sms.tasks.get(id)), alone);
        const [item] = (await resultOf(sms.tasks.list())).tasks;
        const other = readProgress(item as NonNullable<typeof item>, listed);
        alone = one.mark;
        listed = other.mark;
        const { round, ...rest } = one.progress;
        seen[String(round)] = [...(seen[String(round)] ?? []), one.progress];
        expect(other.progress.percent).toBe(rest.percent);
        expect(other.progress.step).toEqual(rest.step);
        expect(other.progress.steps).toEqual(rest.steps);
        simulator.advance(18_000);
      }
    }
    expect(Object.keys(seen)).toEqual(['REPLICATE', 'RESYNC0', 'CUTOVER0', 'RESYNC1']);
    for (const progresses of Object.values(seen)) {
      const percents = progresses.map(({ percent }) => percent);
      expect(percents[0]).toBeLessThan(10);
      expect(percents).toEqual([...percents].sort((one, next) => one - next));
      expect(percents.at(-1)).toBe(100);
      for (const { percent, state } of progresses) expect(percent === 100).toBe(state !== 'RUNNING');
      expect(progresses.at(-1)?.steps.every(({ durationMs }) => (durationMs ?? 0) > 0)).toBe(true);
    }
    expect(seen.REPLICATE?.at(-1)?.steps.at(-1)).toMatchObject({ name: `MIGRATE_${kind}`, label: 'Copying data' });
    expect(seen.RESYNC0?.at(-1)?.steps.at(-1)).toMatchObject({ name: `SYNC_${kind}`, label: 'Synchronising changes' });
    expect(seen.CUTOVER0?.at(-1)?.steps[0]?.label).toBe('Configuring the target server');
    expect(seen.REPLICATE?.at(-1)?.elapsedMs).toBe(400_000);
    expect(seen.RESYNC1?.at(-1)?.rounds.map(({ elapsedMs }) => elapsedMs)).toEqual([400_000, 100_000, 80_000, 100_000]);
  });
});

describe('the percentage after a success', () => {
  it('is below 100 as soon as the task works again, also while it shows the steps of the old round', () => {
    const steps = [{ id: 1, name: 'MIGRATE_LINUX_FILE', user_op: 'REPLICATE', progress: 100 }];
    const done = read({ id: 't', state: 'MIGRATE_SUCCESS', sub_tasks: steps });
    expect(done.progress.percent).toBe(100);
    const again = read({ id: 't', state: 'RUNNING', sub_tasks: steps }, done.mark);
    expect(again.progress.percent).toBe(99.9);
    const next = [...steps, { id: 2, name: 'SYNC_LINUX_BLOCK', user_op: 'RESYNC0', progress: 10 }];
    expect(read({ id: 't', state: 'RUNNING', sub_tasks: next }, again.mark).progress.percent).toBe(10);
    // A cursor of an older process may say 100.
    expect(read({ id: 't', state: 'RUNNING', sub_tasks: steps }, { round: '#1', percent: 100 }).progress.percent).toBe(
      99.9,
    );
  });
});
