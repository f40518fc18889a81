/** The creation of a task, also when its response is lost. */
import { isSmsError, OutcomeUnknownError } from '../errors.js';
import type { CreatedId } from '../schemas/identity.js';
import type { TaskSummary } from '../schemas/task.js';
import type { TaskCreate } from '../schemas/task-request.js';
import type { RequestOptions } from '../transport/request-options.js';
import { type Scope, workForCaller } from '../transport/scope.js';
import { Sendings } from '../transport/sendings.js';
import { pollOptions } from './check-options.js';
import { isLost } from './perform-once.js';
import type { TrackingPort } from './port.js';
import { lagMs } from './recent-changes.js';
import { pauseThroughLag } from './rules.js';

/** How far the stamps of the service and of its gateway may lie apart. */
const clockSlackMs = 60_000;

/** @internal Creates a task. When the response is lost, it searches for the task among those of the source server. */
export async function createTaskOnce(
  port: TrackingPort,
  task: TaskCreate,
  options: RequestOptions = {},
): Promise<CreatedId> {
  const sentAt = performance.now();
  const sendings = new Sendings();
  try {
    const created = await port.create(task, options, sendings);
    port.recent.note(created.id);
    return created;
  } catch (error) {
    if (!isLost(error, sendings)) throw error;
    const id = await workForCaller(port.openScope, { signal: options.signal }, (scope) =>
      findCreated(port, scope, task, sentAt, options),
    );
    if (id === undefined) throw new OutcomeUnknownError({ subject: 'The creation of the task', error });
    port.recent.note(id);
    return { id };
  }
}

async function findCreated(
  port: TrackingPort,
  scope: Scope,
  task: TaskCreate,
  sentAt: number,
  options: RequestOptions,
): Promise<string | undefined> {
  const { id: source } = Object(task.source_server) as { readonly id?: string };
  if (source === undefined) return undefined;
  for await (const _isLast of pauseThroughLag(scope, performance.now() + lagMs)) {
    try {
      const query = { source_server_id: String(source), limit: 200 };
      const { tasks } = await port.listPage(query, { ...pollOptions(options), signal: scope.signal });
      const serverNow = port.clock?.now() ?? Date.now();
      const sentAtServer = serverNow - (performance.now() - sentAt);
      const found = tasks.find((item) => isOurs(item, task, sentAtServer));
      if (found !== undefined) return found.id;
    } catch (error) {
      scope.throwIfEnded();
      if (!isSmsError(error)) throw error;
    }
  }
  return undefined;
}

// A source server has one task at most, but it may be one from long ago, for which the creation was refused.
function isOurs({ create_date: createdAt, name }: TaskSummary, task: TaskCreate, sentAtMs: number): boolean {
  if (name && name !== task.name) return false;
  return typeof createdAt !== 'number' || createdAt >= sentAtMs - clockSlackMs;
}
