/** The target that the service suggests for a source server, as a task can be created with it. */
import { InvalidRequestError } from '../errors.js';
import type { DiskInput, LogicalVolumeInput, PhysicalVolumeInput, VolumeGroupInput } from '../schemas/disk.js';
import type { SourceServer } from '../schemas/source-server.js';
import type { TaskTargetCreate } from '../schemas/task-request.js';
import { readArgument } from '../transport/read-argument.js';

const partitionFields = [
  'id',
  'device_use',
  'file_system',
  'index',
  'mount_point',
  'name',
  'size',
  'used_size',
  'free_size',
  'uuid',
  'relation_name',
  'inode_size',
  'inode_nums',
  'size_per_cluster',
  'adjust_size',
  'need_migration',
] as const satisfies readonly (keyof PhysicalVolumeInput)[];

const diskFields = [
  'id',
  'device_use',
  'disk_id',
  'disk_index',
  'name',
  'os_disk',
  'partition_style',
  'relation_name',
  'size',
  'used_size',
  'inode_size',
  'adjust_size',
  'need_migration',
] as const satisfies readonly (keyof DiskInput)[];

const logicalVolumeFields = [
  'id',
  'block_count',
  'block_size',
  'file_system',
  'inode_size',
  'inode_nums',
  'device_use',
  'mount_point',
  'name',
  'size',
  'used_size',
  'free_size',
  'adjust_size',
  'need_migration',
] as const satisfies readonly (keyof LogicalVolumeInput)[];

const volumeGroupFields = [
  'id',
  'components',
  'free_size',
  'name',
  'size',
  'adjust_size',
  'need_migration',
] as const satisfies readonly (keyof VolumeGroupInput)[];

/**
 * Makes the `target_server` of a task to create out of what the agent suggested for a source server: its disks with their
 * partitions, and its volume groups. Fields that are null, or that the client does not know, are left out. Send it whole: tasks
 * that are created with names and sizes alone fail later (SMS.0515, SMS.6104).
 *
 * Calls nothing. Empty when the service suggests no target yet, which it does after the agent has registered the server.
 *
 * @param server - the source server, from `sms.sourceServers.get` or a list
 *
 * @throws {@link InvalidRequestError} when `server` is no object.
 *
 * @example
 * ```ts
 * import { SmsClient, suggestedTarget } from '@org/sms-client';
 *
 * const sms = SmsClient.fromEnv();
 * const server = await sms.sourceServers.get('621f2cb5-ba4f-4819-b00d-ee48ca2c3xxx');
 * const target_server = { ...suggestedTarget(server), vm_id: 'e198f4cc-e51a-43df-83d8-79bd41e00bed', name: 'web-01' };
 * console.log(target_server.disks?.length);
 * ```
 */
export function suggestedTarget(server: Pick<SourceServer, 'init_target_server'>): TaskTargetCreate {
  if (typeof server !== 'object' || server === null) {
    const received = server === null ? 'null' : typeof server;
    throw new InvalidRequestError('suggestedTarget', [{ path: 'server', expected: 'a source server', received }]);
  }
  return readArgument('suggestedTarget', () => {
    const { disks, volume_groups: groups } = Object(
      server.init_target_server ?? {},
    ) as SourceServer['init_target_server'] & object;
    return {
      ...(Array.isArray(disks) && { disks: disks.map(makeDisk) }),
      ...(Array.isArray(groups) && { volume_groups: groups.map(makeVolumeGroup) }),
    };
  });
}

function makeDisk(disk: object): DiskInput {
  const { physical_volumes: partitions } = Object(disk) as { physical_volumes?: unknown };
  return {
    ...pick<DiskInput>(disk, diskFields),
    ...(Array.isArray(partitions) && {
      physical_volumes: partitions.map((one) => pick<PhysicalVolumeInput>(one, partitionFields)),
    }),
  };
}

function makeVolumeGroup(group: object): VolumeGroupInput {
  const { logical_volumes: volumes } = Object(group) as { logical_volumes?: unknown };
  return {
    ...pick<VolumeGroupInput>(group, volumeGroupFields),
    ...(Array.isArray(volumes) && {
      logical_volumes: volumes.map((one) => pick<LogicalVolumeInput>(one, logicalVolumeFields)),
    }),
  };
}

function pick<T>(value: object, names: readonly string[]): T {
  const fields = Object(value) as Record<string, unknown>;
  return Object.fromEntries(
    names.map((name) => [name, fields[name]]).filter(([, field]) => field !== null && field !== undefined),
  ) as T;
}
