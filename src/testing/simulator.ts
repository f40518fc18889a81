import { createFetchAdapter } from './adapters/fetch.js';
import { type Listener, openListener } from './adapters/listen.js';
import { checkMembers, checkNumber, checkOptional } from './core/arguments.js';
import { createDispatcher } from './core/dispatcher.js';
import type { OperationId } from './core/route.js';
import { createWorld } from './create-world.js';
import { createFaultPlan } from './faults/fault-plan.js';
import type { Faults } from './faults/faults.js';
import { createOverrides, type RespondHandler, type RespondOptions } from './faults/overrides.js';
import { createPendingRequests } from './faults/pending-requests.js';
import { createRequestLog, type RecordedRequest } from './faults/recorded-request.js';
import { exampleAccount } from './iam/account.js';
import { checkOptions, checkSourceSeed, checkTaskSeed, type SimulatorOptions } from './options.js';
import { createRoutes, reads } from './routes.js';
import { createSourceHandle, type SourceHandle } from './source-handle.js';
import { seedSource } from './sources/create-source.js';
import type { SourceSeed } from './sources/source-record.js';
import { createTaskHandle, type TaskHandle } from './task-handle.js';
import { seedTask } from './tasks/create-task.js';
import type { TaskSeed } from './tasks/task-seed.js';
import type { World } from './world.js';

/** Addresses of a listening simulator; one server responds for both services, so all three are the same. */
export interface ListenAddress {
  /** Address of the server, such as `http://127.0.0.1:41234`. */
  url: string;
  /** What to give a client as the SMS endpoint. */
  smsEndpoint: string;
  /** What to give a client as the IAM endpoint. */
  iamEndpoint: string;
}

/** How to close a simulator. */
export interface CloseOptions {
  /** Whether to reject when faults are still pending, once everything is closed. Default: false. */
  expectNone?: boolean | undefined;
}

/** IAM and SMS in memory, reachable through `fetch` and `listen()`. */
export interface Simulator {
  /** What to give a client as the SMS endpoint together with `fetch`. Any other host does as well: the path distinguishes IAM from SMS. */
  readonly smsEndpoint: string;
  /** What to give a client as the IAM endpoint together with `fetch`. */
  readonly iamEndpoint: string;
  /** Use it in place of the global `fetch`. Opens no socket. Needs no `this`. */
  readonly fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Serves 127.0.0.1, on a free port unless one is given. Needs Node, Bun or Deno. Rejects while it is listening already. */
  listen(port?: number): Promise<ListenAddress>;
  /**
   * Ends the server with all its connections and every hanging request; `fetch` is refused from then on. May be called again.
   * With `expectNone` it rejects afterwards when faults are pending, and names them.
   */
  close(options?: CloseOptions): Promise<void>;
  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * Restores what the options made, as if the simulator had just been created, and drops everything else: faults, overrides,
   * requests, tokens. Hanging requests end as if they were cut. A server goes on listening.
   */
  reset(): void;
  /** Moves the migration clock forward by this many ms. Tokens do not age. */
  advance(ms: number): void;
  /** Adds a task, with a history that fits its state, and returns its id. */
  addTask(seed?: TaskSeed): string;
  /** Adds a source server, as if its agent had registered it, and returns its id. */
  addSourceServer(seed?: SourceSeed): string;
  /** The handle of a task. Throws when there is no such task. */
  task(id: string): TaskHandle;
  /** The handle of a source server. Throws when there is no such server. */
  source(id: string): SourceHandle;
  /**
   * Responds to an operation in place of the simulator, after authorisation. Returns a function that undoes it. The newest override
   * of an operation wins. When the handler throws, the response has status 500.
   *
   * @example
   * ```ts
   * import { createSimulator } from '@org/sms-client/testing';
   *
   * const simulator = createSimulator();
   * const undo = simulator.respond('ShowTask', async (_request, next) => {
   *   const response = await next();
   *   return { ...(await response.json()), state: 'PAUSING' };
   * });
   * undo();
   * ```
   */
  respond(operation: OperationId, handler: RespondHandler, options?: RespondOptions): () => void;
  /** The last requests, oldest first: as many as `keepRequests` says. */
  readonly requests: readonly RecordedRequest[];
  /** Faults to inject. */
  readonly faults: Faults;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Creates a simulator. It shares nothing with other simulators. An invalid option is a `TypeError` or `RangeError` that names it. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  checkOptions(options);
  // Without a seed each simulator has ids of its own, also after a reset.
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  let world = prepareWorld(options, seed);
  const readWorld = () => world;
  const plan = createFaultPlan({
    reads,
    killTokens: (standing) => world.tokens.killAll(standing, world.clock.wall()),
  });
  const overrides = createOverrides();
  const log = createRequestLog(options.keepRequests ?? 1000);
  const pendingRequests = createPendingRequests();
  const routes = createRoutes(options.tokenLifetimeMs ?? dayMs);
  const { onRequest = () => undefined } = options;
  const dispatcher = createDispatcher({ world: readWorld, routes, plan, overrides, log, pendingRequests, onRequest });
  let listening: Promise<Listener> | null = null;
  let closed = false;

  async function close(closing: CloseOptions = {}): Promise<void> {
    checkMembers('options', closing, ['expectNone']);
    checkOptional('options.expectNone', closing.expectNone, 'boolean');
    closed = true;
    pendingRequests.endAll();
    await (await listening?.catch(() => null))?.close();
    if (closing.expectNone !== true || plan.faults.pending.length === 0) return;
    const named = plan.faults.pending.map(
      ({ fault, operation, remaining }) => `${fault} (${operation ?? 'any request'}, ${remaining} more)`,
    );
    throw new Error(`Faults that have not fired: ${named.join('; ')}`);
  }

  return {
    smsEndpoint: 'https://sms.simulator.example',
    iamEndpoint: 'https://iam.simulator.example',
    fetch: createFetchAdapter(dispatcher, () => closed),
    async listen(port = 0) {
      if (closed) throw new Error('The simulator is closed');
      if (listening !== null) throw new Error('The simulator is listening already');
      listening = openListener(dispatcher, port);
      try {
        const { url } = await listening;
        return { url, smsEndpoint: url, iamEndpoint: url };
      } catch (reason) {
        // After a port that is in use, another one may be tried.
        listening = null;
        throw reason;
      }
    },
    close,
    [Symbol.asyncDispose]: () => close(),
    reset() {
      world = prepareWorld(options, seed);
      plan.faults.clear();
      overrides.clear();
      log.clear();
      pendingRequests.endAll();
    },
    advance(ms) {
      checkNumber('ms', ms);
      world.clock.advance(ms);
    },
    addTask(task = {}) {
      checkTaskSeed(task);
      return seedTask(world, task);
    },
    addSourceServer(source = {}) {
      checkSourceSeed(source);
      return seedSource(world, source);
    },
    task: (id) => createTaskHandle(readWorld, id),
    source: (id) => createSourceHandle(readWorld, id),
    respond: overrides.add,
    requests: log.requests,
    faults: plan.faults,
  };
}

function prepareWorld(options: SimulatorOptions, seed: number): World {
  const world = createWorld({
    speed: options.speed ?? 1,
    now: options.now ?? (() => Date.now()),
    seed,
    accounts: options.accounts ?? [exampleAccount],
    isAgreed: options.privacyAgreementAccepted ?? true,
  });
  for (const source of options.sources ?? []) seedSource(world, source);
  for (const task of options.tasks ?? []) seedTask(world, task);
  world.history.begin();
  return world;
}
