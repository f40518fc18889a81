import type { Identifiers } from '../core/identifiers.js';
import type { SourceDisk } from './layout.js';
import type { CheckRecord, CheckSeed } from './source-record.js';

/** What the checks look at. */
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

/** Runs the checks; the seeds have the last word, and may add checks of their own. */
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
