/**
 * Schemas of the payloads, as values named like their types. This entry carries no HTTP client; `@org/sms-client` exports the
 * same values.
 *
 * @module @org/sms-client/schemas
 * @packageDocumentation
 */
export {
  AgentCommand,
  AgentCommandParameters,
  AgentCommandResult,
  SourceServerRegistration,
  TaskProgressReport,
} from './agent.js';
export { Certificate, CertificateQuery, Passphrase } from './certificate.js';
export {
  TaskConfiguration,
  TaskConfigurationInput,
  TaskConfigurationQuery,
  TaskConfigurations,
  TaskConfigurationsUpdate,
} from './configuration.js';
export {
  ConsistencyExport,
  ConsistencyExportItem,
  ConsistencyRecord,
  ConsistencyReport,
  ConsistencyResult,
  ConsistencyResultInput,
  ConsistencyResults,
} from './consistency.js';
export {
  BtrfsFileSystem,
  type BtrfsFileSystemBase,
  BtrfsFileSystemInput,
  BtrfsSubvolume,
  type BtrfsSubvolumeBase,
  BtrfsSubvolumeInput,
  Disk,
  type DiskBase,
  DiskInput,
  LogicalVolume,
  type LogicalVolumeBase,
  LogicalVolumeInput,
  PhysicalVolume,
  type PhysicalVolumeBase,
  PhysicalVolumeInput,
  TargetDisk,
  TargetPhysicalVolume,
  VolumeGroup,
  type VolumeGroupBase,
  VolumeGroupInput,
} from './disk.js';
export type { SafeParseResult, Schema, SchemaIssue } from './fields.js';
export { CreatedId, IdList, TaskIdList, UpdatedId } from './identity.js';
export {
  ListedMigrationProject,
  MigrationProject,
  type MigrationProjectBase,
  MigrationProjectCreate,
  MigrationProjectPage,
  MigrationProjectQuery,
  MigrationProjectUpdate,
} from './migration-project.js';
export {
  NetworkAclQuery,
  NetworkCheck,
  NetworkCheckReceipt,
  NetworkCheckReport,
  NetworkInterface,
  NetworkInterfaceInput,
} from './network.js';
export { AgentDigest, ApiLink, ApiVersion, ApiVersions, PrivacyAgreement, ServiceConfig } from './service.js';
export {
  CurrentTask,
  EnvironmentCheck,
  SourceServer,
  SourceServerError,
  SourceServerErrorPage,
  SourceServerOverview,
  SourceServerPage,
  SuggestedTarget,
} from './source-server.js';
export {
  CopyStateUpdate,
  DiskAdjustment,
  DiskInfoUpdate,
  LogicalVolumeAdjustment,
  PhysicalVolumeAdjustment,
  SourceServerErrorQuery,
  SourceServerQuery,
  SourceServerUpdate,
  VolumeGroupAdjustment,
} from './source-server-request.js';
export { SpeedLimits, SpeedLimitsUpdate, SpeedSlot, SpeedSlotInput } from './speed-limit.js';
export {
  CloneServer,
  type CloneServerBase,
  CloneServerInput,
  type TargetBase,
  TargetServer,
  TargetSummary,
} from './target-server.js';
export { SubTask, Task, TaskAction, type TaskBase, TaskPage, TaskQuery, TaskSummary } from './task.js';
export {
  TargetServerUpdate,
  TaskCreate,
  TaskLogUpload,
  TaskSourceCreate,
  TaskTargetCreate,
  TaskUpdate,
} from './task-request.js';
export {
  PublicIp,
  PublicIpInput,
  SecurityGroup,
  SecurityGroupInput,
  Subnet,
  SubnetInput,
  TargetPassword,
  Template,
  TemplateCreate,
  TemplateDisk,
  TemplateDiskInput,
  TemplateInput,
  TemplatePage,
  TemplateQuery,
  TemplateResponse,
  TemplateUpdate,
  Vpc,
  VpcInput,
} from './template.js';
export { Project, TokenDetails, TokenDomain, TokenProject, TokenRole, TokenUser } from './token.js';
