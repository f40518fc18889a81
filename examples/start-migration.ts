/**
 * Log in, start a migration task, follow it to its end. This file stands alone: copy it and begin.
 *
 * It runs on the simulator. On an account: set HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME, HW_PROJECT_ID and HW_REGION_NAME (or
 * HW_ACCESS_KEY, HW_SECRET_KEY and HW_REGION_NAME), then `npm run example -- start-migration <task id>`.
 */
import { MigrationFailedError, SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

const variables =
  /^(HW_(USER_NAME|USER_PASSWORD|DOMAIN_NAME|ACCESS_KEY|SECRET_KEY|AUTH_TOKEN)|HUAWEICLOUD_SDK_(AK|SK))$/;
const isAccount = Object.entries(process.env).some(([name, value]) => variables.test(name) && value !== '');
const simulator = createSimulator({ speed: 60 });
const taskId = process.argv[2] ?? (isAccount ? undefined : simulator.addTask({ name: 'web-server-01' }));

/** Breaks lines at the width of the terminal. Without one they keep their length, unless COLUMNS is set. */
function breakLines(text: string, { columns }: { columns?: number }): string {
  const width = Math.max(1, (columns || Number(process.env.COLUMNS) || 10_000) - 1);
  return text.replace(new RegExp(`(.{1,${width}})(?:[ \\n]|$)|(.{${width}})`, 'g'), '$1$2\n').trimEnd();
}
const complain = (text: string) => console.error(breakLines(text, process.stderr));

// Ctrl-C and SIGTERM stop watching; the migration itself goes on in the cloud.
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(130));
process.once('SIGTERM', () => interrupted.abort(143));
// A reader such as `head` has closed the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
try {
  if (taskId === undefined) throw new Error('Give the id of the task');
  const sms = isAccount
    ? SmsClient.fromEnv()
    : new SmsClient({
        endpoint: simulator.smsEndpoint,
        iamEndpoint: simulator.iamEndpoint,
        credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
        fetch: simulator.fetch,
      });
  const task = await sms.tasks.startAndWait(taskId, {
    signal: interrupted.signal,
    // The client chooses its own pace on an account.
    intervalMs: isAccount ? undefined : 200,
    onProgress: ({ percent, remainingMs, speedMbps, step }) => {
      const left = remainingMs === null ? '' : `${Math.ceil(remainingMs / 60_000)} min left`;
      const line = `${percent.toFixed(1).padStart(5)} %  ${step?.label ?? ''}  ${speedMbps} Mbit/s  ${left}`;
      console.log(breakLines(line, process.stdout));
    },
  });
  console.log(`${task.name}: ${task.state}`);
  for (const disk of task.target_server?.disks ?? []) console.log(`  ${disk.name}: ${disk.size} bytes`);
} catch (error) {
  if (interrupted.signal.aborted) complain('Stopped watching. The migration goes on.');
  else if (error instanceof MigrationFailedError) complain(`${error.message} Can be restarted: ${error.canRestart}`);
  // The message says what failed, the request id and what to do.
  else complain(error instanceof Error ? error.message : String(error));
  process.exitCode = interrupted.signal.aborted ? interrupted.signal.reason : 1;
}
