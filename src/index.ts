/**
 * A typed client of Huawei Cloud's Server Migration Service (SMS) v3. Begin with {@link SmsClient}.
 *
 * @module @org/sms-client
 * @packageDocumentation
 */
export type { Auth } from './auth/auth.js';
export type {
  AccessKeyCredentials,
  AgencyCredentials,
  Credentials,
  CredentialsProvider,
  MfaDevice,
  PasswordCredentials,
  StaticCredentials,
  TokenCredentials,
  UserIdCredentials,
} from './auth/credentials.js';
export type { Token } from './auth/token.js';
export { MemoryTokenStore, type TokenStore } from './auth/token-store.js';
export { SmsClient } from './client.js';
export type { EnvironmentOverrides } from './environment.js';
export {
  type AnySmsError,
  ApiError,
  type ApiErrorName,
  type ApiFailure,
  AuthenticationError,
  ConfigurationError,
  ConflictError,
  InvalidRequestError,
  isSmsError,
  MigrationFailedError,
  type MigrationFailure,
  NetworkError,
  NotFoundError,
  type OutcomeUnknown,
  OutcomeUnknownError,
  PermissionDeniedError,
  RateLimitError,
  ResponseFormatError,
  ServerError,
  SmsError,
  type StartReason,
  TimeoutError,
  type WaitTimeout,
  WaitTimeoutError,
} from './errors.js';
export type { ClientOptions } from './options.js';
export type { AgentApi } from './resources/agent.js';
export type { CustomRequest, ResponseSchema, SchemaOutcome } from './resources/custom-request.js';
export type { DeleteManyOptions } from './resources/delete-many.js';
export type { MigrationProjects } from './resources/migration-projects.js';
export type { PrivacyAgreements } from './resources/privacy-agreements.js';
export type { ServiceApi } from './resources/service.js';
export type { SourceServers } from './resources/source-servers.js';
export { suggestedTarget } from './resources/suggested-target.js';
export type { TaskOperations } from './resources/task-operations.js';
export type { Tasks } from './resources/tasks.js';
export type { Templates } from './resources/templates.js';
export type { ErrorDetail } from './schemas/error-body.js';
export * from './schemas/index.js';
export type { Cursor } from './tracking/cursor.js';
export type { StartCheck, StartForecast } from './tracking/explain-start.js';
export type {
  FleetProgress,
  FleetQuery,
  FleetTargets,
  StartAllAndWaitOptions,
  StartManyOptions,
  TaskChange,
  WaitForAllOptions,
  WatchManyOptions,
} from './tracking/fleet-options.js';
export type {
  ActAndWaitOptions,
  ActionFields,
  ActionOptions,
  AnyTaskAction,
  Interruption,
  PollOptions,
  StartAndWaitOptions,
  StartOptions,
  TaskSnapshot,
  WaitOptions,
  WatchOptions,
} from './tracking/options.js';
export type {
  DeletedOutcome,
  DeleteOutcome,
  FailedOutcome,
  GoneOutcome,
  NotDeletedOutcome,
  NotStartedOutcome,
  Outcome,
  StartedOutcome,
  StartOutcome,
  SucceededOutcome,
  UnknownOutcome,
  WaitOutcome,
} from './tracking/outcomes.js';
export type { CursorPosition } from './tracking/position.js';
export type { RoundProgress, StepProgress, TaskProgress } from './tracking/progress.js';
export { taskStates } from './tracking/states.js';
export type { DownloadedFile } from './transport/downloaded-file.js';
export type { HeadersInput } from './transport/headers.js';
export type { Logger } from './transport/logger.js';
export type { RequestOptions, ResponseEvent } from './transport/request-options.js';
export type { RetryEvent } from './transport/retry.js';
export type { FailureEvent, Fetch } from './transport/transport.js';
