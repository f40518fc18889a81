import type { Route } from './core/route.js';
import { createTokenRoute } from './iam/create-token.js';
import { tokenRoutes } from './iam/inspect-token.js';
import { projectRoutes } from './iam/list-projects.js';
import { migrationProjectRoutes } from './migration-projects/migration-projects.js';
import { agreementRoutes } from './service/privacy-agreements.js';
import { settingRoutes } from './service/settings.js';
import { versionRoutes } from './service/versions.js';
import { commandRoutes } from './sources/agent-commands.js';
import { changeRoutes } from './sources/change-source.js';
import { deleteSourceRoutes } from './sources/delete-sources.js';
import { errorRoutes } from './sources/list-errors.js';
import { sourceRoutes } from './sources/read-sources.js';
import { registerRoutes } from './sources/register-source.js';
import { actionRoutes } from './tasks/act-on-task.js';
import { reportRoutes } from './tasks/agent-reports.js';
import { certificateRoutes } from './tasks/certificates.js';
import { logRoutes } from './tasks/collect-log.js';
import { configurationRoutes } from './tasks/configuration.js';
import { consistencyRoutes } from './tasks/consistency.js';
import { deleteRoutes } from './tasks/delete-tasks.js';
import { exportRoutes } from './tasks/export-consistency.js';
import { readRoutes } from './tasks/read-tasks.js';
import { speedRoutes } from './tasks/speed-limits.js';
import { targetRoutes } from './tasks/target-access.js';
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
