/**
 * Migrate a fleet at night: create a task from a template for each waiting server, start all of them at once, follow them, and write a
 * CSV with the outcome for each server.
 *
 * Without an account: 30 servers of the simulator. On an account it takes all servers that wait. CSV_FILE names the file.
 */
import { writeFile } from 'node:fs/promises';
import { suggestedTarget } from '@org/sms-client';
import { explain, runExample } from './support/run-example.js';

const { CSV_FILE: file = 'fleet.csv', HW_PROJECT_ID: projectId, HW_REGION_NAME: region = 'cn-north-4' } = process.env;
const place = { region_id: region, region_name: region, project_name: region };

/** A field of a CSV; a text that a spreadsheet would take for a formula gets an apostrophe. */
function quote(text: string): string {
  return `"${text
    .replace(/^[=+\-@\t\r]/, "'$&")
    .replaceAll('"', '""')
    .replace(/\s+/g, ' ')}"`;
}

const sources = Array.from({ length: 30 }, (_, index) => ({ name: `accounting-database-server-${index + 1}` }));
await runExample(
  async ({ intervalMs, signal, sms }) => {
    const template = await sms.templates.create({ name: 'nightly-fleet', volumetype: 'SAS' }, { signal });
    const [rows, nameOf] = [[] as string[][], new Map<string, string>()];
    for await (const { id } of sms.sourceServers.listAll({ state: 'waiting' }, { signal })) {
      const server = await sms.sourceServers.get(String(id), { signal });
      const name = server.name ?? String(id);
      try {
        const task = await sms.tasks.create({
          ...place,
          project_id: projectId ?? '0215ef11e49d4743be23dd97a1561xxx',
          name: name.slice(-20), // the service may refuse more than 20 characters
          type: server.os_type === 'WINDOWS' ? 'MIGRATE_BLOCK' : 'MIGRATE_FILE',
          os_type: server.os_type ?? 'LINUX',
          source_server: { id: String(id) },
          target_server: suggestedTarget(server),
          vm_template_id: template.id,
          exist_server: false,
        });
        nameOf.set(String(task.id), name);
      } catch (error) {
        signal.throwIfAborted();
        rows.push([name, '', 'not-created', explain(error)]);
      }
    }
    const started = await sms.tasks.startMany([...nameOf.keys()], { signal });
    const onProgress = ({ percent }: { percent: number }) => console.log(`${percent} %`);
    const outcomes = await sms.tasks.waitForAll(started, { intervalMs, signal, onProgress });
    for (const { error, id, outcome } of outcomes) rows.push([nameOf.get(id) ?? '', id, outcome, error?.message ?? '']);

    const lines = [['server', 'task', 'outcome', 'error'], ...rows].map((row) => row.map(quote).join(','));
    await writeFile(file, `${lines.join('\r\n')}\r\n`);
    console.log(
      `${outcomes.filter(({ outcome }) => outcome === 'succeeded').length} of ${rows.length} succeeded: ${file}`,
    );
  },
  { sources, tasks: [], speed: 120 },
);
