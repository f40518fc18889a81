import { type Answer, answerJson } from '../core/exchange.js';
import { passes, passesEnterpriseProject, takePage } from '../core/query.js';
import { refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { observeShown } from '../tasks/task-record.js';
import { listSources } from './read-sources.js';

/** Source servers whose migration failed. */
export const errorRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/errors', operation: 'ListErrorServers', handle: handleList },
];

const failedStates = ['MIGRATE_FAIL', 'SYNC_FAIL'];

function handleList({ world, query }: Call): Answer {
  if ((query.offset ?? '') === '') throw refuseInput('The parameter offset is mandatory.');
  const now = world.clock.migration();
  const matches = listSources(world).flatMap(({ source, task }) => {
    if (task === null) return [];
    const { state, error } = observeShown(task, now);
    const isWanted =
      failedStates.includes(state) &&
      passes(query.migproject, source.migrationProjectId) &&
      passesEnterpriseProject(query, source.enterpriseProjectId);
    if (!isWanted) return [];
    return {
      // The documented maximum.
      error_json: error.slice(0, 255),
      host_name: source.hostname,
      name: source.name,
      source_id: source.id,
      source_ip: source.ip,
      target_ip: task.settings.migrationIp,
    };
  });
  const page = takePage(query, { standard: 50, maximum: 100 }, 65_535, matches);
  return answerJson({ count: matches.length, migration_errors: page });
}
