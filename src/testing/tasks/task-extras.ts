/** A measurement of the network, under the names of the wire. */
export interface NetworkCheck {
  /** Whether the domain of the service can be reached. */
  readonly domain_connectivity: boolean;
  /** Whether the target can be reached. */
  readonly destination_connectivity: boolean;
  /** Ms. */
  readonly network_delay: number;
  /** Ms. */
  readonly network_jitter: number;
  /** Mbit/s. */
  readonly migration_speed: number;
  /** Percent. */
  readonly loss_percentage: number;
  /** Percent. */
  readonly cpu_usage: number;
  /** Percent. */
  readonly mem_usage: number;
  /** Verdict. */
  readonly evaluation_result: string;
}

/** Where the log of a task was asked to be put. */
export interface LogRecord {
  /** OBS bucket. */
  readonly bucket: string;
  /** When it was asked for, in ms since 1970. */
  readonly at: number;
}

/** An advanced option of a task, under the names of the wire. */
export interface ConfigurationRecord {
  /** Name of the option. */
  readonly config_key: string;
  /** Its value. */
  readonly config_value: string;
  /** Status; what it means is not documented. */
  readonly config_status: string;
}

/** What a comparison of files found in a directory, under the names of the wire. */
export interface ConsistencyResult {
  /** The directory. */
  readonly dir_check: string;
  /** Files compared. */
  readonly num_total_files: number;
  /** Files that differ. */
  readonly num_different_files: number;
  /** Files that the target lacks. */
  readonly num_target_miss_files: number;
  /** Files that only the target has. */
  readonly num_target_more_files: number;
}

/** A comparison of files. */
export interface ConsistencyRecord {
  /** When it was done, in ms since 1970. */
  readonly at: number;
  /** What it found, by directory. */
  readonly results: readonly ConsistencyResult[];
}

/** What the agent reported last about a step. */
export interface AgentReport {
  /** Id of the step. */
  readonly stepId: number;
  /** Text for `process_trace`. */
  readonly trace: string;
  /** Bytes that it has moved. */
  readonly copiedBytes: number;
  /** Bytes that it has to move. */
  readonly totalBytes: number;
  /** Figures of the task that it named, under the names of the wire. */
  readonly figures: Readonly<Record<string, number>>;
}
