/** The cloud side of a task: the server that the source is migrated to, and the clone made by a clone test. */
import { Disk, TargetDisk, VolumeGroup } from './disk.js';
import { type Infer, idText, list, loose, merge, oneOf, type Schema, strict, text } from './fields.js';

// What only the full response shows.
const targetDetails = loose(
  {
    /** Id of the target record of the task; the ECS itself is `vm_id`. */
    id: text(),
  },
  {
    /** Disks of the target. */
    disks: list(TargetDisk),
  },
);

const targetShort = loose(
  {},
  {
    /** Id of the target record of the task; the ECS itself is `vm_id`. */
    id: text(),
    /** Disks of the target. */
    disks: list(Disk),
  },
);

const targetBase = loose(
  {},
  {
    /** Id of the ECS. Null until the ECS exists, when a template creates it. */
    vm_id: text(),
    /** Name of the ECS. */
    name: text(),
    /** IPv4 address; null in the official example. */
    ip: text(),
    /** Operating system family. */
    os_type: oneOf('WINDOWS', 'LINUX'),
    /** Operating system version in the style of SMS, for instance `CENTOS_7_6_64BIT`; may be null. */
    os_version: text(),
    /** Windows system directory; null for Linux. */
    system_dir: text(),
    /** LVM volume groups; an empty array when there are none. */
    volume_groups: list(VolumeGroup),
    /** Btrfs file systems: text here, objects everywhere else. */
    btrfs_list: list(text()),
    /** Id of the EVS volume that carries the agent image. */
    image_disk_id: text(),
    /** Snapshots kept so that a launch can be rolled back, as text. */
    cutovered_snapshot_ids: text(),
    /** Only in the official example, where it is null; the SDKs name `cutovered_snapshot_ids` instead. */
    rollback_snapshot_ids: text(),
  },
);

/** What the target of a task shows alone and in lists. */
export interface TargetBase extends Infer<typeof targetBase> {}

/** The target server of a task. */
export interface TargetServer extends TargetBase, Infer<typeof targetDetails> {}
/** Schema of the type of the same name. */
export const TargetServer: Schema<TargetServer> = merge(targetDetails, targetBase);

/** The target server in lists and of the current task of a source server, where often only `vm_id` and `name` are shown. */
export interface TargetSummary extends TargetBase, Infer<typeof targetShort> {}
/** Schema of the type of the same name. */
export const TargetSummary: Schema<TargetSummary> = merge(targetShort, targetBase);

const cloneServerFields = {
  /** Name of the cloned ECS. */
  name: text(),
  /** Error code of the clone. */
  clone_error: text(),
  /** State of the clone. */
  clone_state: oneOf('NOT_READY', 'READY', 'PREPARING', 'CREATING', 'ERROR', 'FINISHED'),
  /** Error text of the clone. */
  error_msg: text(),
};

const cloneServerBase = loose({}, cloneServerFields);

/** What a clone has in common in responses and in requests. */
export interface CloneServerBase extends Infer<typeof cloneServerBase> {}

const cloneServerId = loose(
  {},
  {
    /** Id of the cloned ECS. */
    vm_id: text(),
  },
);

/** The clone of a target made by a clone test. List items show only `vm_id` and `name`. */
export interface CloneServer extends CloneServerBase, Infer<typeof cloneServerId> {}
/** Schema of the type of the same name. */
export const CloneServer: Schema<CloneServer> = merge(cloneServerId, cloneServerBase);

const cloneServerInputId = strict(
  {},
  {
    /** Id of the cloned ECS: text; a number is accepted and sent as text. */
    vm_id: idText(),
  },
);

/** The clone of a target in a request: the fields of `CloneServer`. What is null is not sent. */
export interface CloneServerInput extends CloneServerBase, Infer<typeof cloneServerInputId> {}
/** Schema of the type of the same name. */
export const CloneServerInput: Schema<CloneServerInput> = merge(cloneServerInputId, strict({}, cloneServerFields));
