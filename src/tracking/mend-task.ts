/** What fits of a response that does not fit its schema. */
import { ResponseFormatError } from '../errors.js';
import { check, type Field, formatIssues } from '../schemas/fields.js';
import { SubTask, Task, type TaskPage, TaskSummary } from '../schemas/task.js';
import type { Logger } from '../transport/logger.js';

/** @internal A task as it is read alone, or as an item of a list. */
export type AnyTask = Task | TaskSummary;

interface Essentials {
  readonly id: string;
  readonly state: string;
}

/**
 * @internal A task of which `id` and `state` are sure, made safe to use: what is of another type than documented counts as missing,
 * because a wait for days must not end over it. Throws when it is another task than the one that was asked for.
 */
export function mendReading(id: string, task: Essentials, logger: Logger): Task {
  if (task.id === id) return mendTask(Task, task, logger);
  const issue = { path: 'id', expected: 'the id that was asked for', received: 'another id' };
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
    tasks: tasks.map((task) => mendTask(TaskSummary, task, logger)),
  };
}

function mendTask<T extends AnyTask>(schema: Field<T>, task: Essentials, logger: Logger): T {
  const { issues, value } = check(schema, task);
  if (value !== undefined) return value;
  logger.warn(`Task ${task.id} is not as documented; what does not fit is left out`, {
    issues: formatIssues(issues ?? []),
  });
  const { sub_tasks: steps } = task as { readonly sub_tasks?: unknown };
  return mend(schema, { ...task, sub_tasks: Array.isArray(steps) ? steps.map((step) => mend(SubTask, step)) : null });
}

function mend<T>(schema: Field<T>, value: unknown): T {
  const wrong = new Set((check(schema, Object(value)).issues ?? []).map(({ path }) => /^\w+/.exec(path)?.[0]));
  return Object.fromEntries(Object.entries(Object(value)).filter(([name]) => !wrong.has(name))) as T;
}
