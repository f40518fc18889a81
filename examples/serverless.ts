/**
 * Follow a migration of days from a function that lives for seconds. A timer invokes it each minute; the cursor in the event says where
 * the last invocation stopped. The task is started at most once.
 */
import { type Cursor, MigrationFailedError, SmsClient, WaitTimeoutError } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

interface State {
  readonly taskId: string;
  readonly cursor?: Cursor | undefined;
  readonly done?: string | undefined;
}

/** One invocation. It returns the state to keep for the next one, for instance in a database. */
async function handler(state: State, sms: SmsClient): Promise<State> {
  const { taskId } = state;
  let { cursor } = state;
  try {
    const task = await sms.tasks.startAndWait(taskId, {
      cursor,
      ifRunning: 'follow',
      intervalMs: 100,
      maxWaitMs: 1_000,
      onProgress: (_progress, snapshot) => {
        cursor = snapshot.cursor;
      },
    });
    return { taskId, done: task.state };
  } catch (error) {
    if (error instanceof MigrationFailedError) return { taskId, done: error.task.state };
    // The time of this invocation is up, not that of the migration.
    if (error instanceof WaitTimeoutError) return { taskId, cursor };
    throw error;
  }
}

const simulator = createSimulator({ speed: 120 });
const credentials = { username: 'testname', password: 'Password', domainName: 'testname' };
// As JSON, which is what a database or an event holds.
let kept = JSON.stringify({ taskId: simulator.addTask({ name: 'web-server-01', durationMs: 240_000 }) });
for (let invocation = 1; (JSON.parse(kept) as State).done === undefined && invocation <= 20; invocation += 1) {
  const { fetch, iamEndpoint, smsEndpoint: endpoint } = simulator;
  // Each invocation is a process of its own: it shares nothing but the state.
  kept = JSON.stringify(await handler(JSON.parse(kept), new SmsClient({ endpoint, iamEndpoint, credentials, fetch })));
  const { cursor, done } = JSON.parse(kept) as State;
  console.log(`Invocation ${invocation}: ${done ?? `${cursor?.percent} %`}`);
}
const starts = simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus').length;
console.log(`${starts} start was sent`);
