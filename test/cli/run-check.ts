import { createSimulator, type Simulator, type SimulatorOptions } from '@org/sms-client/testing';
import { vi } from 'vitest';
import { runCommand } from '../../src/cli/commands.js';

type Account = NonNullable<SimulatorOptions['accounts']>[number];

/**
 * Runs `sms-client check` against a simulator with one task and this account. The caller restores the variables.
 *
 * @param prepare - called with the simulator before the command runs
 */
export async function runCheckFor(
  account: Account,
  args: readonly string[],
  prepare: (simulator: Simulator) => void = () => {},
  taskName?: string,
) {
  const simulator = createSimulator({ accounts: [account], seed: 1 });
  simulator.addTask({ name: taskName });
  prepare(simulator);
  const { iamEndpoint, smsEndpoint } = await simulator.listen();
  vi.stubEnv('HUAWEICLOUD_SDK_SMS_ENDPOINT', smsEndpoint);
  vi.stubEnv('HW_AUTH_URL', iamEndpoint);
  vi.stubEnv('HW_USER_NAME', account.username);
  vi.stubEnv('HW_USER_PASSWORD', account.password);
  vi.stubEnv('HW_DOMAIN_NAME', account.domainName);
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(['check', ...args], {
    print: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
    signal: new AbortController().signal,
  });
  const methods = simulator.requests.filter(({ operation }) => operation !== 'CreateToken').map(({ method }) => method);
  await simulator.close();
  return { code, out: lines.join('\n'), err: complaints.join('\n'), methods };
}
