import { isRead, type OperationId, type Route } from './core/route.js';
import { createTokenRoute } from './iam/log-in.js';
import { projectRoutes, tokenRoutes } from './iam/read-identity.js';
import { migrationProjectRoutes } from './migration-projects/migration-projects.js';
import { agreementRoutes, settingRoutes, versionRoutes } from './service/service.js';
import { commandRoutes, registerRoutes } from './sources/agent.js';
import { changeRoutes, deleteSourceRoutes } from './sources/change-source.js';
import { errorRoutes, sourceRoutes } from './sources/read-sources.js';
import { actionRoutes } from './tasks/act-on-task.js';
import { reportRoutes } from './tasks/agent-reports.js';
import { consistencyRoutes, exportRoutes } from './tasks/consistency.js';
import { deleteRoutes, readRoutes, writeRoutes } from './tasks/task-routes.js';
import { certificateRoutes, configurationRoutes, logRoutes, speedRoutes, targetRoutes } from './tasks/task-settings.js';
import { templateRoutes } from './templates/templates.js';

/** Every operation the simulator knows. A new group of operations is a file with its routes, and one line here. */
export function createRoutes(tokenLifetimeMs: number): readonly Route[] {
  return [
    createTokenRoute(tokenLifetimeMs),
    ...tokenRoutes,
    ...projectRoutes,
    ...readRoutes,
    ...writeRoutes,
    ...actionRoutes,
    ...deleteRoutes,
    ...speedRoutes,
    ...logRoutes,
    ...targetRoutes,
    ...configurationRoutes,
    ...consistencyRoutes,
    ...exportRoutes,
    ...certificateRoutes,
    ...reportRoutes,
    ...sourceRoutes,
    ...registerRoutes,
    ...changeRoutes,
    ...deleteSourceRoutes,
    ...errorRoutes,
    ...commandRoutes,
    ...templateRoutes,
    ...migrationProjectRoutes,
    ...agreementRoutes,
    ...settingRoutes,
    ...versionRoutes,
  ];
}

/** The operations of SMS that read. */
export const reads: readonly OperationId[] = createRoutes(0)
  .filter((route) => isRead({ route, parameters: {} }))
  .map(({ operation }) => operation);
