import type { World } from '../world.js';
import { describeSource, describeStep, targetIdOf } from './task-body.js';
import { describeClone, describeFigures, describeLog } from './task-figures.js';
import { observeShown, type TaskRecord } from './task-record.js';

/** A task in the answer of ListTasks. It lacks dates and the time left, and its steps do not name their round. */
export function describeTaskSummary(world: World, task: TaskRecord, now: number): unknown {
  const moment = observeShown(task, now);
  const { migration_cycle: _cycle, ...source } = describeSource(world, task, moment, now);
  const clone = describeClone(task, now);
  return {
    id: task.id,
    name: task.settings.name,
    type: task.settings.type,
    os_type: task.osType,
    state: moment.state,
    ...describeFigures(task, moment, now),
    sub_tasks: moment.steps.map((step) => describeStep(task, step)),
    source_server: source,
    enterprise_project_id: task.settings.enterpriseProjectId,
    target_server: {
      id: task.target.id,
      vm_id: targetIdOf(task, moment),
      name: task.target.name,
      ip: null,
      os_type: task.osType,
      os_version: null,
    },
    log_collect_status: describeLog(task, now).log_collect_status,
    clone_server: clone === null ? null : { vm_id: clone.vm_id, name: clone.name },
    syncing: task.syncing,
    network_check_info: task.networkCheck,
    special_config: task.configurations,
  };
}
