/** The operations that only read, and the lists that their ids come from. */
import type { Field } from '../schemas/fields.js';
import * as schemas from '../schemas/index.js';

/** An operation that only reads. */
export interface ReadOperation {
  /** Id of the operation. */
  readonly operation: string;
  /** Its path; `{}` stands for an id. */
  readonly path: string;
  readonly schema: Field<unknown>;
  readonly query?: Readonly<Record<string, number>>;
  /** The list with the id: its operation, and the field with the items. Absent when the path has no id. */
  readonly idFrom?: readonly [operation: string, field: string];
  /** The error code that means that there is nothing to read. */
  readonly absentCode?: string;
}

const taskId = ['ListTasks', 'tasks'] as const;

/** Lists first: the others take the id of their first item. */
export const readOperations: readonly ReadOperation[] = [
  { operation: 'ListTasks', path: '/v3/tasks', query: { limit: 100 }, schema: schemas.TaskPage },
  { operation: 'ListServers', path: '/v3/sources', query: { limit: 100 }, schema: schemas.SourceServerPage },
  { operation: 'ListTemplates', path: '/v3/vm/templates', query: { limit: 50 }, schema: schemas.TemplatePage },
  { operation: 'ListMigprojects', path: '/v3/migprojects', query: { limit: 50 }, schema: schemas.MigrationProjectPage },
  {
    operation: 'ListErrorServers',
    path: '/v3/errors',
    query: { limit: 50, offset: 0 },
    schema: schemas.SourceServerErrorPage,
  },
  { operation: 'ShowOverview', path: '/v3/sources/overview', schema: schemas.SourceServerOverview },
  { operation: 'ShowConfig', path: '/v3/config', schema: schemas.ServiceConfig },
  { operation: 'ShowPrivacyAgreements', path: '/v3/privacy-agreements', schema: schemas.PrivacyAgreement },
  { operation: 'ListApiVersion', path: '/', schema: schemas.ApiVersions },
  { operation: 'ShowApiVersion', path: '/v3', schema: schemas.ApiVersion },
  { operation: 'ShowTask', path: '/v3/tasks/{}', idFrom: taskId, schema: schemas.Task },
  {
    operation: 'ShowsSpeedLimits',
    path: '/v3/tasks/{}/speed-limit',
    idFrom: taskId,
    schema: schemas.SpeedLimits,
    absentCode: 'SMS.6302',
  },
  {
    operation: 'ShowConfigSetting',
    path: '/v3/tasks/{}/configuration-setting',
    idFrom: taskId,
    schema: schemas.TaskConfigurations,
  },
  {
    operation: 'ShowConsistencyResult',
    path: '/v3/tasks/{}/consistency-result',
    idFrom: taskId,
    schema: schemas.ConsistencyResults,
  },
  {
    operation: 'ShowServer',
    path: '/v3/sources/{}',
    idFrom: ['ListServers', 'source_servers'],
    schema: schemas.SourceServer,
  },
  {
    operation: 'ShowTemplate',
    path: '/v3/vm/templates/{}',
    idFrom: ['ListTemplates', 'templates'],
    schema: schemas.TemplateResponse,
  },
  {
    operation: 'ShowMigproject',
    path: '/v3/migprojects/{}',
    idFrom: ['ListMigprojects', 'migprojects'],
    schema: schemas.MigrationProject,
  },
];
