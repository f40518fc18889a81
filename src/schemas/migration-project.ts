/** Migration projects: defaults that the agent takes over when it registers a server. */
import {
  flag,
  type Infer,
  list,
  loose,
  megabitsPerSecond,
  merge,
  number,
  oneOf,
  type Schema,
  strict,
  text,
} from './fields.js';

const optionalId = loose(
  {},
  {
    /** Id of the migration project. Not shown when one is read. */
    id: text(),
  },
);

const listedId = loose({
  /** Id of the migration project. */
  id: text(),
});

const migrationProjectBase = loose(
  {},
  {
    /** Name: 1 to 20 characters. */
    name: text(),
    /** Description. */
    description: text(),
    /** Whether this is the default migration project. The wire name has no underscore. */
    isdefault: flag(),
    /** Region of the targets. */
    region: text(),
    /** Whether the target is started when the migration ends. */
    start_target_server: flag(),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond(),
    /** Whether the data goes over a public address. */
    use_public_ip: flag(),
    /** True for an existing ECS as target, false for one made from a template. */
    exist_server: flag(),
    /** Kind of migration: by block or by file. */
    type: oneOf('MIGRATE_BLOCK', 'MIGRATE_FILE'),
    /** Name of the enterprise project. */
    enterprise_project: text(),
    /** Whether tasks keep synchronising after the first copy. */
    syncing: flag(),
    /** Whether the network is measured first. */
    start_network_check: flag(),
  },
);

/** What a migration project shows, alone and as an item of a list, and what can be changed of it. */
export interface MigrationProjectBase extends Infer<typeof migrationProjectBase> {}

/** A migration project. */
export interface MigrationProject extends MigrationProjectBase, Infer<typeof optionalId> {}
/** Schema of the type of the same name. */
export const MigrationProject: Schema<MigrationProject> = merge(optionalId, migrationProjectBase);

/** A migration project as an item of a list: a `MigrationProject` that surely has an id. */
export interface ListedMigrationProject extends MigrationProjectBase, Infer<typeof listedId> {}
/** Schema of the type of the same name. */
export const ListedMigrationProject: Schema<ListedMigrationProject> = merge(listedId, migrationProjectBase);

const migrationProjectPage = loose(
  {
    /** The items of this page. */
    migprojects: list(ListedMigrationProject),
  },
  {
    /** Number of all matches, not of the items on this page. */
    count: number(),
  },
);

/** One page of migration projects. */
export interface MigrationProjectPage extends Infer<typeof migrationProjectPage> {}
/** Schema of the type of the same name. */
export const MigrationProjectPage: Schema<MigrationProjectPage> = migrationProjectPage;

const migrationProjectQuery = strict(
  {},
  {
    /** Items on a page: 0 to 100, 50 when left out. */
    limit: number({ min: 0, max: 100 }),
    /** Items to skip: 0 to 65535, 0 when left out. */
    offset: number({ min: 0, max: 65_535 }),
  },
);

/** Which migration projects to list. */
export interface MigrationProjectQuery extends Infer<typeof migrationProjectQuery> {}
/** Schema of the type of the same name. */
export const MigrationProjectQuery: Schema<MigrationProjectQuery> = migrationProjectQuery;

const migrationProjectCreate = strict(
  {
    /** Name: 1 to 20 characters. */
    name: text({ min: 1, max: 20 }),
    /** Region of the targets. */
    region: text(),
    /** Kind of migration: by block or by file. Windows has blocks only. */
    type: oneOf('MIGRATE_BLOCK', 'MIGRATE_FILE'),
  },
  {
    /** Description. */
    description: text(),
    /** Make this the default migration project. The wire name has no underscore. */
    isdefault: flag(),
    /** Start the target when the migration ends; true when left out. */
    start_target_server: flag(),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond({ min: 0 }),
    /** Send the data over a public address. */
    use_public_ip: flag(),
    /** True for an existing ECS as target, false for one made from a template. */
    exist_server: flag(),
    /** Name of the enterprise project. */
    enterprise_project: text(),
    /** Keep synchronising after the first copy; false when left out. */
    syncing: flag(),
    /** Measure the network first; false when left out. */
    start_network_check: flag(),
  },
);

/** A migration project to create. */
export interface MigrationProjectCreate extends Infer<typeof migrationProjectCreate> {}
/** Schema of the type of the same name. */
export const MigrationProjectCreate: Schema<MigrationProjectCreate> = migrationProjectCreate;

const migrationProjectUpdate = strict(
  {},
  {
    /** Name: 1 to 20 characters. */
    name: text({ min: 1, max: 20 }),
    /** Description. */
    description: text(),
    /** Make this the default migration project. The wire name has no underscore. */
    isdefault: flag(),
    /** Region of the targets. */
    region: text(),
    /** Start the target when the migration ends. */
    start_target_server: flag(),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond({ min: 0 }),
    /** Send the data over a public address. */
    use_public_ip: flag(),
    /** True for an existing ECS as target, false for one made from a template. */
    exist_server: flag(),
    /** Kind of migration: by block or by file. Windows has blocks only. */
    type: oneOf('MIGRATE_BLOCK', 'MIGRATE_FILE'),
    /** Name of the enterprise project. */
    enterprise_project: text(),
    /** Keep synchronising after the first copy. */
    syncing: flag(),
    /** Measure the network first. */
    start_network_check: flag(),
  },
);

/** What to change of a migration project. */
export interface MigrationProjectUpdate extends MigrationProjectBase {}
/** Schema of the type of the same name. */
export const MigrationProjectUpdate: Schema<MigrationProjectUpdate> = migrationProjectUpdate;
