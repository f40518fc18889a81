/** What tracking needs of the rest of the client: functions, never a transport. */
import type { PrivacyAgreement } from '../schemas/service.js';
import type { SourceServer } from '../schemas/source-server.js';
import type { Task, TaskAction, TaskPage, TaskQuery } from '../schemas/task.js';
import type { Logger } from '../transport/logger.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { RetryEvent } from '../transport/retry.js';
import type { OpenScope } from '../transport/scope.js';

/** @internal The functions and defaults that tracking works with. */
export interface TrackingPort {
  /** Reads a task. An answer that does not fit its schema suffices when it has `id` and `state`. */
  readonly read: (id: string, options: RequestOptions) => Promise<Task>;
  /** Sends an operation. */
  readonly act: (id: string, action: TaskAction, options: RequestOptions) => Promise<void>;
  /** Reads a page of tasks; of each item `id` and `state` suffice. */
  readonly listPage: (query: TaskQuery, options: RequestOptions) => Promise<TaskPage>;
  readonly readSource: (id: string, options: RequestOptions) => Promise<SourceServer>;
  readonly readAgreement: (options: RequestOptions) => Promise<PrivacyAgreement>;
  /** Whether calls are made for a project; also true when they carry no token. */
  readonly hasProject: (options: RequestOptions) => Promise<boolean>;
  readonly openScope: OpenScope;
  readonly logger: Logger;
  /** Called before an operation is sent again. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /** The client's own limits, for calls that set none. */
  readonly maxRetries: number;
  readonly totalTimeoutMs: number;
}
