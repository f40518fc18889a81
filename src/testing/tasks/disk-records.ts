import { optionalNumber, optionalObjects, optionalText, requireNumber } from '../core/body.js';
import type { Identifiers } from '../core/identifiers.js';
import { type JsonObject, readText } from '../core/json.js';
import { refuse } from '../core/refusal.js';
import type { SourceDisk, SourceVolume } from '../sources/layout.js';
import type { DiskRecord, VolumeRecord } from './task-record.js';
import type { DiskSeed } from './task-seed.js';

/** A disk as a request describes it; what is missing is made up. */
export interface DiskInput extends DiskSeed {
  /** Name of the disk on the source. */
  readonly name?: string | undefined;
  /** Id of the cloud volume. */
  readonly diskId?: string | undefined;
  /** Partitions. Default: one that fills the disk. */
  readonly volumes?: readonly VolumeInput[] | undefined;
}

/** A partition as a request describes it. */
export interface VolumeInput {
  /** Name of the partition on the source. */
  readonly name: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Bytes that hold data. */
  readonly usedBytes: number;
}

/** The disk of the official example. */
export const exampleDisk: DiskSeed = { sizeBytes: 42_949_672_960, usedBytes: 2_467_393_536 };

/** What lies before the first partition of a disk. */
const partitionTableBytes = 1_048_576;

/** Target disks for what a seed or a request says. */
export function createDisks(inputs: readonly DiskInput[], osType: string, identifiers: Identifiers): DiskRecord[] {
  return inputs.map((input, index) => {
    const letter = String.fromCharCode('a'.charCodeAt(0) + index);
    const name = input.name ?? (osType === 'WINDOWS' ? `Disk ${index}` : `/dev/sd${letter}`);
    const relationName = osType === 'WINDOWS' ? name : `/dev/vd${letter}`;
    const sizeBytes = Math.max(0, input.sizeBytes - partitionTableBytes);
    const volumes = input.volumes ?? [
      { name: nameVolume(name, osType, index), sizeBytes, usedBytes: Math.min(input.usedBytes, sizeBytes) },
    ];
    return {
      id: identifiers.number(),
      diskId: input.diskId ?? identifiers.uuid(),
      name,
      relationName,
      letter: String.fromCharCode('z'.charCodeAt(0) - index),
      deviceUse: index === 0 ? 'BOOT' : 'NORMAL',
      sizeBytes: input.sizeBytes,
      volumes: volumes.map((volume, place) => {
        const isSystem = index === 0 && place === volumes.length - 1;
        const target = osType === 'WINDOWS' ? volume.name : `${relationName}${place + 1}`;
        return {
          id: identifiers.number(),
          relationName: target,
          ...volume,
          ...useVolume(osType, isSystem, volume.name),
        };
      }),
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
      diskId: optionalText(disk, 'disk_id', { min: 1 }),
      sizeBytes,
      usedBytes: optionalNumber(disk, 'used_size', { min: 0 }) ?? sizeBytes,
      volumes: volumes.length === 0 ? undefined : volumes.map(readVolume),
    };
  });
}

function readVolume(volume: JsonObject): VolumeInput {
  const name = readText(volume.name) ?? '';
  if (name === '') throw refuse(400, 'SMS.6104', 'A physical volume has no name.');
  const sizeBytes = requireNumber(volume, 'size', { min: 0 });
  const usedBytes = optionalNumber(volume, 'used_size', { min: 0 }) ?? sizeBytes;
  return { name, sizeBytes, usedBytes: Math.min(sizeBytes, usedBytes) };
}

/** What the disk of a source server has to be like on a target. */
export function mirrorDisk(disk: SourceDisk): DiskInput {
  const volumes = disk.physical_volumes.filter(({ need_migration }) => need_migration);
  return {
    name: disk.name,
    sizeBytes: disk.adjust_size ?? disk.size,
    usedBytes: disk.used_size,
    volumes: volumes.length === 0 ? undefined : volumes.map(mirrorVolume),
  };
}

function mirrorVolume({ name, size, adjust_size, used_size }: SourceVolume): VolumeInput {
  const sizeBytes = adjust_size ?? size;
  return { name, sizeBytes, usedBytes: Math.min(used_size, sizeBytes) };
}

/** Bytes of a target that hold data, which is what a copy moves. */
export function countUsedBytes(disks: readonly DiskRecord[]): number {
  return disks.flatMap(({ volumes }) => volumes).reduce((sum, { usedBytes }) => sum + usedBytes, 0);
}

function nameVolume(diskName: string, osType: string, index: number): string {
  return osType === 'WINDOWS' ? `${String.fromCharCode('C'.charCodeAt(0) + index)}:` : `${diskName}1`;
}

function useVolume(
  osType: string,
  isSystem: boolean,
  name: string,
): Pick<VolumeRecord, 'deviceUse' | 'fileSystem' | 'mountPoint'> {
  const deviceUse = isSystem ? 'OS' : 'NORMAL';
  if (osType === 'WINDOWS') return { deviceUse, fileSystem: 'NTFS', mountPoint: `${name}\\` };
  return { deviceUse, fileSystem: 'ext4', mountPoint: isSystem ? '/' : `/mnt/${name.split('/').at(-1)}` };
}
