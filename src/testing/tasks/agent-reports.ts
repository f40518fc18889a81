import {
  type Limits,
  optionalFlag,
  optionalNumber,
  optionalText,
  requireBody,
  requireNumber,
  requireText,
  requireWord,
} from '../core/body.js';
import { refuseInput, respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';
import { moveStep } from './life-cycle.js';

/** What the agent reports about a task: progress, and the state of the network. */
export const reportRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'PUT /v3/tasks/{task_id}/progress', operation: 'UpdateTaskSpeed', handle: handleProgress },
  {
    service: 'sms',
    pattern: 'POST /v3/{task_id}/update-network-check-info',
    operation: 'UpdateNetworkCheckInfo',
    handle: handleNetwork,
  },
];

const stepNames = [
  'CREATE_CLOUD_SERVER',
  'SSL_CONFIG',
  'ATTACH_AGENT_IMAGE',
  'DETTACH_AGENT_IMAGE',
  'FORMAT_DISK_LINUX',
  'FORMAT_DISK_LINUX_FILE',
  'FORMAT_DISK_LINUX_BLOCK',
  'FORMAT_DISK_WINDOWS',
  'MIGRATE_LINUX_FILE',
  'MIGRATE_LINUX_BLOCK',
  'MIGRATE_WINDOWS_BLOCK',
  'CLONE_VM',
  'SYNC_LINUX_FILE',
  'SYNC_LINUX_BLOCK',
  'SYNC_WINDOWS_BLOCK',
  'CONFIGURE_LINUX',
  'CONFIGURE_LINUX_BLOCK',
  'CONFIGURE_LINUX_FILE',
  'CONFIGURE_WINDOWS',
  // Known from a third party only.
  'CHECK_CONSISTENCY',
] as const;

const figures: Readonly<Record<string, Limits>> = {
  migrate_speed: { min: 0 },
  compress_rate: { min: 0 },
  total_cpu_usage: { min: 0, max: 100 },
  agent_cpu_usage: { min: 0, max: 100 },
  total_mem_usage: { min: 0 },
  agent_mem_usage: { min: 0 },
  total_disk_io: { min: 0 },
  agent_disk_io: { min: 0 },
};

/**
 * A report moves the running step forward, and the task shows it while that step lasts. ASSUMPTION: a report on any other
 * step is late or early and has no effect.
 */
function handleProgress(call: Call): ServiceResponse {
  const body = requireBody(call.body);
  const name = requireWord(body, 'subtask_name', stepNames);
  const percent = requireNumber(body, 'progress', { min: 0, max: 100 });
  if (!Number.isInteger(percent)) throw refuseInput('The parameter progress must be a whole number.');
  const copiedBytes = requireNumber(body, 'replicatesize', { min: 0 });
  const totalBytes = requireNumber(body, 'totalsize', { min: 0 });
  optionalNumber(body, 'remain_time');
  const trace = requireText(body, 'process_trace', { min: 0, max: 65_535 });
  const reported = Object.entries(figures).map(([figure, limits]) => [figure, optionalNumber(body, figure, limits)]);
  const needsTest = optionalFlag(body, 'need_migration_test');
  optionalText(body, 'agent_time');
  const task = findTask(call);
  const moved = moveStep(task, call.world.clock.migration(), name, percent);
  if (moved !== null) {
    const known = Object.fromEntries(reported.filter(([, value]) => value !== undefined));
    call.world.tasks.set(task.id, {
      ...moved.task,
      agentReport: { stepId: moved.step.id, trace, copiedBytes, totalBytes, figures: known },
      need_migration_test: needsTest ?? task.need_migration_test,
    });
  }
  return respondEmpty('{}');
}

function handleNetwork(call: Call): ServiceResponse {
  const body = requireBody(call.body);
  const check = {
    domain_connectivity: optionalFlag(body, 'domain_connectivity') ?? true,
    destination_connectivity: optionalFlag(body, 'destination_connectivity') ?? true,
    network_delay: requireNumber(body, 'network_delay', { min: 0 }),
    network_jitter: requireNumber(body, 'network_jitter', { min: 0 }),
    migration_speed: requireNumber(body, 'migration_speed', { min: 0 }),
    loss_percentage: requireNumber(body, 'loss_percentage', { min: 0, max: 100 }),
    cpu_usage: requireNumber(body, 'cpu_usage', { min: 0, max: 100 }),
    mem_usage: requireNumber(body, 'mem_usage', { min: 0, max: 100 }),
    evaluation_result: requireText(body, 'evaluation_result'),
  };
  const task = findTask(call);
  call.world.tasks.set(task.id, { ...task, network_check_info: check });
  return respondJson({ task_id: task.id });
}
