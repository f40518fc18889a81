import { type Answer, answerNothing } from '../core/exchange.js';
import { refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';

/** Unlocking the target of a task, and checking whether its ports are open. */
export const targetRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/tasks/{task_id}/unlock', operation: 'UnlockTargetEcs', handle: handleUnlock },
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{t_project_id}/networkacl/{t_network_id}/check',
    operation: 'CheckNetAcl',
    handle: handleCheck,
  },
];

// A simulated target is locked by nothing, and no answer of the service shows a lock.
function handleUnlock(call: Call): Answer {
  findTask(call);
  return answerNothing('');
}

// ASSUMPTION: no source says what a closed port looks like, so every port of every network is open.
function handleCheck({ query }: Call): Answer {
  if ((query.region_id ?? '') === '') throw refuseInput('The parameter region_id is mandatory.');
  if (query.os_type !== 'WINDOWS' && query.os_type !== 'LINUX') {
    throw refuseInput('The parameter os_type must be one of WINDOWS, LINUX.');
  }
  return answerNothing('{}');
}
