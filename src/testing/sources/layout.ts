import {
  type Copied,
  copyFields,
  type JsonObject,
  optionalFlag,
  optionalNumber,
  optionalObjects,
  readNumber,
  readObjects,
  readText,
  requireText,
} from '../core/body.js';
import { refuse, refuseInput } from '../core/exchange.js';
import type { Identifiers } from '../core/identifiers.js';

const volumeFields = {
  name: 'text',
  device_use: 'text',
  file_system: 'text',
  index: 'number',
  mount_point: 'text?',
  size: 'number',
  used_size: 'number',
  inode_size: 'number',
  inode_nums: 'number',
  uuid: 'text?',
  size_per_cluster: 'number',
} as const;

const diskFields = {
  name: 'text',
  partition_style: 'text',
  device_use: 'text',
  size: 'number',
  used_size: 'number',
  os_disk: 'flag',
  relation_name: 'text?',
  inode_size: 'number',
} as const;

const logicalVolumeFields = {
  name: 'text',
  block_count: 'number',
  block_size: 'number',
  file_system: 'text',
  inode_size: 'number',
  inode_nums: 'number',
  device_use: 'text',
  mount_point: 'text',
  size: 'number',
  used_size: 'number',
  free_size: 'number',
} as const;

const volumeGroupFields = { name: 'text', components: 'text', free_size: 'number', size: 'number' } as const;

const btrfsFields = {
  name: 'text',
  label: 'text',
  uuid: 'text',
  device: 'text',
  size: 'number',
  nodesize: 'number',
  sectorsize: 'number',
  data_profile: 'text',
  system_profile: 'text',
  metadata_profile: 'text',
  global_reserve1: 'text',
  g_vol_used_size: 'number',
  default_subvolid: 'text',
  default_subvol_name: 'text',
  default_subvol_mountpath: 'text',
} as const;

const subvolumeFields = {
  uuid: 'text',
  is_snapshot: 'text',
  subvol_id: 'text',
  parent_id: 'text',
  subvol_name: 'text',
  subvol_mount_path: 'text',
} as const;

const networkFields = {
  id: 'text',
  name: 'text?',
  ip: 'text?',
  ipv6: 'text',
  netmask: 'text?',
  gateway: 'text?',
  mtu: 'number',
  mac: 'text',
} as const;

/** What the service adds to every part of a layout, so that it can be addressed and planned. */
export interface Planned {
  /** Id of the part. */
  readonly id: number;
  /** Planned size on the target, in bytes; null when it is unchanged. */
  readonly adjust_size: number | null;
  /** Whether it is migrated. */
  readonly need_migration: boolean;
}

/** A partition of a source server, under the names of the wire. */
export type SourceVolume = Copied<typeof volumeFields> & Planned;

/** A disk of a source server, under the names of the wire. */
export type SourceDisk = Copied<typeof diskFields> & Planned & { physical_volumes: SourceVolume[] };

/** A logical volume, under the names of the wire. */
export type LogicalVolume = Copied<typeof logicalVolumeFields> & Planned;

/** A volume group, under the names of the wire. */
export type VolumeGroup = Copied<typeof volumeGroupFields> & Planned & { logical_volumes: LogicalVolume[] };

/** A Btrfs file system, under the names of the wire. */
export type BtrfsFileSystem = Copied<typeof btrfsFields> & { subvolumn: Copied<typeof subvolumeFields>[] };

/** A network interface, under the names of the wire. */
export type Network = Copied<typeof networkFields>;

/** Disks as an agent reports them. */
export function readDisks(value: unknown, identifiers: Identifiers): SourceDisk[] {
  return readObjects(value).map((disk) => ({
    ...plan(identifiers),
    ...copyFields(disk, diskFields),
    physical_volumes: readObjects(disk.physical_volumes).map((volume, place) => readVolume(volume, place, identifiers)),
  }));
}

/** Volume groups as an agent reports them. */
export function readVolumeGroups(value: unknown, identifiers: Identifiers): VolumeGroup[] {
  return readObjects(value).map((group) => ({
    ...plan(identifiers),
    ...copyFields(group, volumeGroupFields),
    logical_volumes: readObjects(group.logical_volumes).map((volume) => ({
      ...plan(identifiers),
      ...copyFields(volume, logicalVolumeFields),
    })),
  }));
}

/** Btrfs file systems as an agent reports them. */
export function readBtrfs(value: unknown): BtrfsFileSystem[] {
  return readObjects(value).map((system) => ({
    ...copyFields(system, btrfsFields),
    subvolumn: readObjects(system.subvolumn).map((volume) => copyFields(volume, subvolumeFields)),
  }));
}

/** A network interface as an agent reports it. */
export function readNetwork(value: JsonObject): Network {
  return copyFields(value, networkFields);
}

function readVolume(volume: JsonObject, place: number, identifiers: Identifiers): SourceVolume {
  if ((readText(volume.name) ?? '') === '') throw refuse(400, 'SMS.6104', 'A physical volume has no name.');
  return { ...plan(identifiers), ...copyFields(volume, volumeFields), index: readNumber(volume.index) ?? place };
}

function plan(identifiers: Identifiers): Planned {
  return { id: identifiers.number(), adjust_size: null, need_migration: true };
}

/** The disks of a source server with the sizes and the choice that a request names. */
export function planDisks(disks: readonly SourceDisk[], body: JsonObject): SourceDisk[] {
  return planAll(disks, body, 'disks').map(([disk, change]) => ({
    ...disk,
    physical_volumes: planAll(disk.physical_volumes, change, 'physical_volumes').map(([volume]) => volume),
  }));
}

/** The volume groups of a source server with the sizes and the choice that a request names. */
export function planVolumeGroups(groups: readonly VolumeGroup[], body: JsonObject): VolumeGroup[] {
  return planAll(groups, body, 'volume_groups').map(([group, change]) => ({
    ...group,
    logical_volumes: planAll(group.logical_volumes, change, 'logical_volumes').map(([volume]) => volume),
  }));
}

/** Applies a list of changes to parts, and nested changes to their members. */
function planAll<Part extends Planned>(parts: readonly Part[], body: JsonObject, name: string): [Part, JsonObject][] {
  const changes = optionalObjects(body, name) ?? [];
  const known = parts.map(({ id }) => String(id));
  // Ids are text here, and numbers in responses. Both are accepted.
  const byId = new Map(changes.map((change) => [readId(change), change]));
  for (const id of byId.keys()) {
    // ASSUMPTION: no source says what happens to an unknown id.
    if (!known.includes(id)) throw refuseInput(`The parameter ${name} names the id ${id}, which does not exist.`);
  }
  return parts.map((part) => {
    const change = byId.get(String(part.id)) ?? {};
    const adjusted = optionalNumber(change, 'adjust_size', { min: 0 }) ?? part.adjust_size;
    const wanted = optionalFlag(change, 'need_migration') ?? part.need_migration;
    return [{ ...part, adjust_size: adjusted, need_migration: wanted }, change];
  });
}

function readId(change: JsonObject): string {
  return typeof change.id === 'number' ? String(change.id) : requireText(change, 'id');
}
