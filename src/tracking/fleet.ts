/** Many tasks, few requests: follows them through the pages of their list. */
import { MigrationFailedError, WaitTimeoutError } from '../errors.js';
import type { TaskPage, TaskQuery, TaskSummary } from '../schemas/task.js';
import type { Scope } from '../transport/scope.js';
import { hasMoved, longestLagMs } from './baseline.js';
import { explainFailure } from './explain-failure.js';
import type { FleetQuery, TaskChange, WatchManyOptions } from './fleet-options.js';
import { runInParallel } from './parallel.js';
import { Pace } from './poll.js';
import type { TrackingPort } from './port.js';
import { type ProgressMark, readProgress } from './progress.js';
import { isPassing, readWish } from './refusal.js';
import { taskStates } from './states.js';
import type { Cursor } from './wait-options.js';

const pageSize = 200;
const pagesAtOnce = 4;
// The service skips no more items than 65,535. Of a query this is an error, but ids can be read one by one.
const mostItems = 65_600;

// What is remembered of a task between two looks at it.
interface Member {
  mark: ProgressMark | undefined;
  baseline: string | undefined;
  start: Cursor['start'];
  toldState: string | null;
  position: string;
  shown: string;
}

/** @internal Follows many tasks until all of them rest or are gone. */
export class Fleet {
  readonly #port: TrackingPort;
  readonly #query: FleetQuery;
  readonly #ids: readonly string[] | undefined;
  readonly #until: readonly string[];
  readonly #failOn: readonly string[];
  readonly #scope: Scope;
  readonly #pace: Pace;
  readonly #lagEndsAt = performance.now() + longestLagMs;
  /** The tasks that are still to be followed. */
  readonly #open = new Map<string, Member>();
  /** The tasks that rest or are gone. */
  readonly #closed = new Set<string>();
  /** What has changed and was not told yet: of each task the latest. */
  readonly #changes = new Map<string, TaskChange>();
  readonly #cursors: ReadonlyMap<string, Cursor>;
  #total: number | undefined;
  /** How many of all tasks the last look did not show, because they moved between the pages. */
  #unseen = 0;
  #isWhole = false;
  #requests = 0;
  #moves = 0;
  #nextTickAt = 0;

  constructor(port: TrackingPort, target: readonly string[] | FleetQuery, options: WatchManyOptions) {
    const { cursors = [], failOn, intervalMs, maxWaitMs, signal, until } = options;
    this.#port = port;
    this.#ids = Array.isArray(target) ? [...target] : undefined;
    this.#query = Array.isArray(target) ? {} : (target as FleetQuery);
    this.#until = until ?? taskStates.success;
    this.#failOn = failOn ?? taskStates.failure;
    this.#pace = new Pace(intervalMs);
    this.#cursors = new Map(cursors.map((cursor) => [cursor.id, cursor]));
    for (const id of this.#ids ?? []) this.#open.set(id, this.#remember(id));
    const onTimeout = () =>
      new WaitTimeoutError({
        reason: 'max-wait',
        limitMs: maxWaitMs ?? 0,
        tasks: [],
        outcomes: [...this.#open.keys()].map((id) => ({ id, outcome: 'unknown' })),
        lastError: null,
      });
    this.#scope = port.openScope({ signal, timeoutMs: maxWaitMs, onTimeout });
  }

  /** How many tasks are followed, those included that have ended. */
  get size(): number {
    return this.#open.size + this.#closed.size;
  }

  /** Whether every change that was seen has been told. */
  get isTold(): boolean {
    return this.#changes.size === 0;
  }

  /** Yields every change. A look is taken when changes are asked for and the pause is over: nothing happens behind the caller. */
  async *follow(): AsyncGenerator<TaskChange, void, undefined> {
    try {
      for (;;) {
        this.#scope.throwIfEnded();
        if (performance.now() >= this.#nextTickAt) await this.#tick();
        const [change] = this.#changes.values();
        if (change !== undefined) {
          this.#changes.delete(change.id);
          yield change;
        } else if (this.#open.size === 0 && (this.#ids !== undefined || this.#isWhole)) {
          return;
        } else {
          // Whole milliseconds, because a timer that drops the rest would end too early, again and again.
          await this.#scope.sleep(Math.ceil(this.#nextTickAt - performance.now()));
        }
      }
    } finally {
      this.#scope.cancel();
    }
  }

  /** Settles as the work does, or rejects as soon as the watch ends. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.#scope.race(work);
  }

  async #tick(): Promise<void> {
    this.#requests = 0;
    try {
      await this.#look();
      this.#nextTickAt = performance.now() + this.#pace.afterTick(String(this.#moves), this.#requests);
    } catch (error) {
      this.#scope.throwIfEnded();
      if (!isPassing(error)) throw error;
      this.#port.logger.warn('The tasks could not be read; the watch goes on', { reason: error.message });
      this.#nextTickAt = performance.now() + Math.max(this.#pace.afterFailedTick(this.#requests), readWish(error));
    }
  }

  async #look(): Promise<void> {
    const missing = new Set(this.#open.keys());
    // Few of many are read one by one, when that takes no more requests.
    if (this.#ids === undefined || missing.size > Math.max(1, Math.ceil((this.#total ?? 0) / pageSize))) {
      await this.#readPages(missing);
    }
    // What no page showed may have moved between pages, left the filter or be gone.
    await runInParallel([...missing], pagesAtOnce, async (id) => {
      const { tasks } = await this.#readPage({ id, limit: 1 });
      const task = tasks.find((item) => item.id === id);
      if (task === undefined) this.#lose(id);
      else this.#see(task);
    });
  }

  async #readPages(missing: Set<string>): Promise<void> {
    const seen = new Set<string>();
    let counted: number | undefined;
    let end = Number.POSITIVE_INFINITY;
    const take = async (offset: number): Promise<void> => {
      const { count, tasks } = await this.#readPage({ ...this.#query, limit: pageSize, offset });
      if (offset === 0 && typeof count === 'number' && count >= tasks.length) {
        counted = count;
        end = count;
      }
      // There is nothing behind an empty page, whatever the count says, and without a count nothing behind one that is not full.
      if (tasks.length < (counted === undefined ? pageSize : 1)) end = Math.min(end, offset);
      for (const task of tasks) {
        seen.add(task.id);
        missing.delete(task.id);
        this.#see(task);
      }
    };
    const isEnough = (offset: number): boolean => {
      if (this.#ids === undefined) return false;
      // Few that are missing are read one by one, when that takes no more requests than the rest of the pages.
      const pages = counted === undefined ? 0 : Math.ceil((end - offset) / pageSize);
      return offset >= mostItems || missing.size <= pages;
    };
    function* offsets(): Generator<number, void, undefined> {
      for (let offset = pageSize; offset < end && !isEnough(offset); offset += pageSize) yield offset;
    }
    await take(0);
    await runInParallel(offsets(), pagesAtOnce, take);
    this.#total = Math.max(seen.size, counted ?? 0);
    // A task that was on no page because others were added or deleted meanwhile is on one of the next look.
    const unseen = this.#total - seen.size;
    this.#isWhole = unseen <= 0 || unseen === this.#unseen;
    this.#unseen = unseen;
  }

  async #readPage(query: TaskQuery): Promise<TaskPage> {
    this.#requests += 1;
    return this.#port.listPage(query, { signal: this.#scope.signal });
  }

  #see(task: TaskSummary): void {
    const { id } = task;
    if (this.#closed.has(id)) return;
    let member = this.#open.get(id);
    if (member === undefined) {
      if (this.#ids !== undefined) return;
      member = this.#remember(id);
      this.#open.set(id, member);
    }
    if (member.baseline !== undefined) {
      if (!hasMoved(member.baseline, task) && performance.now() < this.#lagEndsAt) return;
      member.baseline = undefined;
    }
    const { mark, progress } = readProgress(task, member.mark);
    member.mark = mark;
    const position = JSON.stringify([task.state, mark.round, progress.step?.id]);
    if (position !== member.position) this.#moves += 1;
    member.position = position;
    const { elapsedMs, percent, speedMbps, step } = progress;
    // A time left that was observed changes with every look.
    const shown = JSON.stringify([position, percent, step?.percent, speedMbps, elapsedMs, task.estimate_complete_time]);
    const atRest = this.#until.includes(task.state) || this.#failOn.includes(task.state);
    if (atRest) this.#close(id);
    if (shown === member.shown) return;
    member.shown = shown;
    const error =
      atRest && !this.#until.includes(task.state) ? new MigrationFailedError(task, explainFailure(task)) : null;
    this.#tell({ id, task, progress, atRest, cursor: makeCursor(id, member), error }, member);
    member.toldState = task.state;
  }

  #lose(id: string): void {
    const member = this.#open.get(id);
    if (member === undefined) return;
    this.#close(id);
    this.#tell({ id, task: null, progress: null, atRest: true, cursor: null, error: null }, member);
  }

  #close(id: string): void {
    this.#open.delete(id);
    this.#closed.add(id);
  }

  #tell(change: Omit<TaskChange, 'previousState'>, member: Member): void {
    // A change that nobody has taken yet is replaced by the later one, which then leads on from where the former did.
    const untold = this.#changes.get(change.id);
    this.#changes.set(change.id, {
      ...change,
      previousState: untold === undefined ? member.toldState : untold.previousState,
    });
  }

  #remember(id: string): Member {
    const cursor = this.#cursors.get(id);
    return {
      mark: cursor && { round: cursor.round ?? null, percent: cursor.percent },
      baseline: cursor?.baseline,
      start: cursor?.start,
      toldState: null,
      position: '',
      shown: '',
    };
  }
}

function makeCursor(id: string, { mark, start }: Member): Cursor {
  const { percent = 0, round = null } = mark ?? {};
  return { id, percent, ...(round !== null && { round }), ...(start !== undefined && { start }) };
}
