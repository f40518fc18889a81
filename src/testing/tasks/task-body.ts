import { findSourceOf } from '../sources/find-source.js';
import { describeSourceState } from '../sources/source-state.js';
import type { World } from '../world.js';
import type { Step } from './chapter.js';
import { type Moment, progressOf } from './moment.js';
import { countCopied, describeClone, describeFigures, speedOf } from './task-figures.js';
import { type DiskRecord, observeShown, type TaskRecord, type VolumeRecord } from './task-record.js';

/** The answer of ShowTask: every field of the official example, and those of the reference that fit. */
export function describeTask(world: World, task: TaskRecord, now: number): unknown {
  const moment = observeShown(task, now);
  const { settings } = task;
  return {
    id: task.id,
    name: settings.name,
    type: settings.type,
    os_type: task.osType,
    state: moment.state,
    ...describeFigures(task, moment, now),
    start_date: roundDate(moment.ledger.startedAt),
    finish_date: roundDate(moment.ledger.finishedAt),
    float_ip: settings.migrationIp,
    vm_template_id: settings.templateId,
    region_name: settings.regionName,
    region_id: settings.regionId,
    project_name: settings.projectName,
    project_id: settings.projectId,
    enterprise_project_id: settings.enterpriseProjectId,
    connected: findSourceOf(world, task).connected,
    sub_tasks: moment.steps.map((step) => ({
      ...describeStep(task, step),
      migrate_speed: step.id === moment.active?.id ? speedOf(task, moment) : 0,
      user_op: step.userOp,
    })),
    source_server: describeSource(world, task, moment, now),
    target_server: describeTarget(task, moment),
    clone_server: describeCloneFully(task, now),
    network_check_info: task.networkCheck,
    target_snapshot_id: null,
    remain_seconds: Math.ceil((moment.remainingMs ?? 0) / 1000),
  };
}

/** What a body and a list say alike about a step. */
export function describeStep(task: TaskRecord, step: Step) {
  return {
    id: step.id,
    name: step.name,
    progress: progressOf(step),
    start_date: roundDate(step.startedAt),
    end_date: roundDate(step.endedAt),
    process_trace: traceStep(task, step),
  };
}

/** What a body and a list say alike about the source server. */
export function describeSource(world: World, task: TaskRecord, moment: Moment, now: number) {
  const source = findSourceOf(world, task);
  const { state, cycle } = describeSourceState(source, { task, moment, now });
  return {
    id: task.sourceId,
    ip: source.ip,
    name: source.name,
    os_type: task.osType,
    os_version: source.osVersion,
    oem_system: source.oemSystem,
    state,
    migration_cycle: cycle,
  };
}

/** The cloud server of the target; null until the first step of a template task has created it. */
export function targetIdOf(task: TaskRecord, moment: Moment): string | null {
  if (!task.fromTemplate) return task.target.vmId;
  const created = moment.steps.some(({ name, endedAt }) => name === 'CREATE_CLOUD_SERVER' && endedAt !== null);
  return created ? task.target.vmId : null;
}

function describeTarget(task: TaskRecord, moment: Moment): unknown {
  const vmId = targetIdOf(task, moment);
  return {
    id: task.target.id,
    vm_id: vmId,
    name: task.target.name,
    ip: null,
    os_type: task.osType,
    os_version: null,
    system_dir: task.osType === 'WINDOWS' ? 'C:\\Windows' : null,
    disks: task.target.disks.map((disk) => describeDisk(disk, vmId !== null)),
    volume_groups: task.target.volumeGroups,
    // Text here, although it is objects everywhere else.
    btrfs_list: task.target.btrfsList.map((system) => JSON.stringify(system)),
    image_disk_id: task.target.imageDiskId,
    rollback_snapshot_ids: null,
  };
}

function describeDisk(disk: DiskRecord, exists: boolean): unknown {
  return {
    id: disk.id,
    name: disk.name,
    relation_name: disk.relationName,
    disk_id: exists ? disk.diskId : null,
    partition_style: 'MBR',
    size: disk.sizeBytes,
    // The official example counts what the partitions take here, not the data in them.
    used_size: disk.volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    device_use: disk.deviceUse,
    // False in the official example too, although the disk is the one with the system.
    os_disk: false,
    physical_volumes: disk.volumes.map(describeVolume),
    disk_index: disk.letter,
  };
}

function describeVolume(volume: VolumeRecord, index: number): unknown {
  return {
    id: volume.id,
    uuid: null,
    index,
    name: volume.name,
    relation_name: volume.relationName,
    device_use: volume.deviceUse,
    file_system: volume.fileSystem,
    mount_point: volume.mountPoint,
    size: volume.sizeBytes,
    used_size: volume.usedBytes,
    free_size: volume.sizeBytes - volume.usedBytes,
  };
}

/** A clone with its errors, of which a simulated one has none; null when none was asked for. */
export function describeCloneFully(task: TaskRecord, now: number): unknown {
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
