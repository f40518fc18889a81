/**
 * A small model of the service, as bad as the promise of docs/following.md allows: it performs or not, late or at once, loses
 * responses, refuses, shows what was up to 30 seconds ago, leaves steps out, and ends a run quickly. No simulator, no transport.
 */
import { ConflictError, NetworkError, NotFoundError, ServerError, type Task } from '@org/sms-client';
import { HookCaller } from '../../../src/tracking/hooks.js';
import type { TrackingPort } from '../../../src/tracking/port.js';
import { lagMs, RecentChanges } from '../../../src/tracking/recent-changes.js';
import type { Rules } from '../../../src/tracking/rules.js';
import { Scope, SignalHub } from '../../../src/transport/scope.js';
import type { Choices } from './choices.js';
import type { Clock } from './clock.js';

type Step = NonNullable<Task['sub_tasks']>[number];
type Shown = Pick<Task, 'state' | 'total_time' | 'error_json' | 'sub_tasks'>;

const step = (id: number, progress: number, start: number, end: number | null): Step => ({
  id,
  name: 'MIGRATE_LINUX_FILE',
  progress,
  start_date: start,
  end_date: end,
});
const two = (progress: number, end: number | null) => [step(1, 100, 1, 10), step(2, progress, 10, end)];
const idle: Record<string, Shown> = {
  READY: { state: 'READY', total_time: 0, error_json: '', sub_tasks: [] },
  ABORT: { state: 'ABORT', total_time: 50, error_json: '', sub_tasks: two(40, 51) },
  MIGRATE_FAIL: { state: 'MIGRATE_FAIL', total_time: 50, error_json: 'E1', sub_tasks: two(40, 51) },
  MIGRATE_SUCCESS: { state: 'MIGRATE_SUCCESS', total_time: 90, error_json: '', sub_tasks: two(100, 91) },
};
const busy: Record<string, Shown> = {
  RUNNING: { state: 'RUNNING', total_time: 20, error_json: '', sub_tasks: two(10, null) },
  ABORTING: { state: 'ABORTING', total_time: 20, error_json: '', sub_tasks: two(10, null) },
};
/** Done since 10 s before the call: a poll that lags shows the run before it. */
const justEnded: Record<string, readonly [running: string, rest: string]> = {
  'failed 10 s ago': ['RUNNING', 'MIGRATE_FAIL'],
  'stopped 10 s ago': ['ABORTING', 'ABORT'],
  'copied 10 s ago': ['RUNNING', 'MIGRATE_SUCCESS'],
};

/** What a task may have been before. */
export const pasts: readonly string[] = [...Object.keys(idle), ...Object.keys(busy), ...Object.keys(justEnded)];
const busyStates = [...Object.keys(busy), 'SYNCING'];

/** How long after its loss an action is performed at most, so that its trace is shown in time. */
const lateMs = 10_000;
const runMs = 90_000;

/** One task of the model, with all that it ever showed. */
export class ModelTask {
  readonly id: string;
  readonly #choices: Choices;
  readonly #clock: Clock;
  readonly #history: { readonly at: number; readonly shown: Shown }[];
  readonly #late: { readonly at: number; readonly operation: string }[] = [];
  readonly began: number;
  #wasMissing = false;
  accepted = 0;
  /** How late the trace of an action is, which leaves so much less for the lag of reads. */
  #slownessMs = 0;
  lost = 0;
  requests = 0;

  constructor(id: string, past: string, choices: Choices, clock: Clock) {
    this.id = id;
    this.#choices = choices;
    this.#clock = clock;
    this.began = clock.now;
    this.#history = begin(past, clock.now);
  }

  /** What the task really is now. */
  get truth(): Shown {
    this.#flush();
    return this.#shownAt(this.#clock.now);
  }

  /** Whether the task ran or is in another state than at the beginning. */
  get hasMoved(): boolean {
    this.#flush();
    return this.accepted > 0;
  }

  /** A read by id. */
  async read(): Promise<Task> {
    this.#flush();
    this.requests += 1;
    // One replica may not know a task; two in a row do.
    const options = ['fresh', 'stale', 'lost', 'without steps', 'missing'] as const;
    const how = this.#choices.pick(`show ${this.id}`, this.#wasMissing ? options.slice(0, -1) : options);
    this.#wasMissing = how === 'missing';
    await this.#clock.sleep(100);
    if (how === 'lost') throw cut();
    if (how === 'missing') throw new NotFoundError(refusal(404, null));
    return this.#show(how);
  }

  /** The item of a list; undefined when this page leaves it out. */
  item(): Task | undefined {
    this.#flush();
    const how = this.#choices.pick(`item ${this.id}`, ['fresh', 'stale', 'without steps', 'left out']);
    return how === 'left out' ? undefined : this.#show(how);
  }

  /** An action. */
  async act(operation: string): Promise<void> {
    this.#flush();
    this.requests += 1;
    const how = this.#choices.pick(`${operation} ${this.id}`, [
      'performed',
      'performed, lost',
      'not performed, lost',
      'performed 10 s late, lost',
      'asked to come again',
      'refused for another reason',
    ]);
    if (how === 'asked to come again') throw new ServerError({ ...refusal(503, null), retryAfterMs: 90_000 });
    if (how === 'refused for another reason') throw new NotFoundError(refusal(404, 'SMS.2216'));
    if (how === 'not performed, lost' || how.startsWith('performed 10 s')) {
      if (how.startsWith('performed 10 s')) {
        this.#late.push({ at: this.#clock.now + lateMs, operation });
        this.#slownessMs += lateMs;
      }
      await this.#clock.sleep(1_000);
      this.lost += 1;
      throw cut();
    }
    const isPerformed = this.#perform(operation, this.#clock.now);
    await this.#clock.sleep(100);
    if (how === 'performed, lost') {
      this.lost += 1;
      throw cut();
    }
    if (!isPerformed) throw new ConflictError(refusal(400, 'SMS.1039'));
  }

  #show(how: string): Task {
    // As old as the promise allows: whatever was accepted is shown within the lag.
    const age = how === 'stale' ? lagMs - 200 - this.#slownessMs : 0;
    const shown = this.#shownAt(this.#clock.now - age);
    return { id: this.id, ...shown, ...(how === 'without steps' && { sub_tasks: null }) };
  }

  #shownAt(time: number): Shown {
    return this.#history.filter(({ at }) => at <= time).at(-1)?.shown as Shown;
  }

  #flush(): void {
    for (const action of this.#late.splice(0)) {
      if (action.at <= this.#clock.now) this.#perform(action.operation, action.at);
      else this.#late.push(action);
    }
  }

  #perform(operation: string, at: number): boolean {
    const before = this.#shownAt(at);
    const isBusy = busyStates.includes(before.state);
    if (operation === 'stop') {
      if (before.state !== 'RUNNING') return false;
      this.accepted += 1;
      this.#history.push({ at, shown: { ...before, state: 'ABORTING' } });
      this.#history.push({ at: at + 5_000, shown: { ...before, state: 'ABORT' } });
      return true;
    }
    if (isBusy) return false;
    this.accepted += 1;
    const then = this.#choices.pick('then', [
      'runs',
      'succeeds at once',
      'fails at once',
      'fails with the same error',
      'shows after 5 s',
    ]);
    if (then === 'shows after 5 s') this.#slownessMs += 5_000;
    const old = before.sub_tasks ?? [];
    // A step that is resumed keeps its id.
    const resumes = old.length > 0 && !before.state.endsWith('SUCCESS');
    const begun = resumes
      ? { ...(old.at(-1) as Step), start_date: 1_000_000 + at, end_date: null }
      : step(old.length + 1, 5, 1_000_000 + at, null);
    const others = resumes ? old.slice(0, -1) : old;
    const running: Shown = { ...before, state: 'RUNNING', error_json: '', sub_tasks: [...others, begun] };
    this.#history.push({ at: then === 'shows after 5 s' ? at + 5_000 : at, shown: running });
    const end = (endAt: number, state: Shown['state'], error: string, progress: number) =>
      this.#history.push({
        at: endAt,
        shown: {
          ...running,
          state,
          error_json: error,
          total_time: (before.total_time ?? 0) + 3,
          sub_tasks: [...others, { ...begun, progress, end_date: 2_000_000 + endAt }],
        },
      });
    if (then === 'succeeds at once') end(at + 1, 'MIGRATE_SUCCESS', '', 100);
    else if (then === 'fails at once') end(at + 1, 'MIGRATE_FAIL', 'E2', 5);
    else if (then === 'fails with the same error') end(at + 1, 'MIGRATE_FAIL', before.error_json || 'E1', 5);
    else end(at + runMs, 'MIGRATE_SUCCESS', '', 100);
    return true;
  }
}

function begin(past: string, now: number): { at: number; shown: Shown }[] {
  const pair = justEnded[past];
  const long = now - 1e9;
  if (pair !== undefined) {
    const rest = idle[pair[1]] as Shown;
    const last = rest.sub_tasks?.at(-1) as Step;
    const steps = [
      ...(rest.sub_tasks ?? []).slice(0, -1),
      { ...last, progress: (last.progress ?? 0) - 1, end_date: null },
    ];
    const state = pair[0] as Shown['state'];
    return [
      { at: long, shown: { ...rest, state, error_json: '', total_time: 9, sub_tasks: steps } },
      { at: now - 10_000, shown: rest },
    ];
  }
  const running = busy[past];
  if (running === undefined) return [{ at: long, shown: idle[past] as Shown }];
  // What runs ends by itself.
  const rest = past === 'ABORTING' ? 'ABORT' : 'MIGRATE_SUCCESS';
  return [
    { at: long, shown: running },
    { at: now + 45_000, shown: { ...(idle[rest] as Shown), total_time: 90 } },
  ];
}

function cut(): NetworkError {
  return new NetworkError('connection reset', 'ECONNRESET');
}

function refusal(status: number, code: string | null) {
  const where = { service: 'sms', host: 'sms.example', method: 'POST', path: '/', requestId: null } as const;
  return { ...where, status, code, serviceMessage: null, details: [], hint: 'Wait.', isJson: true };
}

const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What tracking works with, on tasks of the model. */
export function makePort(tasks: readonly ModelTask[], choices: Choices, clock: Clock, rules?: Rules): TrackingPort {
  const hub = new SignalHub();
  const find = (id: string) => tasks.find((task) => task.id === id) as ModelTask;
  return {
    read: (id) => find(id).read(),
    act: (id, { operation }, _options, sendings) => {
      sendings.begin();
      return find(id).act(operation);
    },
    create: () => Promise.reject(cut()),
    listPage: async () => {
      const how = choices.pick('list', ['whole', 'lost', 'empty', 'without a count']);
      await clock.sleep(100);
      if (how === 'lost') throw cut();
      const items = how === 'empty' ? [] : tasks.flatMap((task) => task.item() ?? []);
      return { count: how === 'without a count' ? null : items.length, tasks: items };
    },
    readSource: () => Promise.reject(cut()),
    readAgreement: () => Promise.reject(cut()),
    hasProject: () => Promise.resolve(true),
    openScope: (limits) => new Scope(hub, limits),
    logger,
    hooks: new HookCaller(logger),
    recent: new RecentChanges(),
    maxRetries: 2,
    totalTimeoutMs: 120_000,
    rules,
  };
}
