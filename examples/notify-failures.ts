/**
 * Post each failed migration to a webhook at once, with its step, meaning and hint.
 *
 * Without WEBHOOK_URL the message is printed. On an account, give the ids of tasks that run:
 * `npm run example -- notify-failures <task id> …`.
 */
import { complain, runExample, say } from './support/run-example.js';

const { WEBHOOK_URL: webhook } = process.env;
const tasks = [
  { name: 'web-server-01', state: 'RUNNING', durationMs: 120_000 },
  { name: 'web-server-02', state: 'RUNNING', durationMs: 120_000, failAt: { step: 'MIGRATE_LINUX_FILE' } },
  {
    name: 'file-share',
    state: 'RUNNING',
    os_type: 'WINDOWS' as const,
    durationMs: 180_000,
    failAt: {
      step: 'MIGRATE_WINDOWS_BLOCK',
      error: '{"error_code":"SMS.0515","error_msg":"The disks do not match."}',
    },
  },
];

async function post(message: unknown): Promise<void> {
  if (!webhook) return say(JSON.stringify(message, undefined, 2));
  const response = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`The webhook returned ${response.status}`);
}

await runExample(
  async ({ intervalMs, signal, sms, taskIds }) => {
    if (taskIds.length === 0) throw new Error('Give the ids of the tasks');
    const outcomes = await sms.tasks.waitForAll([...taskIds], {
      intervalMs,
      signal,
      onOutcome: async (outcome) => {
        if (outcome.outcome !== 'failed') return;
        const { canRestart, code, meaning, reason, step, hint } = outcome.error;
        const text = `${outcome.task.name} ${reason === 'paused' ? 'was paused' : 'failed'}: ${meaning} ${hint}`;
        // The client only logs what a hook throws. A message that was lost must be seen.
        await post({ text, id: outcome.id, step: step?.name, code, meaning, hint, canRestart }).catch((error) =>
          complain(`The failure of ${outcome.id} was not posted: ${error}`),
        );
      },
    });
    console.log(`${outcomes.filter(({ outcome }) => outcome === 'succeeded').length} of ${outcomes.length} succeeded`);
  },
  { tasks },
);
