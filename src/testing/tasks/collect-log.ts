import { requireBody, requireText } from '../core/body.js';
import { type Answer, answerNothing } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';

/** Collecting the log of a task. */
export const logRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/tasks/{task_id}/log', operation: 'CollectLog', handle: handleCollect },
];

// ASSUMPTION: asking again while a log is on its way begins anew.
function handleCollect(call: Call): Answer {
  const bucket = requireText(requireBody(call.body), 'log_bucket');
  findTask(call).log = { bucket, at: call.world.clock.migration() };
  return answerNothing('""');
}
