/** What each official payload of `test/fixtures/api` is, and which schema it belongs to. */
import * as schemas from '../../src/schemas/index.js';
import { ProjectPage, TokenBody } from '../../src/schemas/token.js';
import type { AnySchema } from './shapes.js';

/** Responses: each parses and stays unchanged. */
export const responseFixtures: Readonly<Record<string, AnySchema>> = {
  'create-task.response.json': schemas.CreatedId,
  'create-template.response.json': schemas.CreatedId,
  'iam.create-token.agency-domain.response.json': TokenBody,
  'iam.create-token.project.response.json': TokenBody,
  'iam.list-auth-projects.response.json': ProjectPage,
  'iam.list-projects.response.json': ProjectPage,
  'iam.validate-token.response.json': TokenBody,
  'list-api-version.response.json': schemas.ApiVersions,
  'list-servers.response.json': schemas.SourceServerPage,
  'list-templates.v1.response.json': schemas.TemplatePage,
  'register-server.response.json': schemas.CreatedId,
  'show-command.start.response.json': schemas.AgentCommand,
  'show-command.stop.response.json': schemas.AgentCommand,
  'show-privacy-agreements.response.json': schemas.PrivacyAgreement,
  'show-target-password.response.json': schemas.TargetPassword,
  'show-task.response.json': schemas.Task,
  'shows-speed-limits.response.json': schemas.SpeedLimits,
};

/** Requests: each is accepted as it is. */
export const requestFixtures: Readonly<Record<string, AnySchema>> = {
  'delete-tasks.request.json': schemas.TaskIdList,
  'delete-templates.request.json': schemas.IdList,
  // What is read can be set again.
  'shows-speed-limits.response.json': schemas.SpeedLimitsUpdate,
  'update-task-speed.request.json': schemas.TaskProgressReport,
  'update-command-result.request.json': schemas.AgentCommandResult,
  'update-server-name.request.json': schemas.SourceServerUpdate,
  'update-task-status.clone-test.request.json': schemas.TaskAction,
  'update-task-status.start.request.json': schemas.TaskAction,
  'update-task-status.stop.request.json': schemas.TaskAction,
};

/** Requests of the API of 2020 that v3 takes no more, with everything that is refused. */
export const legacyRequestFixtures: Readonly<Record<string, { schema: AnySchema; why: string; refused: string[] }>> = {
  'create-task.linux-file.v1.request.json': {
    schema: schemas.TaskCreate,
    why: 'numbers and booleans are sent as texts',
    refused: [
      'priority: expected number, received string',
      'speed_limit: expected number, received string',
      'start_target_server: expected boolean, received string',
      'target_server.disks[0].size: expected number, received string',
      'target_server.disks[0].physical_volumes[0].size: expected number, received string',
      'target_server.disks[0].physical_volumes[1].size: expected number, received string',
      'target_server.disks[1].size: expected number, received string',
      'target_server.disks[1].physical_volumes[0].size: expected number, received string',
      'target_server.disks[1].physical_volumes[1].size: expected number, received string',
    ],
  },
  'register-server.linux.v1.request.json': {
    schema: schemas.SourceServerRegistration,
    why: 'one network card under another name, raw devices in the singular, no version of the agent',
    refused: [
      'agent_version: expected string, received nothing',
      'network: expected no field of this name, received one (did you mean "networks"?)',
      'networks: expected array, received nothing',
      'raw_device: expected no field of this name, received one (did you mean "raw_devices"?)',
    ],
  },
};

/** Payloads without a schema, with the reason. */
export const otherFixtures: Readonly<Record<string, string>> = {
  'create-privacy-agreements.response.json': 'success without data, which the transport reads',
  'update-default-migproject.response.json': 'success without data, which the transport reads',
  'error.iam.400.json': 'readErrorBody reads it, below',
  'error.iam.401.json': 'readErrorBody reads it, below',
  'error.sms.400.json': 'readErrorBody reads it, below',
  'error.sms.403.json': 'readErrorBody reads it, below',
  'iam.create-temporary-access-key.request.json': 'an operation that the client does not have',
  'iam.create-temporary-access-key.response.json': 'an operation that the client does not have',
  'iam.create-token.agency-project.request.json': 'a way to log in that the client does not have',
  'iam.create-token.mfa.request.json': 'made by the client itself, from credentials',
  'iam.create-token.password-domain.request.json': 'made by the client itself, from credentials',
  'iam.create-token.password-project-id.request.json': 'made by the client itself, from credentials',
  'iam.create-token.password-project-name.request.json': 'made by the client itself, from credentials',
};
