/** Where the examples of fleets run: on the real service when the environment names a user, else on the simulator. */
import { SmsClient } from '@org/sms-client';
import { createSimulator, type Simulator, type TaskSeed } from '@org/sms-client/testing';

const speed = 60;
const minutes = 60_000;
const gibibyte = 1024 ** 3;

/** A client, and the tasks to work on. */
export interface FleetTarget {
  readonly sms: SmsClient;
  /** Those that were given, or those of the simulator. */
  readonly taskIds: readonly string[];
  /** Where this is, for people. */
  readonly place: string;
  /** Pause between two looks; the client decides when there is none. */
  readonly intervalMs: number | undefined;
}

/** Chooses the real service or the simulator, whose tasks are in this state. */
export function chooseFleet(taskIds: readonly string[], state: 'READY' | 'RUNNING' = 'READY'): FleetTarget {
  if (process.env.HW_USER_NAME) {
    const place = 'On Huawei Cloud, with the account of the environment.';
    return { sms: SmsClient.fromEnv(), taskIds, place, intervalMs: undefined };
  }
  const simulator = createSimulator({ speed });
  const place = `On the simulator that comes with the package, where time runs ${speed} times as fast. No account is used.`;
  return { sms: connectTo(simulator), taskIds: addFleet(simulator, state), place, intervalMs: 200 };
}

function connectTo({ fetch, iamEndpoint, smsEndpoint }: Simulator): SmsClient {
  return new SmsClient({
    endpoint: smsEndpoint,
    iamEndpoint,
    credentials: {
      username: 'testname',
      password: 'Password',
      domainName: 'testname',
      projectId: '0215ef11e49d4743be23dd97a1561xxx',
    },
    fetch,
  });
}

// Servers of all kinds: small and large ones, Windows and Linux ones, and two that fail.
function addFleet(simulator: Simulator, state: 'READY' | 'RUNNING'): string[] {
  const seeds: TaskSeed[] = [
    { name: 'web-server-01', durationMs: 4 * minutes, disks: [makeDisk(3)] },
    { name: 'web-server-02', durationMs: 5 * minutes, disks: [makeDisk(4)] },
    {
      name: 'web-server-03',
      durationMs: 6 * minutes,
      disks: [makeDisk(5)],
      failAt: {
        step: 'MIGRATE_LINUX_FILE',
        error: '{"error_code":"SMS.0515","error_msg":"The disks changed."}',
      },
    },
    { name: 'database-01', durationMs: 10 * minutes, disks: [makeDisk(11), makeDisk(23)] },
    { name: 'database-02', durationMs: 9 * minutes, disks: [makeDisk(11), makeDisk(18)] },
    { name: 'mail', os_type: 'WINDOWS', durationMs: 7 * minutes, disks: [makeDisk(30)] },
    { name: 'file-share', os_type: 'WINDOWS', durationMs: 8 * minutes, disks: [makeDisk(34)], failAt: networkFailure },
    { name: 'build', type: 'MIGRATE_BLOCK', durationMs: 6 * minutes, disks: [makeDisk(14)] },
  ];
  return seeds.map((seed) => simulator.addTask({ ...seed, state }));
}

const networkFailure = { step: 'MIGRATE_WINDOWS_BLOCK' };

function makeDisk(usedGibibytes: number) {
  return { sizeBytes: 40 * gibibyte, usedBytes: usedGibibytes * gibibyte };
}
