export type { FailOptions, FaultMatch, FaultOptions, Faults } from './faults/faults.js';
export type { RecordedRequest } from './faults/recorded-request.js';
export type { AccessKeySeed, AccountSeed, AgencySeed, ProjectSeed } from './iam/account.js';
export { createSimulator, type ListenAddress, type Simulator, type SimulatorOptions } from './simulator.js';
export type { CheckSeed, SourceSeed } from './sources/source-seed.js';
export type { DiskSeed, FailureSeed, SeedState, TaskSeed } from './tasks/task-seed.js';
