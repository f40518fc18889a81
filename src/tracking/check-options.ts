/** Checks targets and options before anything is sent. */
import { InvalidRequestError } from '../errors.js';
import {
  check,
  custom,
  definitionOf,
  type Field,
  findNearest,
  givenId,
  type SchemaIssue,
  unreadable,
} from '../schemas/fields.js';
import { isObject } from '../schemas/is-object.js';
import { nameType, unknownField } from '../schemas/issues.js';
import type { Task, TaskSummary } from '../schemas/task.js';
import { RequestOptions } from '../transport/request-options.js';
import { type Cursor, readCursor } from './cursor.js';
import type { AnyTask } from './mend-task.js';
import { knownStates, taskStates } from './states.js';

/** @internal When a wait ends: states, or a function that takes the task as each kind of wait reads it. */
export type EndStates = readonly Task['state'][] | ((task: Task | TaskSummary) => boolean);

/** @internal A list of states or a function; {@link checkOptions} checks the states. */
export function endStates(): Field<EndStates> {
  return custom('a list of states or a function', (value) => Array.isArray(value) || typeof value === 'function');
}

/** @internal Any value; {@link readTarget} checks it. */
export function anyCursor(): Field<Cursor | null> {
  return custom('a cursor', () => true);
}

/** @internal What to follow: the id of a task, and where an earlier wait stood. */
export interface Target {
  readonly id: string;
  readonly cursor: Cursor | undefined;
}

/** @internal What may be a {@link Target}. */
export interface ParsedTarget {
  readonly id?: string | undefined;
  readonly cursor?: Cursor | undefined;
  readonly issues?: readonly SchemaIssue[] | undefined;
}

const taskId = givenId();

/** @internal What is wrong with the id of a task. */
export function checkTaskId(id: unknown): SchemaIssue[] | undefined {
  return check(taskId, id).issues;
}

/** @internal Reads an id or a cursor. */
export function parseTarget(target: unknown): ParsedTarget {
  if (typeof target === 'string') {
    const issues = checkTaskId(target);
    return issues === undefined ? { id: target } : { issues };
  }
  if (!isObject(target)) return { issues: [{ path: '', expected: 'an id or a cursor', received: nameType(target) }] };
  const { issues, value: cursor } = readCursor(target);
  return { id: cursor?.id, cursor, issues };
}

/** @internal Reads what a wait follows: an id, or a cursor instead of it or beside it. */
export function readTarget(method: string, target: unknown, beside: unknown): Target {
  const { cursor: own, id, issues } = parseTarget(target);
  const other = beside === undefined || beside === null ? undefined : readCursor(beside);
  const problems = [
    ...relocate(issues, typeof target === 'string' ? 'id' : 'target'),
    ...relocate(other?.issues, 'cursor'),
  ];
  if (id !== undefined && other?.value !== undefined && other.value.id !== id) {
    problems.push({ path: 'cursor.id', expected: 'the id of the task', received: 'another id' });
  }
  if (problems.length > 0 || id === undefined) throw new InvalidRequestError(method, problems);
  return { id, cursor: other?.value ?? own };
}

/**
 * @internal Checks the options of a method: its own, those of every call, and the states that end a wait. Option by option, because
 * making a schema takes many times longer than the check of what was given.
 */
export function checkOptions(method: string, fields: object, options: unknown): void {
  const known: Readonly<Record<string, Field<unknown>>> = { ...definitionOf(RequestOptions).shape, ...fields };
  const problems = isObject(options)
    ? readEntries(method, options).flatMap(([name, value]) => checkOption(known, name, value))
    : [{ path: 'options', expected: 'object', received: nameType(options) }];
  if (problems.length > 0) throw new InvalidRequestError(method, problems);
}

function readEntries(method: string, options: object): [string, unknown][] {
  try {
    return Object.entries(options);
  } catch {
    throw new InvalidRequestError(method, [{ ...unreadable, path: 'options' }]);
  }
}

function checkOption(
  known: Readonly<Record<string, Field<unknown>>>,
  name: string,
  value: unknown,
): readonly SchemaIssue[] {
  const field = Object.hasOwn(known, name) ? known[name] : undefined;
  if (field === undefined) return [unknownField(name, findNearest(name, Object.keys(known)))];
  if (value === undefined) return [];
  if ((name === 'until' || name === 'failOn') && Array.isArray(value)) return checkStates(name, value);
  return relocate(check(field, value).issues, name);
}

function checkStates(name: string, states: readonly unknown[]): SchemaIssue[] {
  if (name === 'until' && states.length === 0)
    return [{ path: name, expected: 'at least 1 item', received: '0 items' }];
  return states.flatMap((state, index) => {
    if (typeof state === 'string' && knownStates.includes(state)) return [];
    const nearest = typeof state === 'string' ? findNearest(state, knownStates) : undefined;
    const expected =
      nearest === undefined ? `one of ${knownStates.join(', ')}` : `a known state (did you mean ${nearest}?)`;
    const received = typeof state === 'string' && state.length <= 40 ? JSON.stringify(state) : typeof state;
    return [{ path: `${name}[${index}]`, expected, received }];
  });
}

/** @internal Puts issues under a name. */
export function relocate(issues: readonly SchemaIssue[] | undefined, under: string): SchemaIssue[] {
  return (issues ?? []).map((issue) => {
    const separator = issue.path === '' || issue.path.startsWith('[') ? '' : '.';
    return { ...issue, path: `${under}${separator}${issue.path}` };
  });
}

/** @internal Decides whether a task that a wait follows has succeeded or failed. */
export interface Ends {
  readonly succeeded: (task: AnyTask) => boolean;
  readonly failed: (task: AnyTask) => boolean;
}

/** @internal The ends of a wait: those of the options, or those that fit what was asked of the task. */
export function readEnds(options: { until?: unknown; failOn?: unknown }, operation: string | undefined): Ends {
  const isStop = operation === 'stop';
  return {
    // A task that ended before the stop reached it will never be paused.
    succeeded: toTest(options.until ?? [...(isStop ? ['ABORT'] : []), ...taskStates.success]),
    failed: toTest(options.failOn ?? taskStates.failure.filter((state) => !(isStop && state === 'ABORT'))),
  };
}

function toTest(states: unknown): (task: AnyTask) => boolean {
  return typeof states === 'function'
    ? (task) => states(task) === true
    : ({ state }) => (states as string[]).includes(state);
}

/** @internal The options that apply to polls of one task: `extraBody` and `extraQuery` belong to the request that has its own. */
export function pollOptions({
  headers,
  maxRetries,
  onResponse,
  timeoutMs,
  totalTimeoutMs,
}: RequestOptions): RequestOptions {
  return { headers, maxRetries, onResponse, timeoutMs, totalTimeoutMs };
}

/** @internal What of the options belongs to an action. */
export function actionOptions(options: RequestOptions): RequestOptions {
  const { extraBody, extraQuery } = options;
  return { ...pollOptions(options), extraBody, extraQuery };
}

/** @internal What of the options belongs to a list. */
export function listOptions(options: RequestOptions): RequestOptions {
  return { ...pollOptions(options), extraQuery: options.extraQuery };
}
