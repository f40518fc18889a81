/** The simulator behind a port, as the environment of another process. */
import type { Simulator } from '@org/sms-client/testing';

/** Serves a simulator, and returns the variables with which `SmsClient.fromEnv()` finds it. */
export async function serveSimulator(simulator: Simulator): Promise<Record<string, string>> {
  const { iamEndpoint, smsEndpoint } = await simulator.listen();
  return {
    HW_USER_NAME: 'testname',
    HW_USER_PASSWORD: 'Password',
    HW_DOMAIN_NAME: 'testname',
    HW_PROJECT_ID: '0215ef11e49d4743be23dd97a1561xxx',
    HW_AUTH_URL: iamEndpoint,
    HUAWEICLOUD_SDK_SMS_ENDPOINT: smsEndpoint,
  };
}

/** How often a simulator was asked to start a task. */
export function countStarts({ requests }: Simulator): number {
  return requests.filter(({ operation }) => operation === 'UpdateTaskStatus').length;
}
