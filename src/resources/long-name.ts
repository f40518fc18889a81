/** What is said of a task whose name may be too long. */
import type { TaskCreate, TaskUpdate } from '../schemas/task-request.js';
import type { Logger } from '../transport/logger.js';

const longestSureName = 20;

/**
 * @internal Warns of a name that the service may refuse: other clients report a limit of 20 characters, older documentation one of 64.
 * What is no task, or throws when it is read, is refused elsewhere.
 */
export function warnOfLongName(task: TaskCreate | TaskUpdate | undefined, logger: Logger): void {
  const length = measureName(task);
  if (!(length > longestSureName)) return;
  logger.warn('the name of a task is longer than 20 characters; the service may refuse it', { length });
}

function measureName(task: TaskCreate | TaskUpdate | undefined): number {
  try {
    return (Object(task?.name) as string).length;
  } catch {
    return 0;
  }
}
