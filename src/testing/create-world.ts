import { createIdentifiers } from './core/identifiers.js';
import type { Match } from './core/route.js';
import { createClock, createHistory } from './core/time.js';
import { type AccountSeed, createAccounts } from './iam/account.js';
import { createTokenStore } from './iam/token-store.js';
import { createMigrationProject } from './migration-projects/migration-project-record.js';
import { findCurrentTask, isGone } from './tasks/find-task.js';
import type { World } from './world.js';

/** What a world is created from. */
export interface WorldInput {
  /** How fast the migration clock runs. */
  readonly speed: number;
  /** The clock of the machine. */
  readonly now: () => number;
  /** The seed of generated ids. */
  readonly seed: number;
  /** Who may log in. */
  readonly accounts: readonly AccountSeed[];
  /** Whether the privacy agreement is accepted. */
  readonly isAgreed: boolean;
}

/** A world with its accounts and a default project, and nothing else. */
export function createWorld({ speed, now, seed, accounts: seeds, isAgreed }: WorldInput): World {
  const clock = createClock(speed, now);
  const identifiers = createIdentifiers(seed);
  const history = createHistory(() => ({ wall: clock.wall(), migration: clock.migration() }));
  const accounts = createAccounts(seeds, identifiers);
  const world: World = {
    clock,
    identifiers,
    accounts,
    tokens: createTokenStore(identifiers),
    history,
    agreements: history.createCollection(),
    migrationProjects: history.createCollection(),
    templates: history.createCollection(),
    sources: history.createCollection(),
    tasks: history.createCollection((task) => isGone(task, clock.migration())),
    lastCommands: new Map(),
  };
  if (isAgreed) world.agreements.set('privacy', true);
  // ASSUMPTION: every account has a default project from the start, or its first sources would go nowhere.
  const project = createMigrationProject(identifiers.uuid(), {
    name: 'default',
    isdefault: true,
    region: accounts.flatMap(({ projects }) => projects)[0]?.name ?? 'cn-north-4',
    type: 'MIGRATE_FILE',
  });
  world.migrationProjects.set(project.id, project);
  return world;
}

/** How far in the past a read is. */
export interface LookBack {
  /** By how many ms of the wall clock. */
  readonly lag: number;
  /** To the time before the last change of what is read. */
  readonly isStale?: boolean;
}

/** The state of the service at an earlier time, for reads that lag. It cannot be changed. */
export function lookBack(world: World, match: Match | null, { lag, isStale = false }: LookBack): World {
  const wall = world.clock.wall() - lag;
  let sequence = world.history.sequenceAt(wall);
  let migration = world.clock.migrationAt(wall);
  if (isStale) {
    const last = findLastChange(world, match);
    sequence = Math.min(sequence, last - 1);
    migration = Math.min(migration, world.history.find(last)?.migration ?? world.clock.migrationAt(0));
  }
  return {
    ...world,
    clock: { ...world.clock, migration: () => migration },
    agreements: world.agreements.at(sequence),
    migrationProjects: world.migrationProjects.at(sequence),
    templates: world.templates.at(sequence),
    sources: world.sources.at(sequence),
    tasks: world.tasks.at(sequence),
  };
}

// The last change of what a read shows: of the item in its path, or of any item for a list.
function findLastChange(world: World, match: Match | null): number {
  const {
    task_id: taskId,
    source_id: sourceId = match?.parameters.server_id,
    mig_project_id: projectId,
    id: templateId,
  } = match?.parameters ?? {};
  if (taskId !== undefined) return world.tasks.lastChange(taskId);
  if (sourceId !== undefined) {
    const task = findCurrentTask(world, sourceId);
    return Math.max(world.sources.lastChange(sourceId), task === null ? 0 : world.tasks.lastChange(task.id));
  }
  if (projectId !== undefined) return world.migrationProjects.lastChange(projectId);
  if (templateId !== undefined) return world.templates.lastChange(templateId);
  const path = match?.route.pattern ?? '';
  if (path.includes('/tasks')) return world.tasks.lastChange();
  if (path.includes('/sources') || path.includes('/errors')) {
    return Math.max(world.sources.lastChange(), world.tasks.lastChange());
  }
  if (path.includes('/templates')) return world.templates.lastChange();
  return path.includes('/migprojects') ? world.migrationProjects.lastChange() : world.agreements.lastChange();
}
