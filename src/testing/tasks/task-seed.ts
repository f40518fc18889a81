/** The states in which a task can be, as the service names them. */
export const taskStates = [
  'READY',
  'RUNNING',
  'SYNCING',
  'MIGRATE_SUCCESS',
  'MIGRATE_FAIL',
  'SYNC_SUCCESS',
  'SYNC_FAIL',
  'ABORTING',
  'ABORT',
  'SKIPPING',
  'RESETING',
  'DELETING',
  'SYNC_F_ROLLBACKING',
  'SYNC_F_ROLLBACK_SUCCESS',
  'SUCCESS',
  'FAIL',
] as const;

/** State of a task, as the service names it. */
export type TaskState = (typeof taskStates)[number];

/** A disk of the servers of a task. */
export interface DiskSeed {
  /** Size of the disk in bytes. */
  sizeBytes: number;
  /** How many of them hold data that has to be copied. */
  usedBytes: number;
}

/** A failure that a task will have. */
export interface FailureSeed {
  /** Wire name of the step that fails halfway, such as `MIGRATE_LINUX_FILE`. */
  step: string;
  /** Text of `error_json` after it. Default: JSON text with the code SMS.0807 (network error between the servers). */
  error?: string | undefined;
  /** How many attempts fail before one succeeds. Default: 1, so the next start succeeds. */
  times?: number | undefined;
}

/** A task to add to the simulator. Names with an underscore are fields of the service; the others control the simulation. */
export interface TaskSeed {
  /** Task id. Default: 32 hex digits, counted from the official example's. */
  id?: string | undefined;
  /** Display name. Default: `MigrationTask`. */
  name?: string | undefined;
  /** Whether files or blocks are copied. Default: `MIGRATE_FILE`, for Windows `MIGRATE_BLOCK`: it has no file mode. */
  type?: 'MIGRATE_FILE' | 'MIGRATE_BLOCK' | undefined;
  /** Operating system of the source. Default: that of `source_server_id`, or `LINUX`. */
  os_type?: 'LINUX' | 'WINDOWS' | undefined;
  /**
   * State at the beginning, with the steps that such a task has. Default: `READY`. The task enters the state at this
   * moment: a `RUNNING` one has just been started, an `ABORT` one was paused halfway, a `SYNCING` one has `syncing` set.
   * Transient states, such as `ABORTING`, end after two seconds of the migration clock. An unknown state is
   * refused here; `task(id).set({ state })` shows it.
   */
  state?: TaskState | (string & {}) | undefined;
  /** Whether the task goes on in SYNCING after its copy until it is stopped. Default: false. */
  syncing?: boolean | undefined;
  /** 0 low, 1 normal, 2 high. Default: 1. */
  priority?: number | undefined;
  /** Bandwidth limit in Mbit/s, 0 for none. Default: 0. It limits the speed that is shown. The copy takes `durationMs` anyway. */
  speed_limit?: number | undefined;
  /** Region of the target. Default: name of the project. */
  region_id?: string | undefined;
  /** Project of the target. Default: first project of the first account. */
  project_id?: string | undefined;
  /** Whether the target exists. Default: true, unless there is a `vm_template_id`. */
  existServer?: boolean | undefined;
  /** Source server to migrate. It must exist. Default: a new one with the disks of the task. */
  source_server_id?: string | undefined;
  /** Template of the target. It is added when it does not exist. The first step is then CREATE_CLOUD_SERVER. Default: none. */
  vm_template_id?: string | undefined;
  /** Disks of the target, and of a generated source. Default: those of `source_server_id`, or the one of the official example, 40 GiB with 2.3 GiB of data. */
  disks?: readonly DiskSeed[] | undefined;
  /** Length of the first round on the migration clock, in ms. Default: 10 minutes. A resync takes a quarter of it. */
  durationMs?: number | undefined;
  /** A failure. Default: none. A seed with a failed state has had one in its copy. */
  failAt?: FailureSeed | undefined;
  /** How long reads show the old state and steps after an accepted start or restart, in ms of the migration clock. Default: 0. */
  lagMs?: number | undefined;
}
