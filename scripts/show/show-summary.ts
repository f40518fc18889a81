/** What a migration did, as tables. */
import type { Disk, Task } from '@org/sms-client';
import { formatBytes, formatDuration } from './format.js';
import { drawTable } from './table.js';

/** Describes the steps, servers and disks of a task that is done, in lines of at most this many columns. */
export function summarize(task: Task, width: number): string {
  const { source_server: source, target_server: target } = task;
  const steps = drawTable(
    [{ title: 'Step' }, { title: 'Round', dropOrder: 2 }, { title: 'Progress', dropOrder: 1 }, { title: 'Took' }],
    (task.sub_tasks ?? []).map((step) => [
      step.name,
      step.user_op,
      `${step.progress ?? 0} %`,
      formatDuration(step.start_date && step.end_date && step.end_date - step.start_date),
    ]),
    width,
  );
  const servers = drawTable(
    [
      { title: 'Server' },
      { title: 'Name', dropOrder: 1 },
      { title: 'System', dropOrder: 2 },
      { title: 'Address', dropOrder: 3 },
      { title: 'Id' },
    ],
    [
      ['source', source?.name, source?.os_version, source?.ip, source?.id],
      ['target', target?.name, target?.os_version ?? target?.os_type, target?.ip ?? task.migration_ip, target?.vm_id],
    ],
    width,
  );
  const disks = drawTable(
    [
      { title: 'Disk' },
      { title: 'On the target', dropOrder: 2 },
      { title: 'Size' },
      { title: 'Used' },
      { title: 'Partitions', dropOrder: 1 },
    ],
    (target?.disks ?? []).map((disk) => [
      disk.name,
      disk.relation_name,
      formatBytes(disk.size),
      formatBytes(sumUsed(disk)),
      (disk.physical_volumes ?? []).map((volume) => volume.mount_point ?? volume.name).join(', '),
    ]),
    width,
  );
  const title = `${task.name ?? task.id}: ${task.state}, ${formatDuration(task.total_time)} in all`;
  return [`\n${title}\n`, steps, servers, disks].join('\n');
}

// The service counts a partition as used space of its disk; what the files take is in the partitions.
function sumUsed({ physical_volumes: volumes, used_size: used }: Disk): number | null | undefined {
  return volumes?.length ? volumes.reduce((sum, volume) => sum + (volume.used_size ?? 0), 0) : used;
}
