/** What every example does around its one idea: Ctrl-C, and one sentence for what went wrong. */
import { isSmsError } from '@org/sms-client';

/** Runs an example. Ctrl-C, or being told to end, aborts its signal; an error is told in one sentence, with exit code 1. */
export async function runExample(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  try {
    await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) {
      console.error('\nStopped watching. A migration that was started goes on in the cloud.');
      process.exitCode = 130;
    } else {
      console.error(`\n${explain(error)}`);
      process.exitCode = 1;
    }
  }
}

function explain(error: unknown): string {
  if (!isSmsError(error)) return error instanceof Error ? error.message : String(error);
  switch (error.name) {
    case 'AuthenticationError':
      return 'The login was refused: check user name, password, domain name and project.';
    case 'NotFoundError':
      return 'There is no such task in this account: check the task id.';
    case 'ConflictError':
      return 'The task is running already: wait for it, or stop it first.';
    default:
      return error.message;
  }
}
