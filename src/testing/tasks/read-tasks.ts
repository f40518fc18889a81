import { type Answer, answerJson } from '../core/exchange.js';
import { passes, passesEnterpriseProject, passesPart, takePage } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findTask, listTasks } from './find-task.js';
import { describeTask } from './task-body.js';
import { observeShown } from './task-record.js';
import { describeTaskSummary } from './task-summary.js';

/** Reading one task and listing many. */
export const readRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/tasks', operation: 'ListTasks', handle: handleList },
  { service: 'sms', pattern: 'GET /v3/tasks/{task_id}', operation: 'ShowTask', handle: handleShow },
];

function handleShow(call: Call): Answer {
  return answerJson(describeTask(call.world, findTask(call), call.world.clock.migration()));
}

function handleList({ world, query }: Call): Answer {
  const now = world.clock.migration();
  const matches = listTasks(world).filter(
    (task) =>
      passes(query.state, observeShown(task, now).state) &&
      passes(query.id, task.id) &&
      passes(query.source_server_id, task.sourceId) &&
      passesPart(query.name, task.settings.name) &&
      passesEnterpriseProject(query, task.settings.enterpriseProjectId),
  );
  const page = takePage(query, { standard: 100, maximum: 200 }, 65_535, matches);
  return answerJson({ count: matches.length, tasks: page.map((task) => describeTaskSummary(world, task, now)) });
}
