/**
 * Disks and what is on them: partitions, LVM volume groups and Btrfs file systems. Source servers, suggested layouts, targets
 * and requests each know another part of the same fields, never with another meaning, so that one shape serves them all: once
 * loose for responses (`Disk`), once strict for requests (`DiskInput`). What is the same for both is written once (`DiskBase`).
 * Only the sizes that a user plans for an existing record differ, for they take ids as text: see `DiskAdjustment`.
 */
import {
  bytes,
  flag,
  type Infer,
  idNumber,
  idText,
  list,
  loose,
  merge,
  number,
  oneOf,
  type Schema,
  strict,
  text,
} from './fields.js';

const physicalVolumeFields = {
  /** What the partition is for. Also seen: an empty string and `BOOT|OS`. */
  device_use: oneOf('NORMAL', 'OS', 'BOOT'),
  /** File system, for instance `ext4`, `xfs` or `NTFS`. */
  file_system: text(),
  /** Ordinal of the partition on its disk, from 0. */
  index: number(),
  /** Where the partition is mounted, for instance `/`; null when it is not mounted. */
  mount_point: text(),
  /** Device name, for instance `/dev/sda1`. */
  name: text(),
  /** Size of the partition, in bytes. */
  size: bytes(),
  /** Space in use, in bytes. */
  used_size: bytes(),
  /** Free space, in bytes. Targets only. */
  free_size: bytes(),
  /** GUID of the partition (Windows); null for Linux. */
  uuid: text(),
  /** Name of the matching partition on the other server, for instance `/dev/vda1`. Targets only. */
  relation_name: text(),
  /** Size or number of inodes: the sources disagree. Not shown for targets. */
  inode_size: number(),
  /** Number of inodes. Source servers only. */
  inode_nums: number(),
  /** Size of a cluster, in bytes (Windows). Source servers only. */
  size_per_cluster: bytes(),
  /** Planned new size, in bytes. Seen by the Terraform provider only. */
  adjust_size: bytes(),
  /** Whether the partition is part of the migration. Seen by the Terraform provider only. */
  need_migration: flag(),
};

const physicalVolumeBase = loose({}, physicalVolumeFields);

/** What partitions have in common, in responses and in requests. */
export interface PhysicalVolumeBase extends Infer<typeof physicalVolumeBase> {}

const partitionId = loose(
  {},
  {
    /** Database id of the partition: a number, although the ids of tasks and servers are text. */
    id: number(),
  },
);

/**
 * A partition. One shape serves source servers, suggested layouts and targets: the service shows a different part of it in
 * each place and gives the fields the same meaning everywhere.
 */
export interface PhysicalVolume extends PhysicalVolumeBase, Infer<typeof partitionId> {}
/** Schema of the type of the same name. */
export const PhysicalVolume: Schema<PhysicalVolume> = merge(partitionId, physicalVolumeBase);

const targetPartitionId = loose({
  /** Database id of the partition: a number, although the ids of tasks and servers are text. */
  id: number(),
});

/** A partition of the target of a task: a `PhysicalVolume` that surely has an id. */
export interface TargetPhysicalVolume extends PhysicalVolumeBase, Infer<typeof targetPartitionId> {}
/** Schema of the type of the same name. */
export const TargetPhysicalVolume: Schema<TargetPhysicalVolume> = merge(targetPartitionId, physicalVolumeBase);

const partitionInputId = strict(
  {},
  {
    /** Database id of the partition: a number; text is accepted and sent as a number. */
    id: idNumber(),
  },
);

/** A partition in a request: the fields of `PhysicalVolume`. What is null is not sent. */
export interface PhysicalVolumeInput extends PhysicalVolumeBase, Infer<typeof partitionInputId> {}
/** Schema of the type of the same name. */
export const PhysicalVolumeInput: Schema<PhysicalVolumeInput> = merge(
  partitionInputId,
  strict({}, physicalVolumeFields),
);

const diskFields = {
  /** What the disk is for. Also seen: an empty string, `BOOT|OS`, `VOLUME_GROUP` and `BTRFS`. */
  device_use: oneOf('NORMAL', 'OS', 'BOOT'),
  /** Letter or ordinal of the disk, as text: the official example has `"z"`. Targets only. */
  disk_index: text(),
  /** Device name on the source, for instance `/dev/sda`. */
  name: text(),
  /** True for the system disk. The official example says false for a disk in use as `BOOT`: do not rely on it alone. */
  os_disk: flag(),
  /** Partition table. Other styles occur on source servers. */
  partition_style: oneOf('MBR', 'GPT'),
  /** Name of the matching disk on the other server, for instance `/dev/vda`. */
  relation_name: text(),
  /** Size of the disk, in bytes. */
  size: bytes(),
  /** Space in use, in bytes. */
  used_size: bytes(),
  /** Size or number of inodes: the sources disagree. Not shown for targets. */
  inode_size: number(),
  /** Planned new size, in bytes. Seen by the Terraform provider only. */
  adjust_size: bytes(),
  /** Whether the disk is part of the migration. Seen by the Terraform provider only. */
  need_migration: flag(),
};

const diskBase = loose({}, diskFields);

/** What disks have in common, in responses and in requests. */
export interface DiskBase extends Infer<typeof diskBase> {}

const diskParts = loose(
  {},
  {
    /** Database id of the disk record: a number. The EVS volume is `disk_id`. */
    id: number(),
    /** Id of the EVS volume in the cloud. Targets only. */
    disk_id: text(),
    /** Partitions of the disk. */
    physical_volumes: list(PhysicalVolume),
  },
);

/** A disk of a source server, of a suggested layout or of a target; each place shows a different part of the shape. */
export interface Disk extends DiskBase, Infer<typeof diskParts> {}
/** Schema of the type of the same name. */
export const Disk: Schema<Disk> = merge(diskParts, diskBase);

const targetDiskParts = loose(
  {
    /** Database id of the disk record: a number. The EVS volume is `disk_id`. */
    id: number(),
  },
  {
    /** Id of the EVS volume in the cloud. */
    disk_id: text(),
    /** Partitions of the disk. */
    physical_volumes: list(TargetPhysicalVolume),
  },
);

/** A disk of the target of a task: a `Disk` that surely has an id, as do its partitions. */
export interface TargetDisk extends DiskBase, Infer<typeof targetDiskParts> {}
/** Schema of the type of the same name. */
export const TargetDisk: Schema<TargetDisk> = merge(targetDiskParts, diskBase);

const diskInputParts = strict(
  {},
  {
    /** Database id of the disk record: a number; text is accepted and sent as a number. */
    id: idNumber(),
    /** Id of the EVS volume in the cloud. Targets only. */
    disk_id: idText(),
    /** Partitions of the disk. */
    physical_volumes: list(PhysicalVolumeInput),
  },
);

/** A disk in a request: the fields of `Disk`. What is null is not sent. Sizes must match what the agent reported (else `SMS.0515`). */
export interface DiskInput extends DiskBase, Infer<typeof diskInputParts> {}
/** Schema of the type of the same name. */
export const DiskInput: Schema<DiskInput> = merge(diskInputParts, strict({}, diskFields));

const logicalVolumeFields = {
  /** Number of blocks. */
  block_count: number(),
  /** Size of a block, in bytes. */
  block_size: bytes(),
  /** File system, for instance `ext4`. */
  file_system: text(),
  /** Size of an inode: a number of inodes according to the SDKs, bytes according to the reference of 2020. */
  inode_size: number(),
  /** Number of inodes. */
  inode_nums: number(),
  /** What the volume is for; may be an empty string. */
  device_use: text(),
  /** Where the volume is mounted. */
  mount_point: text(),
  /** Name of the volume. */
  name: text(),
  /** Size of the volume, in bytes. */
  size: bytes(),
  /** Space in use, in bytes. */
  used_size: bytes(),
  /** Free space, in bytes. */
  free_size: bytes(),
  /** Planned new size, in bytes. Seen by the Terraform provider only. */
  adjust_size: bytes(),
  /** Whether the volume is part of the migration. Seen by the Terraform provider only. */
  need_migration: flag(),
};

const databaseId = loose(
  {},
  {
    /** Database id. Seen by the Terraform provider only. */
    id: number(),
  },
);

const databaseIdInput = strict(
  {},
  {
    /** Database id: a number; text is accepted and sent as a number. Sent by the Terraform provider only. */
    id: idNumber(),
  },
);

const logicalVolumeBase = loose({}, logicalVolumeFields);

/** What logical volumes have in common, in responses and in requests. */
export interface LogicalVolumeBase extends Infer<typeof logicalVolumeBase> {}

/** A logical volume of an LVM volume group. */
export interface LogicalVolume extends LogicalVolumeBase, Infer<typeof databaseId> {}
/** Schema of the type of the same name. */
export const LogicalVolume: Schema<LogicalVolume> = merge(databaseId, logicalVolumeBase);

/** A logical volume in a request: the fields of `LogicalVolume`. What is null is not sent. */
export interface LogicalVolumeInput extends LogicalVolumeBase, Infer<typeof databaseIdInput> {}
/** Schema of the type of the same name. */
export const LogicalVolumeInput: Schema<LogicalVolumeInput> = merge(databaseIdInput, strict({}, logicalVolumeFields));

const volumeGroupFields = {
  /** The physical volumes of the group, separated by semicolons: `/dev/sdb1;/dev/sdc1`. */
  components: text(),
  /** Free space, in bytes. */
  free_size: bytes(),
  /** Name of the group. */
  name: text(),
  /** Size of the group, in bytes. */
  size: bytes(),
  /** Planned new size, in bytes. Seen by the Terraform provider only. */
  adjust_size: bytes(),
  /** Whether the group is part of the migration. Seen by the Terraform provider only. */
  need_migration: flag(),
};

const volumeGroupBase = loose({}, volumeGroupFields);

/** What LVM volume groups have in common, in responses and in requests. */
export interface VolumeGroupBase extends Infer<typeof volumeGroupBase> {}

const volumeGroupParts = loose(
  {},
  {
    /** Database id. Seen by the Terraform provider only. */
    id: number(),
    /** Logical volumes of the group. */
    logical_volumes: list(LogicalVolume),
  },
);

/** An LVM volume group. */
export interface VolumeGroup extends VolumeGroupBase, Infer<typeof volumeGroupParts> {}
/** Schema of the type of the same name. */
export const VolumeGroup: Schema<VolumeGroup> = merge(volumeGroupParts, volumeGroupBase);

const volumeGroupInputParts = strict(
  {},
  {
    /** Database id: a number; text is accepted and sent as a number. Sent by the Terraform provider only. */
    id: idNumber(),
    /** Logical volumes of the group. */
    logical_volumes: list(LogicalVolumeInput),
  },
);

/** An LVM volume group in a request: the fields of `VolumeGroup`. What is null is not sent. */
export interface VolumeGroupInput extends VolumeGroupBase, Infer<typeof volumeGroupInputParts> {}
/** Schema of the type of the same name. */
export const VolumeGroupInput: Schema<VolumeGroupInput> = merge(volumeGroupInputParts, strict({}, volumeGroupFields));

const btrfsSubvolumeFields = {
  /** GUID of the subvolume. */
  uuid: text(),
  /** Whether the subvolume is a snapshot, as text. */
  is_snapshot: text(),
  /** Name of the subvolume. */
  subvol_name: text(),
  /** Where the subvolume is mounted. */
  subvol_mount_path: text(),
};

const btrfsSubvolumeBase = loose({}, btrfsSubvolumeFields);

/** What subvolumes of Btrfs have in common, in responses and in requests. */
export interface BtrfsSubvolumeBase extends Infer<typeof btrfsSubvolumeBase> {}

const btrfsSubvolumeIds = loose(
  {},
  {
    /** Id of the subvolume. */
    subvol_id: text(),
    /** Id of the parent subvolume. */
    parent_id: text(),
  },
);

/** A subvolume of a Btrfs file system. */
export interface BtrfsSubvolume extends BtrfsSubvolumeBase, Infer<typeof btrfsSubvolumeIds> {}
/** Schema of the type of the same name. */
export const BtrfsSubvolume: Schema<BtrfsSubvolume> = merge(btrfsSubvolumeIds, btrfsSubvolumeBase);

const btrfsSubvolumeInputIds = strict(
  {},
  {
    /** Id of the subvolume: text; a number is accepted and sent as text. */
    subvol_id: idText(),
    /** Id of the parent subvolume: text; a number is accepted and sent as text. */
    parent_id: idText(),
  },
);

/** A subvolume of a Btrfs file system in a request: the fields of `BtrfsSubvolume`. What is null is not sent. */
export interface BtrfsSubvolumeInput extends BtrfsSubvolumeBase, Infer<typeof btrfsSubvolumeInputIds> {}
/** Schema of the type of the same name. */
export const BtrfsSubvolumeInput: Schema<BtrfsSubvolumeInput> = merge(
  btrfsSubvolumeInputIds,
  strict({}, btrfsSubvolumeFields),
);

const btrfsFileSystemFields = {
  /** Name of the file system. */
  name: text(),
  /** Label; an empty string when there is none. */
  label: text(),
  /** GUID of the file system. */
  uuid: text(),
  /** Devices of the file system. */
  device: text(),
  /** Size, in bytes. */
  size: bytes(),
  /** Size of a node, in bytes. */
  nodesize: bytes(),
  /** Size of a sector, in bytes. */
  sectorsize: bytes(),
  /** RAID profile of the data. */
  data_profile: text(),
  /** RAID profile of the system chunks. */
  system_profile: text(),
  /** RAID profile of the metadata. */
  metadata_profile: text(),
  /** Global reserve, as text. */
  global_reserve1: text(),
  /** Space in use, in bytes. */
  g_vol_used_size: bytes(),
  /** Name of the default subvolume. */
  default_subvol_name: text(),
  /** Where the default subvolume is mounted. */
  default_subvol_mountpath: text(),
};

const btrfsFileSystemBase = loose({}, btrfsFileSystemFields);

/** What Btrfs file systems have in common, in responses and in requests. */
export interface BtrfsFileSystemBase extends Infer<typeof btrfsFileSystemBase> {}

const btrfsFileSystemParts = loose(
  {},
  {
    /** Id of the default subvolume. */
    default_subvolid: text(),
    /** Subvolumes. Misspelled on the wire. */
    subvolumn: list(BtrfsSubvolume),
  },
);

/** A Btrfs file system of a source server. In the target of a task the service shows text in its place. */
export interface BtrfsFileSystem extends BtrfsFileSystemBase, Infer<typeof btrfsFileSystemParts> {}
/** Schema of the type of the same name. */
export const BtrfsFileSystem: Schema<BtrfsFileSystem> = merge(btrfsFileSystemParts, btrfsFileSystemBase);

const btrfsFileSystemInputParts = strict(
  {},
  {
    /** Id of the default subvolume: text; a number is accepted and sent as text. */
    default_subvolid: idText(),
    /** Subvolumes. Misspelled on the wire. */
    subvolumn: list(BtrfsSubvolumeInput),
  },
);

/** A Btrfs file system in a request: the fields of `BtrfsFileSystem`. What is null is not sent. */
export interface BtrfsFileSystemInput extends BtrfsFileSystemBase, Infer<typeof btrfsFileSystemInputParts> {}
/** Schema of the type of the same name. */
export const BtrfsFileSystemInput: Schema<BtrfsFileSystemInput> = merge(
  btrfsFileSystemInputParts,
  strict({}, btrfsFileSystemFields),
);
