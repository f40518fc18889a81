import { createClock } from './core/clock.js';
import { createIdentifiers } from './core/identifiers.js';
import { createLine } from './core/line.js';
import { createFetchDoor } from './doors/fetch-door.js';
import { type Listener, openListener } from './doors/listen.js';
import { createFaultPlan } from './faults/fault-plan.js';
import type { Faults } from './faults/faults.js';
import type { RecordedRequest } from './faults/recorded-request.js';
import { createWaitingRoom } from './faults/waiting-room.js';
import { type AccountSeed, createAccounts, exampleAccount } from './iam/account.js';
import { createTokenStore } from './iam/token-store.js';
import { createMigrationProject } from './migration-projects/migration-project-record.js';
import { createRoutes } from './routes.js';
import { seedSource } from './sources/add-source.js';
import type { SourceSeed } from './sources/source-seed.js';
import { seedTask } from './tasks/seed-task.js';
import type { TaskSeed } from './tasks/task-seed.js';
import type { World } from './world.js';

/** What a simulator starts with. */
export interface SimulatorOptions {
  /** How fast migrations run against the wall clock. Default: 1. Tokens are not affected: they live on the wall clock. */
  speed?: number | undefined;
  /** Who may sign in. Default: `testname` with `Password` of the official example, in project `0215ef11e49d4743be23dd97a1561xxx`. */
  accounts?: readonly AccountSeed[] | undefined;
  /** Source servers that exist at the beginning. Default: none, but every task brings the one it needs. */
  sources?: readonly SourceSeed[] | undefined;
  /** Tasks that exist at the beginning. Default: none. */
  tasks?: readonly TaskSeed[] | undefined;
  /**
   * Whether the privacy agreement was accepted before. Default: true. Until it is accepted, registering a source server,
   * creating a task and running an operation on one are refused with 403.
   */
  privacyAgreementAccepted?: boolean | undefined;
  /** Wall clock in ms since 1970. Default: `Date.now`. */
  now?: (() => number) | undefined;
  /** How long a token lives, in ms of the wall clock. Default: 24 hours. */
  tokenLifetimeMs?: number | undefined;
}

/** Addresses of a listening simulator; one server answers for both services, so all three are the same. */
export interface ListenAddress {
  /** Address of the server, such as `http://127.0.0.1:41234`. */
  url: string;
  /** What to give a client as the SMS endpoint. */
  smsEndpoint: string;
  /** What to give a client as the IAM endpoint. */
  iamEndpoint: string;
}

/** IAM and SMS in memory, behind two doors: `fetch` and `listen()`. */
export interface Simulator {
  /** What to give a client as the SMS endpoint together with `fetch`. Any other host does as well: the path tells IAM from SMS. */
  readonly smsEndpoint: string;
  /** What to give a client as the IAM endpoint together with `fetch`. */
  readonly iamEndpoint: string;
  /** Answers in place of the global `fetch`, without any socket. Needs no `this`. */
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Serves 127.0.0.1, on a free port unless one is given. Needs Node, Bun or Deno. Rejects while it is listening already. */
  listen(port?: number): Promise<ListenAddress>;
  /** Ends the server with all its connections and every hanging request; `fetch` is refused from then on. May be called again. */
  close(): Promise<void>;
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  /** Moves the migration clock on by so many ms. Tokens do not grow older. */
  advance(ms: number): void;
  /** Adds a task, with the past that its state tells of, and answers its id. */
  addTask(seed?: TaskSeed): string;
  /** Adds a source server, as if its agent had registered it, and answers its id. */
  addSourceServer(seed?: SourceSeed): string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Troubles to make. */
  readonly faults: Faults;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Creates a simulator. It shares nothing with any other one. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const world = createWorld(options);
  const plan = createFaultPlan(world);
  const waitingRoom = createWaitingRoom();
  const routes = createRoutes(options.tokenLifetimeMs ?? dayMs);
  const line = createLine({ world, routes, plan, waitingRoom });
  let listening: Promise<Listener> | null = null;
  let closed = false;

  async function close(): Promise<void> {
    closed = true;
    waitingRoom.close();
    await (await listening?.catch(() => null))?.close();
  }

  return {
    smsEndpoint: 'https://sms.simulator.example',
    iamEndpoint: 'https://iam.simulator.example',
    fetch: createFetchDoor(line, () => closed),
    async listen(port = 0) {
      if (closed) throw new Error('The simulator is closed');
      if (listening !== null) throw new Error('The simulator is listening already');
      listening = openListener(line, port);
      try {
        const { url } = await listening;
        return { url, smsEndpoint: url, iamEndpoint: url };
      } catch (reason) {
        // A port that is taken does not keep the next one from being tried.
        listening = null;
        throw reason;
      }
    },
    close,
    [Symbol.asyncDispose]: close,
    advance: (ms) => world.clock.advance(ms),
    addTask: (seed = {}) => seedTask(world, seed),
    addSourceServer: (seed = {}) => seedSource(world, seed).id,
    requests: line.requests,
    faults: plan.faults,
  };
}

function createWorld(options: SimulatorOptions): World {
  const identifiers = createIdentifiers();
  const world: World = {
    clock: createClock(options.speed ?? 1, options.now ?? (() => Date.now())),
    identifiers,
    accounts: createAccounts(options.accounts ?? [exampleAccount], identifiers),
    tokens: createTokenStore(),
    agreement: { accepted: options.privacyAgreementAccepted ?? true },
    migrationProjects: new Map(),
    templates: new Map(),
    sources: new Map(),
    tasks: new Map(),
  };
  // ASSUMPTION: every account has a default project from the start, or its first sources would go nowhere.
  const project = createMigrationProject(identifiers.uuid(), {
    name: 'default',
    isdefault: true,
    region: world.accounts.flatMap(({ projects }) => projects)[0]?.name ?? 'cn-north-4',
    type: 'MIGRATE_FILE',
  });
  world.migrationProjects.set(project.id, project);
  for (const seed of options.sources ?? []) seedSource(world, seed);
  for (const seed of options.tasks ?? []) seedTask(world, seed);
  return world;
}
