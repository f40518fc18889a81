import type { DiskSeed } from '../tasks/task-seed.js';
import type { BtrfsFileSystem, Network, SourceDisk, VolumeGroup } from './layout.js';

/** A feasibility check, under the names of the wire. */
export interface CheckRecord {
  /** Id of the result. */
  readonly id: number;
  /** What was checked. */
  readonly params: readonly string[];
  /** Name of the check. */
  readonly name: string;
  /** `OK`, `WARN` or `ERROR`. */
  readonly result: string;
  /** Service error code; null when the check passed. */
  readonly error_code: string | null;
  /** `error`, `warn` or empty. */
  readonly error_or_warn: string;
  /** Parameters of the error text. */
  readonly error_params: string;
}

/** A state that was set from outside. It applies until the state that follows from the task changes. */
export interface ReportedState {
  /** State of the source server. */
  readonly state: string;
  /** Phase of its migration. */
  readonly cycle: string;
  /** What the source would show without it. */
  readonly insteadOf: string;
  /** Since when it would show that, in ms since 1970. */
  readonly insteadSince: number;
  /** When it was set, in ms since 1970. */
  readonly at: number;
}

/**
 * A source server as the simulator keeps it. Names with an underscore are fields of the wire. A record is never changed:
 * a new one replaces it in the collection.
 */
export interface SourceRecord {
  /** Id of the source server. */
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** IPv4 address. */
  readonly ip: string;
  /** IPv6 address; empty when there is none. */
  readonly ipv6: string;
  /** Host name. */
  readonly hostname: string;
  /** `LINUX` or `WINDOWS`. */
  readonly os_type: string;
  /** Version label of SMS, such as `CENTOS_7_6_64BIT`. */
  readonly os_version: string;
  /** Whether it is an OEM build of Windows. */
  readonly oem_system: boolean;
  /** `BIOS` or `UEFI`. */
  readonly firmware: string;
  /** Number of vCPUs. */
  readonly cpu_quantity: number;
  /** Memory in bytes; the wire counts MB in one place. */
  readonly memoryBytes: number;
  /** Version of the agent. */
  readonly agent_version: string;
  /** Whether the tc tool is present. */
  readonly has_tc: boolean;
  /** How the agent was started. */
  readonly start_type: string;
  /** Enterprise project; `0` is the default one. */
  readonly enterprise_project_id: string;
  /** Registration on the migration clock, in ms since 1970. */
  readonly add_date: number;
  /** Whether the agent is connected to the service. */
  readonly connected: boolean;
  /** Network interfaces. */
  readonly networks: readonly Network[];
  /** Feasibility checks. */
  readonly checks: readonly CheckRecord[];
  /** Disks. */
  readonly disks: readonly SourceDisk[];
  /** Volume groups. */
  readonly volume_groups: readonly VolumeGroup[];
  /** Btrfs file systems. */
  readonly btrfs_list: readonly BtrfsFileSystem[];
  /** Migration project. */
  readonly migprojectid: string;
  /** State set from outside; null while none is. */
  readonly reported: ReportedState | null;
  /** Fields of ShowServer that a handle has set over what would be shown. */
  readonly shown: Readonly<Record<string, unknown>>;
}

/** Result of a feasibility check of a source server. */
export interface CheckSeed {
  /** Name of the check, such as `OS_VERSION`, `FIRMWARE`, `CPU`, `MEMORY`, `FILE_SYSTEM` or `RSYNC`. */
  name: string;
  /** Outcome. One `ERROR` makes the server `unavailable`. */
  result: 'OK' | 'WARN' | 'ERROR';
  /** Service error code of a check that did not pass. Default: none. */
  error_code?: string | undefined;
}

/** A source server to add to the simulator. Names with an underscore are fields of the service. */
export interface SourceSeed {
  /** Id of the source server. Default: a UUID. */
  id?: string | undefined;
  /** Display name. Default: `ecs-` and the beginning of the id. */
  name?: string | undefined;
  /** IPv4 address. Default: counted from 192.168.0.2. */
  ip?: string | undefined;
  /** Host name. Default: the display name. */
  hostname?: string | undefined;
  /** Operating system. Default: `LINUX`. */
  os_type?: 'LINUX' | 'WINDOWS' | undefined;
  /** Version label of SMS. Default: `CENTOS_7_6_64BIT`, for Windows `WINDOWS2019_64BIT`. */
  os_version?: string | undefined;
  /** Boot firmware. Default: `BIOS`. */
  firmware?: 'BIOS' | 'UEFI' | undefined;
  /** Number of vCPUs. Default: 4. */
  cpu_quantity?: number | undefined;
  /** Memory in bytes. Default: 8 GiB. */
  memoryBytes?: number | undefined;
  /** Disks. Default: the one of the official example, 40 GiB with 2.3 GiB of data. */
  disks?: readonly DiskSeed[] | undefined;
  /** Whether the agent is connected to the service. Default: true. */
  connected?: boolean | undefined;
  /** Feasibility checks with a result other than `OK`, and additional checks. Default: none. */
  checks?: readonly CheckSeed[] | undefined;
  /** Migration project. Default: the default project. */
  migprojectid?: string | undefined;
}
