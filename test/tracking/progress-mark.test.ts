import { type SubTask, Task } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { type ProgressMark, readProgress } from '../../src/tracking/progress.js';
import { continueKey, keyOf, renewKey } from '../../src/tracking/round-key.js';
import { readRounds } from '../../src/tracking/steps.js';
import { useFakeTime } from '../support/fake-time.js';

useFakeTime();

interface Poll {
  state?: string;
  steps: readonly SubTask[] | null | undefined;
}

const step = (
  id: number | null,
  name: string,
  progress: number | null,
  user_op: string | null = 'REPLICATE',
): SubTask => ({ id: id as number, name, progress, user_op });
const prepared = [
  step(1, 'SSL_CONFIG', 100),
  step(2, 'ATTACH_AGENT_IMAGE', 100),
  step(3, 'FORMAT_DISK_LINUX_FILE', 100),
];
const copy = (progress: number | null, more: object = {}) => [
  ...prepared,
  { ...step(4, 'MIGRATE_LINUX_FILE', progress), ...more },
];

/** The percentages that a task shows from poll to poll. */
function follow(polls: readonly Poll[], first?: ProgressMark): number[] {
  let mark = first;
  return polls.map(({ state = 'RUNNING', steps }) => {
    const next = readProgress(Task.parse({ id: 't', state, sub_tasks: steps }), mark);
    mark = next.mark;
    return next.progress.percent;
  });
}

describe('the percentage from poll to poll', () => {
  it.each<[string, Poll[], number[]]>([
    ['never runs backwards', [{ steps: copy(50) }, { steps: copy(40) }], [53.6, 53.6]],
    [
      'stays when steps are missing',
      [{ steps: copy(50) }, { steps: null }, { steps: [] }, { steps: copy(40) }],
      [53.6, 53.6, 53.6, 53.6],
    ],
    [
      'stays when the field is missing',
      [{ steps: copy(50) }, { steps: undefined }, { steps: copy(40) }],
      [53.6, 53.6, 53.6],
    ],
    ['goes by the ids of the steps', [{ steps: copy(50) }, { steps: copy(49).reverse() }], [53.6, 53.6]],
    ['counts a step once that comes twice', [{ steps: [...copy(50), ...copy(50)] }], [53.6]],
    [
      'stays when a first step appears late',
      [{ steps: copy(50) }, { steps: [step(9, 'CREATE_CLOUD_SERVER', 100), ...copy(45)] }],
      [53.6, 53.6],
    ],
    ['stays when a step is gone', [{ steps: copy(50) }, { steps: copy(51).slice(1) }], [53.6, 54]],
    [
      'takes more than 100 for 100, and null for nothing',
      [{ steps: copy(50) }, { steps: copy(null) }, { steps: copy(150) }],
      [53.6, 53.6, 99.9],
    ],
    [
      'stays when a step without an operation comes in between',
      [
        {
          steps: [
            step(1, 'SSL_CONFIG', 100),
            step(2, 'ATTACH_AGENT_IMAGE', 100, null),
            step(4, 'MIGRATE_LINUX_FILE', 30),
          ],
        },
      ],
      [33.7],
    ],
    [
      'keeps a round together that another one interrupts',
      [
        {
          steps: [
            step(1, 'SSL_CONFIG', 100),
            step(2, 'CONFIGURE_LINUX_FILE', 100, 'CUTOVER0'),
            step(4, 'MIGRATE_LINUX_FILE', 30),
          ],
        },
      ],
      [30.7],
    ],
    [
      'begins anew with another round',
      [{ steps: copy(99) }, { steps: [...copy(100), step(5, 'SYNC_LINUX_FILE', 30, 'RESYNC0')] }],
      [99, 30],
    ],
    [
      'begins anew with new ids under the old name',
      [{ steps: copy(80) }, { steps: [...copy(80), step(5, 'SSL_CONFIG', 0)] }],
      [81.4, 0],
    ],
    [
      'begins anew when a copy is begun anew under the same ids',
      [
        { steps: copy(80) },
        { state: 'MIGRATE_FAIL', steps: copy(80) },
        { steps: copy(0) },
        { steps: copy(40) },
        { steps: copy(39) },
      ],
      [81.4, 81.4, 7.2, 44.3, 44.3],
    ],
    [
      'goes on when a paused copy goes on',
      [{ steps: copy(80) }, { state: 'ABORT', steps: copy(80) }, { steps: copy(79) }, { steps: copy(81) }],
      [81.4, 81.4, 81.4, 82.3],
    ],
    [
      'is not begun anew by a poll of the old one, however far behind',
      [{ steps: copy(80) }, { steps: copy(10) }],
      [81.4, 81.4],
    ],
  ])('%s', (_, polls, percents) => {
    expect(follow(polls)).toEqual(percents);
  });

  it('begins anew when the copy has a later start time, although no poll saw it stop', () => {
    expect(
      follow([{ steps: copy(80, { start_date: 1000 }) }, { steps: copy(10, { start_date: 9000 }) }])[1],
    ).toBeLessThan(20);
    expect(
      follow([{ steps: copy(80, { start_date: 9000 }) }, { steps: copy(10, { start_date: 1000 }) }])[1],
    ).toBeGreaterThan(77);
  });

  it('continues from a cursor of a list, whose rounds have no names, and the other way round', () => {
    const listed = copy(50).map(({ user_op: _, ...rest }) => rest);
    for (const [first, second] of [
      [listed, copy(40)],
      [copy(50), listed],
    ] as const) {
      const { mark } = readProgress(Task.parse({ id: 't', state: 'RUNNING', sub_tasks: first }));
      const cursor = { round: mark.round, percent: mark.percent };
      expect(follow([{ steps: second }], cursor)).toEqual([mark.percent]);
    }
  });
});

describe('the key of a round', () => {
  const keyFor = (...steps: SubTask[]) => keyOf(readRounds(steps)[0] as ReturnType<typeof readRounds>[number]);
  const continues = (key: string, ...steps: SubTask[]) =>
    continueKey(key, readRounds(steps)[0] as ReturnType<typeof readRounds>[number]);

  it('holds its name and the ids of its steps, and grows with them', () => {
    const key = keyFor(step(2, 'SSL_CONFIG', 1), step(3, 'ATTACH_AGENT_IMAGE', 1));
    expect(key).toBe('REPLICATE#2-3');
    expect(continues(key, step(3, 'ATTACH_AGENT_IMAGE', 1), step(4, 'FORMAT_DISK_LINUX_FILE', 1))).toBe(
      'REPLICATE#2-4',
    );
    expect(continues(key, step(3, 'ATTACH_AGENT_IMAGE', 1, null))).toBe('REPLICATE#2-3');
    expect(continues(renewKey(renewKey(key)), step(2, 'SSL_CONFIG', 1))).toBe('REPLICATE#2-3~2');
  });

  it('differs for another name, other ids and a round without either', () => {
    const key = keyFor(step(2, 'SSL_CONFIG', 1));
    expect(continues(key, step(2, 'SYNC_LINUX_FILE', 1, 'RESYNC0'))).toBeUndefined();
    expect(continues(key, step(3, 'SSL_CONFIG', 1))).toBeUndefined();
    expect(continues(key, step(null, 'SSL_CONFIG', 1, null))).toBeUndefined();
    expect(continues(key, step(null, 'SSL_CONFIG', 1))).toBe('REPLICATE#2-2');
  });

  it('accepts keys of an older version', () => {
    expect(continues('#2', step(2, 'SSL_CONFIG', 1))).toBe('REPLICATE#2-2');
    expect(continues('REPLICATE#', step(2, 'SSL_CONFIG', 1))).toBe('REPLICATE#2-2');
    expect(continues('nonsense', step(2, 'SSL_CONFIG', 1))).toBeUndefined();
  });
});
