import { readFileSync } from 'node:fs';
import { type SubTask, Task, type TaskProgress } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProgressMark, readProgress } from '../../src/tracking/progress.js';
import { labelStep } from '../../src/tracking/steps.js';
import { useFakeTime } from '../support/fake-time.js';

useFakeTime();

const taskOf = (state: string, steps?: readonly SubTask[] | null, more: object = {}): Task =>
  Task.parse({ id: 'task-1', state, ...(steps !== undefined && { sub_tasks: steps }), ...more });

const read = (state: string, steps?: readonly SubTask[] | null, more: object = {}): TaskProgress =>
  readProgress(taskOf(state, steps, more)).progress;

/** Steps of one round, with ids from 1: `SSL_CONFIG 100`. */
const round = (operation: string, firstId: number, ...steps: string[]): SubTask[] =>
  steps.map((text, index) => {
    const [name = '', progress = '0'] = text.split(' ');
    return { id: firstId + index, name, progress: Number(progress), user_op: operation };
  });

const fixture = Task.parse(
  JSON.parse(readFileSync(new URL('../fixtures/api/show-task.response.json', import.meta.url), 'utf8')),
);

describe('the percentage', () => {
  // Copying and synchronising weigh 89, setting up encryption 1, the agent 4, formatting 2, configuring 4.
  it.each([
    [
      'Linux files, at the beginning',
      'REPLICATE',
      ['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_FILE', 'MIGRATE_LINUX_FILE'],
      0,
    ],
    [
      'Linux files',
      'REPLICATE',
      ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 100', 'FORMAT_DISK_LINUX_FILE 100', 'MIGRATE_LINUX_FILE 50'],
      53.6,
    ],
    [
      'Linux blocks',
      'REPLICATE',
      ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 50', 'FORMAT_DISK_LINUX_BLOCK', 'MIGRATE_LINUX_BLOCK'],
      3.1,
    ],
    [
      'Windows',
      'REPLICATE',
      ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 100', 'FORMAT_DISK_WINDOWS 100', 'MIGRATE_WINDOWS_BLOCK 10'],
      16.5,
    ],
    [
      'Windows, all done',
      'REPLICATE',
      ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 100', 'FORMAT_DISK_WINDOWS 100', 'MIGRATE_WINDOWS_BLOCK 100'],
      99.9,
    ],
    [
      'a template',
      'REPLICATE',
      ['CREATE_CLOUD_SERVER 100', 'SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_FILE', 'MIGRATE_LINUX_FILE'],
      4,
    ],
    [
      'a check of consistency',
      'REPLICATE',
      [
        'SSL_CONFIG 100',
        'ATTACH_AGENT_IMAGE 100',
        'FORMAT_DISK_LINUX_FILE 100',
        'MIGRATE_LINUX_FILE 100',
        'CHECK_CONSISTENCY',
      ],
      90.5,
    ],
    ['steps that are not shown yet', 'REPLICATE', ['SSL_CONFIG 100'], 1],
    ['steps that are not shown yet after a template', 'REPLICATE', ['CREATE_CLOUD_SERVER 100'], 4],
    ['a resync of files', 'RESYNC0', ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 100', 'SYNC_LINUX_FILE 50'], 52.6],
    ['a resync of blocks, which has one step', 'RESYNC3', ['SYNC_LINUX_BLOCK 50'], 50],
    ['a resync of Windows, which has one step', 'RESYNC3', ['SYNC_WINDOWS_BLOCK 100'], 99.9],
    ['a launch', 'CUTOVER0', ['CONFIGURE_LINUX_FILE 100', 'DETTACH_AGENT_IMAGE 50'], 75],
    ['a launch whose second step is not shown yet', 'CUTOVER1', ['CONFIGURE_LINUX_FILE 100'], 50],
    ['unknown steps of an unknown round', 'DEFRAGMENT', ['WHIRL 50', 'TWIRL 0'], 25],
  ])('of %s (%s)', (_, operation, steps, percent) => {
    expect(read('RUNNING', round(operation, 1, ...steps)).percent).toBe(percent);
  });

  it('gives copying and synchronising about nine tenths of their round', () => {
    const whole = ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 100', 'FORMAT_DISK_LINUX_FILE 100', 'MIGRATE_LINUX_FILE'];
    expect(read('RUNNING', round('REPLICATE', 1, ...whole)).percent).toBeLessThan(15);
    expect(
      read('RUNNING', round('RESYNC0', 1, 'SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 100', 'SYNC_LINUX_FILE')).percent,
    ).toBeLessThan(15);
  });

  it('is 100 in success alone', () => {
    const done = round('REPLICATE', 1, 'MIGRATE_LINUX_FILE 100');
    for (const state of ['MIGRATE_SUCCESS', 'SYNC_SUCCESS', 'SUCCESS']) {
      expect(read(state, done).percent).toBe(100);
      expect(read(state).percent).toBe(100);
    }
    for (const state of ['RUNNING', 'SYNCING', 'MIGRATE_FAIL', 'ABORT', 'READY', 'UNHEARD_OF']) {
      expect(read(state, done).percent).toBe(99.9);
    }
  });

  it('counts a progress out of range as 0 or 100, and a missing one as 0', () => {
    const steps = (...all: (number | null | undefined)[]) =>
      all.map((progress, id) => ({ id, name: `N${id}`, user_op: 'X', progress }));
    expect(read('RUNNING', steps(-50, 100)).percent).toBe(50);
    expect(read('RUNNING', steps(1000, 0)).percent).toBe(50);
    expect(read('RUNNING', steps(null, undefined)).percent).toBe(0);
    expect(read('RUNNING', steps(33.33, 33.33)).percent).toBe(33.3);
  });

  it('never runs backwards within a round, for any sequence of polls', () => {
    const step = fc.record({
      id: fc.constantFrom(7, 8, 9),
      name: fc.constantFrom('SSL_CONFIG', 'MIGRATE_LINUX_FILE', 'CHECK_CONSISTENCY', 'X', null),
      progress: fc.option(fc.double({ noNaN: true, min: -10, max: 110 })),
      user_op: fc.constantFrom('REPLICATE', 'RESYNC0', null),
    });
    const poll = fc.record({
      state: fc.constantFrom('RUNNING', 'MIGRATE_FAIL', 'MIGRATE_SUCCESS', 'READY'),
      steps: fc.option(fc.array(step, { maxLength: 4 })),
    });
    fc.assert(
      fc.property(fc.array(poll, { maxLength: 30 }), (polls) => {
        let mark: ProgressMark | undefined;
        for (const { state, steps } of polls) {
          const next = readProgress(taskOf(state, steps), mark);
          const { percent } = next.progress;
          expect(percent).toBe(next.mark.percent);
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
          expect(Math.round(percent * 10) / 10).toBe(percent);
          if (mark !== undefined && mark.round !== null && mark.round === next.mark.round) {
            expect(percent).toBeGreaterThanOrEqual(mark.percent);
          }
          mark = next.mark;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not change while steps are added late', () => {
    const names = [
      'SSL_CONFIG',
      'ATTACH_AGENT_IMAGE',
      'FORMAT_DISK_LINUX_FILE',
      'MIGRATE_LINUX_FILE',
      'CHECK_CONSISTENCY',
    ];
    let mark: ProgressMark | undefined;
    let last = -1;
    for (let shown = 1; shown <= names.length; shown += 1) {
      for (const current of [0, 30, 100]) {
        const steps = names.slice(0, shown).map((name, index) => `${name} ${index === shown - 1 ? current : 100}`);
        const next = readProgress(taskOf('RUNNING', round('REPLICATE', 1, ...steps)), mark);
        expect(next.progress.percent).toBeGreaterThanOrEqual(last);
        last = next.progress.percent;
        mark = next.mark;
      }
    }
  });

  it('begins at 0 with a new round, a round begun anew with new ids, and a start after a success without steps', () => {
    const done = readProgress(taskOf('MIGRATE_SUCCESS', round('REPLICATE', 1, 'MIGRATE_LINUX_FILE 100')));
    const replicated = round('REPLICATE', 1, 'MIGRATE_LINUX_FILE 100');
    const next = [...replicated, ...round('RESYNC0', 5, 'SSL_CONFIG')];
    expect(readProgress(taskOf('RUNNING', next), done.mark).progress).toMatchObject({ round: 'RESYNC0', percent: 0 });
    expect(readProgress(taskOf('RUNNING', round('REPLICATE', 5, 'SSL_CONFIG')), done.mark).progress.percent).toBe(0);
    const bare = readProgress(taskOf('MIGRATE_SUCCESS'));
    expect(readProgress(taskOf('RUNNING'), bare.mark).progress.percent).toBe(0);
  });
});

describe('the round', () => {
  it('is the last one of sub_tasks', () => {
    expect(readProgress(fixture).progress).toMatchObject({
      state: 'RUNNING',
      round: 'RESYNC1',
      step: { id: 3591, name: 'SYNC_LINUX_FILE', label: 'Synchronising changes', percent: 100, durationMs: 0 },
      percent: 99.9,
      speedMbps: 0,
      // The 60000 seconds of the service are out of all proportion to the 197 seconds that 99.9 percent took.
      remainingMs: null,
      elapsedMs: 4000 + 193_000 + 0,
    });
    expect(readProgress(fixture).progress.steps.map(({ id }) => id)).toEqual([3589, 3590, 3591]);
  });

  it('begins when a step name repeats and the service sends no user operation', () => {
    const steps = (fixture.sub_tasks ?? []).map(({ user_op: _, ...step }) => step);
    const { progress } = readProgress({ ...fixture, sub_tasks: steps });
    expect(progress).toMatchObject({ round: null, step: { id: 3591 } });
    expect(progress.steps.map(({ id }) => id)).toEqual([3589, 3590, 3591]);
  });

  it('begins when a step name repeats and a round begins anew under its old name', () => {
    const old = round('REPLICATE', 1, 'SSL_CONFIG 100', 'MIGRATE_LINUX_FILE 40');
    const { progress } = readProgress(taskOf('RUNNING', [...old, ...round('REPLICATE', 3, 'SSL_CONFIG 0')]));
    expect(progress).toMatchObject({ percent: 0, step: { id: 3 } });
    expect(progress.steps).toHaveLength(1);
  });

  it.each([undefined, null, []])('is null before the first one (%s)', (steps) => {
    expect(read('READY', steps)).toEqual({
      state: 'READY',
      round: null,
      step: null,
      percent: 0,
      speedMbps: 0,
      remainingMs: null,
      elapsedMs: null,
      steps: [],
      rounds: [],
    });
  });
});

describe('the step', () => {
  it('is the current one, or the last one', () => {
    const names = ['SSL_CONFIG 100', 'ATTACH_AGENT_IMAGE 20', 'MIGRATE_LINUX_FILE'];
    expect(read('RUNNING', round('REPLICATE', 1, ...names)).step).toMatchObject({ id: 2, percent: 20 });
    expect(read('RUNNING', round('REPLICATE', 1, 'SSL_CONFIG 100', 'X 100')).step).toMatchObject({
      id: 2,
      percent: 100,
    });
  });

  it('accepts the absence of every optional field', () => {
    expect(read('RUNNING', [{ id: 1 }]).step).toEqual({
      id: 1,
      name: '',
      label: 'Unknown step',
      percent: 0,
      durationMs: null,
    });
  });

  it('has a duration when both dates are there and in order', () => {
    const durationOf = (start_date?: number | null, end_date?: number | null) =>
      read('RUNNING', [{ id: 1, name: 'X', start_date, end_date }]).step?.durationMs;
    expect(durationOf(1000, 4000)).toBe(3000);
    expect(durationOf(1000, 1000)).toBe(0);
    for (const [start, end] of [
      [undefined, 4000],
      [1000, undefined],
      [null, 4000],
      [1000, null],
      [4000, 1000],
      [],
    ] as const) {
      expect(durationOf(start, end)).toBeNull();
    }
  });
});

describe('figures of the service', () => {
  it('are its rate while it works, and 0 otherwise', () => {
    expect(read('RUNNING', null, { migrate_speed: 12.5 }).speedMbps).toBe(12.5);
    expect(read('RUNNING', null, { migrate_speed: null }).speedMbps).toBe(0);
    for (const state of ['READY', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT']) {
      expect(read(state, null, { migrate_speed: 12.5 }).speedMbps).toBe(0);
    }
  });

  it('are its time left while it works, 0 when it is done, and null when the service does not say', () => {
    expect(read('RUNNING', null, { remain_seconds: 90 }).remainingMs).toBe(90_000);
    for (const remain_seconds of [null, undefined, -1, 0]) {
      expect(read('RUNNING', null, { remain_seconds }).remainingMs).toBeNull();
    }
    for (const state of ['MIGRATE_SUCCESS', 'SYNC_FAIL', 'ABORT']) {
      expect(read(state, null, { remain_seconds: 90 }).remainingMs).toBe(0);
    }
    for (const state of ['READY', 'UNHEARD_OF'])
      expect(read(state, null, { remain_seconds: 90 }).remainingMs).toBeNull();
  });
});

describe('elapsedMs', () => {
  const dated = (id: number, start_date: number | null, end_date: number | null, user_op = 'REPLICATE'): SubTask => ({
    id,
    name: `STEP_${id}`,
    start_date,
    end_date,
    user_op,
  });

  it('relies on total_time being the sum of the durations of all steps, as in the official example', () => {
    const sum = (fixture.sub_tasks ?? []).reduce(
      (total, step) => total + (step.end_date ?? 0) - (step.start_date ?? 0),
      0,
    );
    expect(sum).toBe(fixture.total_time);
  });

  it('is the sum of the steps of the round', () => {
    const steps = [dated(1, 0, 5000), dated(2, 6000, 9000, 'RESYNC0'), dated(3, 9000, 10_000, 'RESYNC0')];
    expect(read('SYNC_SUCCESS', steps, { total_time: 99_000 }).elapsedMs).toBe(4000);
  });

  it('counts for the current step what total_time holds beyond the finished ones', () => {
    const steps = [
      dated(1, 0, 5000),
      dated(2, 6000, 9000, 'RESYNC0'),
      dated(3, 9000, null, 'RESYNC0'),
      dated(4, null, null, 'RESYNC0'),
    ];
    expect(read('RUNNING', steps, { total_time: 10_500 }).elapsedMs).toBe(3000 + 2500);
    expect(read('RUNNING', steps, { total_time: 1 }).elapsedMs).toBe(3000);
    expect(read('RUNNING', steps).elapsedMs).toBe(3000);
  });

  it('is null without any date', () => {
    expect(read('RUNNING', [dated(1, null, null)], { total_time: 10 }).elapsedMs).toBeNull();
    expect(read('RUNNING', [dated(1, null, 5)], { total_time: 10 }).elapsedMs).toBeNull();
  });

  it('never depends on the local clock', () => {
    const steps = [dated(1, 1, 5), dated(2, 6, null)];
    const before = read('RUNNING', steps, { total_time: 10 });
    const { now } = Date;
    Date.now = () => {
      throw new Error('the clock was asked');
    };
    try {
      expect(read('RUNNING', steps, { total_time: 10 })).toEqual(before);
    } finally {
      Date.now = now;
    }
  });
});

describe('labels', () => {
  it.each([
    ['CREATE_CLOUD_SERVER', 'Creating the target server'],
    ['SSL_CONFIG', 'Setting up encryption'],
    ['ATTACH_AGENT_IMAGE', 'Attaching the agent image'],
    ['FORMAT_DISK_LINUX_FILE', 'Formatting disks'],
    ['FORMAT_DISK_LINUX', 'Formatting disks'],
    ['MIGRATE_LINUX_FILE', 'Copying data'],
    ['MIGRATE_WINDOWS_BLOCK', 'Copying data'],
    ['SYNC_LINUX_BLOCK', 'Synchronising changes'],
    ['CONFIGURE_WINDOWS', 'Configuring the target server'],
    ['CONFIGURE_LINUX', 'Configuring the target server'],
    ['DETTACH_AGENT_IMAGE', 'Detaching the agent image'],
    ['DETACH_AGENT_IMAGE', 'Detaching the agent image'],
    ['CLONE_VM', 'Cloning the target server'],
    ['CHECK_CONSISTENCY', 'Checking consistency'],
    ['DEFRAGMENT_ALL_DISKS', 'Defragment all disks'],
    ['', 'Unknown step'],
    ['___', 'Unknown step'],
  ])('%s is shown as %s', (name, label) => {
    expect(labelStep(name)).toBe(label);
    expect(read('RUNNING', [{ id: 1, name }]).step?.label).toBe(label);
  });
});
