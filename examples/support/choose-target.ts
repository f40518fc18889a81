/** Where an example runs: on the real service when the environment names a user, else on the simulator. */
import { type ClientOptions, SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';

const speed = 75;

/** A client, and the task to work on. */
export interface Target {
  readonly sms: SmsClient;
  readonly taskId: string;
  /** Where this is, for people. */
  readonly place: string;
  /** Pause between two readings; the client decides when there is none. */
  readonly intervalMs: number | undefined;
}

/** Chooses the real service or the simulator. The simulator takes any of its task ids, too. */
export function chooseTarget(taskId: string | undefined, onResponse: ClientOptions['onResponse']): Target {
  if (process.env.HW_USER_NAME) {
    if (!taskId) throw new Error('Give the id of the task: npm start -- <task id>');
    const sms = SmsClient.fromEnv({ onResponse });
    return { sms, taskId, place: 'On Huawei Cloud, with the account of the environment.', intervalMs: undefined };
  }
  const simulator = createSimulator({ speed });
  const disks = [
    { sizeBytes: 40 * 1024 ** 3, usedBytes: 11 * 1024 ** 3 },
    { sizeBytes: 200 * 1024 ** 3, usedBytes: 23 * 1024 ** 3 },
  ];
  const seeded = simulator.addTask({ name: 'web-server-01', disks });
  const sms = new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: {
      username: 'testname',
      password: 'Password',
      domainName: 'testname',
      projectId: '0215ef11e49d4743be23dd97a1561xxx',
    },
    fetch: simulator.fetch,
    onResponse,
  });
  const place = `On the simulator that comes with the package, where time runs ${speed} times as fast. No account is used.`;
  return { sms, taskId: taskId ?? seeded, place, intervalMs: 200 };
}
