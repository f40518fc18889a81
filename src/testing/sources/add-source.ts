import type { JsonObject } from '../core/json.js';
import { createDisks, exampleDisk } from '../tasks/disk-records.js';
import type { DiskRecord } from '../tasks/task-record.js';
import type { World } from '../world.js';
import { runChecks } from './checks.js';
import { type BtrfsFileSystem, type Network, readDisks, type SourceDisk, type VolumeGroup } from './layout.js';
import type { SourceRecord } from './source-record.js';
import type { CheckSeed, SourceSeed } from './source-seed.js';

/** What a source server is made from; whatever is missing gets its default. */
export interface SourceInput {
  /** Id. */
  readonly id?: string | undefined;
  /** Display name. */
  readonly name?: string | undefined;
  /** IPv4 address. */
  readonly ip?: string | undefined;
  /** IPv6 address. */
  readonly ipv6?: string | undefined;
  /** Host name. */
  readonly hostname?: string | undefined;
  /** `LINUX` or `WINDOWS`. */
  readonly osType?: string | undefined;
  /** Version label. */
  readonly osVersion?: string | undefined;
  /** Whether it is an OEM build of Windows. */
  readonly oemSystem?: boolean | undefined;
  /** Boot firmware. */
  readonly firmware?: string | undefined;
  /** Number of vCPUs. */
  readonly cpuQuantity?: number | undefined;
  /** Memory in bytes. */
  readonly memoryBytes?: number | undefined;
  /** Version of the agent. */
  readonly agentVersion?: string | undefined;
  /** Whether tc is present. */
  readonly hasTc?: boolean | undefined;
  /** Whether rsync is present. */
  readonly hasRsync?: boolean | undefined;
  /** How the agent was started. */
  readonly startType?: string | undefined;
  /** Whether the agent is in contact. */
  readonly connected?: boolean | undefined;
  /** Network interfaces. */
  readonly networks?: readonly Network[] | undefined;
  /** Disks. */
  readonly disks?: readonly SourceDisk[] | undefined;
  /** Volume groups. */
  readonly volumeGroups?: readonly VolumeGroup[] | undefined;
  /** Btrfs file systems. */
  readonly btrfsList?: readonly BtrfsFileSystem[] | undefined;
  /** Results of checks. */
  readonly checks?: readonly CheckSeed[] | undefined;
  /** Registration on the migration clock. Now, without it. */
  readonly addedAt?: number | undefined;
  /** Migration project. */
  readonly migrationProjectId?: string | undefined;
}

/** Puts a source server into the world. */
export function addSource(world: World, input: SourceInput): SourceRecord {
  const { identifiers } = world;
  const id = input.id ?? identifiers.uuid();
  if (world.sources.has(id)) throw new RangeError(`The source server ${id} exists already`);
  const number = world.sources.size + 1;
  const osType = input.osType ?? 'LINUX';
  const name = input.name ?? `ecs-${id.slice(0, 4)}`;
  const ip = input.ip ?? `192.168.${Math.floor(number / 254) % 256}.${(number % 254) + 1}`;
  const facts = {
    osType,
    osVersion: input.osVersion ?? (osType === 'WINDOWS' ? 'WINDOWS2019_64BIT' : 'CENTOS_7_6_64BIT'),
    firmware: input.firmware ?? 'BIOS',
    cpuQuantity: input.cpuQuantity ?? 4,
    memoryBytes: input.memoryBytes ?? 8_589_934_592,
    disks: input.disks ?? inventDisks(world, [exampleDisk], osType),
    hasRsync: input.hasRsync ?? true,
  };
  const { hasRsync: _checkedOnly, ...kept } = facts;
  const source: SourceRecord = {
    ...kept,
    id,
    name,
    ip,
    ipv6: input.ipv6 ?? '',
    hostname: input.hostname ?? name,
    oemSystem: input.oemSystem ?? false,
    agentVersion: input.agentVersion ?? '8.0.0',
    hasTc: input.hasTc ?? osType === 'LINUX',
    startType: input.startType ?? 'MANUAL',
    enterpriseProjectId: '0',
    addedAt: input.addedAt ?? world.clock.migration(),
    connected: input.connected ?? true,
    networks: input.networks ?? [inventNetwork(ip, number)],
    checks: runChecks(facts, input.checks ?? [], identifiers),
    volumeGroups: input.volumeGroups ?? [],
    btrfsList: input.btrfsList ?? [],
    migrationProjectId: input.migrationProjectId ?? findDefaultProject(world),
    reported: null,
    lastCommand: null,
  };
  world.sources.set(id, source);
  return source;
}

/** Puts a source server into the world as its seed says. */
export function seedSource(world: World, seed: SourceSeed): SourceRecord {
  const project = seed.migprojectid;
  if (project !== undefined && !world.migrationProjects.has(project)) {
    throw new RangeError(`The migration project ${project} does not exist`);
  }
  return addSource(world, {
    id: seed.id,
    name: seed.name,
    ip: seed.ip,
    hostname: seed.hostname,
    osType: seed.os_type,
    osVersion: seed.os_version,
    firmware: seed.firmware,
    cpuQuantity: seed.cpu_quantity,
    memoryBytes: seed.memoryBytes,
    disks: seed.disks === undefined ? undefined : inventDisks(world, seed.disks, seed.os_type ?? 'LINUX'),
    connected: seed.connected,
    checks: seed.checks,
    migrationProjectId: project,
  });
}

/** Disks of a source server as seeds say. The target of a task mirrors them, so both are made up in one place. */
export function inventDisks(world: World, seeds: NonNullable<SourceSeed['disks']>, osType: string): SourceDisk[] {
  const reports = createDisks(seeds, osType, world.identifiers).map(reportDisk);
  return readDisks(reports, world.identifiers);
}

function reportDisk(disk: DiskRecord): JsonObject {
  return {
    name: disk.name,
    partition_style: 'MBR',
    device_use: disk.deviceUse,
    size: disk.sizeBytes,
    used_size: disk.volumes.reduce((sum, { usedBytes }) => sum + usedBytes, 0),
    os_disk: disk.deviceUse === 'BOOT',
    physical_volumes: disk.volumes.map((volume) => ({
      name: volume.name,
      device_use: volume.deviceUse,
      file_system: volume.fileSystem,
      mount_point: volume.mountPoint,
      size: volume.sizeBytes,
      used_size: volume.usedBytes,
    })),
  };
}

function inventNetwork(ip: string, number: number): Network {
  const mac = `fa:16:3e:${[16, 8, 0].map((shift) => ((number >> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;
  return { id: '', name: 'eth0', ip, ipv6: '', netmask: '255.255.255.0', gateway: null, mtu: 1500, mac };
}

function findDefaultProject(world: World): string {
  return [...world.migrationProjects.values()].find(({ isdefault }) => isdefault)?.id ?? '';
}
