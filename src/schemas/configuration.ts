/** Advanced options of a task. */
import { type Infer, list, loose, oneOf, type Schema, strict, text } from './fields.js';

const configurationKey = () =>
  oneOf(
    'MIGRATE_EXCLUDE_DIR',
    'SYNC_EXCLUDE_DIR',
    'ONLY_SYNC_DIR',
    'CONSISTENCY_DIR',
    'CONSISTENCY_DIR_ILLEGAL',
    'LINUX_BLOCK_COMPRESS_THREAD_NUM',
    'MIGRATE_DST_IP',
    'LINUX_BLOCK_CACHE_SIZE',
    'LINUX_CPU_LIMIT',
    'LINUX_MEM_LIMIT',
    'LINUX_IO_LIMIT',
    'NUM_PROCESS_MIGRATE',
    'NUM_PROCESS_SYNC',
    'CONSISTENCY_RECHECK',
    'CONSISTENCY_MODE',
    'DYNAMIC_PORT',
  );

const taskConfiguration = loose(
  {},
  {
    /** Name of the option. */
    config_key: configurationKey(),
    /** Value of the option, as text that the agent parses. */
    config_value: text(),
    /** Reserved: a status, as text. */
    config_status: text(),
  },
);

/** An advanced option set on a task. */
export interface TaskConfiguration extends Infer<typeof taskConfiguration> {}
/** Schema of the type of the same name. */
export const TaskConfiguration: Schema<TaskConfiguration> = taskConfiguration;

const taskConfigurations = loose(
  {},
  {
    /** Id of the task. */
    task_id: text(),
    /** How the task migrates: operating system family and kind in one. */
    migrate_type: oneOf('WINDOWS_MIGRATE_BLOCK', 'LINUX_MIGRATE_FILE', 'LINUX_MIGRATE_BLOCK'),
    /** The options that are set. */
    configurations: list(TaskConfiguration),
  },
);

/** All advanced options set on a task. */
export interface TaskConfigurations extends Infer<typeof taskConfigurations> {}
/** Schema of the type of the same name. */
export const TaskConfigurations: Schema<TaskConfigurations> = taskConfigurations;

const taskConfigurationQuery = strict(
  {},
  {
    /** Only this option; all of them when left out. */
    config_key: configurationKey(),
  },
);

/** Which advanced options of a task to read. */
export interface TaskConfigurationQuery extends Infer<typeof taskConfigurationQuery> {}
/** Schema of the type of the same name. */
export const TaskConfigurationQuery: Schema<TaskConfigurationQuery> = taskConfigurationQuery;

const taskConfigurationInput = strict(
  {
    /** Name of the option. */
    config_key: configurationKey(),
    /** Value of the option, as text that the agent parses. */
    config_value: text(),
  },
  {
    /** Reserved: a status, as text. */
    config_status: text(),
  },
);

/** An advanced option to set on a task. */
export interface TaskConfigurationInput extends Infer<typeof taskConfigurationInput> {}
/** Schema of the type of the same name. */
export const TaskConfigurationInput: Schema<TaskConfigurationInput> = taskConfigurationInput;

const taskConfigurationsUpdate = strict({
  /** The options to set. */
  configurations: list(TaskConfigurationInput),
});

/** Advanced options to set on a task. */
export interface TaskConfigurationsUpdate extends Infer<typeof taskConfigurationsUpdate> {}
/** Schema of the type of the same name. */
export const TaskConfigurationsUpdate: Schema<TaskConfigurationsUpdate> = taskConfigurationsUpdate;
