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

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'));

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
