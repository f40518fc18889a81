import {
  type JsonObject,
  optionalNumber,
  optionalObjects,
  optionalText,
  readText,
  requireNumber,
} from '../core/body.js';
import { refuse } from '../core/exchange.js';
import type { Identifiers } from '../core/identifiers.js';
import type { SourceDisk, SourceVolume } from '../sources/layout.js';
import type { SourceRecord } from '../sources/source-record.js';
import { copyKindOf, planGroup } from './steps.js';
import type { DiskSeed, FailureSeed } from './task-seed.js';

/** A partition of a target disk, under the names of the wire. */
export interface VolumeRecord {
  /** Id of the partition. */
  readonly id: number;
  /** Its name on the source, such as `/dev/sda1`. */
  readonly name: string;
  /** Its name on the target, such as `/dev/vda1`. */
  readonly relation_name: string;
  /** `OS` for the one with the system, else `NORMAL`. */
  readonly device_use: string;
  /** File system, such as `ext4`. */
  readonly file_system: string;
  /** Mount point. */
  readonly mount_point: string;
  /** Size in bytes. */
  readonly size: number;
  /** Bytes that hold data. */
  readonly used_size: number;
}

/** A disk of the target, under the names of the wire. */
export interface DiskRecord {
  /** Id of the disk. */
  readonly id: number;
  /** Id of the cloud volume behind it. */
  readonly disk_id: string;
  /** Its name on the source, such as `/dev/sda`. */
  readonly name: string;
  /** Its name on the target, such as `/dev/vda`. */
  readonly relation_name: string;
  /** Disk letter. */
  readonly disk_index: string;
  /** `BOOT` for the first one, else `NORMAL`. */
  readonly device_use: string;
  /** Size in bytes. */
  readonly size: number;
  /** Its partitions. */
  readonly physical_volumes: readonly VolumeRecord[];
}

/** A disk in a request or seed. Missing fields are generated. */
export interface DiskInput extends DiskSeed {
  /** Name of the disk on the source. */
  readonly name?: string | undefined;
  /** Id of the cloud volume. */
  readonly disk_id?: string | undefined;
  /** Partitions. Default: one that fills the disk. */
  readonly physical_volumes?: readonly VolumeInput[] | undefined;
}

type VolumeInput = Pick<VolumeRecord, 'name' | 'size' | 'used_size'>;

/** The disk of the official example. */
export const exampleDisk: DiskSeed = { sizeBytes: 42_949_672_960, usedBytes: 2_467_393_536 };

/** What lies before the first partition of a disk. */
const partitionTableBytes = 1_048_576;

/** The target disks for a seed or a request. */
export function createDisks(inputs: readonly DiskInput[], osType: string, identifiers: Identifiers): DiskRecord[] {
  return inputs.map((input, index) => {
    const letter = String.fromCharCode('a'.charCodeAt(0) + index);
    const name = input.name ?? (osType === 'WINDOWS' ? `Disk ${index}` : `/dev/sd${letter}`);
    const relationName = osType === 'WINDOWS' ? name : `/dev/vd${letter}`;
    const size = Math.max(0, input.sizeBytes - partitionTableBytes);
    const volumes = input.physical_volumes ?? [
      { name: nameVolume(name, osType, index), size, used_size: Math.min(input.usedBytes, size) },
    ];
    return {
      id: identifiers.number(),
      disk_id: input.disk_id ?? identifiers.uuid(),
      name,
      relation_name: relationName,
      disk_index: String.fromCharCode('z'.charCodeAt(0) - index),
      device_use: index === 0 ? 'BOOT' : 'NORMAL',
      size: input.sizeBytes,
      physical_volumes: volumes.map((volume, place) => ({
        id: identifiers.number(),
        relation_name: osType === 'WINDOWS' ? volume.name : `${relationName}${place + 1}`,
        ...volume,
        ...useVolume(osType, index === 0 && place === volumes.length - 1, volume.name),
      })),
    };
  });
}

/** The disks that a request names for a target; undefined when it names none. */
export function readTargetDisks(target: JsonObject): DiskInput[] | undefined {
  const disks = optionalObjects(target, 'disks') ?? [];
  if (disks.length === 0) return undefined;
  return disks.map((disk) => {
    const sizeBytes = requireNumber(disk, 'size', { min: 0 });
    const volumes = optionalObjects(disk, 'physical_volumes') ?? [];
    return {
      name: optionalText(disk, 'name', { min: 1 }),
      disk_id: optionalText(disk, 'disk_id', { min: 1 }),
      sizeBytes,
      usedBytes: optionalNumber(disk, 'used_size', { min: 0 }) ?? sizeBytes,
      physical_volumes: volumes.length === 0 ? undefined : volumes.map(readVolume),
    };
  });
}

function readVolume(volume: JsonObject): VolumeInput {
  const name = readText(volume.name) ?? '';
  if (name === '') throw refuse(400, 'SMS.6104', 'A physical volume has no name.');
  const size = requireNumber(volume, 'size', { min: 0 });
  const used = optionalNumber(volume, 'used_size', { min: 0 }) ?? size;
  return { name, size, used_size: Math.min(size, used) };
}

/** The disks that a target needs for a source server. */
export function mirrorDisks({ disks }: SourceRecord): DiskInput[] {
  return disks.filter(({ need_migration }) => need_migration).map(mirrorDisk);
}

function mirrorDisk(disk: SourceDisk): DiskInput {
  const volumes = disk.physical_volumes.filter(({ need_migration }) => need_migration);
  return {
    name: disk.name,
    sizeBytes: disk.adjust_size ?? disk.size,
    usedBytes: disk.used_size,
    physical_volumes: volumes.length === 0 ? undefined : volumes.map(mirrorVolume),
  };
}

function mirrorVolume({ name, size, adjust_size, used_size }: SourceVolume): VolumeInput {
  const wanted = adjust_size ?? size;
  return { name, size: wanted, used_size: Math.min(used_size, wanted) };
}

/** Bytes of a target that hold data, which is what a copy moves. */
export function countUsedBytes(disks: readonly DiskRecord[]): number {
  return disks.flatMap(({ physical_volumes }) => physical_volumes).reduce((sum, { used_size }) => sum + used_size, 0);
}

/**
 * The failure of a task whose disks are not those of its source server; undefined when they are. The
 * service accepts such a task, and its agent stops with SMS.0515. ASSUMPTION: it does so when it formats the disks of the
 * target, and it compares the sizes of disks and partitions that have the same name.
 */
export function findMismatch(
  source: SourceRecord,
  type: string,
  disks: readonly DiskInput[] | undefined,
): FailureSeed | undefined {
  if (disks === undefined || disks.every((disk) => matchesOne(source.disks, disk))) return undefined;
  const copyKind = copyKindOf(source.os_type, type);
  const plan = planGroup('REPLICATE', { copyKind, exist_server: true, checksConsistency: false, durationMs: 0 });
  const step = plan.find(({ name }) => name.startsWith('FORMAT_DISK'))?.name ?? `FORMAT_DISK_${copyKind}`;
  const error = describeAgentError('SMS.0515', 'The disks of the task do not match those of the source server.');
  return { step, error, times: Number.POSITIVE_INFINITY };
}

function matchesOne(known: readonly SourceDisk[], disk: DiskInput): boolean {
  const counterpart = known.find(({ name }) => name === disk.name);
  if (counterpart === undefined || (counterpart.adjust_size ?? counterpart.size) !== disk.sizeBytes) return false;
  return (disk.physical_volumes ?? []).every((volume) => {
    const own = counterpart.physical_volumes.find(({ name }) => name === volume.name);
    return own !== undefined && (own.adjust_size ?? own.size) === volume.size;
  });
}

/** The text for `error_json` when the agent of a task failed. */
export function describeAgentError(code: string, message: string): string {
  return JSON.stringify({ error_code: code, error_msg: message, error_param: [] });
}

function nameVolume(diskName: string, osType: string, index: number): string {
  return osType === 'WINDOWS' ? `${String.fromCharCode('C'.charCodeAt(0) + index)}:` : `${diskName}1`;
}

function useVolume(
  osType: string,
  isSystem: boolean,
  name: string,
): Pick<VolumeRecord, 'device_use' | 'file_system' | 'mount_point'> {
  const device_use = isSystem ? 'OS' : 'NORMAL';
  if (osType === 'WINDOWS') return { device_use, file_system: 'NTFS', mount_point: `${name}\\` };
  return { device_use, file_system: 'ext4', mount_point: isSystem ? '/' : `/mnt/${name.split('/').at(-1)}` };
}
