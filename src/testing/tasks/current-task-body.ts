import { describeCloneFully, targetIdOf } from './task-body.js';
import { describeFigures, describeLog } from './task-figures.js';
import { observeShown, type TaskRecord } from './task-record.js';

/** A task as its source server shows it. */
export function describeCurrentTask(task: TaskRecord, now: number) {
  const moment = observeShown(task, now);
  const { settings } = task;
  const figures = describeFigures(task, moment, now);
  const { startedAt } = moment.ledger;
  return {
    id: task.id,
    name: settings.name,
    type: settings.type,
    state: moment.state,
    start_date: startedAt === null ? null : Math.round(startedAt),
    speed_limit: settings.speedLimit,
    migrate_speed: figures.migrate_speed,
    start_target_server: settings.startTargetServer,
    vm_template_id: settings.templateId,
    region_id: settings.regionId,
    project_name: settings.projectName,
    project_id: settings.projectId,
    target_server: { vm_id: targetIdOf(task, moment), name: task.target.name },
    log_collect_status: describeLog(task, now).log_collect_status,
    exist_server: !task.fromTemplate,
    use_public_ip: settings.usePublicIp,
    clone_server: describeCloneFully(task, now),
    subtask_info: figures.subtask_info,
  };
}

/** The same in a list, where it says more. */
export function describeListedTask(task: TaskRecord, now: number) {
  const moment = observeShown(task, now);
  const { estimate_complete_time, compress_rate } = describeFigures(task, moment, now);
  return {
    ...describeCurrentTask(task, now),
    ...describeLog(task, now),
    estimate_complete_time,
    compress_rate,
    remain_seconds: Math.ceil((moment.remainingMs ?? 0) / 1000),
  };
}
