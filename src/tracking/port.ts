/** What tracking needs of the rest of the client: functions, never a transport. */
import type { CreatedId } from '../schemas/identity.js';
import type { PrivacyAgreement } from '../schemas/service.js';
import type { SourceServer } from '../schemas/source-server.js';
import type { Task, TaskPage, TaskQuery } from '../schemas/task.js';
import type { TaskCreate } from '../schemas/task-request.js';
import type { Logger } from '../transport/logger.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { RetryEvent } from '../transport/retry.js';
import type { OpenScope } from '../transport/scope.js';
import type { Sendings } from '../transport/sendings.js';
import type { HookCaller } from './hooks.js';
import type { AnyTaskAction } from './options.js';
import type { RecentChanges } from './recent-changes.js';
import type { Rules } from './rules.js';
import type { ServerClock } from './server-clock.js';

/** @internal The functions and defaults that tracking works with. */
export interface TrackingPort {
  /** Reads a task. A response that does not fit its schema suffices when it has `id` and `state`; what does not fit is dropped. */
  readonly read: (id: string, options: RequestOptions) => Promise<Task>;
  /** Sends an action. */
  readonly act: (id: string, action: AnyTaskAction, options: RequestOptions, sendings: Sendings) => Promise<void>;
  /** Creates a task. */
  readonly create: (task: TaskCreate, options: RequestOptions, sendings: Sendings) => Promise<CreatedId>;
  /** Reads a page of tasks; of each item `id` and `state` suffice, and what does not fit is dropped. */
  readonly listPage: (query: TaskQuery, options: RequestOptions) => Promise<TaskPage>;
  readonly readSource: (id: string, options: RequestOptions) => Promise<SourceServer>;
  readonly readAgreement: (options: RequestOptions) => Promise<PrivacyAgreement>;
  /** Whether calls are made for a project; also true when they carry no token. */
  readonly hasProject: (options: RequestOptions) => Promise<boolean>;
  /** Host of the service, for messages. */
  readonly host?: string | undefined;
  readonly openScope: OpenScope;
  readonly logger: Logger;
  readonly hooks: HookCaller;
  /** Which tasks this client created or started within the lag. */
  readonly recent: RecentChanges;
  /** The time at the service; that of this machine when left out. */
  readonly clock?: ServerClock | undefined;
  /** Called before an operation is sent again. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /** The client's own limits, for calls that set none. */
  readonly maxRetries: number;
  readonly totalTimeoutMs: number;
  /** The rules of actions; only tests set others, to see them broken. */
  readonly rules?: Rules | undefined;
}
