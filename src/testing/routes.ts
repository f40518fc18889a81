import type { OperationId } from './core/operations.js';
import { isRead, type Route } from './core/route.js';
import { createTokenRoute } from './iam/create-token.js';
import { tokenRoutes } from './iam/inspect-token.js';
import { projectRoutes } from './iam/list-projects.js';
import { migrationProjectRoutes } from './migration-projects/migration-projects.js';
import { agreementRoutes, settingRoutes } from './service/settings.js';
import { versionRoutes } from './service/versions.js';
import { commandRoutes } from './sources/agent-commands.js';
import { changeRoutes } from './sources/change-source.js';
import { deleteSourceRoutes } from './sources/delete-sources.js';
import { errorRoutes, sourceRoutes } from './sources/read-sources.js';
import { registerRoutes } from './sources/register-source.js';
import { actionRoutes } from './tasks/act-on-task.js';
import { reportRoutes } from './tasks/agent-reports.js';
import { consistencyRoutes, exportRoutes } from './tasks/consistency.js';
import { deleteRoutes } from './tasks/delete-tasks.js';
import { readRoutes } from './tasks/read-tasks.js';
import { certificateRoutes, targetRoutes } from './tasks/target-access.js';
import { configurationRoutes, logRoutes, speedRoutes } from './tasks/task-settings.js';
import { writeRoutes } from './tasks/write-task.js';
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
