/** Waits for one task: watches it, waits for its end, and performs an action first when asked to. */
import { OutcomeUnknownError, WaitTimeoutError } from '../errors.js';
import type { Task } from '../schemas/task.js';
import type { Scope } from '../transport/scope.js';
import { checkAction, performWithReasons } from './act.js';
import { actionOptions, checkOptions, readEnds, readingOptions, readTarget, type Target } from './check-options.js';
import type { Cursor } from './cursor.js';
import { FollowedTask, type Sighting } from './followed-task.js';
import { Interruptions, isInterruption, isMissing, readWish } from './interruptions.js';
import { Limits } from './limits.js';
import { makeIterable } from './make-iterable.js';
import {
  type ActAndWaitOptions,
  type AnyTaskAction,
  optionFields,
  type StartAndWaitOptions,
  type TaskSnapshot,
  type WaitOptions,
  type WatchOptions,
} from './options.js';
import type { WaitOutcome } from './outcomes.js';
import { Pace } from './pace.js';
import { nameAction } from './perform-once.js';
import type { TrackingPort } from './port.js';

/** @internal Yields the task at every change and ends after the snapshot of its end. */
export function watchTask(
  port: TrackingPort,
  target: string | Cursor,
  options: WatchOptions = {},
): AsyncIterable<TaskSnapshot> {
  return makeIterable(
    port.openScope,
    () => {
      checkOptions('watch', optionFields.watch, options);
      return { signal: options.signal };
    },
    async function* (scope) {
      const wait = new Wait(port, readTarget('watch', target, options.cursor), options);
      yield* wait.follow(scope);
    },
  );
}

/** @internal Resolves with the task when it succeeds, rejects when it fails. */
export async function waitForTask(
  port: TrackingPort,
  target: string | Cursor,
  options: WaitOptions = {},
): Promise<Task> {
  checkOptions('waitFor', optionFields.waitFor, options);
  const wait = new Wait(port, readTarget('waitFor', target, options.cursor), options);
  return finish(port, wait, options);
}

/** @internal Starts a task, unless the cursor says that it was, and waits for the end of the round that this begins. */
export function startAndWaitForTask(
  port: TrackingPort,
  target: string | Cursor,
  options: StartAndWaitOptions = {},
): Promise<Task> {
  return actAndWaitForTask(port, target, { ...Object(options).action, operation: 'start' }, options, 'startAndWait');
}

/** @internal Performs an action, unless the cursor says that it was, and waits for the end of what this begins. */
export async function actAndWaitForTask(
  port: TrackingPort,
  target: string | Cursor,
  action: AnyTaskAction,
  options: ActAndWaitOptions & Pick<StartAndWaitOptions, 'action'> = {},
  method = 'actAndWait',
): Promise<Task> {
  checkOptions(method, optionFields.actAndWait, options);
  const operation = checkAction(method, action);
  const wait = new Wait(port, readTarget(method, target, options.cursor), options, operation);
  return finish(port, wait, options, action);
}

async function finish(
  port: TrackingPort,
  wait: Wait,
  options: ActAndWaitOptions,
  action?: AnyTaskAction,
): Promise<Task> {
  const { ifRunning, onProgress, signal } = options;
  const scope = port.openScope({ signal });
  try {
    scope.throwIfEnded();
    if (action !== undefined) await wait.perform(scope, action, { ifRunning, onProgress });
    const hook = onProgress && ((snapshot: TaskSnapshot) => onProgress(snapshot.progress, snapshot));
    for await (const snapshot of wait.follow(scope)) {
      const told = port.hooks.call(hook, snapshot, 'onProgress');
      await wait
        .within(scope, (step) => step.race(told))
        .catch((error: unknown) => {
          // A hook that hangs makes no timeout of a task that has ended.
          if (!wait.isDone || !(error instanceof WaitTimeoutError)) throw error;
        });
    }
    return wait.result;
  } finally {
    scope.close();
  }
}

// One wait for one task, from its first poll to its last.
class Wait {
  readonly #port: TrackingPort;
  readonly #target: Target;
  readonly #task: FollowedTask;
  readonly #pace: Pace;
  readonly #interruptions: Interruptions;
  readonly #limits: Limits;
  readonly #options: WatchOptions;
  #pauseMs = 0;
  #hasRead = false;
  #misses = 0;
  #outcome: WaitOutcome | undefined;

  constructor(port: TrackingPort, target: Target, options: WatchOptions, operation = target.cursor?.operation) {
    this.#port = port;
    this.#target = target;
    this.#task = new FollowedTask(port, target.id, target.cursor, readEnds(options, operation));
    this.#pace = new Pace(options.intervalMs);
    this.#interruptions = new Interruptions(port, `Task ${target.id}`, options);
    this.#options = options;
    this.#limits = new Limits(port.openScope, options.maxWaitMs, this.#interruptions, () => ({
      tasks: this.#task.last === undefined ? [] : [this.#task.last],
      outcomes: [this.#task.openOutcome],
    }));
  }

  /** The task when it succeeded; throws when it did not. */
  get result(): Task {
    const outcome = this.#outcome as WaitOutcome;
    if (outcome.outcome === 'succeeded') return outcome.task as Task;
    throw outcome.error;
  }

  /** Whether the task has ended. */
  get isDone(): boolean {
    return this.#outcome !== undefined;
  }

  /** Performs the action, unless an earlier process did. */
  async perform(
    outer: Scope,
    action: AnyTaskAction,
    { ifRunning, onProgress }: Pick<ActAndWaitOptions, 'ifRunning' | 'onProgress'>,
  ): Promise<void> {
    const { cursor, id } = this.#target;
    const resumed = cursor?.operation === action.operation && cursor.stage !== undefined ? cursor : undefined;
    if (resumed?.stage === 'accepted') return;
    const request = actionOptions(this.#options);
    const performed = await this.within(outer, (scope) => {
      const beforeSend = async (task: Task, position: Cursor) => {
        this.#hasRead = true;
        const snapshot = this.#task.prepare(task, position);
        // A cursor that could not be kept would let the next process start the task again.
        await scope.race(Promise.resolve(onProgress?.(snapshot.progress, snapshot)));
      };
      return performWithReasons(this.#port, scope, { id, action, request, ifRunning, resumed, beforeSend });
    });
    if (performed.doubt !== undefined && performed.cursor.position === undefined) {
      const { cursor: position, doubt: error } = performed;
      throw new OutcomeUnknownError({ subject: nameAction({ action, id }), cursor: position, error });
    }
    this.#hasRead = true;
    this.#task.begin(performed, this.#interruptions.maxOutageMs);
  }

  /** Polls until the task has ended, and yields every change. No timer runs while nobody asks for the next snapshot. */
  async *follow(outer: Scope): AsyncGenerator<TaskSnapshot, void, undefined> {
    while (this.#outcome === undefined) {
      const sighting = await this.within(outer, (scope) => this.#poll(scope));
      if (sighting === undefined) continue;
      const { cursor, isChanged, outcome, progress, task } = sighting;
      this.#outcome = outcome;
      if (isChanged) yield { task, progress, cursor };
      if (outcome?.outcome === 'unknown' || outcome?.outcome === 'not-started') throw outcome.error;
    }
  }

  /** Works until the wait has taken too long, or the service has been out of reach for too long. */
  within<T>(outer: Scope, work: (scope: Scope) => Promise<T>): Promise<T> {
    return this.#limits.within(outer, work);
  }

  async #poll(scope: Scope): Promise<Sighting<Task> | undefined> {
    if (this.#pauseMs > 0) await scope.sleep(this.#pauseMs);
    const sentAt = performance.now();
    try {
      const task = await this.#port.read(this.#task.id, { ...readingOptions(this.#options), signal: scope.signal });
      this.#hasRead = true;
      this.#misses = 0;
      this.#interruptions.end();
      const sighting = this.#task.see(task, sentAt);
      this.#pauseMs = sighting === undefined ? this.#pace.afterStale() : this.#pace.afterReading(sighting.progress);
      return sighting;
    } catch (error) {
      scope.throwIfEnded();
      this.#outlive(error, sentAt);
      return undefined;
    }
  }

  /** Sets the pause after a poll that failed; throws what the wait does not outlive. */
  #outlive(error: unknown, sentAt: number): void {
    if (isMissing(error)) {
      const isLag = sentAt < Math.max(this.#task.lagEndsAt, this.#port.recent.endOf(this.#task.id));
      if (!isLag) this.#misses += 1;
      // One replica may not know a task that others know: only the second time in a row it is gone.
      if (!isLag && (!this.#hasRead || this.#misses > 1)) throw error;
      this.#pauseMs = this.#pace.afterStale();
      return;
    }
    if (!this.#hasRead || !isInterruption(error)) throw error;
    this.#interruptions.report(error, sentAt);
    this.#pauseMs = Math.max(this.#pace.afterFailure(), readWish(error));
  }
}
