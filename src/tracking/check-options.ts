/** Checks targets and options before anything is sent. */
import { InvalidRequestError } from '../errors.js';
import { check, custom, type Field, findNearest, givenId, type SchemaIssue, settings } from '../schemas/fields.js';
import { nameType } from '../schemas/issues.js';
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

const taskId = givenId();

/** @internal What is wrong with the id of a task. */
export function checkTaskId(id: unknown): SchemaIssue[] | undefined {
  return check(taskId, id).issues;
}

/** @internal What is wrong with what is neither an id nor a cursor; undefined when it may be either. */
export function checkTargetType(target: unknown): SchemaIssue[] | undefined {
  if (typeof target === 'string' || isObject(target)) return undefined;
  return [{ path: '', expected: 'an id or a cursor', received: nameType(target) }];
}

/** @internal Reads what a wait follows: an id, or a cursor instead of it or beside it. */
export function readTarget(method: string, target: unknown, beside: unknown): Target {
  const problems: SchemaIssue[] = [];
  const wrongType = checkTargetType(target);
  if (wrongType !== undefined) throw new InvalidRequestError(method, relocate(wrongType, 'target'));
  const own = typeof target === 'string' ? undefined : parse(target, 'target');
  const other = beside === undefined || beside === null ? undefined : parse(beside, 'cursor');
  const id = typeof target === 'string' ? target : own?.id;
  if (typeof target === 'string') problems.push(...relocate(checkTaskId(target), 'id'));
  if (id !== undefined && other !== undefined && other.id !== id) {
    problems.push({ path: 'cursor.id', expected: 'the id of the task', received: 'another id' });
  }
  if (problems.length > 0 || id === undefined) throw new InvalidRequestError(method, problems);
  return { id, cursor: other ?? own };

  function parse(value: unknown, path: string): Cursor | undefined {
    const { issues, value: cursor } = { value: undefined, ...readCursor(value) };
    problems.push(...relocate(issues, path));
    return cursor;
  }
}

/** @internal Checks the options of a method: its own, those of every call, and the states that end a wait. */
export function checkOptions(method: string, fields: object, options: unknown): void {
  const entries = Object.entries(Object(options) as object);
  const own = Object.fromEntries(entries.filter(([name]) => Object.hasOwn(fields, name)));
  const others = Object.fromEntries(entries.filter(([name]) => !Object.hasOwn(fields, name)));
  const { failOn, until } = own;
  const problems = [
    ...(check(settings({}, fields as Record<string, Field<unknown>>), own).issues ?? []),
    ...suggest(check(RequestOptions, isObject(options) ? others : options).issues ?? [], Object.keys(fields)),
    ...(Array.isArray(until) ? checkStates('until', until) : []),
    ...(Array.isArray(failOn) ? checkStates('failOn', failOn) : []),
  ];
  if (Array.isArray(until) && until.length === 0) {
    problems.push({ path: 'until', expected: 'at least 1 item', received: '0 items' });
  }
  if (problems.length > 0) throw new InvalidRequestError(method, problems);
}

// A misspelt name may be meant for one of the method's own options as well.
function suggest(issues: readonly SchemaIssue[], names: readonly string[]): SchemaIssue[] {
  return issues.map((issue) => {
    const nearest =
      issue.nearest ?? (issue.expected === 'no field of this name' ? findNearest(issue.path, names) : undefined);
    return nearest === undefined ? issue : { ...issue, nearest };
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkStates(name: string, states: readonly unknown[]): SchemaIssue[] {
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

/** @internal Tells success and failure of a task that a wait follows. */
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
export function readingOptions({
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
  return { ...readingOptions(options), extraBody, extraQuery };
}

/** @internal What of the options belongs to a list. */
export function listOptions(options: RequestOptions): RequestOptions {
  return { ...readingOptions(options), extraQuery: options.extraQuery };
}
