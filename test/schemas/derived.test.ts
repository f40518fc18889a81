/** What an application derives from our schemas is plain zod: the same derivation of a plain zod schema judges alike. */
import { Task, TaskQuery } from '@org/sms-client/schemas';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { toPlain } from './plain.js';
import type { AnySchema } from './shapes.js';

type AnyObject = z.ZodMiniObject;

/** Zod types masks by the fields of a schema; these derivations take any. */
const mask = (...names: string[]) => Object.fromEntries(names.map((name) => [name, true])) as Record<never, true>;
const passes = async (value: unknown) => value !== 'refused';

const ofTask: Record<string, (schema: AnyObject) => AnySchema> = {
  itself: (schema) => schema,
  partial: (schema) => z.partial(schema),
  'partial in one field': (schema) => z.partial(schema, mask('state')),
  required: (schema) => z.required(schema),
  'required in one field': (schema) => z.required(schema, mask('name')),
  'picked, required': (schema) => z.pick(schema, mask('id')),
  'picked, optional': (schema) => z.pick(schema, mask('name', 'sub_tasks')),
  'omitted, required': (schema) => z.omit(schema, mask('id', 'state')),
  'omitted, optional': (schema) => z.omit(schema, mask('name')),
  'partial of picked': (schema) => z.partial(z.pick(schema, mask('id', 'name'))),
  'extended by a required field': (schema) => z.extend(schema, { note: z.string() }),
  'extended by an optional': (schema) => z.extend(schema, { note: z.optional(z.string()) }),
  'extended by null or absent': (schema) => z.extend(schema, { note: z.optional(z.nullable(z.string())) }),
  'extended by a default': (schema) => z.extend(schema, { note: z._default(z.string(), 'none') }),
  'extended by a prefault': (schema) => z.extend(schema, { note: z.prefault(z.string(), 'none') }),
  'extended by a catch': (schema) => z.extend(schema, { note: z.catch(z.string(), 'caught') }),
  'extended by a transformation': (schema) =>
    z.extend(schema, {
      name: z.pipe(
        z.string(),
        z.transform((name: string) => name.length),
      ),
    }),
  'extended by a coercion': (schema) => z.extend(schema, { id: z.coerce.string() }),
  'extended by an object': (schema) => z.extend(schema, { note: z.optional(z.object({ text: z.string() })) }),
  'extended over a known field': (schema) => z.extend(schema, { state: z.literal('READY') }),
  'extended by an async check': (schema) => z.extend(schema, { name: z.string().check(z.refine(passes)) }),
  'merged into another': (schema) => z.extend(z.object({ note: z.string() }), schema.shape),
  'with another catchall': (schema) => z.catchall(schema, z.string()),
  'with a check': (schema) => schema.check(z.refine((task) => (task as { id: string }).id.length < 3)),
  'with an async check': (schema) => schema.check(z.refine((task) => passes((task as { name?: unknown }).name))),
  optional: (schema) => z.optional(schema),
  nullable: (schema) => z.nullable(schema),
  'with a default of its own': (schema) => z._default(schema, { id: 'none', state: 'READY' } as never),
  'with a fallback': (schema) => z.catch(schema, { id: 'none', state: 'READY' } as never),
  readonly: (schema) => z.readonly(schema),
  'an item of an array': (schema) => z.array(schema),
  'a value of a record': (schema) => z.record(z.string(), schema),
  'an item of a tuple': (schema) => z.tuple([schema, z.number()]),
  'a member of a union': (schema) => z.union([schema, z.array(z.number())]),
  'a part of an intersection': (schema) => z.intersection(schema, z.looseObject({ note: z.optional(z.string()) })),
  'a field of an object': (schema) => z.object({ task: schema, at: z.string() }),
  'the start of a pipe': (schema) =>
    z.pipe(
      schema,
      z.transform((task: Record<string, unknown>) => [task]),
    ),
  lazy: (schema) => z.lazy(() => schema),
};

const tasks: readonly unknown[] = [
  { id: '1', state: 'READY' },
  { id: '1', state: 'UNHEARD_OF', name: 'a', note: 'b', added_later: { by: 'the service' } },
  { id: '1', state: 'READY', name: null, sub_tasks: [{ id: 1, name: 'SSL_CONFIG', progress: 50 }] },
  { id: '1', state: 'READY', name: 'refused', note: { text: 'a' } },
  { id: '1234', state: 'RUNNING', name: undefined, note: null },
  { id: '1', state: 'READY', sub_tasks: [{ id: 'wrong' }], name: 7, note: 1 },
  { id: 1, state: null },
  { state: 'READY' },
  { name: 'a' },
  {},
  null,
  undefined,
  'text',
  [1],
];

const ofRequest: Record<string, (schema: AnyObject) => AnySchema> = {
  itself: (schema) => schema,
  partial: (schema) => z.partial(schema),
  'extended by an optional': (schema) => z.extend(schema, { note: z.optional(z.string()) }),
  'extended by a default': (schema) => z.extend(schema, { note: z._default(z.string(), 'none') }),
  picked: (schema) => z.pick(schema, mask('limit')),
  omitted: (schema) => z.omit(schema, mask('limit')),
};

const queries: readonly unknown[] = [
  {},
  { limit: 10 },
  { limit: 10, state: 'READY', note: 'a' },
  { limit: 'ten' },
  { limti: 10 },
  { state: 'REDAY' },
  null,
];

async function judge(schema: AnySchema, input: unknown): Promise<unknown> {
  const { data, error, success } = await schema.safeParseAsync(input);
  if (success) return { data };
  return { refused: error.issues.map(({ code, path }) => `${code} ${path.join('.')}`).sort() };
}

/** Each input alone, and where a derived schema may hold it: in an array, a record, a tuple and an object. */
async function judgeAll(schema: AnySchema, inputs: readonly unknown[]): Promise<unknown[]> {
  const wrapped = inputs.flatMap((input) => [input, [input], { one: input }, [input, 1], { task: input, at: 'now' }]);
  return Promise.all(wrapped.map((input) => judge(schema, input)));
}

describe('a schema derived from ours validates like plain zod', () => {
  it.each(Object.entries(ofTask))('%s, of a task', async (_name, derive) => {
    const [ours, plain] = [Task, toPlain(Task)] as unknown as [AnyObject, AnyObject];
    expect(await judgeAll(derive(ours), tasks)).toEqual(await judgeAll(derive(plain), tasks));
  });

  it.each(Object.entries(ofRequest))('%s, of a query', async (_name, derive) => {
    const [ours, plain] = [TaskQuery, toPlain(TaskQuery)] as unknown as [AnyObject, AnyObject];
    expect(await judgeAll(derive(ours), queries)).toEqual(await judgeAll(derive(plain), queries));
  });
});

describe('a JSON schema', () => {
  const derivations = Object.entries(ofTask).filter(([name]) => !/coercion|transformation|pipe/.test(name));

  it.each(derivations)('%s, of a task, is that of plain zod', (_name, derive) => {
    const [ours, plain] = [Task, toPlain(Task)] as unknown as [AnyObject, AnyObject];
    const describeSchema = (schema: AnySchema) => z.toJSONSchema(schema, { unrepresentable: 'any' });
    expect(describeSchema(derive(ours))).toEqual(describeSchema(derive(plain)));
  });

  it('says that requests take no other keys, and that responses do', () => {
    expect(z.toJSONSchema(TaskQuery as never)).toMatchObject({ type: 'object', additionalProperties: false });
    expect(z.toJSONSchema(Task as never)).toMatchObject({ type: 'object', additionalProperties: {} });
  });
});

describe('the messages of a derived schema', () => {
  it('names an unknown key and the nearest known one, as ours does', () => {
    const [issue] = TaskQuery.safeParse({ limti: 1 }).error?.issues ?? [];
    expect(issue?.message).toMatch(/limti.*limit/);
    const derived = z.partial(TaskQuery as unknown as AnyObject).safeParse({ limti: 1 });
    expect(derived.error?.issues[0]?.message).toContain('limti');
  });

  it('parses synchronously until it gets an asynchronous check', () => {
    const derived = z.extend(Task as unknown as AnyObject, { name: z.string().check(z.refine(passes)) });
    expect(() => derived.safeParse({ id: '1', state: 'READY', name: 'a' })).toThrow(z.core.$ZodAsyncError);
  });
});
