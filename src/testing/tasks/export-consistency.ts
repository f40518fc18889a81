import { optionalText, requireBody, requireObjects } from '../core/body.js';
import type { Answer } from '../core/exchange.js';
import type { Call, Route } from '../core/route.js';
import { findSourceOf } from '../sources/find-source.js';
import { listComparisons } from './consistency.js';
import { requireTask } from './find-task.js';

/** The comparisons of many tasks as a file. */
export const exportRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'POST /v3/tasks/consistency-results/export',
    operation: 'ExportConsistencyResults',
    handle: handleExport,
  },
];

// ASSUMPTION: no source shows such a file; that it is CSV, and its columns, are made up.
const columns = ['Task ID', 'Source Server', 'Finished', 'Directory', 'Files', 'Different', 'Missing', 'Additional'];

function handleExport({ world, body }: Call): Answer {
  const now = world.clock.migration();
  const wanted = requireObjects(requireBody(body), 'task_info', { min: 1, max: 200 });
  const rows = wanted.flatMap((info) => {
    const task = requireTask(world, optionalText(info, 'task_id', { min: 1, max: 36 }) ?? '');
    const source = optionalText(info, 'source_name') ?? findSourceOf(world, task).name;
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
    bodyText: [columns, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join(''),
  };
}

function quote(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
