/** Whether the files of the source and of the target are the same. */
import { body, count, epochMs, type Infer, list, model, required, type Schema, text, textOr } from './fields.js';

const consistencyResult = model({
  /** The directory that was verified. */
  dir_check: text(),
  /** Files that were verified. */
  num_total_files: count(),
  /** Files that differ. */
  num_different_files: count(),
  /** Files that the target lacks. */
  num_target_miss_files: count(),
  /** Files that only the target has. */
  num_target_more_files: count(),
});

/** The outcome of a verification for one directory. */
export interface ConsistencyResult extends Infer<typeof consistencyResult> {}
/** Schema of the type of the same name. */
export const ConsistencyResult: Schema<ConsistencyResult> = consistencyResult;

const consistencyRecord = model({
  /** When the verification ended, since 1970; that the unit is milliseconds is not documented. */
  finished_time: epochMs(),
  /** Outcome as a whole, as text. */
  check_result: text(),
  /** Outcome by directory. */
  consistency_result: list(ConsistencyResult),
});

/** One verification of a task. Seen by the Terraform provider; other sources know these records as text. */
export interface ConsistencyRecord extends Infer<typeof consistencyRecord> {}
/** Schema of the type of the same name. */
export const ConsistencyRecord: Schema<ConsistencyRecord> = consistencyRecord;

const consistencyResults = model({
  /** Id of the task. */
  task_id: text(),
  /** The verifications: text according to the SDKs, objects according to the Terraform provider. Both are accepted. */
  result_list: list(textOr(ConsistencyRecord)),
});

/** All verifications of a task. */
export interface ConsistencyResults extends Infer<typeof consistencyResults> {}
/** Schema of the type of the same name. */
export const ConsistencyResults: Schema<ConsistencyResults> = consistencyResults;

const consistencyResultInput = body({
  /** The directory that was verified: at most 1024 characters. */
  dir_check: required(text({ max: 1024 })),
  /** Files that were verified. */
  num_total_files: required(count({ min: 0 })),
  /** Files that differ. */
  num_different_files: required(count({ min: 0 })),
  /** Files that the target lacks. */
  num_target_miss_files: required(count({ min: 0 })),
  /** Files that only the target has. */
  num_target_more_files: required(count({ min: 0 })),
});

/** The outcome of a verification for one directory, as the agent reports it. */
export interface ConsistencyResultInput extends Infer<typeof consistencyResultInput> {}
/** Schema of the type of the same name. */
export const ConsistencyResultInput: Schema<ConsistencyResultInput> = consistencyResultInput;

const consistencyReport = body({
  /** Outcome by directory. */
  consistency_result: list(ConsistencyResultInput),
});

/** A verification, as the agent reports it. */
export interface ConsistencyReport extends Infer<typeof consistencyReport> {}
/** Schema of the type of the same name. */
export const ConsistencyReport: Schema<ConsistencyReport> = consistencyReport;

const consistencyExportItem = body({
  /** Id of the task: 1 to 36 characters. */
  task_id: text({ min: 1, max: 36 }),
  /** Id of the source server. */
  source_id: text(),
  /** Name of the source server. */
  source_name: text(),
});

/** One task whose verifications are exported. */
export interface ConsistencyExportItem extends Infer<typeof consistencyExportItem> {}
/** Schema of the type of the same name. */
export const ConsistencyExportItem: Schema<ConsistencyExportItem> = consistencyExportItem;

const consistencyExport = body({
  /** The tasks: 1 to 200. */
  task_info: required(list(ConsistencyExportItem, { min: 1, max: 200 })),
});

/** The tasks whose verifications are exported as one file. */
export interface ConsistencyExport extends Infer<typeof consistencyExport> {}
/** Schema of the type of the same name. */
export const ConsistencyExport: Schema<ConsistencyExport> = consistencyExport;
