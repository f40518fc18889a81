import {
  DiskInput,
  InvalidRequestError,
  LogicalVolumeInput,
  PhysicalVolumeInput,
  SourceServer,
  suggestedTarget,
  TaskTargetCreate,
  VolumeGroupInput,
} from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { makePair } from '../support/make-client.js';

const GiB = 1024 ** 3;
const partition = {
  name: '/dev/vda1',
  size: 40 * GiB,
  device_use: 'OS',
  file_system: 'ext4',
  mount_point: '/',
  index: 0,
};
const disk = { name: 'Disk 0', size: 40 * GiB, device_use: '', physical_volumes: [partition] };
const volume = { name: 'root', size: GiB, mount_point: '/', block_count: 7, block_size: 4096, device_use: '' };
const group = { name: 'vg0', size: GiB, components: '/dev/vdb1', logical_volumes: [volume] };

const suggest = (init_target_server: unknown) =>
  suggestedTarget(SourceServer.parse({ id: 's', state: 'waiting', init_target_server }));

/** A value for each field of an object in requests, by its JSON schema. */
function fill(schema: z.core.$ZodType, left: readonly string[]): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as {
    properties?: object;
  };
  const names = Object.keys(properties).filter((name) => !left.includes(name));
  expect(names.length).toBeGreaterThan(5);
  return Object.fromEntries(names.map((name) => [name, `${name} as it is`]));
}

describe('suggestedTarget', () => {
  it('includes disks, partitions and volume groups in full', () => {
    const target = suggest({ disks: [disk, { name: 'Disk 1', size: GiB }], volume_groups: [group] });
    expect(target).toEqual({ disks: [disk, { name: 'Disk 1', size: GiB }], volume_groups: [group] });
    expect(TaskTargetCreate.parse(target)).toEqual(target);
  });

  it('leaves out what is null or unknown, at every depth, so that a task can be created with it', () => {
    const dirty = (value: object) => ({ ...value, used_size: null, colour: 'blue', inode_size: null });
    const target = suggest({
      disks: [{ ...dirty(disk), physical_volumes: [dirty(partition)] }],
      volume_groups: [{ ...dirty(group), logical_volumes: [dirty(volume)] }],
      colour: 'red',
    });
    expect(target).toEqual({ disks: [disk], volume_groups: [group] });
    expect(() => TaskTargetCreate.parse(target)).not.toThrow();
  });

  it('keeps every field that a request knows', () => {
    const partitions = [fill(PhysicalVolumeInput, [])];
    const volumes = [fill(LogicalVolumeInput, [])];
    const disks = [{ ...fill(DiskInput, ['physical_volumes']), physical_volumes: partitions }];
    const groups = [{ ...fill(VolumeGroupInput, ['logical_volumes']), logical_volumes: volumes }];
    const server = { init_target_server: { disks, volume_groups: groups } } as unknown as SourceServer;
    expect(suggestedTarget(server)).toEqual({ disks, volume_groups: groups });
  });

  it.each([undefined, null, {}, { disks: null }])('is empty when nothing is suggested: %j', (suggestion) => {
    expect(suggest(suggestion)).toEqual({});
  });

  it('accepts a suggestion that misses its schema', () => {
    const server = { init_target_server: { disks: [null, 7, { physical_volumes: 'x' }], volume_groups: 'x' } };
    expect(suggestedTarget(server as unknown as SourceServer)).toEqual({ disks: [{}, {}, {}] });
  });

  it.each([undefined, null, 's1'])('refuses %j, naming what it expects', (server) => {
    expect(() => suggestedTarget(server as unknown as SourceServer)).toThrow(InvalidRequestError);
    expect(() => suggestedTarget(server as unknown as SourceServer)).toThrow(/server: expected a source server/);
  });

  it('makes a task that the service starts', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addSourceServer();
    const server = await sms.sourceServers.get(id);
    const { disks = [] } = suggestedTarget(server);
    expect(disks?.some(({ physical_volumes: partitions }) => (partitions ?? []).length > 0)).toBe(true);
    const task = await sms.tasks.create({
      name: 'web-01',
      type: 'MIGRATE_FILE',
      os_type: 'LINUX',
      source_server: { id },
      target_server: { ...suggestedTarget(server), vm_id: 'e198f4cc-e51a-43df-83d8-79bd41e00bed', name: 'web-01' },
      exist_server: true,
      migration_ip: '192.0.2.7',
      region_id: 'cn-north-4',
      region_name: 'cn-north-4',
      project_id: '0215ef11e49d4743be23dd97a1561xxx',
      project_name: 'cn-north-4',
    });
    await sms.tasks.act(task.id, { operation: 'start' });
    expect((await sms.tasks.get(task.id)).state).toBe('RUNNING');
  });
});
