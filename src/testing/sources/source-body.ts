import { listComparisons } from '../tasks/consistency.js';
import { countUsedBytes } from '../tasks/disks.js';
import { describeCurrentTask, describeListedTask } from '../tasks/task-body.js';
import { countCopied } from '../tasks/task-figures.js';
import { observeShown, type TaskRecord } from '../tasks/task-record.js';
import type { SourceDisk, SourceVolume } from './layout.js';
import type { SourceRecord } from './source-record.js';
import { describeSourceState, type SourceState } from './source-state.js';

/** The state that reads of a source server show. */
export function showSourceState(source: SourceRecord, task: TaskRecord | null, now: number): SourceState {
  return describeSourceState(source, task === null ? null : { task, moment: observeShown(task, now), now });
}

/** A source server in the response of ShowServer, which counts memory in MB. */
export function describeSourceFully(
  source: SourceRecord,
  task: TaskRecord | null,
  now: number,
): Record<string, unknown> {
  const { disks, volume_groups, btrfs_list } = source;
  const parts = [...disks, ...disks.flatMap(({ physical_volumes }) => physical_volumes), ...volume_groups];
  return {
    ...describeCommon(source, task, now),
    hostname: source.hostname,
    firmware: source.firmware,
    memory: Math.round(source.memoryBytes / 1_048_576),
    current_task: task === null ? null : describeCurrentTask(task, now),
    disks,
    volume_groups: volume_groups,
    btrfs_list: btrfs_list,
    networks: source.networks,
    agent_version: source.agent_version,
    adjust_disk: parts.some(({ adjust_size }) => adjust_size !== null),
    ...source.shown,
  };
}

/** A source server in the response of ListServers, which counts memory in bytes. */
export function describeListedSource(source: SourceRecord, task: TaskRecord | null, now: number): unknown {
  return {
    ...describeCommon(source, task, now),
    memory: source.memoryBytes,
    current_task: task === null ? null : describeListedTask(task, now),
    is_consistency_result_exist: hasComparison(task, now),
  };
}

/** Whether the files of a source server were ever compared. */
export function hasComparison(task: TaskRecord | null, now: number): boolean {
  return task !== null && listComparisons(task, now).length > 0;
}

function describeCommon(source: SourceRecord, task: TaskRecord | null, now: number) {
  const { state, cycle, since, cycleSince } = showSourceState(source, task, now);
  const { replicatesize, totalsize } = measureCopy(source, task, now);
  return {
    id: source.id,
    ip: source.ip,
    name: source.name,
    enterprise_project_id: source.enterprise_project_id,
    add_date: source.add_date,
    os_type: source.os_type,
    os_version: source.os_version,
    oem_system: source.oem_system,
    state,
    connected: source.connected,
    init_target_server: suggestTarget(source),
    cpu_quantity: source.cpu_quantity,
    checks: source.checks,
    migration_cycle: cycle,
    state_action_time: since,
    replicatesize,
    totalsize,
    last_visit_time: source.add_date,
    stage_action_time: cycleSince,
    has_tc: source.has_tc,
    start_type: source.start_type,
  };
}

function measureCopy(source: SourceRecord, task: TaskRecord | null, now: number) {
  if (task === null)
    return { replicatesize: 0, totalsize: source.disks.reduce((sum, disk) => sum + disk.used_size, 0) };
  const copies = observeShown(task, now).steps.map((step) => countCopied(task, step));
  const last = copies.findLast((copy) => copy !== null);
  return { replicatesize: last?.done ?? 0, totalsize: last?.total ?? countUsedBytes(task.target.disks) };
}

function suggestTarget({ disks, volume_groups }: SourceRecord): unknown {
  return { disks: disks.filter(isWanted).map(suggestDisk), volume_groups: volume_groups.filter(isWanted) };
}

function suggestDisk(disk: SourceDisk): unknown {
  const { partition_style: _style, os_disk: _os, relation_name: _relation, inode_size: _inode, ...kept } = disk;
  return { ...kept, physical_volumes: disk.physical_volumes.filter(isWanted).map(suggestVolume) };
}

function suggestVolume(volume: SourceVolume): unknown {
  const { inode_nums: _count, size_per_cluster: _cluster, ...kept } = volume;
  return kept;
}

function isWanted(part: { readonly need_migration: boolean }): boolean {
  return part.need_migration;
}
