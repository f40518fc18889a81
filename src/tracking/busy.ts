/** A start that is not sent, because the task is busy. */
import { atHost } from '../error-texts.js';
import { ConflictError, type StartReason } from '../errors.js';
import type { Task } from '../schemas/task.js';
import type { AnyTaskAction } from './options.js';

/** @internal Why a task in such a state cannot be started. */
export function explainBusy(state: string): StartReason {
  if (state === 'DELETING') return { code: 'task-state', hint: 'The task is being deleted. Create a new one.' };
  const hint = `The task is ${state}. Follow it (waitFor, or startAndWait with ifRunning: 'follow'), or stop it first.`;
  return { code: 'task-state', hint };
}

/** @internal The error of a start that was not sent. */
export function refuseBusy(
  { action, id }: { action: AnyTaskAction; id: string },
  { state }: Task,
  host = '',
): ConflictError {
  const reason = explainBusy(state);
  return new ConflictError({
    service: 'sms',
    host,
    isJson: true,
    status: 409,
    code: null,
    serviceMessage: null,
    requestId: null,
    method: 'POST',
    path: `/v3/tasks/${encodeURIComponent(id)}/action`,
    details: [],
    message: `${action.operation} of task ${id}${atHost(host)} was not sent, because the task is ${state}. Hint: ${reason.hint}`,
    hint: reason.hint,
    reasons: [reason],
  });
}
