/** What following tasks needs of the transport and of other resources, as functions. */
import type { Auth } from '../auth/auth.js';
import { ConfigurationError } from '../errors.js';
import { list, loose, text } from '../schemas/fields.js';
import { CreatedId } from '../schemas/identity.js';
import { TaskAction } from '../schemas/task.js';
import { TaskCreate } from '../schemas/task-request.js';
import { HookCaller } from '../tracking/hooks.js';
import { mendPage, mendTask } from '../tracking/mend-task.js';
import type { TrackingPort } from '../tracking/port.js';
import { RecentChanges } from '../tracking/recent-changes.js';
import { ServerClock } from '../tracking/server-clock.js';
import { path } from '../transport/path.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Transport } from '../transport/transport.js';
import { warnOfLongName } from './long-name.js';
import type { PrivacyAgreements } from './privacy-agreements.js';
import type { SourceServers } from './source-servers.js';
import { listTasks, showTask } from './task-operations.js';

// A wait for days must not end because some other field changed its type.
const essentials = loose({ id: text(), state: text() });
const pageEssentials = loose({ tasks: list(essentials) });

/** @internal The options of the client that actions and waits share. */
export type TaskDefaults = Pick<TrackingPort, 'logger' | 'maxRetries' | 'onRetry' | 'totalTimeoutMs'>;

/** @internal The resources that also decide whether a task can start. */
export interface StartResources {
  readonly auth: Pick<Auth, 'getToken'>;
  readonly sourceServers: Pick<SourceServers, 'get'>;
  readonly privacyAgreements: Pick<PrivacyAgreements, 'get'>;
}

/** @internal Gives tracking the functions that it works with. */
export function makeTaskPort(transport: Transport, defaults: TaskDefaults, resources: StartResources): TrackingPort {
  const clock = new ServerClock();
  return {
    ...defaults,
    clock,
    hooks: new HookCaller(defaults.logger),
    recent: new RecentChanges(),
    host: transport.host,
    openScope: transport.openScope,
    read: async (id, options) => {
      const operation = { ...showTask(id), response: essentials, essential: essentials };
      return mendTask(id, await transport.request(operation, options), defaults.logger);
    },
    act: (id, action, options, sendings) =>
      transport.request(
        {
          operation: 'UpdateTaskStatus',
          method: 'POST',
          path: path`/v3/tasks/${{ id }}/action`,
          body: action,
          bodySchema: TaskAction,
          sendings,
        },
        options,
      ),
    create: (task, options, sendings) => {
      warnOfLongName(task, transport.logger);
      return transport.request(
        {
          operation: 'CreateTask',
          method: 'POST',
          path: path`/v3/tasks`,
          body: task,
          bodySchema: TaskCreate,
          response: CreatedId,
          sendings,
        },
        options,
      );
    },
    listPage: async (query, options) => {
      const onHeaders = (headers: Headers) => clock.read(headers);
      const operation = { ...listTasks(query), response: pageEssentials, essential: pageEssentials, onHeaders };
      return mendPage(await transport.request(operation, options), defaults.logger);
    },
    readSource: (id, options) => resources.sourceServers.get(id, options),
    readAgreement: (options) => resources.privacyAgreements.get(options),
    hasProject: (options) => hasProject(resources.auth, options),
  };
}

async function hasProject(auth: Pick<Auth, 'getToken'>, options: RequestOptions): Promise<boolean> {
  try {
    return (await auth.getToken(options)).project !== undefined;
  } catch (error) {
    // With access keys there is no token that could lack anything.
    if (error instanceof ConfigurationError) return true;
    throw error;
  }
}
