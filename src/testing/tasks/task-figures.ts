import { countUsedBytes } from './disks.js';
import { type Moment, progressOf, type Step } from './phase.js';
import { isCopyStep } from './steps.js';
import type { NetworkCheck, TaskRecord } from './task-record.js';

/** Fields that the body of a task and its list item have in common. */
export function describeFigures(task: TaskRecord, moment: Moment, now: number) {
  const { active, ledger, remainingMs } = moment;
  const busy = active !== null;
  const reported = busy && task.agentReport?.stepId === active.id ? task.agentReport.figures : {};
  return {
    estimate_complete_time: remainingMs === null ? null : Math.round(now + remainingMs),
    create_date: task.create_date,
    priority: task.priority,
    speed_limit: task.speed_limit,
    migrate_speed: speedOf(task, moment),
    compress_rate: 0,
    start_target_server: task.start_target_server,
    error_json: moment.error,
    total_time: Math.round(ledger.workedMs),
    migration_ip: task.migration_ip,
    total_cpu_usage: busy ? 23.5 : 0,
    agent_cpu_usage: busy ? 11.2 : 0,
    total_mem_usage: busy ? 1843.2 : 0,
    agent_mem_usage: busy ? 96.4 : 0,
    total_disk_io: busy ? 412.7 : 0,
    agent_disk_io: busy ? 187.3 : 0,
    need_migration_test: task.need_migration_test,
    subtask_info: active === null ? '' : `${active.name} ${progressOf(active)}%`,
    ...reported,
  };
}

/** Mbit/s: above 0 while data moves, bounded by the limit that the task shows. */
export function speedOf(task: TaskRecord, { active, state }: Moment): number {
  const limit = task.speed_limit;
  // Continuous synchronisation moves what changes, which is little.
  const speed = state === 'SYNCING' ? 0.8 : active === null || !isCopyStep(active.name) ? 0 : copySpeed(task, active);
  return limit > 0 ? Math.min(speed, limit) : speed;
}

function copySpeed(task: TaskRecord, step: { readonly durationMs: number }): number {
  const megabits = (countUsedBytes(task.target.disks) * 8) / 1_000_000;
  return Math.max(0.01, Math.round((megabits / (step.durationMs / 1000)) * 100) / 100);
}

/** What a simulated agent measures. */
export function measureNetwork(): NetworkCheck {
  return {
    domain_connectivity: true,
    destination_connectivity: true,
    network_delay: 20.5,
    network_jitter: 1.2,
    migration_speed: 95.4,
    loss_percentage: 0,
    cpu_usage: 23.5,
    mem_usage: 45.1,
    evaluation_result: 'GOOD',
  };
}

/** The progress of a clone of the target; null when none was requested. */
export function describeClone(task: TaskRecord, now: number) {
  if (task.clone === null) return null;
  const age = now - task.clone.at;
  const state = age < 10_000 ? 'PREPARING' : isCloning(task, now) ? 'CREATING' : 'FINISHED';
  return { vm_id: task.clone.vmId, name: `${task.target.name}-clone`, clone_state: state };
}

/** Whether a clone of the target is being made. */
export function isCloning(task: TaskRecord, now: number): boolean {
  return task.clone !== null && now - task.clone.at < 60_000;
}

/** Bytes that a step which moves data has moved so far, of all there are; null for any other step, and before it began. */
export function countCopied(task: TaskRecord, step: Step): { done: number; total: number } | null {
  if (!isCopyStep(step.name) || step.startedAt === null) return null;
  const report = task.agentReport?.stepId === step.id ? task.agentReport : null;
  const total = report?.totalBytes ?? countUsedBytes(task.target.disks);
  if (report !== null) return { done: step.endedAt === null ? report.copiedBytes : total, total };
  return { done: step.durationMs === 0 ? total : Math.floor(total * (step.doneMs / step.durationMs)), total };
}

/** How far the log of a task is, and where it can be found. ASSUMPTION: uploading takes ten seconds, and links live a week. */
export function describeLog(task: TaskRecord, now: number) {
  const uploadedAt = task.log === null ? null : task.log.at + 10_000;
  const isUploaded = uploadedAt !== null && now >= uploadedAt;
  return {
    log_collect_status: task.log === null ? 'INIT' : isUploaded ? 'UPLOADED' : 'UPLOADING',
    log_bucket: task.log?.bucket ?? null,
    log_expire: isUploaded ? 604_800 : null,
    log_upload_time: isUploaded ? uploadedAt : null,
    log_share_url: isUploaded ? `https://${task.log?.bucket}.obs.simulator.example/${task.id}.zip` : null,
  };
}
