/** Waits for one task: watches it, waits for its end, and performs an action first when asked to. */
import { NotFoundError } from '../errors.js';
import type { Task } from '../schemas/task.js';
import { type Scope, workForCaller } from '../transport/scope.js';
import { checkAction, performWithReasons } from './act.js';
import { actionOptions, checkOptions, pollOptions, readEnds, readTarget, type Target } from './check-options.js';
import type { Cursor } from './cursor.js';
import { FollowedTask, type Sighting } from './followed-task.js';
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
import { Patience } from './patience.js';
import { explainDoubt } from './perform-once.js';
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
  return workForCaller(port.openScope, { signal }, async (scope) => {
    if (action !== undefined) await wait.perform(scope, action, { ifRunning, onProgress });
    const hook = onProgress && ((snapshot: TaskSnapshot) => onProgress(snapshot.progress, snapshot));
    for await (const snapshot of wait.follow(scope)) await wait.call(scope, hook, snapshot, 'onProgress');
    return wait.result;
  });
}

// One wait for one task, from its first poll to its last.
class Wait {
  readonly #port: TrackingPort;
  readonly #target: Target;
  readonly #task: FollowedTask;
  readonly #pace: Pace;
  readonly #patience: Patience;
  readonly #options: WatchOptions;
  #pauseMs = 0;
  #hasRead = false;
  #outcome: WaitOutcome | undefined;

  constructor(port: TrackingPort, target: Target, options: WatchOptions, operation = target.cursor?.operation) {
    this.#port = port;
    this.#target = target;
    this.#task = new FollowedTask(port, target.id, target.cursor, readEnds(options, operation));
    this.#pace = new Pace(options.intervalMs);
    this.#options = options;
    this.#patience = new Patience(port, `Task ${target.id}`, options, () => ({
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

  /** Calls a hook, and waits for what it promises. */
  call<Event>(outer: Scope, hook: ((event: Event) => unknown) | undefined, event: Event, name: string): Promise<void> {
    return this.#patience.call(outer, this.#outcome !== undefined, hook, event, name);
  }

  /** Performs the action, unless an earlier process did. */
  async perform(
    outer: Scope,
    action: AnyTaskAction,
    { ifRunning, onProgress }: Pick<ActAndWaitOptions, 'ifRunning' | 'onProgress'>,
  ): Promise<void> {
    const { cursor, id } = this.#target;
    const request = actionOptions(this.#options);
    const performed = await this.#patience.within(outer, (scope) => {
      const beforeSend = async (task: Task, position: Cursor) => {
        this.#hasRead = true;
        const snapshot = this.#task.prepare(task, position);
        // A cursor that could not be kept would let the next process start the task again.
        await scope.race(Promise.resolve(onProgress?.(snapshot.progress, snapshot)));
      };
      return performWithReasons(this.#port, scope, { id, action, request, ifRunning, before: cursor, beforeSend });
    });
    // An earlier wait sent it, and it was accepted.
    if (performed.cursor === cursor) return;
    if (performed.doubt !== undefined && performed.cursor.position === undefined) {
      throw explainDoubt(performed.cursor, performed.doubt);
    }
    this.#hasRead = true;
    this.#task.begin(performed, this.#patience.maxOutageMs);
  }

  /** Polls until the task is done, and yields every change. No timer runs while no snapshot is requested. */
  async *follow(outer: Scope): AsyncGenerator<TaskSnapshot, void, undefined> {
    while (this.#outcome === undefined) {
      const sighting = await this.#patience.within(outer, (scope) => this.#poll(scope));
      if (sighting === undefined) continue;
      const { cursor, isChanged, outcome, progress, task } = sighting;
      this.#outcome = outcome;
      if (isChanged) yield { task, progress, cursor };
      if (outcome?.outcome === 'unknown' || outcome?.outcome === 'not-started') throw outcome.error;
    }
  }

  async #poll(scope: Scope): Promise<Sighting<Task> | undefined> {
    if (this.#pauseMs > 0) await scope.sleep(this.#pauseMs);
    const sentAt = performance.now();
    try {
      const task = await this.#port.read(this.#task.id, { ...pollOptions(this.#options), signal: scope.signal });
      this.#hasRead = true;
      this.#patience.endOutage();
      const sighting = this.#task.see(task, sentAt);
      this.#pauseMs = sighting === undefined ? this.#pace.afterStale() : this.#pace.afterPoll(sighting.progress);
      return sighting;
    } catch (error) {
      scope.throwIfEnded();
      this.#outlive(error, sentAt);
      return undefined;
    }
  }

  /** Sets the pause after a poll that failed; throws what the wait does not outlive. */
  #outlive(error: unknown, sentAt: number): void {
    if (error instanceof NotFoundError) {
      if (this.#task.miss(sentAt) > (this.#hasRead ? 1 : 0)) throw error;
      this.#pauseMs = this.#pace.afterStale();
      return;
    }
    if (!this.#hasRead) throw error;
    const wishMs = this.#patience.outlive(error, sentAt);
    this.#pauseMs = Math.max(this.#pace.afterFailure(), wishMs);
  }
}
