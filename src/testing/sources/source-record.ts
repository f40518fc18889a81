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

/** A source server that the simulator knows. */
export interface SourceRecord {
  /** Id of the source server. */
  readonly id: string;
  /** Display name. */
  name: string;
  /** IPv4 address. */
  readonly ip: string;
  /** IPv6 address; empty when there is none. */
  readonly ipv6: string;
  /** Host name. */
  readonly hostname: string;
  /** `LINUX` or `WINDOWS`. */
  readonly osType: string;
  /** Version label of SMS, such as `CENTOS_7_6_64BIT`. */
  readonly osVersion: string;
  /** Whether it is an OEM build of Windows. */
  readonly oemSystem: boolean;
  /** `BIOS` or `UEFI`. */
  readonly firmware: string;
  /** Number of vCPUs. */
  readonly cpuQuantity: number;
  /** Memory in bytes. */
  readonly memoryBytes: number;
  /** Version of the agent. */
  readonly agentVersion: string;
  /** Whether the tc tool is present. */
  readonly hasTc: boolean;
  /** How the agent was started. */
  readonly startType: string;
  /** Enterprise project; `0` is the default one. */
  readonly enterpriseProjectId: string;
  /** Registration on the migration clock, in ms since 1970. */
  readonly addedAt: number;
  /** Whether the agent is in contact with the service. */
  readonly connected: boolean;
  /** Network interfaces. */
  readonly networks: readonly Network[];
  /** Feasibility checks. */
  readonly checks: readonly CheckRecord[];
  /** Disks. */
  disks: readonly SourceDisk[];
  /** Volume groups. */
  volumeGroups: readonly VolumeGroup[];
  /** Btrfs file systems. */
  btrfsList: readonly BtrfsFileSystem[];
  /** Migration project. */
  migrationProjectId: string;
  /** State set from outside; null while none is. */
  reported: ReportedState | null;
  /** The command that the agent fetched last; null before. */
  lastCommand: string | null;
}
