import type { Identifiers } from './core/identifiers.js';
import type { Clock, History, Shelf } from './core/time.js';
import type { Account } from './iam/account.js';
import type { TokenStore } from './iam/token-store.js';
import type { MigrationProjectRecord } from './migration-projects/migration-project-record.js';
import type { SourceRecord } from './sources/source-record.js';
import type { TaskRecord } from './tasks/task-record.js';
import type { TemplateRecord } from './templates/template-record.js';

/** Everything one simulator remembers. Handlers get it whole; nothing is kept anywhere else. */
export interface World {
  /** Wall clock and migration clock. */
  readonly clock: Clock;
  /** Where new ids come from. */
  readonly identifiers: Identifiers;
  /** Who may sign in. */
  readonly accounts: readonly Account[];
  /** Every token given out so far, dead ones included. */
  readonly tokens: TokenStore;
  /** The changes of everything below. */
  readonly history: History;
  /** What the users of the simulator agreed to: `privacy`. */
  readonly agreements: Shelf<true>;
  /** Migration projects by id; one of them is the default one. */
  readonly migrationProjects: Shelf<MigrationProjectRecord>;
  /** Templates of target servers by id. */
  readonly templates: Shelf<TemplateRecord>;
  /** Source servers by id. */
  readonly sources: Shelf<SourceRecord>;
  /** Tasks by id. */
  readonly tasks: Shelf<TaskRecord>;
  /** The command that each agent fetched last, by the id of its source server. */
  readonly lastCommands: Map<string, string>;
}
