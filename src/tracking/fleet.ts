/** Many tasks, few requests: follows them through the pages of their list. */
import { NotFoundError } from '../errors.js';
import type { TaskSummary } from '../schemas/task.js';
import type { RequestOptions } from '../transport/request-options.js';
import type { Scope } from '../transport/scope.js';
import { listOptions, pollOptions, readEnds } from './check-options.js';
import type { FleetPlan, TaskChange, WatchManyOptions } from './fleet-options.js';
import { FollowedTask } from './followed-task.js';
import type { AnyTask } from './mend-task.js';
import type { WaitOutcome } from './outcomes.js';
import { Pace } from './pace.js';
import { runInParallel } from './parallel.js';
import { Patience } from './patience.js';
import type { TrackingPort } from './port.js';
import { type PageOf, type Place, walkOnce } from './walk-pages.js';

const pageSize = 200;
const largestOffset = 65_535;
const readsAtOnce = 4;
/** How many tasks a poll reads by their ids at most. When a list lost more, the client reads the list again. */
const mostReads = 100;

/** A task that is still followed. */
interface Member {
  readonly task: FollowedTask;
  /** Its state at the change that was yielded last. */
  reportedState: string | null;
  /** Its state and step at the last poll. */
  place: string;
}

/** @internal Follows many tasks until all of them have ended. */
export class Fleet {
  readonly #port: TrackingPort;
  readonly #plan: FleetPlan;
  readonly #options: WatchManyOptions;
  readonly #request: RequestOptions;
  readonly #pace: Pace;
  readonly #patience: Patience;
  readonly #order: string[] = [];
  readonly #open = new Map<string, Member>();
  readonly #outcomes = new Map<string, WaitOutcome>();
  /** What has changed and was not yielded yet: of each task the latest. */
  readonly #changes = new Map<string, TaskChange>();
  #nextPollAt = 0;
  #requests = 0;
  #moves = 0;
  #count: number | undefined;
  #hasRead = false;
  #pagesLeft = 0;
  #isBeyondReach = false;
  #isWhole = false;
  #wasQuiet = false;

  constructor(port: TrackingPort, plan: FleetPlan, options: WatchManyOptions) {
    this.#port = port;
    this.#plan = plan;
    this.#options = options;
    this.#request = listOptions(options);
    this.#pace = new Pace(options.intervalMs);
    this.#patience = new Patience(port, 'The tasks', options, () => ({
      tasks: [...this.#open.values()].flatMap(({ task }) => task.last ?? []),
      outcomes: this.outcomes,
    }));
    for (const id of plan.ids ?? []) {
      const outcome = plan.notStarted.get(id);
      if (outcome === undefined) this.#add(id);
      else this.#outcomes.set(id, outcome);
    }
  }

  /** How many tasks are followed, those that have ended included. */
  get size(): number {
    return this.#open.size + this.#outcomes.size;
  }

  /** Whether every change that was seen has been yielded. */
  get isReported(): boolean {
    return this.#changes.size === 0;
  }

  get #isDone(): boolean {
    return this.#open.size === 0 && (this.#plan.ids !== undefined || this.#isWhole);
  }

  /** What became of each task: in the order of the ids, or in which a query showed them. */
  get outcomes(): WaitOutcome[] {
    const known = new Map([...this.#open].map(([id, { task }]) => [id, task.openOutcome]));
    const ids = this.#plan.ids ?? this.#order;
    return ids.map((id) => (this.#outcomes.get(id) ?? known.get(id)) as WaitOutcome);
  }

  /** Yields every change. It polls when changes are asked for and the pause is over, never in the background. */
  async *follow(outer: Scope): AsyncGenerator<TaskChange, void, undefined> {
    for (;;) {
      outer.throwIfEnded();
      if (!this.#isDone && performance.now() >= this.#nextPollAt) {
        await this.#patience.within(outer, (scope) => this.#poll(scope));
      }
      const [change] = this.#changes.values();
      if (change !== undefined) {
        this.#changes.delete(change.id);
        yield change;
      } else if (this.#isDone) {
        return;
      } else {
        // Whole milliseconds, because a timer that drops the rest would end too early, again and again.
        await this.#patience.within(outer, (scope) => scope.sleep(Math.ceil(this.#nextPollAt - performance.now())));
      }
    }
  }

  /** Calls a hook, and waits for what it promises. */
  call<Event>(outer: Scope, hook: ((event: Event) => unknown) | undefined, event: Event, name: string): Promise<void> {
    return this.#patience.call(outer, this.#isDone, hook, event, name);
  }

  async #poll(scope: Scope): Promise<void> {
    const sentAt = performance.now();
    this.#requests = 0;
    try {
      await this.#read(scope, sentAt);
      this.#patience.endOutage();
      this.#nextPollAt = performance.now() + this.#pace.afterFleetPoll(String(this.#moves), this.#requests);
    } catch (error) {
      scope.throwIfEnded();
      if (!this.#hasRead) throw error;
      const wishMs = this.#patience.outlive(error, sentAt);
      this.#nextPollAt = performance.now() + Math.max(this.#pace.afterFailedFleetPoll(this.#requests), wishMs);
    }
  }

  async #read(scope: Scope, sentAt: number): Promise<void> {
    const missing = new Set(this.#open.keys());
    const pages = Math.ceil((this.#count ?? 0) / pageSize);
    const isNamed = this.#plan.ids !== undefined;
    // Few tasks among many others are read by their ids, when that takes fewer requests than the list.
    if (!isNamed || missing.size >= pages) await this.#readList(scope, sentAt, missing);
    // What no page showed may have moved between pages, left the filter or be gone.
    const unread = [...missing].slice(0, this.#isBeyondReach ? missing.size : mostReads);
    await runInParallel(unread, readsAtOnce, (id) => this.#readOne(id, scope));
  }

  async #readList(scope: Scope, sentAt: number, missing: Set<string>): Promise<void> {
    const isNamed = this.#plan.ids !== undefined;
    const sizeBefore = this.size;
    // Ends the request for the next page when no more pages are needed.
    const walkScope = this.#port.openScope({ signal: scope.signal });
    try {
      const walk = walkOnce(
        {
          operation: 'ListTasks',
          first: { offset: 0, limit: pageSize },
          largestPage: pageSize,
          largestOffset: isNamed ? undefined : largestOffset,
          thorough: false,
          read: (place, signal) => this.#readPage(place, signal),
          identify: ({ id }: TaskSummary) => id,
        },
        walkScope.signal,
      );
      let step = await walk.next();
      for (; !step.done; step = await walk.next()) {
        for (const task of step.value) {
          missing.delete(task.id);
          this.#see(task, sentAt);
        }
        // Few that are missing are read by their ids, when that takes no more requests than the rest of the pages.
        if (isNamed && missing.size <= this.#pagesLeft) return;
      }
      const isNew = this.size > sizeBefore;
      // A count that never fits what the pages show must not keep a wait for ever.
      this.#isWhole = step.value.isWhole || (!isNew && this.#wasQuiet);
      this.#wasQuiet = !isNew;
    } finally {
      walkScope.cancel();
    }
  }

  async #readPage(place: Place, signal: AbortSignal): Promise<PageOf<TaskSummary>> {
    // A query would be refused beyond this; tasks that are named are read by their ids there.
    if (this.#plan.ids !== undefined && place.offset > largestOffset) {
      this.#isBeyondReach = true;
      return { count: undefined, items: [] };
    }
    this.#requests += 1;
    const { count, tasks } = await this.#port.listPage({ ...this.#plan.query, ...place }, { ...this.#request, signal });
    this.#hasRead = true;
    if (typeof count === 'number') this.#count = count;
    this.#pagesLeft = Math.max(0, Math.ceil(((this.#count ?? 0) - place.offset - tasks.length) / pageSize));
    return { count, items: tasks };
  }

  async #readOne(id: string, scope: Scope): Promise<void> {
    const member = this.#open.get(id);
    if (member === undefined) return;
    const sentAt = performance.now();
    this.#requests += 1;
    try {
      const task = await this.#port.read(id, { ...pollOptions(this.#options), signal: scope.signal });
      this.#see(task, sentAt);
    } catch (error) {
      scope.throwIfEnded();
      if (!(error instanceof NotFoundError)) throw error;
      if (member.task.miss(sentAt) < 2) return;
      this.#report({ id, task: null, progress: null, outcome: { id, outcome: 'gone' }, cursor: null }, member);
    }
  }

  #see(task: AnyTask, sentAt: number): void {
    const { id } = task;
    if (this.#outcomes.has(id)) return;
    const member = this.#open.get(id) ?? (this.#plan.ids === undefined ? this.#add(id) : undefined);
    if (member === undefined) return;
    const sighting = member.task.see(task, sentAt);
    if (sighting === undefined) return;
    const { cursor, isChanged, outcome, progress } = sighting;
    const place = JSON.stringify([progress.state, progress.round, progress.step?.id]);
    if (place !== member.place) this.#moves += 1;
    member.place = place;
    if (!isChanged && outcome === undefined) return;
    this.#report({ id, task, progress, outcome: outcome ?? null, cursor }, member);
    member.reportedState = task.state;
  }

  #report(change: Omit<TaskChange, 'done' | 'error' | 'previousState'>, member: Member): void {
    const { id, outcome } = change;
    if (outcome !== null) {
      this.#open.delete(id);
      this.#outcomes.set(id, outcome);
    }
    // A pending change is replaced by the later one, which keeps the previous state of the first.
    const unreported = this.#changes.get(id);
    const previousState = unreported === undefined ? member.reportedState : unreported.previousState;
    const error = outcome?.outcome === 'failed' ? outcome.error : null;
    this.#changes.set(id, { ...change, previousState, done: outcome !== null, error });
  }

  #add(id: string): Member {
    const cursor = this.#plan.cursors.get(id);
    const task = new FollowedTask(this.#port, id, cursor, readEnds(this.#options, cursor?.operation));
    const member: Member = { task, reportedState: null, place: '' };
    this.#open.set(id, member);
    this.#order.push(id);
    return member;
  }
}
