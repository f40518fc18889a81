/** What tasks are created from and changed to. */
import { BtrfsFileSystemInput, DiskInput, VolumeGroupInput } from './disk.js';
import {
  flag,
  type Infer,
  idText,
  list,
  megabitsPerSecond,
  number,
  oneOf,
  percent,
  type Schema,
  strict,
  text,
} from './fields.js';
import { NetworkInterfaceInput } from './network.js';
import { CloneServerInput } from './target-server.js';

const taskSourceCreate = strict({
  /** Id of the source server. */
  id: idText(),
});

/** The source server of a task to create. */
export interface TaskSourceCreate extends Infer<typeof taskSourceCreate> {}
/** Schema of the type of the same name. */
export const TaskSourceCreate: Schema<TaskSourceCreate> = taskSourceCreate;

// The SDKs call `name` and `vm_id` required; yet a target made from a template has neither, and the Terraform provider then
// sends only disks.
const taskTargetCreate = strict(
  {},
  {
    /** Id of an existing ECS; left out when a template creates the target. */
    vm_id: idText(),
    /** Name of the existing ECS; left out when a template creates the target. */
    name: text(),
    /** Disks of the target; `init_target_server.disks` of the source server suggests them. */
    disks: list(DiskInput),
    /** LVM volume groups, as the source server has them. */
    volume_groups: list(VolumeGroupInput),
    /** Btrfs file systems, as the source server has them: objects here, text in the response. */
    btrfs_list: list(BtrfsFileSystemInput),
  },
);

/** The target of a task to create. */
export interface TaskTargetCreate extends Infer<typeof taskTargetCreate> {}
/** Schema of the type of the same name. */
export const TaskTargetCreate: Schema<TaskTargetCreate> = taskTargetCreate;

const taskCreate = strict(
  {
    /**
     * Name: 1 to 20 characters, of letters (also Chinese), digits, `_` and `-`. The documentation
     * disagrees (1 to 20, or 4 to 64), so a longer name is sent, with a warning in the log.
     */
    name: text({ min: 1 }),
    /** Kind of migration: by file or by block. Windows has blocks only. */
    type: oneOf('MIGRATE_FILE', 'MIGRATE_BLOCK'),
    /** The server to migrate. */
    source_server: TaskSourceCreate,
    /** The server to migrate it to. */
    target_server: TaskTargetCreate,
    /** Region of the target. */
    region_id: text(),
    /** Name of the region of the target. */
    region_name: text(),
    /** Id of the IAM project of the target. */
    project_id: idText(),
    /** Name of the IAM project of the target. */
    project_name: text(),
  },
  {
    /** Operating system family of the source. */
    os_type: oneOf('WINDOWS', 'LINUX'),
    /** Address to send the data to: an elastic IP over the Internet, a private IP over a dedicated line. */
    migration_ip: text(),
    /** Priority: 0 low, 1 normal (when left out), 2 high. */
    priority: oneOf(0, 1, 2),
    /** Template that creates the target, when there is no existing ECS. */
    vm_template_id: idText(),
    /** Template for the clone of a clone test. */
    clonevm_template_id: idText(),
    /** True for an existing ECS as target, false for one made from a template. Always set it: without it `SMS.0007` is reported. */
    exist_server: flag(),
    /** Start right after the creation; false when left out. */
    auto_start: flag(),
    /** Start the target when the migration ends; true when left out. */
    start_target_server: flag(),
    /** Send the data over a public address. */
    use_public_ip: flag(),
    /** Whether `migration_ip` is an IPv6 address. */
    use_ipv6: flag(),
    /** Keep synchronising after the first copy; false when left out. The task may then stay in `SYNCING` for ever. */
    syncing: flag(),
    /** Measure the network first; false when left out. */
    start_network_check: flag(),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond({ min: 0 }),
    /** Stop the task when its rate exceeds the cap by more than this, in percent. */
    over_speed_threshold: percent(),
    /** Verify that the files are consistent; false when left out. */
    is_need_consistency_check: flag(),
    /** Enable a migration drill. */
    need_migration_test: flag(),
  },
);

/** A task to create. */
export interface TaskCreate extends Infer<typeof taskCreate> {}
/** Schema of the type of the same name. */
export const TaskCreate: Schema<TaskCreate> = taskCreate;

const targetServerUpdate = strict(
  {},
  {
    /** Id of the target record of the task; the ECS itself is `vm_id`. */
    id: idText(),
    /** Id of the ECS. */
    vm_id: idText(),
    /** Name of the ECS. */
    name: text(),
    /** IPv4 address. */
    ip: text(),
    /** Host name that the operating system reports. */
    hostname: text(),
    /** Operating system family. */
    os_type: oneOf('WINDOWS', 'LINUX'),
    /** Operating system version in the style of SMS, for instance `CENTOS_7_6_64BIT`. */
    os_version: text(),
    /** Boot firmware. */
    firmware: oneOf('BIOS', 'UEFI'),
    /** Boot loader (Linux). */
    boot_loader: oneOf('GRUB', 'LILO'),
    /** Number of virtual CPUs. */
    cpu_quantity: number({ min: 0 }),
    /** Memory: MB according to the documentation, bytes according to other sources. */
    memory: number({ min: 0 }),
    /** Flavor of the ECS. */
    flavor: text(),
    /** Disks of the target. */
    disks: list(DiskInput),
    /** LVM volume groups. */
    volume_groups: list(VolumeGroupInput),
    /** Btrfs file systems. */
    btrfs_list: list(BtrfsFileSystemInput),
    /** Network cards. */
    networks: list(NetworkInterfaceInput),
    /** Id of the account. */
    domain_id: idText(),
    /** Linux: whether rsync is present. */
    has_rsync: flag(),
    /** Linux: whether the source is paravirtualised. */
    paravirtualization: flag(),
    /** Linux: raw devices. */
    raw_devices: text(),
    /** Windows: whether driver files are missing; older documentation says present. */
    driver_files: flag(),
    /** Windows: whether abnormal services are present; older documentation says the snapshot service. */
    system_services: flag(),
    /** Windows: whether the rights suffice. */
    account_rights: flag(),
    /** Windows: system directory. */
    system_dir: text(),
    /** Id of the EVS volume that carries the agent image. */
    image_disk_id: idText(),
    /** Snapshots of the target, separated by semicolons. */
    snapshot_ids: text(),
    /** Snapshots kept so that a launch can be rolled back, as text. */
    cutovered_snapshot_ids: text(),
  },
);

/** What to change of the target of a task. */
export interface TargetServerUpdate extends Infer<typeof targetServerUpdate> {}
/** Schema of the type of the same name. */
export const TargetServerUpdate: Schema<TargetServerUpdate> = targetServerUpdate;

const taskUpdate = strict(
  {},
  {
    /** Name, of letters (also Chinese), digits, `_` and `-`. */
    name: text(),
    /** Kind of migration: by file or by block. */
    type: oneOf('MIGRATE_FILE', 'MIGRATE_BLOCK'),
    /** Region of the target. */
    region_id: text(),
    /** Name of the region of the target. */
    region_name: text(),
    /** Id of the IAM project of the target. */
    project_id: idText(),
    /** Name of the IAM project of the target. */
    project_name: text(),
    /** Name of the enterprise project. */
    enterprise_project: text(),
    /** True for an existing ECS as target, false for one made from a template. */
    exist_server: flag(),
    /** Template that creates the target. */
    vm_template_id: idText(),
    /** Address to send the data to. */
    migration_ip: text(),
    /** Whether `migration_ip` is an IPv6 address. */
    use_ipv6: flag(),
    /** Send the data over a public address. */
    use_public_ip: flag(),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond({ min: 0 }),
    /** Id of the EVS volume that carries the agent image. */
    image_disk_id: idText(),
    /** Ids of the target's disks, separated by spaces. */
    target_disk_ids: text(),
    /** Snapshots of the target, separated by semicolons. */
    snapshot_ids: text(),
    /** Snapshots kept so that a launch can be rolled back, as text. */
    cutovered_snapshot_ids: text(),
    /** The target. */
    target_server: TargetServerUpdate,
    /** The clone made by a clone test. */
    clone_server: CloneServerInput,
  },
);

/** What to change of a task. */
export interface TaskUpdate extends Infer<typeof taskUpdate> {}
/** Schema of the type of the same name. */
export const TaskUpdate: Schema<TaskUpdate> = taskUpdate;

const taskLogUpload = strict({
  /** OBS bucket to upload the log to. */
  log_bucket: text(),
});

/** Where to upload the log of a task. */
export interface TaskLogUpload extends Infer<typeof taskLogUpload> {}
/** Schema of the type of the same name. */
export const TaskLogUpload: Schema<TaskLogUpload> = taskLogUpload;
