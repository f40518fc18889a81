/** Keeps the valid parts of a response that misses its schema. */
import { ResponseFormatError } from '../errors.js';
import { check, type Field, formatIssues } from '../schemas/fields.js';
import { SubTask, Task, type TaskPage, TaskSummary } from '../schemas/task.js';
import type { Logger } from '../transport/logger.js';

/** @internal A task as ShowTask returns it, or as an item of a list. */
export type AnyTask = Task | TaskSummary;

interface Essentials {
  readonly id: string;
  readonly state: string;
}

/**
 * @internal Makes a task with an `id` and a `state` safe to use: fields of another type than documented count as missing, because
 * they must not end a wait of days. Throws when it is another task than the requested one.
 */
export function mendTask(id: string, task: Essentials, logger: Logger): Task {
  if (task.id === id) return mendShown(Task, task, logger);
  const issue = { path: 'id', expected: 'the requested id', received: 'another id' };
  throw new ResponseFormatError(`The response about task ${id} is about another task`, [issue], task);
}

/** @internal The same for a page of tasks. */
export function mendPage(
  page: { readonly count?: unknown; readonly tasks: readonly Essentials[] },
  logger: Logger,
): TaskPage {
  const { count, tasks } = page;
  return {
    count: typeof count === 'number' ? count : null,
    tasks: tasks.map((task) => mendShown(TaskSummary, task, logger)),
  };
}

function mendShown<T extends AnyTask>(schema: Field<T>, task: Essentials, logger: Logger): T {
  const { issues, value } = check(schema, task);
  if (value !== undefined) return value;
  logger.warn(`Task ${task.id} is not as documented; invalid fields are left out`, {
    issues: formatIssues(issues ?? []),
  });
  const { sub_tasks: steps } = task as { readonly sub_tasks?: unknown };
  return mend(schema, { ...task, sub_tasks: Array.isArray(steps) ? steps.map((step) => mend(SubTask, step)) : null });
}

function mend<T>(schema: Field<T>, value: unknown): T {
  const wrong = new Set((check(schema, Object(value)).issues ?? []).map(({ path }) => /^\w+/.exec(path)?.[0]));
  return Object.fromEntries(Object.entries(Object(value)).filter(([name]) => !wrong.has(name))) as T;
}
