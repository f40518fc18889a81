import { pickFields, readWireFields, show, type WireFields, type WireKind } from './core/arguments.js';
import { Refusal } from './core/exchange.js';
import { checkAgreement } from './core/service.js';
import { startIfPossible } from './tasks/act-on-task.js';
import { networkError } from './tasks/create-task.js';
import { lookUpTask } from './tasks/find-task.js';
import { stopTask } from './tasks/life-cycle.js';
import { failRound, finishRound, type SetInput, setState, showState } from './tasks/set-state.js';
import { describeTask } from './tasks/task-body.js';
import { observeTruth, type TaskRecord } from './tasks/task-record.js';
import { type TaskState, taskStates } from './tasks/task-seed.js';
import type { World } from './world.js';

/** Fields of the task itself, which keep what is set. */
const kept = {
  name: 'text',
  type: 'text',
  priority: 'number',
  speed_limit: 'number',
  region_id: 'text',
  region_name: 'text',
  project_id: 'text',
  project_name: 'text',
  migration_ip: 'text',
  start_target_server: 'flag',
  use_public_ip: 'flag',
  need_migration_test: 'flag',
  enterprise_project_id: 'text',
  syncing: 'flag',
  create_date: 'number',
} as const satisfies Record<string, WireKind>;

/** Fields that follow from the life of the task: what is set is shown until the next operation on the task. */
const followed = {
  os_type: 'text?',
  error_json: 'text?',
  total_time: 'number?',
  start_date: 'number?',
  finish_date: 'number?',
  estimate_complete_time: 'number?',
  remain_seconds: 'number?',
  migrate_speed: 'number?',
  compress_rate: 'number?',
  subtask_info: 'text?',
  sub_tasks: 'list?',
  float_ip: 'text?',
  vm_template_id: 'text?',
  connected: 'flag?',
  source_server: 'object?',
  target_server: 'object?',
  clone_server: 'object?',
  network_check_info: 'object?',
  target_snapshot_id: 'text?',
  log_collect_status: 'text?',
  total_cpu_usage: 'number?',
  agent_cpu_usage: 'number?',
  total_mem_usage: 'number?',
  agent_mem_usage: 'number?',
  total_disk_io: 'number?',
  agent_disk_io: 'number?',
} as const satisfies Record<string, WireKind>;

/**
 * Wire fields of a task to set. Fields that follow from the task's life, such as `error_json` or `sub_tasks`, may be null and
 * apply until the next operation on the task. The others stay.
 */
export interface TaskFields extends WireFields<typeof kept>, WireFields<typeof followed> {
  /** State. The task continues from it. An unknown state is shown unchanged. */
  state?: TaskState | (string & {}) | undefined;
}

/** Reads and changes a task of the simulator. Throws once the task is deleted. */
export interface TaskHandle {
  /** Task id. */
  readonly id: string;
  /** The task as ShowTask shows it now, without faults. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The state in `body`. */
  readonly state: string;
  /** Sets wire fields. An unknown field is a `TypeError`. */
  set(fields: TaskFields): void;
  /** Ends the round with success now, whatever the state. */
  finish(): void;
  /**
   * Ends the round with a failure now, whatever the state. `error` is the text of `error_json`, or an object that is serialised
   * into it. Default: JSON text with the code SMS.0807 (network error between the servers).
   */
  fail(error?: string | object): void;
  /** Pauses the task like another client. Throws where the service would refuse it. */
  pause(): void;
  /** Starts the task like another client. Throws where the service would refuse it. */
  start(): void;
  /** Removes the task at once. */
  remove(): void;
}

/** Creates the handle of a task. Throws when there is no such task. */
export function createTaskHandle(readWorld: () => World, id: string): TaskHandle {
  function find(): TaskRecord {
    const task = lookUpTask(readWorld(), id);
    if (task === null) throw new RangeError(`There is no task ${show(id)}`);
    return task;
  }
  function change(edit: (task: TaskRecord, world: World, now: number) => TaskRecord): void {
    const world = readWorld();
    world.tasks.set(id, edit(find(), world, world.clock.migration()));
  }
  function operate(name: string, edit: (task: TaskRecord, world: World, now: number) => TaskRecord): void {
    change((task, world, now) => {
      try {
        checkAgreement(world);
        return edit(task, world, now);
      } catch (reason) {
        if (!(reason instanceof Refusal)) throw reason;
        const { state } = observeTruth(task, now);
        throw new Error(`The service would not ${name} the task ${id}, which is ${state}: ${reason.message}`);
      }
    });
  }
  const read = () => describeTask(readWorld(), find(), readWorld().clock.migration());
  find();
  return {
    id,
    get body() {
      return read();
    },
    get state() {
      return String(read().state);
    },
    set: (fields) => change((task, world, now) => setFields(task, fields, { now, identifiers: world.identifiers })),
    finish: () => change((task, { identifiers }, now) => finishRound(task, { now, identifiers })),
    fail(error = networkError) {
      if (typeof error !== 'string' && (typeof error !== 'object' || error === null)) {
        throw new TypeError(`error must be the text of error_json or an object, not ${show(error)}`);
      }
      const text = typeof error === 'string' ? error : JSON.stringify(error);
      change((task, { identifiers }, now) => failRound(task, { now, identifiers, error: text }));
    },
    pause: () => operate('pause', (task, _world, now) => stopTask(task, now)),
    start: () => operate('start', (task, world) => startIfPossible(task, world, world)),
    remove() {
      find();
      readWorld().tasks.delete(id);
    },
  };
}

function setFields(task: TaskRecord, fields: TaskFields, input: SetInput): TaskRecord {
  const { state, ...given } = readWireFields(fields, { state: 'text', ...kept, ...followed });
  const inState = typeof state === 'string' ? enterState(task, state, input) : task;
  const shown = { ...inState.shown, ...pickFields(given, followed) };
  return { ...inState, ...pickFields(given, kept), shown };
}

function enterState(task: TaskRecord, state: string, input: SetInput): TaskRecord {
  if (state === '') throw new TypeError('fields.state must be a state, not ""');
  const known = taskStates.find((candidate) => candidate === state);
  return known === undefined ? showState(task, state, input.now) : setState(task, known, input);
}
