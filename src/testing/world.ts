import type { Identifiers } from './core/identifiers.js';
import type { Clock, Collection, History } from './core/time.js';
import type { Account } from './iam/account.js';
import type { TokenStore } from './iam/token-store.js';
import type { MigrationProjectRecord } from './migration-projects/migration-project-record.js';
import type { SourceRecord } from './sources/source-record.js';
import type { TaskRecord } from './tasks/task-record.js';
import type { TemplateRecord } from './templates/template-record.js';

/** The whole state of one simulator. Handlers get all of it, and nothing is stored anywhere else. */
export interface World {
  /** Wall clock and migration clock. */
  readonly clock: Clock;
  /** Where new ids come from. */
  readonly identifiers: Identifiers;
  /** Who may log in. */
  readonly accounts: readonly Account[];
  /** Every token issued so far, invalid ones included. */
  readonly tokens: TokenStore;
  /** The changes of everything below. */
  readonly history: History;
  /** What the users of the simulator agreed to: `privacy`. */
  readonly agreements: Collection<true>;
  /** Migration projects by id; one of them is the default one. */
  readonly migrationProjects: Collection<MigrationProjectRecord>;
  /** Templates of target servers by id. */
  readonly templates: Collection<TemplateRecord>;
  /** Source servers by id. */
  readonly sources: Collection<SourceRecord>;
  /** Tasks by id. */
  readonly tasks: Collection<TaskRecord>;
  /** The command that each agent fetched last, by the id of its source server. */
  readonly lastCommands: Map<string, string>;
}
