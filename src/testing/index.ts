/**
 * A simulator of IAM and SMS for tests: {@link createSimulator}. Use it in the process of a test, or as a server.
 *
 * @module @org/sms-client/testing
 * @packageDocumentation
 */
export type { OperationId } from './core/route.js';
export type { ConnectionErrorCode } from './faults/connection-errors.js';
export type {
  FailOptions,
  FaultMatch,
  FaultOptions,
  Faults,
  LagOptions,
  MatchOptions,
  PageOptions,
  PendingFault,
} from './faults/faults.js';
export type { RespondHandler, RespondOptions } from './faults/overrides.js';
export type { RecordedRequest } from './faults/recorded-request.js';
export type { AccessKeySeed, AccountSeed, AgencySeed, ProjectSeed } from './iam/account.js';
export type { SimulatorOptions } from './options.js';
export { type CloseOptions, createSimulator, type ListenAddress, type Simulator } from './simulator.js';
export type { SourceFields, SourceHandle } from './source-handle.js';
export type { CheckSeed, SourceSeed } from './sources/source-record.js';
export type { TaskFields, TaskHandle } from './task-handle.js';
export type { DiskSeed, FailureSeed, TaskSeed, TaskState } from './tasks/task-seed.js';
