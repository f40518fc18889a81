/** What fits of an answer that does not fit its schema. */
import { check, type Field } from '../schemas/fields.js';
import { SubTask, Task, type TaskSummary } from '../schemas/task.js';

/** @internal A task as it is read alone, or as an item of a list. */
export type AnyTask = Task | TaskSummary;

/**
 * @internal A task of which `id` and `state` are sure, made safe to read: what is of another type than documented counts as
 * missing, because a wait for days must not end over it.
 */
export function mendTask(task: AnyTask): Task {
  if (check(Task, task).issues === undefined) return task;
  const steps: unknown = task.sub_tasks;
  return mend(Task, { ...task, sub_tasks: Array.isArray(steps) ? steps.map((step) => mend(SubTask, step)) : null });
}

function mend<T>(schema: Field<T>, value: unknown): T {
  const wrong = new Set((check(schema, Object(value)).issues ?? []).map(({ path }) => /^\w+/.exec(path)?.[0]));
  return Object.fromEntries(Object.entries(Object(value)).filter(([name]) => !wrong.has(name))) as T;
}
