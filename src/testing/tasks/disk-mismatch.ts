import type { SourceDisk } from '../sources/layout.js';
import type { SourceRecord } from '../sources/source-record.js';
import { describeAgentError } from './agent-error.js';
import type { DiskInput } from './disk-records.js';
import { copyKindOf, planGroup } from './steps.js';
import type { FailureSeed } from './task-seed.js';

/**
 * The failure that a task will meet because its disks are not those of its source server; undefined when they are. The
 * service takes such a task and its agent gives up with SMS.0515. ASSUMPTION: it does so when it formats the disks of the
 * target, and it compares the sizes of disks and partitions that have the same name.
 */
export function findMismatch(
  source: SourceRecord,
  type: string,
  disks: readonly DiskInput[] | undefined,
): FailureSeed | undefined {
  if (disks === undefined || disks.every((disk) => matchesOne(source.disks, disk))) return undefined;
  const copyKind = copyKindOf(source.osType, type);
  const plan = planGroup('REPLICATE', { copyKind, fromTemplate: false, checksConsistency: false, durationMs: 0 });
  const step = plan.find(({ name }) => name.startsWith('FORMAT_DISK'))?.name ?? `FORMAT_DISK_${copyKind}`;
  const error = describeAgentError('SMS.0515', 'The disks of the task do not match those of the source server.');
  return { step, error, times: Number.POSITIVE_INFINITY };
}

function matchesOne(known: readonly SourceDisk[], disk: DiskInput): boolean {
  const counterpart = known.find(({ name }) => name === disk.name);
  if (counterpart === undefined || (counterpart.adjust_size ?? counterpart.size) !== disk.sizeBytes) return false;
  return (disk.volumes ?? []).every((volume) => {
    const own = counterpart.physical_volumes.find(({ name }) => name === volume.name);
    return own !== undefined && (own.adjust_size ?? own.size) === volume.sizeBytes;
  });
}
