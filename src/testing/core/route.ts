import type { Account } from '../iam/account.js';
import type { World } from '../world.js';
import type { ServiceResponse } from './exchange.js';

/** What a handler gets. */
export interface Call {
  /** The state of the simulator. */
  readonly world: World;
  /** Values of the path's parameters, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Query parameters. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers under lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whose access key signed the request; null when it is not signed. */
  readonly signer: Account | null;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** The requested origin, which the service uses as its own address. */
  readonly origin: string;
  /** How lists are shown. */
  readonly pages: Pages;
}

/** How lists are shown, which faults change. */
export interface Pages {
  /** The most items on a page. */
  readonly cap: number;
  /** What is shown as the count of all; null leaves it out. */
  readonly count: ((count: number) => unknown) | null;
  /** Items that are lost at the end of each page. */
  readonly lose: number;
}

/** Lists as the reference has them. */
export const wholePages: Pages = { cap: Number.POSITIVE_INFINITY, count: (count) => count, lose: 0 };

/** Performs one operation, or throws a `Refusal`. */
export type Handler = (call: Call) => ServiceResponse;

/** One row of the table of routes. */
export interface Route {
  /** The service of the operation, which decides authentication and error shapes. */
  readonly service: 'iam' | 'sms';
  /** Verb and path, such as `GET /v3/tasks/{task_id}`. */
  readonly pattern: string;
  /** Operation id of the API reference. */
  readonly operation: OperationId;
  /** Performs it. */
  readonly handle: Handler;
  /** Whether it is refused until the privacy agreement is accepted. */
  readonly needsAgreement?: true;
  /** Whether it serves requests without a token, although the service otherwise requires one. */
  readonly isPublic?: true;
}

/** A route with the values of its path parameters. */
export interface Match {
  /** The route. */
  readonly route: Route;
  /** Parameter names and values, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The route for a request, or null. Of two matching routes, the one with fewer parameters wins. A request without token and
 * signature gets the public route where there is one.
 */
export function findRoute(routes: readonly Route[], method: string, path: string, isAnonymous: boolean): Match | null {
  let best: Match | null = null;
  for (const route of routes) {
    const parameters = matchPattern(route.pattern, method, path);
    if (parameters === null || (route.isPublic === true && !isAnonymous)) continue;
    const isBetter = best === null || Object.keys(parameters).length < Object.keys(best.parameters).length;
    if (isBetter || route.isPublic === true) best = { route, parameters };
  }
  return best;
}

/** Whether an operation of SMS only reads. */
export function isRead(match: Match | null): boolean {
  return match?.route.service === 'sms' && match.route.pattern.startsWith('GET ');
}

function matchPattern(pattern: string, method: string, path: string): Record<string, string> | null {
  const [verb = '', template = ''] = pattern.split(' ');
  if (verb !== method) return null;
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{') && part.endsWith('}')) {
      const decoded = decodeSegment(value);
      if (decoded === null || decoded === '') return null;
      parameters[part.slice(1, -1)] = decoded;
    } else if (part !== value) {
      return null;
    }
  }
  return parameters;
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** Every operation that the simulator knows, by its id: those of IAM, then those of SMS. */
export const operationIds = [
  'CreateToken',
  'ValidateToken',
  'CheckToken',
  'RevokeToken',
  'ListAuthProjects',
  'ListProjects',
  'ListAuthDomains',
  'ShowCatalog',
  'ListIdentityVersions',
  'ShowIdentityVersion',
  'CheckNetAcl',
  'CollectLog',
  'CreateMigproject',
  'CreatePrivacyAgreements',
  'CreateTask',
  'CreateTemplate',
  'DeleteMigproject',
  'DeleteServer',
  'DeleteServers',
  'DeleteTask',
  'DeleteTasks',
  'DeleteTemplate',
  'DeleteTemplates',
  'ExportConsistencyResults',
  'ListApiVersion',
  'ListErrorServers',
  'ListMigprojects',
  'ListServers',
  'ListTasks',
  'ListTemplates',
  'RegisterServer',
  'ShowApiVersion',
  'ShowCertKey',
  'ShowCommand',
  'ShowConfig',
  'ShowConfigSetting',
  'ShowConsistencyResult',
  'ShowMigproject',
  'ShowOverview',
  'ShowPassphrase',
  'ShowPrivacyAgreements',
  'ShowServer',
  'ShowSha256',
  'ShowTargetPassword',
  'ShowTask',
  'ShowTemplate',
  'ShowsSpeedLimits',
  'UnlockTargetEcs',
  'UpdateCommandResult',
  'UpdateConsistencyResult',
  'UpdateCopyState',
  'UpdateDefaultMigproject',
  'UpdateDiskInfo',
  'UpdateMigproject',
  'UpdateNetworkCheckInfo',
  'UpdateServerName',
  'UpdateSpeed',
  'UpdateTask',
  'UpdateTaskSpeed',
  'UpdateTaskStatus',
  'UpdateTemplate',
  'UploadSpecialConfigurationSetting',
] as const;

/** Id of an operation of IAM or SMS, such as `ShowTask` or `CreateToken`. */
export type OperationId = (typeof operationIds)[number];
