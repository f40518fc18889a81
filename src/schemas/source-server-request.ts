/** What is asked about source servers: filters, and changes of a server's name, disks and state. */
import { BtrfsFileSystemInput, DiskInput, VolumeGroupInput } from './disk.js';
import {
  bytes,
  exactlyOneOf,
  flag,
  type Infer,
  idText,
  list,
  longestId,
  number,
  oneOf,
  type Schema,
  strict,
  text,
} from './fields.js';
import { givenState, selectedState } from './source-server-state.js';

const sourceServerQuery = strict(
  {},
  {
    /** Only servers in this state. */
    state: selectedState(),
    /** Only servers with this name. */
    name: text(),
    /** Only the server with this id: at most 255 characters. */
    id: text({ max: longestId }),
    /** Only servers with this IPv4 address; it goes before `ipv6`. */
    ip: text(),
    /** Only servers with this IPv6 address. */
    ipv6: text(),
    /** Only servers of this migration project, by its id: at most 255 characters. */
    migproject: text({ max: longestId }),
    /** Items on a page; 0 means 200, as when left out. The maximum is not documented. */
    limit: number({ min: 0 }),
    /** Items to skip; 0 when left out. */
    offset: number({ min: 0 }),
    /** Only servers in this phase of the migration. */
    migration_cycle: exactlyOneOf('checking', 'setting', 'replicating', 'syncing', 'cutovering', 'cutovered'),
    /** Only servers that are, or are not, in contact. One document says that it selects the disconnected ones. */
    connected: flag(),
    /** Only servers of this enterprise project. */
    enterprise_project_id: text(),
    /** Only servers that have, or have no, consistency result. */
    is_consistency_result_exist: flag(),
    /** Only the server whose clone is this ECS: at most 255 characters. */
    vm_id: text({ max: longestId }),
  },
);

/** Which source servers to list. */
export interface SourceServerQuery extends Infer<typeof sourceServerQuery> {}
/** Schema of the type of the same name. */
export const SourceServerQuery: Schema<SourceServerQuery> = sourceServerQuery;

const sourceServerErrorQuery = strict(
  {},
  {
    /** Items on a page: 0 to 100, 50 when left out. */
    limit: number({ min: 0, max: 100 }),
    /** Items to skip: 0 to 65535. The service insists on it; the client sends 0 when it is left out. */
    offset: number({ min: 0, max: 65_535 }),
    /** Only servers of this enterprise project: at most 255 characters. */
    enterprise_project_id: text({ max: 255 }),
    /** Only servers of this migration project, by its id: at most 255 characters. Not in the documentation after 2025. */
    migproject: text({ max: 255 }),
  },
);

/** Which failed source servers to list. */
export interface SourceServerErrorQuery extends Infer<typeof sourceServerErrorQuery> {}
/** Schema of the type of the same name. */
export const SourceServerErrorQuery: Schema<SourceServerErrorQuery> = sourceServerErrorQuery;

// Adjustments name records that exist, by ids that are text here and numbers where they are read: the one place where disks
// and volumes really differ from `DiskInput`.
const physicalVolumeAdjustment = strict(
  {},
  {
    /** Id of the partition: a number where it is read, text here. Both are accepted and sent as text. */
    id: idText(),
    /** Whether to migrate the partition. */
    need_migration: flag(),
    /** New size, in bytes. */
    adjust_size: bytes({ min: 0 }),
  },
);

/** What to change of a partition before the migration. */
export interface PhysicalVolumeAdjustment extends Infer<typeof physicalVolumeAdjustment> {}
/** Schema of the type of the same name. */
export const PhysicalVolumeAdjustment: Schema<PhysicalVolumeAdjustment> = physicalVolumeAdjustment;

const diskAdjustment = strict(
  {},
  {
    /** Id of the disk: a number where it is read, text here. Both are accepted and sent as text. */
    id: idText(),
    /** Whether to migrate the disk. Documents describe it as the disk's name, by mistake. */
    need_migration: flag(),
    /** New size, in bytes. */
    adjust_size: bytes({ min: 0 }),
    /** Partitions of the disk. */
    physical_volumes: list(PhysicalVolumeAdjustment),
  },
);

/** What to change of a disk before the migration. */
export interface DiskAdjustment extends Infer<typeof diskAdjustment> {}
/** Schema of the type of the same name. */
export const DiskAdjustment: Schema<DiskAdjustment> = diskAdjustment;

const logicalVolumeAdjustment = strict(
  {},
  {
    /** Id of the logical volume, as text. */
    id: idText(),
    /** Whether to migrate the logical volume. */
    need_migration: flag(),
    /** New size, in bytes. */
    adjust_size: bytes({ min: 0 }),
  },
);

/** What to change of a logical volume before the migration. */
export interface LogicalVolumeAdjustment extends Infer<typeof logicalVolumeAdjustment> {}
/** Schema of the type of the same name. */
export const LogicalVolumeAdjustment: Schema<LogicalVolumeAdjustment> = logicalVolumeAdjustment;

const volumeGroupAdjustment = strict(
  {},
  {
    /** Id of the volume group, as text. */
    id: idText(),
    /** Whether to migrate the volume group. */
    need_migration: flag(),
    /** New size, in bytes. */
    adjust_size: bytes({ min: 0 }),
    /** Logical volumes of the group. */
    logical_volumes: list(LogicalVolumeAdjustment),
  },
);

/** What to change of an LVM volume group before the migration. */
export interface VolumeGroupAdjustment extends Infer<typeof volumeGroupAdjustment> {}
/** Schema of the type of the same name. */
export const VolumeGroupAdjustment: Schema<VolumeGroupAdjustment> = volumeGroupAdjustment;

const sourceServerUpdate = strict(
  {},
  {
    /** New name. */
    name: text(),
    /** Id of the migration project to move the server to. The wire name has no underscores. */
    migprojectid: idText(),
    /** Disks to adjust; honoured only until the target is configured. */
    disks: list(DiskAdjustment),
    /** LVM volume groups to adjust; honoured only until the target is configured. */
    volume_groups: list(VolumeGroupAdjustment),
  },
);

/** What to change of a source server. */
export interface SourceServerUpdate extends Infer<typeof sourceServerUpdate> {}
/** Schema of the type of the same name. */
export const SourceServerUpdate: Schema<SourceServerUpdate> = sourceServerUpdate;

const copyStateUpdate = strict({
  /** New state of the server. Here alone `initialize` is spelled `init`. */
  copystate: givenState(),
  /** New phase of the migration. The wire name has no underscore, and the set is larger than that of responses. */
  migrationcycle: oneOf(
    'no_ready',
    'ready_for_test',
    'testing',
    'tested',
    'cutovering',
    'cutovered',
    'checking',
    'setting',
    'replicating',
    'syncing',
  ),
});

/**
 * The state to put a source server in. The service ignores it without a word for servers that failed their checks, are pausing,
 * paused, being deleted, finished or clearing.
 */
export interface CopyStateUpdate extends Infer<typeof copyStateUpdate> {}
/** Schema of the type of the same name. */
export const CopyStateUpdate: Schema<CopyStateUpdate> = copyStateUpdate;

const diskInfoUpdate = strict(
  {},
  {
    /** All disks of the server. */
    disks: list(DiskInput),
    /** All LVM volume groups of the server. Without an underscore here, unlike everywhere else. */
    volumegroups: list(VolumeGroupInput),
    /** All Btrfs file systems of the server. */
    btrfs_list: list(BtrfsFileSystemInput),
  },
);

/** The disks of a source server: they replace what is known of them, as long as the target is not configured. */
export interface DiskInfoUpdate extends Infer<typeof diskInfoUpdate> {}
/** Schema of the type of the same name. */
export const DiskInfoUpdate: Schema<DiskInfoUpdate> = diskInfoUpdate;
