import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { check, formatIssues, list, loose, number, text } from '../../src/schemas/fields.js';
import {
  ConsistencyResults,
  Task,
  TaskAction,
  TaskCreate,
  TaskIdList,
  TaskProgressReport,
  TaskQuery,
} from '../../src/schemas/index.js';
import { readFixture } from './facts.js';
import { legacyRequestFixtures, requestFixtures, responseFixtures } from './fixtures.js';
import { toPlain } from './plain.js';
import { type AnySchema, sampleOf } from './shapes.js';
import { iam, nameOf, queries, requests, responses } from './tables.js';

function explain(schema: AnySchema, value: unknown): string {
  return formatIssues(check(schema, value).issues ?? []);
}

const task = readFixture('show-task.response.json') as { sub_tasks: object[] };
const creation = sampleOf(TaskCreate) as Record<string, unknown>;

afterEach(() => {
  z.config({ customError: undefined, localeError: undefined });
  vi.restoreAllMocks();
});

describe('messages', () => {
  it.each<[string, AnySchema, unknown, string]>([
    [
      'a wrong type deep inside',
      Task,
      { ...task, sub_tasks: task.sub_tasks.map((step, index) => (index === 3 ? { ...step, progress: '40' } : step)) },
      'sub_tasks[3].progress: expected number, received string',
    ],
    ['a state that is no text', Task, { ...task, state: 7 }, 'state: expected string, received number'],
    ['a required field that is null', Task, { ...task, id: null }, 'id: expected string, received null'],
    ['a required field that is absent', Task, { id: 'x' }, 'state: expected string, received nothing'],
    ['an array where an object belongs', Task, [], 'expected object, received array'],
    ['nothing at all', Task, undefined, 'expected object, received nothing'],
    ['a number that is none', Task, { ...task, priority: Number.NaN }, 'priority: expected number, received NaN'],
    [
      'a number without an end',
      Task,
      { ...task, priority: Number.NEGATIVE_INFINITY },
      'priority: expected number, received -Infinity',
    ],
    [
      'a misspelt value of a filter, with the nearest known one',
      TaskQuery,
      { state: 'MIGRATE_SUCESS' },
      'state: expected one of READY, RUNNING, SYNCING, MIGRATE_SUCCESS, MIGRATE_FAIL, ABORTING, ABORT, DELETING, SYNC_F_ROLLBACKING, SYNC_F_ROLLBACK_SUCCESS, received "MIGRATE_SUCESS" (did you mean "MIGRATE_SUCCESS"?)',
    ],
    [
      'a text that is too long, without the text',
      TaskQuery,
      { id: 'x'.repeat(256) },
      'id: expected a string of 1 to 255 characters, received a string of 256 characters',
    ],
    [
      'an empty text',
      TaskCreate,
      { ...creation, name: '' },
      'name: expected a non-empty string, received an empty string',
    ],
    ['too many items', TaskIdList, { ids: new Array(51).fill('x') }, 'ids: expected 1 to 50 items, received 51 items'],
    ['no items', TaskIdList, { ids: [] }, 'ids: expected 1 to 50 items, received 0 items'],
    ['a number out of range', TaskQuery, { limit: 201 }, 'limit: expected a whole number of 0 to 200, received 201'],
    ['a fraction of items', TaskQuery, { limit: 1.5 }, 'limit: expected a whole number of 0 to 200, received 1.5'],
    [
      'a share out of range',
      TaskProgressReport,
      { ...(sampleOf(TaskProgressReport) as object), agent_cpu_usage: 100.5 },
      'agent_cpu_usage: expected a number of 0 to 100, received 100.5',
    ],
    [
      'an unknown field',
      TaskAction,
      { operation: 'start', force: true },
      'force: expected no field of this name, received one',
    ],
    [
      'an unknown field deep inside',
      TaskCreate,
      { ...creation, target_server: { disks: [{ sizee: 1 }] } },
      'target_server.disks[0].sizee: expected no field of this name, received one (did you mean "size"?)',
    ],
    [
      'an unknown field with a strange name',
      TaskAction,
      { operation: 'start', 'a b': 1 },
      '["a b"]: expected no field of this name, received one',
    ],
    [
      'neither of two kinds',
      ConsistencyResults,
      { result_list: ['text', 7] },
      'result_list[1]: expected string or object, received number',
    ],
    [
      'what is wrong inside of one of two kinds',
      ConsistencyResults,
      { result_list: [{ consistency_result: [{ num_total_files: '3' }] }] },
      'result_list[0].consistency_result[0].num_total_files: expected number, received string',
    ],
    [
      'null in a required field of a request',
      TaskAction,
      { operation: null },
      'operation: expected string, received null',
    ],
  ])('say %s', (_what, schema, value, message) => {
    expect(explain(schema, value)).toBe(message);
    expect(() => schema.parse(value)).toThrow(expect.objectContaining({ name: expect.stringMatching(/Zod/), message }));
  });

  it('have one line for every problem', () => {
    expect(
      explain(Task, { id: 1, sub_tasks: [{ id: 1, progress: '1' }] })
        .split('\n')
        .sort(),
    ).toEqual([
      'id: expected string, received number',
      'state: expected string, received nothing',
      'sub_tasks[0].progress: expected number, received string',
    ]);
  });

  it('never show a text of a payload', () => {
    const secret = 'Secret-1234567890-Secret-1234567890-Secret-1234567890';
    const messages = [
      explain(Task, { id: { secret }, state: [secret] }),
      explain(TaskCreate, { ...creation, name: secret, type: secret, priority: secret, project_id: [secret] }),
      explain(TaskQuery, { limit: secret, id: secret }),
    ];
    expect(messages.every((message) => message !== '')).toBe(true);
    expect(messages.join('\n')).not.toContain('Secret');
  });

  it('are none for unknown states, steps and fields of a response', () => {
    const value = {
      ...task,
      state: 'TELEPORTING',
      moon: 'full',
      sub_tasks: [{ id: 1, name: 'NEW_STEP', speed: { unit: 'MB' } }],
    };
    expect(check(Task, value)).toEqual({ value });
  });

  it('do not depend on how the caller configured zod', () => {
    const plainMessage = explain(Task, { id: 1, state: null });
    z.config({ customError: () => 'an error of the caller', localeError: () => 'an error of the locale' });
    expect(z.string().safeParse(1).error?.issues[0]?.message).toBe('an error of the caller');
    expect(explain(Task, { id: 1, state: null })).toBe(plainMessage);
    expect(explain(TaskAction, { operation: 'start', force: true })).toBe(
      'force: expected no field of this name, received one',
    );
    expect(explain(TaskIdList, { ids: [] })).toBe('ids: expected 1 to 50 items, received 0 items');
    expect(explain(TaskQuery, { state: 'FILE' })).toContain('expected one of READY');
  });
});

/** What parsing gives: the value, or where it failed and how. Messages are not compared: zod's own objects have none of ours. */
function outcomeOf(schema: AnySchema, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value);
  return success ? { data } : error?.issues.map(({ code, path }) => `${path.join('.')} ${code}`).sort();
}

/** Requests leave out what is null, and plain zod keeps it. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner) => (inner === null ? undefined : inner));
}

/** The value, and the value with each of its fields in turn taken away, nulled, or made something else. */
function* breakings(value: unknown): Generator<unknown> {
  yield value;
  for (const by of [undefined, null, 'text', 7, true, [], {}]) yield* withEach(value, by);
}

function* withEach(value: unknown, by: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    const inner = copy[key];
    if (by === undefined) delete copy[key];
    else copy[key] = by;
    yield copy;
    for (const broken of withEach(inner, by)) yield { ...copy, [key]: broken };
  }
}

describe('models of responses', () => {
  const fixtures = [
    ...Object.entries(responseFixtures),
    ...Object.entries(requestFixtures),
    ...Object.entries(legacyRequestFixtures).map(([name, { schema }]) => [name, schema] as const),
  ].map(([name, schema]) => ({ name, schema, schemaName: nameOf.get(schema) }));

  it.each(fixtures)('judge $name like plain zod, intact and broken ($schemaName)', ({ name, schema }) => {
    const plain = toPlain(schema);
    for (const value of breakings(readFixture(name))) {
      expect(withoutNulls(outcomeOf(schema, value))).toEqual(withoutNulls(outcomeOf(plain, value)));
    }
  });

  it('judge a sample of every schema like plain zod', () => {
    for (const schema of [responses, requests, queries, iam].flatMap((table) => Object.values(table))) {
      const sample = sampleOf(schema);
      const plain = toPlain(schema);
      for (const value of [sample, { ...(sample as object), unknown_field: 1 }, {}, ...withEach(sample, null)]) {
        expect(withoutNulls(outcomeOf(schema, value))).toEqual(withoutNulls(outcomeOf(plain, value)));
      }
    }
  });

  it('copy nothing that fits and keep the order of its fields', () => {
    const value = { size: 1, unknown: [1], id: 'x', parts: [{ size: 2 }] };
    const fresh = loose(
      {
        id: text(),
      },
      {
        size: number(),
        parts: list(
          loose(
            {},
            {
              size: number(),
            },
          ),
        ),
      },
    );
    expect(fresh.parse(value)).toBe(value);
  });

  it('drop an own __proto__ without changing their input', () => {
    const value = JSON.parse('{"id":"x","__proto__":{"size":1}}');
    const parsed = loose({
      id: text(),
    }).parse(value);
    expect(Object.keys(parsed)).toEqual(['id']);
    expect(Object.keys(value)).toContain('__proto__');
  });

  it('generate no code', () => {
    const generate = vi.spyOn(globalThis, 'Function');
    expect(
      loose({
        id: text(),
      }).parse({ id: 'x' }),
    ).toEqual({ id: 'x' });
    expect(generate).not.toHaveBeenCalled();
  });

  it('compose with schemas of the caller', () => {
    const own = z.object({ tasks: z.array(Task), note: z.string() });
    const value = { tasks: [task], note: 'own' };
    expect(own.parse(value)).toEqual(value);
    expect(own.safeParse({ tasks: [{}], note: 'own' }).error?.issues.map(({ path }) => path)).toEqual([
      ['tasks', 0, 'id'],
      ['tasks', 0, 'state'],
    ]);
  });

  it('are Standard Schemas', () => {
    expect(Task['~standard']).toMatchObject({ version: 1, vendor: 'zod' });
    expect(Task['~standard'].validate(task)).toEqual({ value: task });
  });
});
