/**
 * Every action on a task: read, send once, settle.
 *
 * The service has no idempotency key and its reads lag, so one poll proves nothing. An action whose response was lost is
 * performed when a poll shows what was not there before; it is not performed when nothing moved until the lag was over; else it is
 * unknown, and said to be so. What these rules hold against is tried by the model checker in test/tracking/model.
 */
import {
  type AnySmsError,
  ApiError,
  ConfigurationError,
  ConflictError,
  isSmsError,
  NetworkError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionDeniedError,
} from '../errors.js';
import type { Task } from '../schemas/task.js';
import type { RequestOptions } from '../transport/request-options.js';
import { reportRetry } from '../transport/retry.js';
import type { Scope } from '../transport/scope.js';
import { Sendings } from '../transport/sendings.js';
import { refuseBusy } from './busy.js';
import { pollOptions } from './check-options.js';
import { type Cursor, makeCursor } from './cursor.js';
import type { AnyTaskAction } from './options.js';
import type { TrackingPort } from './port.js';
import { type CursorPosition, readPosition, type Verdict } from './position.js';
import { actionRules, firstPauseMs, pauseThroughLag, type Rules } from './rules.js';
import { isBusy, isResting, kindOf } from './states.js';

/** @internal An action, and how it is sent. */
export interface Performance {
  readonly id: string;
  readonly action: AnyTaskAction;
  readonly request: RequestOptions;
  readonly ifRunning?: 'error' | 'follow' | undefined;
  /** Where an earlier wait, or an earlier process, stood. When it sent the same action, this one is not sent again. */
  readonly before?: Cursor | undefined;
  /** Called when the task was read and the action is about to be sent; what it throws keeps the action from being sent. */
  readonly beforeSend?: ((task: Task, cursor: Cursor) => Promise<void>) | undefined;
}

/** @internal What became of an action that was not refused. */
export interface Performed {
  readonly cursor: Cursor;
  /** What happened to the response, when it is unknown whether the action was performed. */
  readonly doubt?: AnySmsError | undefined;
  /** Whether a poll once showed something else. */
  readonly hasDiffered?: boolean | undefined;
}

type Settlement = 'performed' | 'not performed' | 'unknown';

const mostSendings = 3;
// Polls at the end of the lag may still show the state from before.
const marginMs = 1_000;

/** @internal Performs an action at most once. Throws when it was refused, or is known not to have been performed. */
export async function performOnce(port: TrackingPort, scope: Scope, asked: Performance): Promise<Performed> {
  return new ActionRun(port, scope, asked).perform();
}

class ActionRun {
  readonly #port: TrackingPort;
  readonly #scope: Scope;
  readonly #rules: Rules;
  readonly #asked: Performance;
  readonly #deadline: number;
  readonly #kind: ReturnType<typeof kindOf>;
  readonly #resumed: Cursor | undefined;
  #position: CursorPosition | undefined;
  #hasDiffered = false;

  constructor(port: TrackingPort, scope: Scope, asked: Performance) {
    this.#port = port;
    this.#scope = scope;
    this.#asked = asked;
    this.#rules = port.rules ?? actionRules;
    this.#deadline = performance.now() + (asked.request.totalTimeoutMs ?? port.totalTimeoutMs);
    const { action, before } = asked;
    this.#kind = kindOf(action.operation);
    this.#resumed = before?.operation === action.operation && before.stage !== undefined ? before : undefined;
  }

  async perform(): Promise<Performed> {
    const { beforeSend, ifRunning } = this.#asked;
    const resumed = this.#resumed;
    if (resumed?.stage === 'accepted') return { cursor: resumed };
    let task = await this.#readFirst();
    if (resumed !== undefined) {
      const performed = this.#conclude(await this.#settleResumed(resumed, task), responseNotSeen(resumed));
      if (performed !== undefined) return performed;
      task = await this.#readFirst();
    }
    this.#position = task && readPosition(task);
    if (task !== undefined && this.#kind === 'start' && isBusy(task.state)) {
      if (ifRunning === 'follow') return this.#accepted();
      throw refuseBusy(this.#asked, task, this.#port.host);
    }
    if (task !== undefined) await beforeSend?.(task, this.#cursor('sending'));
    return this.#send();
  }

  async #send(): Promise<Performed> {
    const { action, id, ifRunning, request } = this.#asked;
    const most = Math.min(mostSendings, (request.maxRetries ?? this.#port.maxRetries) + 1);
    let lost: AnySmsError | undefined;
    for (let sent = 1; ; sent += 1) {
      const sendings = new Sendings();
      try {
        await this.#port.act(id, action, this.#limit(request), sendings);
        return this.#accepted();
      } catch (error) {
        this.#scope.throwIfEnded();
        if (isLost(error, sendings)) {
          lost = error;
          // A mistake of the caller's fetch would be made again.
          const mayRepeat = sent < most && !(error instanceof ConfigurationError);
          const performed = this.#conclude(await this.#settleLost(mayRepeat), error);
          if (performed !== undefined) return performed;
          // Known not to have been performed.
          if (!mayRepeat || this.#remainingMs <= 0) throw error;
          reportRetry(this.#port, { operation: 'UpdateTaskStatus', attempt: sent, delayMs: 0, error });
          continue;
        }
        const mayBeFollowed = this.#kind === 'start' && ifRunning === 'follow';
        if (lost !== undefined ? mayBeForState(error) : mayBeFollowed && error instanceof ConflictError) {
          const performed = this.#conclude(await this.#settle(), lost);
          if (performed !== undefined) return performed;
        }
        throw error;
      }
    }
  }

  /** What a lost response means. What leaves no trace is never sent again; a second stop does no harm. */
  async #settleLost(mayBeSentAgain: boolean): Promise<Settlement> {
    if (!this.#rules.settles) return 'not performed';
    if (this.#position === undefined) return 'unknown';
    if (this.#kind === 'stop' && mayBeSentAgain) {
      const task = await this.#read();
      return task !== undefined && this.#judge(task) === 'newer' ? 'performed' : 'not performed';
    }
    // What moves by itself, or may, shows more than before whether the action was performed or not.
    if (this.#kind !== 'stop' && !isResting(this.#position.state)) return 'unknown';
    const settlement = await this.#settle();
    return settlement === 'not performed' && this.#kind === 'other' ? 'unknown' : settlement;
  }

  async #settleResumed(resumed: Cursor, task: Task | undefined): Promise<Settlement> {
    this.#position = resumed.position;
    if (resumed.position === undefined || task === undefined) return 'unknown';
    if (this.#judge(task) === 'newer') return 'performed';
    return this.#settle();
  }

  /** Reads until a poll proves the action, or the lag is over; the last poll is sent after that. */
  async #settle(): Promise<Settlement> {
    if (this.#position === undefined) return 'unknown';
    const end = performance.now() + this.#rules.lagMs + marginMs;
    this.#hasDiffered = false;
    for await (const isLast of pauseThroughLag(this.#scope, end, this.#deadline)) {
      const task = await this.#read();
      if (task !== undefined) {
        const verdict = this.#judge(task);
        if (verdict === 'newer' || (verdict === 'different' && (isLast || this.#rules.believesOnePoll)))
          return 'performed';
        this.#hasDiffered ||= verdict === 'different';
      }
      if (isLast) return task === undefined || this.#hasDiffered ? 'unknown' : 'not performed';
    }
    return 'unknown';
  }

  #judge(task: Task): Verdict {
    const before = this.#position as CursorPosition;
    if (this.#kind === 'stop') {
      const isStopped = task.state.startsWith('ABORT') && !before.state.startsWith('ABORT');
      return isStopped ? 'newer' : 'same';
    }
    const verdict = this.#rules.compare(before, task);
    // A task that differs was moved by whatever; only a start is known to move it so.
    return this.#kind === 'other' && verdict === 'different' ? 'same' : verdict;
  }

  /** The task before the action; undefined when the user may act on it, but not read it. */
  async #readFirst(): Promise<Task | undefined> {
    for (;;) {
      try {
        return await this.#port.read(this.#asked.id, this.#readOptions());
      } catch (error) {
        this.#scope.throwIfEnded();
        if (error instanceof PermissionDeniedError) return undefined;
        // A task that was created a moment ago may not be shown yet.
        const isLag = error instanceof NotFoundError && performance.now() < this.#port.recent.endOf(this.#asked.id);
        if (!isLag || this.#remainingMs <= firstPauseMs) throw error;
        await this.#scope.sleep(firstPauseMs);
      }
    }
  }

  async #read(): Promise<Task | undefined> {
    if (this.#remainingMs <= 0) return undefined;
    try {
      return await this.#port.read(this.#asked.id, this.#readOptions());
    } catch (error) {
      this.#scope.throwIfEnded();
      if (!isSmsError(error)) throw error;
      return undefined;
    }
  }

  #readOptions(): RequestOptions {
    return this.#limit(pollOptions(this.#asked.request));
  }

  // A limit of a call takes at least a millisecond.
  #limit(options: RequestOptions): RequestOptions {
    return { ...options, signal: this.#scope.signal, totalTimeoutMs: Math.max(1, this.#remainingMs) };
  }

  /** What a settlement means; undefined when the action was not performed. */
  #conclude(settlement: Settlement, doubt: AnySmsError | undefined): Performed | undefined {
    if (settlement === 'performed') return this.#accepted();
    if (settlement === 'not performed' || doubt === undefined) return undefined;
    return { cursor: this.#cursor('unknown'), doubt, hasDiffered: this.#hasDiffered };
  }

  #accepted(): Performed {
    this.#port.recent.note(this.#asked.id);
    return { cursor: this.#cursor('accepted') };
  }

  #cursor(stage: Cursor['stage']): Cursor {
    const { action, id } = this.#asked;
    const { percent = 0, round } = this.#resumed ?? {};
    return makeCursor({ id, percent, round, operation: action.operation, stage, position: this.#position });
  }

  get #remainingMs(): number {
    return Math.ceil(this.#deadline - performance.now());
  }
}

/** @internal The error of an action of which it is unknown whether it was performed. */
export function explainDoubt(cursor: Cursor, error: AnySmsError = responseNotSeen(cursor)): OutcomeUnknownError {
  return new OutcomeUnknownError({ subject: nameAction(cursor), cursor, error });
}

function nameAction({ id, operation = 'action' }: Cursor): string {
  return `${operation} of task ${id}`;
}

/** @internal Whether the service may have performed a request although no usable response came back. */
export function isLost(error: unknown, sendings: Sendings): error is AnySmsError {
  sendings.fail(error);
  return sendings.wasLost && isSmsError(error);
}

// An unknown code may be about the state, too, and one more read does no harm.
function mayBeForState(error: unknown): boolean {
  return error instanceof ConflictError || (error instanceof ApiError && [400, 412, 422].includes(error.status));
}

function responseNotSeen(cursor: Cursor): AnySmsError {
  return new NetworkError(`${nameAction(cursor)}: the process that sent it did not see the response`, null);
}
