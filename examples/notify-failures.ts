/**
 * Tells a webhook of every migration that fails, as soon as it does: which step of which round, what it means and what to do.
 *
 * Without an account: `npm run example -- notify-failures`, with a webhook of its own that prints what it gets. On the real service: set
 * the variables of `npm start` and WEBHOOK_URL, then `npm run example -- notify-failures <task id> …` for tasks that run.
 */
import type { SmsClient, TaskOutcome } from '@org/sms-client';
import { chooseFleet } from './support/choose-fleet.js';
import { openWebhook } from './support/open-webhook.js';
import { runExample } from './support/run-example.js';

type Failure = Extract<TaskOutcome, { outcome: 'failed' }>;

async function describe(sms: SmsClient, { error, id, task }: Failure, signal: AbortSignal) {
  const { canRestart, code, meaning, reason, step, hint } = error;
  // Lists do not name the round.
  const { sub_tasks: steps } = await sms.tasks.get(id, { signal });
  const round = steps?.at(-1)?.user_op ?? null;
  const text = `${task.name ?? id} ${reason === 'paused' ? 'was paused' : 'failed'}. ${meaning} ${hint}`;
  return { text, id, name: task.name, reason, step: step?.name ?? null, round, code, meaning, hint, canRestart };
}

async function post(url: string, message: unknown, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
  });
  if (!response.ok) throw new Error(`The webhook answered ${response.status}`);
}

await runExample(async (signal) => {
  const { intervalMs, place, sms, taskIds } = chooseFleet(process.argv.slice(2), 'RUNNING');
  console.log(`${place}\n`);
  const webhook = await openWebhook(process.env.WEBHOOK_URL);
  try {
    const outcomes = await sms.tasks.waitForAll(taskIds, {
      intervalMs,
      signal,
      onOutcome: async (outcome) => {
        if (outcome.outcome !== 'failed') return;
        // What a hook throws is only logged by the client: a message that was lost must be seen.
        await describe(sms, outcome, signal)
          .then((message) => post(webhook.url, message, signal))
          .catch((error) => console.error(`Nobody was told that ${outcome.id} failed: ${error}`));
      },
    });
    console.log(`${outcomes.filter(({ outcome }) => outcome === 'succeeded').length} of ${outcomes.length} succeeded`);
  } finally {
    webhook.close();
  }
});
