import { requireBody, requireText, requireWord } from '../core/body.js';
import { respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import { readObject } from '../core/json.js';
import { refuse, refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { findCurrentTask } from '../tasks/find-task.js';
import { observeTruth } from '../tasks/task-record.js';
import { requireSource } from './find-source.js';

/** What an agent asks for again and again, and what it says has come of it. */
export const commandRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/sources/{server_id}/command', operation: 'ShowCommand', handle: handleShow },
  {
    service: 'sms',
    pattern: 'POST /v3/sources/{server_id}/command_result',
    operation: 'UpdateCommandResult',
    handle: handleResult,
  },
];

function handleShow({ world, parameters }: Call): ServiceResponse {
  const source = requireSource(world, parameters.server_id);
  const task = findCurrentTask(world, source.id);
  if (task === null) throw refuse(404, 'SMS.2252', 'The source server has no task.');
  const command = nameCommand(observeTruth(task, world.clock.migration()).state);
  world.lastCommands.set(source.id, command);
  const bucket = task.log === null ? {} : { bucket: task.log.bucket };
  return respondJson({ command_name: command, command_param: { task_id: task.id, ...bucket } });
}

/** ASSUMPTION: the words are those of the pages of 2026, the states they go with follow from their meaning. */
function nameCommand(state: string): string {
  switch (state) {
    case 'READY':
      return 'TASK_NOT_STARTED';
    case 'RUNNING':
    case 'SYNCING':
      return 'START';
    case 'ABORTING':
      return 'STOP';
    case 'SKIPPING':
      return 'SKIP';
    case 'DELETING':
      return 'DELETE';
    case 'MIGRATE_SUCCESS':
    case 'SYNC_SUCCESS':
    case 'SUCCESS':
      return 'TASK_HAS_FINISHED';
    default:
      return 'TASK_HAS_STOPPED';
  }
}

function handleResult({ world, parameters, body: sent }: Call): ServiceResponse {
  const body = requireBody(sent);
  const command = requireText(body, 'command_name');
  requireWord(body, 'result', ['success', 'fail']);
  // Stored only, says the reference, and no answer shows it.
  if (readObject(body.result_detail) === null) throw refuseInput('The parameter result_detail must be an object.');
  const source = requireSource(world, parameters.server_id);
  if (command !== world.lastCommands.get(source.id)) {
    throw refuse(400, 'SMS.2009', 'The command reported by the client differs from the one sent.');
  }
  return respondEmpty('""');
}
