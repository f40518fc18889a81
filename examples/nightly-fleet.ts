/**
 * Migrate a fleet from a template at night, and write a CSV with the outcome of each server.
 * Without an account: 30 servers of the simulator. On an account it takes all servers that wait. CSV_FILE names the file.
 */
import { writeFile } from 'node:fs/promises';
import { type StartOutcome, suggestedTarget, type WaitOutcome } from '@org/sms-client';
import { explain, runExample, say } from './support/run-example.js';

const { CSV_FILE: file = 'fleet.csv', HW_PROJECT_ID: projectId, HW_REGION_NAME: region = 'cn-north-4' } = process.env;
const place = { region_id: region, region_name: region, project_name: region };

/** A field of a CSV; a text that a spreadsheet would take for a formula gets an apostrophe. */
function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('"', '""');
  return `"${line.replace(/^ ?[=+\-@]/, "'$&")}"`;
}
const sources = Array.from({ length: 30 }, (_, index) => ({ name: `accounting-database-server-${index + 1}` }));
await runExample(
  async ({ intervalMs, signal, sms }) => {
    const named = { name: 'nightly-fleet' }; // the template of one night serves the next
    const found = (await sms.templates.list(named, { signal })).templates.find(({ name }) => name === named.name);
    const template = found ?? (await sms.templates.create({ ...named, volumetype: 'SAS' }, { signal }));
    const [taskIds, rows] = [[] as string[], new Map<string, string[]>()];
    const note = ({ error, id, outcome }: StartOutcome | WaitOutcome) =>
      rows.set(id, [rows.get(id)?.[0] ?? '', id, outcome, error?.message ?? '']);
    try {
      for await (const { id, name } of sms.sourceServers.listAll({ state: 'waiting' }, { signal })) {
        try {
          const server = await sms.sourceServers.get(id, { signal });
          const task = await sms.tasks.create({
            ...place,
            project_id: projectId ?? '0215ef11e49d4743be23dd97a1561xxx',
            name: (name ?? id).slice(-20), // the service may refuse more than 20 characters
            type: server.os_type === 'WINDOWS' ? 'MIGRATE_BLOCK' : 'MIGRATE_FILE',
            os_type: server.os_type ?? 'LINUX',
            source_server: { id },
            target_server: suggestedTarget(server),
            vm_template_id: template.id,
            exist_server: false,
          });
          taskIds.push(task.id);
          rows.set(task.id, [name ?? id, task.id, 'not-started', '']);
        } catch (error) {
          signal.throwIfAborted();
          rows.set(id, [name ?? id, '', 'not-created', explain(error)]);
        }
      }
      const onProgress = ({ percent }: { percent: number }) => console.log(`${percent} %`);
      await sms.tasks.startAllAndWait(taskIds, { intervalMs, signal, onProgress, onStart: note, onOutcome: note });
    } finally {
      const lines = [['server', 'task', 'outcome', 'error'], ...rows.values()];
      await writeFile(file, lines.map((row) => `${row.map(quote).join(',')}\r\n`).join(''));
      const others = [...rows.values()].filter(([, , outcome]) => outcome !== 'succeeded');
      for (const [server, , outcome, error] of others) say(`${server}: ${outcome} ${error}`); // some did not start
      console.log(`${rows.size - others.length} of ${rows.size} succeeded: ${file}`);
      process.exitCode = others.length > 0 ? 1 : 0;
    }
  },
  { sources, tasks: [], speed: 120 },
);
