/** The server that is migrated, as the migration agent reported it. */
import { BtrfsFileSystem, Disk, VolumeGroup } from './disk.js';
import {
  bytes,
  epochMs,
  flag,
  type Infer,
  list,
  loose,
  megabitsPerSecond,
  number,
  oneOf,
  type Schema,
  seconds,
  text,
} from './fields.js';
import { NetworkInterface } from './network.js';
import { shownState } from './source-server-state.js';
import { CloneServer, TargetSummary } from './target-server.js';

const environmentCheck = loose(
  {},
  {
    /** Database id of the check. */
    id: number(),
    /** Parameters of the check. */
    params: list(text()),
    /** What was checked, for instance `OS_VERSION`, `FIRMWARE`, `CPU`, `MEMORY`, `FILE_SYSTEM` or `RSYNC`. */
    name: text(),
    /** Outcome. `ERROR` refuses a migration, `WARN` does not. */
    result: oneOf('OK', 'WARN', 'ERROR'),
    /** Error code; null when the check passed. */
    error_code: text(),
    /** Whether the check found an error or a warning. */
    error_or_warn: text(),
    /** Parameters of the error, as text. */
    error_params: text(),
  },
);

/** The outcome of one feasibility check of a source server. */
export interface EnvironmentCheck extends Infer<typeof environmentCheck> {}
/** Schema of the type of the same name. */
export const EnvironmentCheck: Schema<EnvironmentCheck> = environmentCheck;

const suggestedTarget = loose(
  {},
  {
    /** Disks that the target needs. */
    disks: list(Disk),
    /** LVM volume groups that the target needs; an empty array when there are none. */
    volume_groups: list(VolumeGroup),
  },
);

/** The layout that the service suggests for the target of a source server. */
export interface SuggestedTarget extends Infer<typeof suggestedTarget> {}
/** Schema of the type of the same name. */
export const SuggestedTarget: Schema<SuggestedTarget> = suggestedTarget;

const currentTask = loose(
  {},
  {
    /** Id of the task. */
    id: text(),
    /** Name of the task. */
    name: text(),
    /** Kind of migration. */
    type: oneOf('MIGRATE_BLOCK', 'MIGRATE_FILE'),
    /** State of the task, as plain text. Old examples use `SUCCESS` and `FAIL`. */
    state: text(),
    /** When the task is expected to end, in milliseconds since 1970. Items of a list only. */
    estimate_complete_time: epochMs(),
    /** Time left, in seconds. Items of a list only. */
    remain_seconds: seconds(),
    /** When the task was started, in milliseconds since 1970. */
    start_date: epochMs(),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond(),
    /** Current rate, in Mbit/s. */
    migrate_speed: megabitsPerSecond(),
    /** Compression ratio of the files; the unit is not documented. Items of a list only. */
    compress_rate: number(),
    /** Whether the target is started when the migration ends. */
    start_target_server: flag(),
    /** Template that creates the target. */
    vm_template_id: text(),
    /** Region of the target. */
    region_id: text(),
    /** Name of the IAM project of the target. */
    project_name: text(),
    /** Id of the IAM project of the target. */
    project_id: text(),
    /** Target of the task; only `vm_id` and `name` are shown here. */
    target_server: TargetSummary,
    /** Where the collection of the task's log stands. */
    log_collect_status: oneOf('INIT', 'UPLOADING', 'UPLOAD_FAIL', 'UPLOADED'),
    /** OBS bucket that the log was uploaded to. Items of a list only. */
    log_bucket: text(),
    /** When the log was uploaded, in milliseconds since 1970. Items of a list only. */
    log_upload_time: epochMs(),
    /** How long the log can be shared; the unit is not documented. Items of a list only. */
    log_expire: number(),
    /** Secret: anyone with this link can read the log. Only in list items. */
    log_share_url: text(),
    /** True for an existing ECS as target, false for one made from a template. */
    exist_server: flag(),
    /** Whether the data goes over a public address. */
    use_public_ip: flag(),
    /** Clone made by a clone test. */
    clone_server: CloneServer,
    /** Current step and its progress, as text. */
    subtask_info: text(),
  },
);

/** The task that a source server is bound to, in short. */
export interface CurrentTask extends Infer<typeof currentTask> {}
/** Schema of the type of the same name. */
export const CurrentTask: Schema<CurrentTask> = currentTask;

const sourceServer = loose(
  {
    /** Id of the source server. */
    id: text(),
  },
  {
    /** IPv4 address. */
    ip: text(),
    /** Name shown in the console. */
    name: text(),
    /** Host name that the operating system reports; may be null. */
    hostname: text(),
    /** Enterprise project that the server belongs to. */
    enterprise_project_id: text(),
    /** When the agent registered the server, in milliseconds since 1970. */
    add_date: epochMs(),
    /** Operating system family. */
    os_type: oneOf('WINDOWS', 'LINUX'),
    /** Operating system version in the style of SMS, for instance `CENTOS_7_6_64BIT`. */
    os_version: text(),
    /** True for an OEM build of Windows. */
    oem_system: flag(),
    /** State of the server; a task has states of its own. The API of 2020 used `CHECKING`, `AVAILABLE` and `UNAVAILABLE`. */
    state: shownState(),
    /** True while the agent is in contact with the service. */
    connected: flag(),
    /** Boot firmware. */
    firmware: oneOf('BIOS', 'UEFI'),
    /** Suggested layout of the target; may be null. */
    init_target_server: SuggestedTarget,
    /** Number of virtual CPUs. */
    cpu_quantity: number(),
    /** Memory: MB according to the documentation, bytes in responses of lists. */
    memory: number(),
    /** Task that the server is bound to; null when there is none. */
    current_task: CurrentTask,
    /** Disks. */
    disks: list(Disk),
    /** LVM volume groups; an empty array when there are none. */
    volume_groups: list(VolumeGroup),
    /** Btrfs file systems; an empty array when there are none. */
    btrfs_list: list(BtrfsFileSystem),
    /** Network cards. */
    networks: list(NetworkInterface),
    /** Outcome of the feasibility checks. */
    checks: list(EnvironmentCheck),
    /** Coarse phase of the migration. */
    migration_cycle: oneOf('checking', 'setting', 'replicating', 'syncing', 'cutovering', 'cutovered'),
    /** When `state` last changed, in milliseconds since 1970. */
    state_action_time: epochMs(),
    /** Copied so far, in bytes. */
    replicatesize: bytes(),
    /** To be copied in all, in bytes. */
    totalsize: bytes(),
    /** When the agent's connection last changed, in milliseconds since 1970. */
    last_visit_time: epochMs(),
    /** When `migration_cycle` last changed, in milliseconds since 1970. */
    stage_action_time: epochMs(),
    /** Version of the agent. */
    agent_version: text(),
    /** Linux: whether the `tc` tool, which speed limits need, is installed. */
    has_tc: flag(),
    /** How the agent was started: `MANUAL`, `MGC` or an empty string. */
    start_type: oneOf('MANUAL', 'MGC', ''),
    /** Whether a consistency result exists. Items of a list only. */
    is_consistency_result_exist: flag(),
    /** Whether disks are adjusted. Seen by the Terraform provider only. */
    adjust_disk: flag(),
  },
);

/**
 * A source server. One shape serves the full response, the items of a list and the short form inside a task: the service shows a
 * different part of it in each place.
 */
export interface SourceServer extends Infer<typeof sourceServer> {}
/** Schema of the type of the same name. */
export const SourceServer: Schema<SourceServer> = sourceServer;

const sourceServerPage = loose(
  {
    /** The items of this page. */
    source_servers: list(SourceServer),
  },
  {
    /** Number of all matches, not of the items on this page. */
    count: number(),
  },
);

/** One page of source servers. */
export interface SourceServerPage extends Infer<typeof sourceServerPage> {}
/** Schema of the type of the same name. */
export const SourceServerPage: Schema<SourceServerPage> = sourceServerPage;

const sourceServerOverview = loose(
  {},
  {
    /** Servers that passed the checks and wait. */
    waiting: number(),
    /** Servers being copied. */
    replicate: number(),
    /** Servers that synchronise. */
    syncing: number(),
    /** Paused servers. */
    stopped: number(),
    /** Servers being deleted. */
    deleting: number(),
    /** Servers whose target is being launched. */
    cutovering: number(),
    /** Servers that failed the checks. */
    unavailable: number(),
    /** Servers being paused. */
    stopping: number(),
    /** Servers that skip a step. */
    skipping: number(),
    /** Servers whose target was launched. */
    finished: number(),
    /** Servers being initialised. */
    initialize: number(),
    /** Servers in error. */
    error: number(),
    /** Servers that wait for a clone. */
    cloning: number(),
    /** Servers without a configured target. */
    unconfigured: number(),
  },
);

/** How many source servers are in which state. */
export interface SourceServerOverview extends Infer<typeof sourceServerOverview> {}
/** Schema of the type of the same name. */
export const SourceServerOverview: Schema<SourceServerOverview> = sourceServerOverview;

const sourceServerError = loose(
  {},
  {
    /** What went wrong: JSON text, possibly cut off at 255 characters. */
    error_json: text(),
    /** Host name that the operating system of the source reports. */
    host_name: text(),
    /** Name of the source server in the console. */
    name: text(),
    /** Id of the source server. */
    source_id: text(),
    /** Address of the source. */
    source_ip: text(),
    /** Address of the target. */
    target_ip: text(),
  },
);

/** A source server whose migration failed. */
export interface SourceServerError extends Infer<typeof sourceServerError> {}
/** Schema of the type of the same name. */
export const SourceServerError: Schema<SourceServerError> = sourceServerError;

const sourceServerErrorPage = loose(
  {
    /** The items of this page. */
    migration_errors: list(SourceServerError),
  },
  {
    /** Number of all matches, not of the items on this page. */
    count: number(),
  },
);

/** One page of source servers whose migration failed. */
export interface SourceServerErrorPage extends Infer<typeof sourceServerErrorPage> {}
/** Schema of the type of the same name. */
export const SourceServerErrorPage: Schema<SourceServerErrorPage> = sourceServerErrorPage;
