/** Parts of the messages of errors. */
import type { TaskSummary } from './schemas/task.js';

/** @internal Where something happened, for messages. */
export function atHost(host: string | undefined): string {
  return host ? ` at ${host}` : '';
}

const mostNamedTasks = 5;

/** @internal The tasks that a wait left open, at most five of them by name. */
export function describeOpen(
  tasks: readonly Pick<TaskSummary, 'id' | 'state'>[],
  outcomes: readonly { readonly id: string; readonly outcome: string }[],
): string {
  const states = new Map(tasks.map(({ id, state }) => [id, state]));
  const open = outcomes.filter(({ outcome }) => outcome === 'unknown');
  const named = open.slice(0, mostNamedTasks).map(({ id }) => {
    const state = states.get(id);
    return `task ${id} ${state === undefined ? 'was never read' : `is ${state}`}`;
  });
  if (open.length > named.length) named.push(`and ${open.length - named.length} more`);
  return named.join(', ');
}
