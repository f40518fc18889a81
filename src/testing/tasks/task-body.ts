import { describeSourceState, requireSource } from '../sources/source-state.js';
import type { World } from '../world.js';
import type { DiskRecord, VolumeRecord } from './disks.js';
import { type Moment, progressOf, type Step } from './phase.js';
import { countCopied, describeClone, describeFigures, describeLog, speedOf } from './task-figures.js';
import { observeShown, type TaskRecord } from './task-record.js';

/** The response of ShowTask: every field of the official example, and fitting fields of the reference. */
export function describeTask(world: World, task: TaskRecord, now: number): Record<string, unknown> {
  const moment = observeShown(task, now);
  return {
    id: task.id,
    name: task.name,
    type: task.type,
    os_type: task.os_type,
    state: moment.state,
    ...describeFigures(task, moment, now),
    start_date: roundDate(moment.ledger.startedAt),
    finish_date: roundDate(moment.ledger.finishedAt),
    float_ip: task.migration_ip,
    vm_template_id: task.vm_template_id,
    region_name: task.region_name,
    region_id: task.region_id,
    project_name: task.project_name,
    project_id: task.project_id,
    enterprise_project_id: task.enterprise_project_id,
    connected: requireSource(world, task.sourceId).connected,
    sub_tasks: moment.steps.map((step) => ({
      ...describeStep(task, step),
      migrate_speed: step.id === moment.active?.id ? speedOf(task, moment) : 0,
      user_op: step.userOp,
    })),
    source_server: describeSource(world, task, moment, now),
    target_server: describeTarget(task, moment),
    clone_server: describeCloneFully(task, now),
    network_check_info: task.network_check_info,
    target_snapshot_id: null,
    remain_seconds: Math.ceil((moment.remainingMs ?? 0) / 1000),
    ...task.shown,
  };
}

/** A task in the response of ListTasks. It lacks dates and the time left, and its steps do not name their round. */
export function describeTaskSummary(world: World, task: TaskRecord, now: number): Record<string, unknown> {
  const moment = observeShown(task, now);
  const { migration_cycle: _cycle, ...source } = describeSource(world, task, moment, now);
  const clone = describeClone(task, now);
  const summary = {
    id: task.id,
    name: task.name,
    type: task.type,
    os_type: task.os_type,
    state: moment.state,
    ...describeFigures(task, moment, now),
    sub_tasks: moment.steps.map((step) => describeStep(task, step)),
    source_server: source,
    enterprise_project_id: task.enterprise_project_id,
    target_server: {
      id: task.target.id,
      vm_id: targetIdOf(task, moment),
      name: task.target.name,
      ip: null,
      os_type: task.os_type,
      os_version: null,
    },
    log_collect_status: describeLog(task, now).log_collect_status,
    clone_server: clone === null ? null : { vm_id: clone.vm_id, name: clone.name },
    syncing: task.syncing,
    network_check_info: task.network_check_info,
    special_config: task.configurations,
  };
  return { ...summary, ...pick(task.shown, Object.keys(summary)) };
}

/** A task as its source server shows it. */
export function describeCurrentTask(task: TaskRecord, now: number): Record<string, unknown> {
  const moment = observeShown(task, now);
  const figures = describeFigures(task, moment, now);
  const current = {
    id: task.id,
    name: task.name,
    type: task.type,
    state: moment.state,
    start_date: roundDate(moment.ledger.startedAt),
    speed_limit: task.speed_limit,
    migrate_speed: figures.migrate_speed,
    start_target_server: task.start_target_server,
    vm_template_id: task.vm_template_id,
    region_id: task.region_id,
    project_name: task.project_name,
    project_id: task.project_id,
    target_server: { vm_id: targetIdOf(task, moment), name: task.target.name },
    log_collect_status: describeLog(task, now).log_collect_status,
    exist_server: task.exist_server,
    use_public_ip: task.use_public_ip,
    clone_server: describeCloneFully(task, now),
    subtask_info: figures.subtask_info,
  };
  return { ...current, ...pick(task.shown, Object.keys(current)) };
}

/** A task as its source server shows it in a list, with more fields. */
export function describeListedTask(task: TaskRecord, now: number): Record<string, unknown> {
  const moment = observeShown(task, now);
  const { estimate_complete_time, compress_rate } = describeFigures(task, moment, now);
  const more = {
    ...describeLog(task, now),
    estimate_complete_time,
    compress_rate,
    remain_seconds: Math.ceil((moment.remainingMs ?? 0) / 1000),
  };
  return { ...describeCurrentTask(task, now), ...more, ...pick(task.shown, Object.keys(more)) };
}

// What a handle has set is shown wherever the field is.
function pick(shown: TaskRecord['shown'], names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shown).filter(([name]) => names.includes(name)));
}

function describeStep(task: TaskRecord, step: Step) {
  return {
    id: step.id,
    name: step.name,
    progress: progressOf(step),
    start_date: roundDate(step.startedAt),
    end_date: roundDate(step.endedAt),
    process_trace: traceStep(task, step),
  };
}

function describeSource(world: World, task: TaskRecord, moment: Moment, now: number) {
  const source = requireSource(world, task.sourceId);
  const { state, cycle } = describeSourceState(source, { task, moment, now });
  return {
    id: task.sourceId,
    ip: source.ip,
    name: source.name,
    os_type: task.os_type,
    os_version: source.os_version,
    oem_system: source.oem_system,
    state,
    migration_cycle: cycle,
  };
}

/** The cloud server of the target; null until the first step of a template task has created it. */
function targetIdOf(task: TaskRecord, moment: Moment): string | null {
  if (task.exist_server) return task.target.vm_id;
  const created = moment.steps.some(({ name, endedAt }) => name === 'CREATE_CLOUD_SERVER' && endedAt !== null);
  return created ? task.target.vm_id : null;
}

function describeTarget(task: TaskRecord, moment: Moment): unknown {
  const { target } = task;
  const vmId = targetIdOf(task, moment);
  return {
    id: target.id,
    vm_id: vmId,
    name: target.name,
    ip: null,
    os_type: task.os_type,
    os_version: null,
    system_dir: task.os_type === 'WINDOWS' ? 'C:\\Windows' : null,
    disks: target.disks.map((disk) => describeDisk(disk, vmId !== null)),
    volume_groups: target.volume_groups,
    // Text here, although it is objects everywhere else.
    btrfs_list: target.btrfs_list.map((system) => JSON.stringify(system)),
    image_disk_id: target.image_disk_id,
    rollback_snapshot_ids: null,
  };
}

function describeDisk(disk: DiskRecord, exists: boolean): unknown {
  return {
    id: disk.id,
    name: disk.name,
    relation_name: disk.relation_name,
    disk_id: exists ? disk.disk_id : null,
    partition_style: 'MBR',
    size: disk.size,
    // The official example counts what the partitions take here, not the data in them.
    used_size: disk.physical_volumes.reduce((sum, { size }) => sum + size, 0),
    device_use: disk.device_use,
    // False in the official example too, although the disk is the one with the system.
    os_disk: false,
    physical_volumes: disk.physical_volumes.map(describeVolume),
    disk_index: disk.disk_index,
  };
}

function describeVolume(volume: VolumeRecord, index: number): unknown {
  return { ...volume, uuid: null, index, free_size: volume.size - volume.used_size };
}

/** A clone, which has no errors here; null when none was requested. */
function describeCloneFully(task: TaskRecord, now: number): unknown {
  const clone = describeClone(task, now);
  return clone === null ? null : { ...clone, clone_error: '', error_msg: '' };
}

function traceStep(task: TaskRecord, step: Step): string {
  if (task.agentReport?.stepId === step.id) return task.agentReport.trace;
  const copied = countCopied(task, step);
  return copied === null ? '' : `${copied.done}/${copied.total} bytes`;
}

function roundDate(date: number | null): number | null {
  return date === null ? null : Math.round(date);
}
