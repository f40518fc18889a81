/** What a task looked like before it was started: how a new round is told from the one before. */
import { type AnyTask, mendTask } from './mend-task.js';

/** @internal How long an accepted start may still show the task as it was before. */
export const longestLagMs = 30_000;

/** @internal What tells a round from the one before: the state, and the steps. */
export function signTask(task: AnyTask): string {
  return `${task.state}:${listSteps(task).join(',')}`;
}

/** @internal Whether a task is in another round than at the baseline: in another state, or with steps that were not there. */
export function hasMoved(baseline: string | undefined, task: AnyTask): boolean {
  const [state, steps = ''] = baseline?.split(/:(.*)/s) ?? [];
  const known = steps.split(',');
  return task.state !== state || listSteps(task).some((id) => !known.includes(id));
}

function listSteps(task: AnyTask): string[] {
  return (mendTask(task).sub_tasks ?? []).map(({ id }) => String(id ?? ''));
}
