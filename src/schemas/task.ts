/** Migration tasks: what the service returns about them and what requests can change. */
import { TaskConfiguration } from './configuration.js';
import {
  epochMs,
  exactlyOneOf,
  flag,
  givenId,
  type Infer,
  idText,
  list,
  loose,
  megabitsPerSecond,
  megabytes,
  merge,
  milliseconds,
  number,
  oneOf,
  percent,
  type Schema,
  seconds,
  strict,
  text,
} from './fields.js';
import { NetworkCheck } from './network.js';
import { SourceServer } from './source-server.js';
import { CloneServer, TargetServer, TargetSummary } from './target-server.js';

const subTask = loose(
  {
    /** Database id of the step: a number. It identifies the step, because names occur once a round. */
    id: number(),
  },
  {
    /**
     * Wire name of the step, for instance `SSL_CONFIG`, `MIGRATE_LINUX_FILE` or `DETTACH_AGENT_IMAGE` (spelled so by the service).
     * The same name occurs once in every round.
     */
    name: text(),
    /** Progress of the step, in percent. */
    progress: percent(),
    /** When the step began, in milliseconds since 1970; null before. */
    start_date: epochMs(),
    /** When the step ended, in milliseconds since 1970; null or absent while it runs. */
    end_date: epochMs(),
    /** Current rate of the step, in Mbit/s. */
    migrate_speed: megabitsPerSecond(),
    /** The round: which user operation the step belongs to, counted from 0, for instance `REPLICATE`, `RESYNC0`, `CUTOVER1`. */
    user_op: text(),
    /** Details of the progress, as free text. */
    process_trace: text(),
  },
);

/** One step of a task. */
export interface SubTask extends Infer<typeof subTask> {}
/** Schema of the type of the same name. */
export const SubTask: Schema<SubTask> = subTask;

const taskState = /* @__NO_SIDE_EFFECTS__ */ () =>
  oneOf(
    'READY',
    'RUNNING',
    'SYNCING',
    'MIGRATE_SUCCESS',
    'SYNC_SUCCESS',
    'MIGRATE_FAIL',
    'SYNC_FAIL',
    'ABORTING',
    'ABORT',
    'SKIPPING',
    'DELETING',
    'RESETING',
    'SYNC_F_ROLLBACKING',
    'SYNC_F_ROLLBACK_SUCCESS',
  );

const taskBase = loose(
  {
    /** Id of the task: 1 to 36 characters, not always a UUID. */
    id: text(),
    /**
     * State of the task. No state is final: only deletion ends a task. The service adds states (and misspells
     * `RESETING`), so treat an unknown one as "wait".
     */
    state: taskState(),
  },
  {
    /** Name of the task. */
    name: text(),
    /** Kind of migration: by file or by block. Windows has blocks only. */
    type: oneOf('MIGRATE_FILE', 'MIGRATE_BLOCK'),
    /** Operating system family of the source. */
    os_type: oneOf('WINDOWS', 'LINUX'),
    /** Priority: 0 low, 1 normal, 2 high. */
    priority: oneOf(0, 1, 2),
    /** Bandwidth cap, in Mbit/s; 0 means unlimited. */
    speed_limit: megabitsPerSecond(),
    /** Current rate, in Mbit/s (some pages of the documentation say MB/s). */
    migrate_speed: megabitsPerSecond(),
    /** Compression ratio of the files; the unit is not documented. */
    compress_rate: number(),
    /** Whether the target is started when the migration ends. */
    start_target_server: flag(),
    /** When the task is expected to end, in milliseconds since 1970; may be null. Old documentation calls it the time left. */
    estimate_complete_time: epochMs(),
    /** When the task was created, in milliseconds since 1970. */
    create_date: epochMs(),
    /** Time spent in all steps of all rounds, in milliseconds. */
    total_time: milliseconds(),
    /** Why the task failed: JSON text or plain text, possibly cut off; an empty string when there is nothing to say. */
    error_json: text(),
    /** Address that the data is sent to: an elastic IP over the Internet, a private IP over a dedicated line. */
    migration_ip: text(),
    /** Enterprise project that the task belongs to. */
    enterprise_project_id: text(),
    /** Clone made by a clone test; null when there is none. */
    clone_server: CloneServer,
    /** Steps, in order, one group a round (see `SubTask.user_op`). */
    sub_tasks: list(SubTask),
    /** Current step and its progress, as text. */
    subtask_info: text(),
    /** Last measurement of the network. */
    network_check_info: NetworkCheck,
    /** CPU use of the source host, in percent. */
    total_cpu_usage: percent(),
    /** CPU use of the agent, in percent. */
    agent_cpu_usage: percent(),
    /** Memory use of the source host, in MB. */
    total_mem_usage: megabytes(),
    /** Memory use of the agent, in MB. */
    agent_mem_usage: megabytes(),
    /** Disk traffic of the source host, in Mbit/s (some pages of the documentation say MB/s). */
    total_disk_io: megabitsPerSecond(),
    /** Disk traffic of the agent, in Mbit/s (some pages of the documentation say MB/s). */
    agent_disk_io: megabitsPerSecond(),
    /** Whether a migration drill is enabled. */
    need_migration_test: flag(),
  },
);

/** What a task shows alone and as an item of a list. */
export interface TaskBase extends Infer<typeof taskBase> {}

const taskDetails = loose(
  {},
  {
    /** The server that is migrated; only a short form is shown here. */
    source_server: SourceServer,
    /** The server that it is migrated to. */
    target_server: TargetServer,
    /** Time left, in seconds; the 60000 of the official example is hardly seconds, so doubt large values. */
    remain_seconds: seconds(),
    /** When the task was started, in milliseconds since 1970; null before. */
    start_date: epochMs(),
    /** When the last finished round ended, in milliseconds since 1970; set while a later round runs. */
    finish_date: epochMs(),
    /** The same as `migration_ip`, kept for old agents. */
    float_ip: text(),
    /** True while the agent is in contact with the service. */
    connected: flag(),
    /** Region of the target. */
    region_id: text(),
    /** Name of the region of the target. */
    region_name: text(),
    /** Id of the IAM project of the target. */
    project_id: text(),
    /** Name of the IAM project of the target. */
    project_name: text(),
    /** Template that creates the target; null when an existing ECS is the target. */
    vm_template_id: text(),
    /** Snapshot of the target; may be null. */
    target_snapshot_id: text(),
  },
);

/** A migration task with its steps and both servers, as `tasks.get` returns it. */
export interface Task extends TaskBase, Infer<typeof taskDetails> {}
/** Schema of the type of the same name. */
export const Task: Schema<Task> = merge(taskBase, taskDetails);

const taskListing = loose(
  {},
  {
    /** The server that is migrated; only a short form is shown here. */
    source_server: SourceServer,
    /** The server that it is migrated to; only a short form is shown here. */
    target_server: TargetSummary,
    /** Where the collection of the task's log stands. */
    log_collect_status: oneOf('INIT', 'UPLOADING', 'UPLOAD_FAIL', 'UPLOADED'),
    /** Whether the task keeps synchronising after the first copy; it may then stay in `SYNCING` for ever. */
    syncing: flag(),
    /** Advanced options set on the task. */
    special_config: list(TaskConfiguration),
  },
);

/** A migration task as an item of a list. */
export interface TaskSummary extends TaskBase, Infer<typeof taskListing> {}
/** Schema of the type of the same name. */
export const TaskSummary: Schema<TaskSummary> = merge(taskBase, taskListing);

const taskPage = loose(
  {
    /** The items of this page. */
    tasks: list(TaskSummary),
  },
  {
    /** Number of all matches, not of the items on this page. */
    count: number(),
  },
);

/** One page of tasks. */
export interface TaskPage extends Infer<typeof taskPage> {}
/** Schema of the type of the same name. */
export const TaskPage: Schema<TaskPage> = taskPage;

const taskQuery = strict(
  {},
  {
    /** Only tasks in this state. The filter knows no `SYNC_SUCCESS`, `SYNC_FAIL`, `SKIPPING` and `RESETING`. */
    state: exactlyOneOf(
      'READY',
      'RUNNING',
      'SYNCING',
      'MIGRATE_SUCCESS',
      'MIGRATE_FAIL',
      'ABORTING',
      'ABORT',
      'DELETING',
      'SYNC_F_ROLLBACKING',
      'SYNC_F_ROLLBACK_SUCCESS',
    ),
    /** Only tasks with this name: at most 255 characters. */
    name: text({ max: 255 }),
    /** Only the task with this id: 1 to 255 characters; the documentation says 36. */
    id: givenId(),
    /** Only tasks of this source server: 1 to 255 characters; the documentation says 36. */
    source_server_id: givenId(),
    /** Items on a page: 0 to 200, 100 when left out. */
    limit: number({ min: 0, max: 200 }),
    /** Items to skip: 0 to 65535, 0 when left out. */
    offset: number({ min: 0, max: 65_535 }),
    /** Only tasks of this enterprise project: at most 255 characters. */
    enterprise_project_id: text({ max: 255 }),
  },
);

/** Which tasks to list. */
export interface TaskQuery extends Infer<typeof taskQuery> {}
/** Schema of the type of the same name. */
export const TaskQuery: Schema<TaskQuery> = taskQuery;

const taskAction = strict(
  {
    /**
     * What to do. The set is unsettled: `cutover`, which launches the target, stands in the texts of the service but not in its list
     * of values, and the documentation also names `collect_log`, `sync_failed_rollback` and others.
     */
    operation: oneOf(
      'start',
      'stop',
      'restart',
      'test',
      'clone_test',
      'network_check',
      'clear',
      'skip',
      'migration_test',
      'cutover',
    ),
  },
  {
    /** Template of the clone, for `clone_test`. */
    template_id: idText(),
    /** Linux only: convert the target to Huawei Cloud EulerOS; false when left out. */
    switch_hce: flag(),
    /** Verify that the files are consistent; false when left out. */
    is_need_consistency_check: flag(),
  },
);

/** An operation on a task. */
export interface TaskAction extends Infer<typeof taskAction> {}
/** Schema of the type of the same name. */
export const TaskAction: Schema<TaskAction> = taskAction;
