import type { CheckRecord } from './checks.js';
import type { BtrfsFileSystem, Network, SourceDisk, VolumeGroup } from './layout.js';

/** A state that was set from outside. It holds until what the source would show without it changes. */
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
 * another one takes its place on the shelf.
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
  /** Whether the agent is in contact with the service. */
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
