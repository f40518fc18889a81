import { type CredentialsProvider, SmsClient, type Task } from '@org/sms-client';
import { credentialChain } from '@org/sms-client/node';
import { Task as TaskSchema } from '@org/sms-client/schemas';
import { createSimulator } from '@org/sms-client/testing';

const simulator = createSimulator({ speed: 1000 });
const sms = new SmsClient({
  endpoint: simulator.smsEndpoint,
  iamEndpoint: simulator.iamEndpoint,
  credentials: { username: 'testname', password: 'Password', domainName: 'testname', projectId: 'project' },
  fetch: simulator.fetch,
});
const task: Task = await sms.tasks.startAndWait(simulator.addTask(), { intervalMs: 20 });
const left: number | null | undefined = task.remain_seconds;
const step: string | null | undefined = task.sub_tasks?.[0]?.name;
const parsed: Task = TaskSchema.parse({});
// @ts-expect-error the type is closed: a slip of the pen does not compile
task.statee;

const provider: CredentialsProvider = credentialChain({ metadata: { timeoutMs: 500 } });

export { left, parsed, provider, step };
