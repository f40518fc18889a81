/**
 * `npm start` logs in, starts a migration, follows it to its end and shows each step. With several task ids, or `--fleet`, it shows a fleet.
 * The programs to copy are examples/start-migration.ts and examples/follow-fleet.ts.
 */
import type { ResponseEvent, SmsClient } from '@org/sms-client';
import { hasAccount, runExample, type Setting, wrap } from '../examples/support/run-example.js';
import { formatMoment } from './show/format.js';
import { readColumns } from './show/layout.js';
import { migrateFleet } from './show/migrate-fleet.js';
import { showProgress } from './show/show-progress.js';
import { summarize } from './show/show-summary.js';
import { simulatedFleet, simulatedServer } from './show/simulated-tasks.js';

const speed = 75;
const fleetFlag = process.argv.indexOf('--fleet');
if (fleetFlag > 0) process.argv.splice(fleetFlag, 1);
const isFleet = fleetFlag > 0 || process.argv.length > 3;

function say(text: string): void {
  console.log(wrap(text, readColumns(process.stdout) + 1));
}

async function logIn(sms: SmsClient, signal: AbortSignal): Promise<void> {
  const signsRequests = !process.env.HW_USER_PASSWORD && hasAccount();
  if (signsRequests) return say('1. Sign    each request, or send the token given: there is no login');
  const token = await sms.auth.login({ signal });
  say(`1. Log in  POST /v3/auth/tokens as ${token.user.name} of ${token.domain.name}`);
  say(`           token for project ${token.project?.name ?? '(none)'}`);
  say(`           good until ${formatMoment(token.expiresAt)}`);
}

async function migrate({ intervalMs, signal, sms, taskIds: [taskId] }: Setting): Promise<void> {
  if (taskId === undefined) throw new Error('Give the id of the task: npm start -- <task id>');
  await logIn(sms, signal);
  const view = showProgress(wrap(`3. Follow  GET /v3/tasks/${taskId}`, readColumns(process.stdout) + 1));
  try {
    const task = await sms.tasks.startAndWait(taskId, { intervalMs, signal, onProgress: view.update });
    view.stop();
    console.log(summarize(task, readColumns(process.stdout)));
  } finally {
    view.stop();
  }
}

function onResponse({ operation, status }: ResponseEvent): void {
  if (isFleet || operation !== 'UpdateTaskStatus' || status !== 200) return;
  say('2. Start   POST /v3/tasks/{task_id}/action: accepted');
}

await runExample(
  async (setting) => {
    say(
      setting.isAccount
        ? 'On Huawei Cloud, with the account of the environment.\n'
        : `On the simulator that comes with the package, where time runs ${speed} times as fast. No account is used.\n`,
    );
    await (isFleet ? migrateFleet(setting) : migrate(setting));
  },
  { tasks: isFleet ? simulatedFleet : [simulatedServer], speed, client: { onResponse } },
);
