/** Tasks of the simulator to show: small and large servers, Linux and Windows, and two that fail. */
import type { TaskSeed } from '@org/sms-client/testing';

const minutes = 60_000;

function disk(sizeGibibytes: number, usedGibibytes: number) {
  return { sizeBytes: sizeGibibytes * 1024 ** 3, usedBytes: usedGibibytes * 1024 ** 3 };
}

/** One web server with two disks. */
export const simulatedServer: TaskSeed = { name: 'web-server-01', disks: [disk(40, 11), disk(200, 23)] };

/** Eight servers. */
export const simulatedFleet: readonly TaskSeed[] = [
  { name: 'web-server-01', durationMs: 4 * minutes, disks: [disk(40, 3)] },
  { name: 'web-server-02', durationMs: 5 * minutes, disks: [disk(40, 4)] },
  {
    name: 'web-server-03',
    durationMs: 6 * minutes,
    disks: [disk(40, 5)],
    failAt: { step: 'MIGRATE_LINUX_FILE', error: '{"error_code":"SMS.0515","error_msg":"The disks changed."}' },
  },
  { name: 'database-01', durationMs: 10 * minutes, disks: [disk(40, 11), disk(40, 23)] },
  { name: 'database-02', durationMs: 9 * minutes, disks: [disk(40, 11), disk(40, 18)] },
  { name: 'mail', os_type: 'WINDOWS', durationMs: 7 * minutes, disks: [disk(40, 30)] },
  {
    name: 'file-share',
    os_type: 'WINDOWS',
    durationMs: 8 * minutes,
    disks: [disk(40, 34)],
    failAt: { step: 'MIGRATE_WINDOWS_BLOCK' },
  },
  { name: 'build', type: 'MIGRATE_BLOCK', durationMs: 6 * minutes, disks: [disk(40, 14)] },
];
