/** What a migration did, as tables. */
import type { Disk, Task } from '@org/sms-client';
import Table from 'cli-table3';
import { formatBytes, formatDuration } from './format.js';

/** Prints the steps, servers and disks of a task that is done. */
export function showSummary(task: Task): void {
  console.log(`\n${task.name ?? task.id}: ${task.state}, ${formatDuration(task.total_time)} in all\n`);
  print(
    ['Step', 'Round', 'Progress', 'Took'],
    (task.sub_tasks ?? []).map((step) => [
      step.name,
      step.user_op,
      `${step.progress ?? 0} %`,
      formatDuration(step.start_date && step.end_date && step.end_date - step.start_date),
    ]),
  );
  const { source_server: source, target_server: target } = task;
  print(
    ['Server', 'Name', 'System', 'Address', 'Id'],
    [
      ['source', source?.name, source?.os_version, source?.ip, source?.id],
      ['target', target?.name, target?.os_version ?? target?.os_type, target?.ip ?? task.migration_ip, target?.vm_id],
    ],
  );
  print(
    ['Disk', 'On the target', 'Size', 'Used', 'Partitions'],
    (target?.disks ?? []).map((disk) => [
      disk.name,
      disk.relation_name,
      formatBytes(disk.size),
      formatBytes(sumUsed(disk)),
      (disk.physical_volumes ?? []).map((volume) => volume.mount_point ?? volume.name).join(', '),
    ]),
  );
}

// The service counts a partition as used space of its disk; what the files take is in the partitions.
function sumUsed({ physical_volumes: volumes, used_size: used }: Disk): number | null | undefined {
  return volumes?.length ? volumes.reduce((sum, volume) => sum + (volume.used_size ?? 0), 0) : used;
}

function print(head: string[], rows: (string | number | null | undefined)[][]): void {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => row.map((cell) => cell ?? '–')));
  console.log(table.toString());
}
