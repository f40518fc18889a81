/** Actions: each resolves with a cursor, or says what is in the way. */
import { InvalidRequestError } from '../errors.js';
import { check } from '../schemas/fields.js';
import { TaskAction } from '../schemas/task.js';
import { type Scope, workForCaller } from '../transport/scope.js';
import { checkOptions, checkTaskId, relocate } from './check-options.js';
import type { Cursor } from './cursor.js';
import { withReasons } from './explain-start.js';
import { type ActionOptions, type AnyTaskAction, optionFields, type StartOptions } from './options.js';
import { explainDoubt, type Performance, type Performed, performOnce } from './perform-once.js';
import type { TrackingPort } from './port.js';
import { kindOf } from './states.js';

/** @internal Sends an operation with the other fields that the options give. */
export function actNamed(
  port: TrackingPort,
  id: string,
  operation: TaskAction['operation'],
  options: StartOptions = {},
): Promise<Cursor> {
  return actOnce(port, id, { ...Object(options).action, operation }, options);
}

/** @internal Performs an action at most once and resolves with where to follow the task from. */
export async function actOnce(
  port: TrackingPort,
  id: string,
  action: AnyTaskAction,
  options: ActionOptions & Pick<StartOptions, 'ifRunning'> = {},
): Promise<Cursor> {
  const method = checkAction('act', action);
  checkOptions(method, kindOf(method) === 'start' ? optionFields.start : optionFields.act, options);
  const issues = relocate(checkTaskId(id), 'id');
  if (issues.length > 0) throw new InvalidRequestError(method, issues);
  const { action: _fields, ifRunning, signal, ...request } = options;
  return workForCaller(port.openScope, { signal }, async (scope) => {
    const { cursor, doubt } = await performWithReasons(port, scope, { id, action, request, ifRunning });
    if (doubt !== undefined) throw explainDoubt(cursor, doubt);
    return cursor;
  });
}

/** @internal Checks an action before anything is sent, and says what it asks. */
export function checkAction(method: string, action: AnyTaskAction): string {
  const { issues, value } = check(TaskAction, action);
  if (value === undefined) throw new InvalidRequestError(method, issues);
  const operation: string = value.operation;
  if (operation === '') {
    const issue = { path: 'operation', expected: 'the name of an operation', received: 'an empty string' };
    throw new InvalidRequestError(method, [issue]);
  }
  return operation;
}

/** @internal Performs an action at most once; a refused start says why. */
export async function performWithReasons(port: TrackingPort, scope: Scope, asked: Performance): Promise<Performed> {
  try {
    return await performOnce(port, scope, asked);
  } catch (error) {
    if (kindOf(asked.action.operation) !== 'start') throw error;
    throw await withReasons(port, asked.id, error, scope.signal);
  }
}
