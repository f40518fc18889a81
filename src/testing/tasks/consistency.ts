import {
  type JsonObject,
  optionalObjects,
  optionalText,
  requireBody,
  requireNumber,
  requireObjects,
  requireText,
} from '../core/body.js';
import { respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { requireSource } from '../sources/source-state.js';
import { findTask, requireTask } from './find-task.js';
import { type ConsistencyRecord, type ConsistencyResult, observeShown, type TaskRecord } from './task-record.js';

/** Comparisons of files: what was found, and what the agent reports. */
export const consistencyRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{task_id}/consistency-result',
    operation: 'ShowConsistencyResult',
    handle: handleShow,
  },
  {
    service: 'sms',
    pattern: 'POST /v3/tasks/{task_id}/consistency-result',
    operation: 'UpdateConsistencyResult',
    handle: handleUpdate,
  },
];

/** Every comparison of a task, oldest first: those of its steps and those that an agent reported. */
export function listComparisons(task: TaskRecord, now: number): ConsistencyRecord[] {
  const steps = observeShown(task, now).steps.filter(({ name }) => name === 'CHECK_CONSISTENCY');
  const own = steps.flatMap(({ endedAt, isSkipped }) =>
    endedAt === null || isSkipped === true ? [] : [{ at: Math.round(endedAt), results: [compareFiles(task)] }],
  );
  return [...own, ...task.consistencyReports].sort((one, other) => one.at - other.at);
}

function handleShow(call: Call): ServiceResponse {
  const task = findTask(call);
  const records = listComparisons(task, call.world.clock.migration());
  // The SDKs and the current pages type the members as text, although they are objects.
  return respondJson({ task_id: task.id, result_list: records.map((record) => JSON.stringify(describe(record))) });
}

function handleUpdate(call: Call): ServiceResponse {
  const results = (optionalObjects(requireBody(call.body), 'consistency_result') ?? []).map(readResult);
  const task = findTask(call);
  const report = { at: call.world.clock.migration(), results };
  call.world.tasks.set(task.id, { ...task, consistencyReports: [...task.consistencyReports, report] });
  return respondEmpty('""');
}

// ASSUMPTION: `finished_time` counts ms, as every other stamp does, and `check_result` has these two words.
function describe({ at, results }: ConsistencyRecord): unknown {
  const differs = results.some(
    (result) => result.num_different_files + result.num_target_miss_files + result.num_target_more_files > 0,
  );
  return { finished_time: at, check_result: differs ? 'INCONSISTENT' : 'CONSISTENT', consistency_result: results };
}

function readResult(result: JsonObject): ConsistencyResult {
  return {
    dir_check: requireText(result, 'dir_check', { max: 1024 }),
    num_total_files: requireNumber(result, 'num_total_files', { min: 0 }),
    num_different_files: requireNumber(result, 'num_different_files', { min: 0 }),
    num_target_miss_files: requireNumber(result, 'num_target_miss_files', { min: 0 }),
    num_target_more_files: requireNumber(result, 'num_target_more_files', { min: 0 }),
  };
}

// The agent of a simulated task finds no difference.
function compareFiles(task: TaskRecord): ConsistencyResult {
  return {
    dir_check: task.os_type === 'WINDOWS' ? 'C:\\' : '/',
    num_total_files: 48_213,
    num_different_files: 0,
    num_target_miss_files: 0,
    num_target_more_files: 0,
  };
}

/** The comparisons of many tasks as a file. */
export const exportRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'POST /v3/tasks/consistency-results/export',
    operation: 'ExportConsistencyResults',
    handle: handleExport,
  },
];

// ASSUMPTION: no source shows such a file; that it is CSV, and its columns, are invented.
const columns = ['Task ID', 'Source Server', 'Finished', 'Directory', 'Files', 'Different', 'Missing', 'Additional'];

function handleExport({ world, body }: Call): ServiceResponse {
  const now = world.clock.migration();
  const wanted = requireObjects(requireBody(body), 'task_info', { min: 1, max: 200 });
  const rows = wanted.flatMap((info) => {
    const task = requireTask(world, optionalText(info, 'task_id', { min: 1, max: 36 }) ?? '');
    const source = optionalText(info, 'source_name') ?? requireSource(world, task.sourceId).name;
    return listComparisons(task, now).flatMap(({ at, results }) =>
      results.map((result) => [
        task.id,
        source,
        new Date(at).toISOString(),
        result.dir_check,
        result.num_total_files,
        result.num_different_files,
        result.num_target_miss_files,
        result.num_target_more_files,
      ]),
    );
  });
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv;charset=utf-8',
      'content-disposition': 'attachment; filename="consistency-results.csv"',
    },
    body: [columns, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join(''),
  };
}

function quote(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
