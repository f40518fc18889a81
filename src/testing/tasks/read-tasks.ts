import { respondJson, type ServiceResponse } from '../core/exchange.js';
import { passes, passesEnterpriseProject, passesPart, refuseOtherWords, respondPage } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findTask, listTasks } from './find-task.js';
import { describeTask, describeTaskSummary } from './task-body.js';
import { observeShown } from './task-record.js';

/** Reading one task and listing many. */
export const readRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/tasks', operation: 'ListTasks', handle: handleList },
  { service: 'sms', pattern: 'GET /v3/tasks/{task_id}', operation: 'ShowTask', handle: handleShow },
];

// The filter lacks SYNC_SUCCESS, SYNC_FAIL, SKIPPING and RESETING, which bodies show.
const filterStates = [
  'READY',
  'RUNNING',
  'SYNCING',
  'MIGRATE_SUCCESS',
  'MIGRATE_FAIL',
  'ABORTING',
  'ABORT',
  'DELETING',
  'SYNC_F_ROLLBACKING',
  'SYNC_F_ROLLBACK_SUCCESS',
];

function handleShow(call: Call): ServiceResponse {
  return respondJson(describeTask(call.world, findTask(call), call.world.clock.migration()));
}

function handleList(call: Call): ServiceResponse {
  const { world, query } = call;
  refuseOtherWords(query, 'state', filterStates);
  const now = world.clock.migration();
  const matches = listTasks(world).filter(
    (task) =>
      passes(query.state, observeShown(task, now).state) &&
      passes(query.id, task.id) &&
      passes(query.source_server_id, task.sourceId) &&
      passesPart(query.name, task.name) &&
      passesEnterpriseProject(query, task.enterprise_project_id),
  );
  const limits = { standard: 100, maximum: 200, maximumOffset: 65_535 };
  return respondPage(call, 'tasks', limits, matches, (task) => describeTaskSummary(world, task, now));
}
