import type { JsonObject } from '../core/body.js';
import type { Identifiers } from '../core/identifiers.js';
import { createDisks, type DiskRecord, exampleDisk } from '../tasks/disks.js';
import type { World } from '../world.js';
import { type Network, readDisks, type SourceDisk } from './layout.js';
import type { CheckRecord, CheckSeed, SourceRecord, SourceSeed } from './source-record.js';

type Kept = Omit<SourceRecord, 'checks' | 'enterprise_project_id' | 'reported' | 'shown'>;

/** What a source server is created from, by its agent or by a seed. Missing fields get their defaults. */
export interface NewSource extends Partial<{ readonly [Key in keyof Kept]: Kept[Key] | undefined }> {
  /** Whether rsync is present, which is checked and not stored. */
  readonly has_rsync?: boolean | undefined;
  /** Results of checks. */
  readonly checks?: readonly CheckSeed[] | undefined;
}

/** A source server with every default filled in. It is not in the collection yet. */
export function createSource(world: World, input: NewSource): SourceRecord {
  const { identifiers } = world;
  const id = input.id ?? identifiers.uuid();
  if (world.sources.has(id)) throw new RangeError(`The source server ${id} exists already`);
  const number = identifiers.source();
  const os_type = input.os_type ?? 'LINUX';
  const name = input.name ?? `ecs-${id.slice(0, 4)}`;
  const ip = input.ip ?? `192.168.${Math.floor(number / 254) % 256}.${(number % 254) + 1}`;
  const facts = {
    os_type,
    os_version: input.os_version ?? (os_type === 'WINDOWS' ? 'WINDOWS2019_64BIT' : 'CENTOS_7_6_64BIT'),
    firmware: input.firmware ?? 'BIOS',
    cpu_quantity: input.cpu_quantity ?? 4,
    memoryBytes: input.memoryBytes ?? 8_589_934_592,
    disks: input.disks ?? inventDisks(world, [exampleDisk], os_type),
  };
  return {
    ...facts,
    id,
    name,
    ip,
    ipv6: input.ipv6 ?? '',
    hostname: input.hostname ?? name,
    oem_system: input.oem_system ?? false,
    agent_version: input.agent_version ?? '8.0.0',
    has_tc: input.has_tc ?? os_type === 'LINUX',
    start_type: input.start_type ?? 'MANUAL',
    enterprise_project_id: '0',
    add_date: input.add_date ?? world.clock.migration(),
    connected: input.connected ?? true,
    networks: input.networks ?? [inventNetwork(ip, number)],
    checks: runChecks({ ...facts, has_rsync: input.has_rsync ?? true }, input.checks ?? [], identifiers),
    volume_groups: input.volume_groups ?? [],
    btrfs_list: input.btrfs_list ?? [],
    migprojectid: input.migprojectid ?? findDefaultProject(world),
    reported: null,
    shown: {},
  };
}

/** Adds a source server for a seed and returns its id. */
export function seedSource(world: World, seed: SourceSeed): string {
  const project = seed.migprojectid;
  if (project !== undefined && !world.migrationProjects.has(project)) {
    throw new RangeError(`The migration project ${project} does not exist`);
  }
  const disks = seed.disks === undefined ? undefined : inventDisks(world, seed.disks, seed.os_type ?? 'LINUX');
  const source = createSource(world, { ...seed, disks });
  world.sources.set(source.id, source);
  return source.id;
}

/** Disks of a source server as seeds say. The target of a task mirrors them, so both are generated in one place. */
export function inventDisks(world: World, seeds: NonNullable<SourceSeed['disks']>, os_type: string): SourceDisk[] {
  const reports = createDisks(seeds, os_type, world.identifiers).map(reportDisk);
  return readDisks(reports, world.identifiers);
}

function reportDisk(disk: DiskRecord): JsonObject {
  return {
    name: disk.name,
    partition_style: 'MBR',
    device_use: disk.device_use,
    size: disk.size,
    used_size: disk.physical_volumes.reduce((sum, { used_size }) => sum + used_size, 0),
    os_disk: disk.device_use === 'BOOT',
    physical_volumes: disk.physical_volumes.map(({ id: _id, relation_name: _relation, ...volume }) => volume),
  };
}

function inventNetwork(ip: string, number: number): Network {
  const mac = `fa:16:3e:${[16, 8, 0].map((shift) => ((number >> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;
  return { id: '', name: 'eth0', ip, ipv6: '', netmask: '255.255.255.0', gateway: null, mtu: 1500, mac };
}

function findDefaultProject(world: World): string {
  return world.migrationProjects.values().find(({ isdefault }) => isdefault)?.id ?? '';
}

/** What the checks depend on. */
export interface CheckInput {
  /** `LINUX` or `WINDOWS`. */
  readonly os_type: string;
  /** Version label. */
  readonly os_version: string;
  /** Boot firmware. */
  readonly firmware: string;
  /** Number of vCPUs. */
  readonly cpu_quantity: number;
  /** Memory in bytes. */
  readonly memoryBytes: number;
  /** Disks. */
  readonly disks: readonly SourceDisk[];
  /** Whether rsync is present. */
  readonly has_rsync: boolean;
}

// ASSUMPTION: the reference names the code for "file system not supported", but no list of those that are.
const fileSystems = ['', 'ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'vfat', 'swap', 'lvm2_member', 'ntfs', 'fat32'];

/** Runs the checks. Seeds override the results and may add checks. */
export function runChecks(input: CheckInput, seeds: readonly CheckSeed[], identifiers: Identifiers): CheckRecord[] {
  const used = input.disks.flatMap(({ physical_volumes }) => physical_volumes.map(({ file_system }) => file_system));
  const isKnown = used.every((name) => fileSystems.includes(name.toLowerCase()));
  const found = new Map<string, Finding>([
    ['OS_VERSION', { params: [input.os_version], result: 'OK' }],
    ['FIRMWARE', { params: [input.firmware], result: 'OK' }],
    ['CPU', { params: [String(input.cpu_quantity)], result: 'OK' }],
    ['MEMORY', { params: [String(input.memoryBytes)], result: 'OK' }],
    ['FILE_SYSTEM', { params: [...new Set(used)], ...judge(isKnown, 'SMS.6509') }],
  ]);
  if (input.os_type === 'LINUX') found.set('RSYNC', { params: [], ...judge(input.has_rsync, 'SMS.6517') });
  for (const { name, result, error_code } of seeds) {
    found.set(name, { params: found.get(name)?.params ?? [], result, code: error_code });
  }
  return [...found].map(([name, { params, result, code }]) => ({
    id: identifiers.number(),
    params,
    name,
    result,
    error_code: code ?? null,
    error_or_warn: result === 'OK' ? '' : result.toLowerCase(),
    error_params: '',
  }));
}

interface Finding {
  readonly params: readonly string[];
  readonly result: 'OK' | 'WARN' | 'ERROR';
  readonly code?: string | undefined;
}

function judge(isFine: boolean, code: string): Pick<Finding, 'result' | 'code'> {
  return isFine ? { result: 'OK' } : { result: 'ERROR', code };
}
