import type { DiskSeed } from '../tasks/task-seed.js';

/** Result of a feasibility check of a source server. */
export interface CheckSeed {
  /** Name of the check, such as `OS_VERSION`, `FIRMWARE`, `CPU`, `MEMORY`, `FILE_SYSTEM` or `RSYNC`. */
  name: string;
  /** Outcome. One `ERROR` makes the server `unavailable`. */
  result: 'OK' | 'WARN' | 'ERROR';
  /** Service error code of a check that found something. Default: none. */
  error_code?: string | undefined;
}

/** A source server to put into the simulator. Names with an underscore are fields of the service. */
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
  /** Whether the agent is in contact with the service. Default: true. */
  connected?: boolean | undefined;
  /** Feasibility checks with a result other than the usual `OK`, and further ones. Default: none. */
  checks?: readonly CheckSeed[] | undefined;
  /** Migration project. Default: the default one. */
  migprojectid?: string | undefined;
}
