/** What was read, and what other tools send with success, can be sent. */
import { readFileSync } from 'node:fs';
import {
  DiskInput,
  SourceServerUpdate,
  Task,
  TaskCreate,
  TaskProgressReport,
  TemplateCreate,
} from '@org/sms-client/schemas';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/schemas/fields.js';
import { type AnySchema, definitionOf, isRequired, sampleOf, shapeOf, unwrap } from './shapes.js';
import { requests } from './tables.js';

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'));

const fields = Object.entries(requests).flatMap(([model, schema]) =>
  Object.entries(shapeOf(schema)).map(([name, field]) => ({ at: `${model}.${name}`, name, schema, field })),
);

/** What a request sends of one field. */
function send(schema: AnySchema, name: string, value: unknown): unknown {
  const { issues, value: sent } = {
    value: undefined,
    ...check<unknown>(schema, { ...Object(sampleOf(schema)), [name]: value }),
  };
  expect(issues).toBeUndefined();
  return Object(sent)[name];
}

describe('every request', () => {
  // A region is called by its name, for instance eu-west-101.
  const ids = fields.filter(({ name }) => /(^|_)ids?$|projectid$|subvolid$/.test(name) && name !== 'region_id');
  const single = ids.filter(({ name }) => name.endsWith('id'));
  const lists = ids.filter(({ field }) => definitionOf(unwrap(field)).type === 'array');

  it.each(single)('takes the id $at as text and as a number, and sends it as documented', ({ field, name, schema }) => {
    const { type } = definitionOf(unwrap(field));
    const expected = type === 'number' ? 42 : '42';
    expect(send(schema, name, 42)).toBe(expected);
    expect(send(schema, name, '42')).toBe(expected);
  });

  it.each(lists)('takes the ids of $at as text and as numbers', ({ name, schema }) => {
    expect(send(schema, name, ['a', 42])).toEqual(['a', '42']);
  });

  it('has ids of either kind', () => {
    expect(single.length).toBeGreaterThan(40);
    expect(new Set(single.map(({ field }) => definitionOf(unwrap(field)).type))).toEqual(new Set(['string', 'number']));
    expect(lists).toHaveLength(3);
  });

  it.each(fields.filter(({ field }) => !isRequired(field)))(
    'takes null for $at and does not send it',
    ({ name, schema }) => {
      expect(send(schema, name, null)).toBeUndefined();
    },
  );
});

describe('the bodies that Terraform sends', () => {
  it.each([
    ['create-task', TaskCreate],
    ['create-template', TemplateCreate],
    ['update-source-server', SourceServerUpdate],
  ] as const)('of %s are accepted', (name, schema) => {
    expect(check<unknown>(schema, read(`terraform/${name}.request.json`)).issues).toBeUndefined();
  });

  it('lose their nulls, and their ids become what the documents have', () => {
    const { target_server } = TaskCreate.parse(read('terraform/create-task.request.json'));
    const group = target_server.volume_groups?.[0];
    expect(group).toMatchObject({ id: 12, logical_volumes: [{ id: 13 }] });
    expect(Object.keys(group ?? {})).not.toContain('free_size');
    expect(target_server.disks?.[0]?.physical_volumes?.[0]).not.toHaveProperty('inode_size');
    expect(SourceServerUpdate.parse(read('terraform/update-source-server.request.json')).disks?.[0]?.id).toBe('12');
  });
});

describe('what a response returned', () => {
  it('fits the request of the same name: the disks of a target', () => {
    const task = Task.parse(read('api/show-task.response.json'));
    for (const disk of task.target_server?.disks ?? []) expect(check<unknown>(DiskInput, disk).issues).toBeUndefined();
    expect(task.target_server?.disks).not.toHaveLength(0);
  });
});

describe('the official example of a progress report', () => {
  it('is accepted with two fields', () => {
    const example = read('api/update-task-speed.request.json');
    expect(check<unknown>(TaskProgressReport, example)).toEqual({ value: example });
  });
});
