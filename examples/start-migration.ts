/**
 * The main job: log in, start a migration task, follow it to its end.
 *
 * Without an account: `npm start`. On the real service: set HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME, HW_PROJECT_ID and
 * HW_REGION_NAME, then `npm start -- <task id>`.
 */
import { chooseTarget } from './support/choose-target.js';
import { formatMoment } from './support/format.js';
import { runExample } from './support/run-example.js';
import { showProgress } from './support/show-progress.js';
import { showSummary } from './support/show-summary.js';

await runExample(async (signal) => {
  const { intervalMs, place, sms, taskId } = chooseTarget(process.argv[2], ({ operation, status, url }) => {
    if (operation === 'UpdateTaskStatus' && status === 200) console.log(`2. Start   POST ${url}\n           accepted`);
  });
  console.log(`${place}\n`);

  const token = await sms.auth.login({ signal });
  console.log(`1. Log in  POST /v3/auth/tokens as ${token.user.name} of ${token.domain.name}`);
  console.log(
    `           token for project ${token.project?.name ?? '(none)'}, good until ${formatMoment(token.expiresAt)}`,
  );

  const progress = showProgress(`3. Follow  GET /v3/tasks/${taskId}`);
  try {
    const task = await sms.tasks.startAndWait(taskId, { intervalMs, signal, onProgress: progress.update });
    progress.stop();
    showSummary(task);
  } finally {
    progress.stop();
  }
});
