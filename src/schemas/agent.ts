/** What only the migration agent sends and receives: registration, commands, progress. */
import { BtrfsFileSystemInput, DiskInput, VolumeGroupInput } from './disk.js';
import {
  anything,
  bytes,
  flag,
  type Infer,
  idText,
  list,
  loose,
  megabitsPerSecond,
  megabytes,
  milliseconds,
  number,
  oneOf,
  percent,
  record,
  type Schema,
  strict,
  text,
} from './fields.js';
import { NetworkInterfaceInput } from './network.js';
import { registeredState } from './source-server-state.js';

const sourceServerRegistration = strict(
  {
    /** Name to show in the console. */
    name: text(),
    /** Operating system family. */
    os_type: oneOf('WINDOWS', 'LINUX'),
    /** Operating system version in the style of SMS, for instance `CENTOS_7_6_64BIT`. */
    os_version: text(),
    /** Network cards. */
    networks: list(NetworkInterfaceInput),
    /** Version of the agent. */
    agent_version: text(),
  },
  {
    /** Id of the source server, when it is known already. */
    id: idText(),
    /** IPv4 address. */
    ip: text(),
    /** IPv6 address. */
    ipv6: text(),
    /** Host name that the operating system reports. */
    hostname: text(),
    /** True for an OEM build of Windows. */
    oem_system: flag(),
    /** Linux: outcome of the checks for a migration by block, as text. */
    linux_block_check: text(),
    /** Boot firmware. */
    firmware: oneOf('BIOS', 'UEFI'),
    /** Boot loader (Linux). Only `GRUB` is accepted; older documentation also lists `LILO`. */
    boot_loader: oneOf('GRUB', 'LILO'),
    /** Number of virtual CPUs. */
    cpu_quantity: number({ min: 0 }),
    /** Memory: MB according to the documentation, yet agents send bytes. */
    memory: number({ min: 0 }),
    /** Disks. */
    disks: list(DiskInput),
    /** LVM volume groups. */
    volume_groups: list(VolumeGroupInput),
    /** Btrfs file systems. */
    btrfs_list: list(BtrfsFileSystemInput),
    /** Id of the account. */
    domain_id: idText(),
    /** Linux: whether rsync is present. */
    has_rsync: flag(),
    /** Linux: whether the `tc` tool, which speed limits need, is present. */
    has_tc: flag(),
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
    /** Version of the kernel. */
    kernel_version: text(),
    /** Coarse phase of the migration. */
    migration_cycle: oneOf('checking', 'setting', 'replicating', 'syncing', 'cutovering', 'cutovered'),
    /** State of the server. */
    state: registeredState(),
    /** How the agent was started: `MANUAL`, `MGC` or an empty string. The service does not check it. */
    start_type: oneOf('MANUAL', 'MGC', ''),
    /** How long a read from disk takes, in milliseconds. */
    io_read_wait: milliseconds(),
    /** Where the server runs. */
    platform: oneOf('hw', 'ali', 'aws', 'azure', 'gcp', 'tencent', 'vmware', 'hyperv', 'other', 'default'),
    /** Kind of virtualisation. Sent by the Terraform provider only. */
    virtualization_type: text(),
  },
);

/** A source server to register. */
export interface SourceServerRegistration extends Infer<typeof sourceServerRegistration> {}
/** Schema of the type of the same name. */
export const SourceServerRegistration: Schema<SourceServerRegistration> = sourceServerRegistration;

const agentCommandParameters = loose(
  {},
  {
    /** Id of the task. */
    task_id: text(),
    /** OBS bucket, for the upload of a log. */
    bucket: text(),
  },
);

/** What a command is about. */
export interface AgentCommandParameters extends Infer<typeof agentCommandParameters> {}
/** Schema of the type of the same name. */
export const AgentCommandParameters: Schema<AgentCommandParameters> = agentCommandParameters;

const agentCommand = loose(
  {},
  {
    /** What the agent is to do. The set changed over the years: `DELETE` and `SYNC` are in older documentation. */
    command_name: oneOf(
      'START',
      'STOP',
      'SKIP',
      'PREMIGRATE',
      'TASK_NOT_STARTED',
      'TASK_HAS_STOPPED',
      'TASK_HAS_FINISHED',
      'DELETE',
      'SYNC',
    ),
    /** What the command is about. */
    command_param: AgentCommandParameters,
  },
);

/** A command for the agent of a source server. */
export interface AgentCommand extends Infer<typeof agentCommand> {}
/** Schema of the type of the same name. */
export const AgentCommand: Schema<AgentCommand> = agentCommand;

const agentCommandResult = strict({
  /** The command that was carried out. `RSET_LOG_ACL` is the spelling of the service. */
  command_name: oneOf('START', 'STOP', 'DELETE', 'SYNC', 'UPLOAD_LOG', 'RSET_LOG_ACL'),
  /** Whether it succeeded: `success` or `fail`. */
  result: oneOf('success', 'fail'),
  /** Details, in any form; the service only stores them. */
  result_detail: record(anything()),
});

/** What came of a command. */
export interface AgentCommandResult extends Infer<typeof agentCommandResult> {}
/** Schema of the type of the same name. */
export const AgentCommandResult: Schema<AgentCommandResult> = agentCommandResult;

const taskProgressReport = strict(
  {
    /** Step that is reported on. */
    subtask_name: oneOf(
      'CREATE_CLOUD_SERVER',
      'SSL_CONFIG',
      'ATTACH_AGENT_IMAGE',
      'DETTACH_AGENT_IMAGE',
      'FORMAT_DISK_LINUX',
      'FORMAT_DISK_LINUX_FILE',
      'FORMAT_DISK_LINUX_BLOCK',
      'FORMAT_DISK_WINDOWS',
      'MIGRATE_LINUX_FILE',
      'MIGRATE_LINUX_BLOCK',
      'MIGRATE_WINDOWS_BLOCK',
      'CLONE_VM',
      'SYNC_LINUX_FILE',
      'SYNC_LINUX_BLOCK',
      'SYNC_WINDOWS_BLOCK',
      'CONFIGURE_LINUX',
      'CONFIGURE_LINUX_BLOCK',
      'CONFIGURE_LINUX_FILE',
      'CONFIGURE_WINDOWS',
    ),
    /** Progress of the step: 0 to 100, a whole number of percent. */
    progress: number({ min: 0, max: 100 }),
  },
  {
    /** Copied so far, in bytes. */
    replicatesize: bytes({ min: 0 }),
    /** To be copied in all, in bytes. */
    totalsize: bytes({ min: 0 }),
    /** Details of the progress, as free text. */
    process_trace: text(),
    /** Current rate, in Mbit/s. */
    migrate_speed: megabitsPerSecond(),
    /** Compression ratio of the files; the unit is not documented. */
    compress_rate: number(),
    /** Time left; the unit is not documented. */
    remain_time: number(),
    /** CPU use of the source host: 0 to 100 percent. */
    total_cpu_usage: percent({ min: 0, max: 100 }),
    /** CPU use of the agent: 0 to 100 percent. */
    agent_cpu_usage: percent({ min: 0, max: 100 }),
    /** Memory use of the source host, in MB. */
    total_mem_usage: megabytes(),
    /** Memory use of the agent, in MB. */
    agent_mem_usage: megabytes(),
    /** Disk traffic of the source host, in Mbit/s. */
    total_disk_io: megabitsPerSecond(),
    /** Disk traffic of the agent, in Mbit/s. */
    agent_disk_io: megabitsPerSecond(),
    /** Whether a migration drill is enabled. */
    need_migration_test: flag(),
    /** Clock of the agent, as text; the service detects excessive rates with it. */
    agent_time: text(),
  },
);

/** The progress of a step, as the agent reports it. */
export interface TaskProgressReport extends Infer<typeof taskProgressReport> {}
/** Schema of the type of the same name. */
export const TaskProgressReport: Schema<TaskProgressReport> = taskProgressReport;
