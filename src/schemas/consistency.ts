/** Whether the files of the source and of the target are the same. */
import {
  epochMs,
  type Infer,
  idText,
  list,
  longestId,
  loose,
  number,
  type Schema,
  strict,
  text,
  textOr,
} from './fields.js';

const consistencyResult = loose(
  {},
  {
    /** The directory that was verified. */
    dir_check: text(),
    /** Files that were verified. */
    num_total_files: number(),
    /** Files that differ. */
    num_different_files: number(),
    /** Files that the target lacks. */
    num_target_miss_files: number(),
    /** Files that only the target has. */
    num_target_more_files: number(),
  },
);

/** The outcome of a verification for one directory. */
export interface ConsistencyResult extends Infer<typeof consistencyResult> {}
/** Schema of the type of the same name. */
export const ConsistencyResult: Schema<ConsistencyResult> = consistencyResult;

const consistencyRecord = loose(
  {},
  {
    /** When the verification ended, since 1970; that the unit is milliseconds is not documented. */
    finished_time: epochMs(),
    /** Outcome as a whole, as text. */
    check_result: text(),
    /** Outcome by directory. */
    consistency_result: list(ConsistencyResult),
  },
);

/** One verification of a task. Seen by the Terraform provider; other sources know these records as text. */
export interface ConsistencyRecord extends Infer<typeof consistencyRecord> {}
/** Schema of the type of the same name. */
export const ConsistencyRecord: Schema<ConsistencyRecord> = consistencyRecord;

const consistencyResults = loose(
  {},
  {
    /** Id of the task. */
    task_id: text(),
    /** The verifications: text according to the SDKs, objects according to the Terraform provider. Both are accepted. */
    result_list: list(textOr(ConsistencyRecord)),
  },
);

/** All verifications of a task. */
export interface ConsistencyResults extends Infer<typeof consistencyResults> {}
/** Schema of the type of the same name. */
export const ConsistencyResults: Schema<ConsistencyResults> = consistencyResults;

const consistencyResultInput = strict({
  /** The directory that was verified: at most 1024 characters. */
  dir_check: text({ max: 1024 }),
  /** Files that were verified. */
  num_total_files: number({ min: 0 }),
  /** Files that differ. */
  num_different_files: number({ min: 0 }),
  /** Files that the target lacks. */
  num_target_miss_files: number({ min: 0 }),
  /** Files that only the target has. */
  num_target_more_files: number({ min: 0 }),
});

/** The outcome of a verification for one directory, as the agent reports it. */
export interface ConsistencyResultInput extends Infer<typeof consistencyResultInput> {}
/** Schema of the type of the same name. */
export const ConsistencyResultInput: Schema<ConsistencyResultInput> = consistencyResultInput;

const consistencyReport = strict(
  {},
  {
    /** Outcome by directory. */
    consistency_result: list(ConsistencyResultInput),
  },
);

/** A verification, as the agent reports it. */
export interface ConsistencyReport extends Infer<typeof consistencyReport> {}
/** Schema of the type of the same name. */
export const ConsistencyReport: Schema<ConsistencyReport> = consistencyReport;

const consistencyExportItem = strict(
  {},
  {
    /** Id of the task: 1 to 255 characters; the documentation says 36. */
    task_id: idText({ min: 1, max: longestId }),
    /** Id of the source server. */
    source_id: idText(),
    /** Name of the source server. */
    source_name: text(),
  },
);

/** One task whose verifications are exported. */
export interface ConsistencyExportItem extends Infer<typeof consistencyExportItem> {}
/** Schema of the type of the same name. */
export const ConsistencyExportItem: Schema<ConsistencyExportItem> = consistencyExportItem;

const consistencyExport = strict({
  /** The tasks: 1 to 200. */
  task_info: list(ConsistencyExportItem, { min: 1, max: 200 }),
});

/** The tasks whose verifications are exported as one file. */
export interface ConsistencyExport extends Infer<typeof consistencyExport> {}
/** Schema of the type of the same name. */
export const ConsistencyExport: Schema<ConsistencyExport> = consistencyExport;
