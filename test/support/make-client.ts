import { type ClientOptions, SmsClient } from '@org/sms-client';
import { createSimulator, type Simulator, type SimulatorOptions } from '@org/sms-client/testing';

export const account = {
  username: 'testname',
  password: 'Password',
  domainName: 'testname',
  projectId: '0215ef11e49d4743be23dd97a1561xxx',
};

/** A client that talks to a simulator in the same process. */
export function makeClient(simulator: Simulator, options: Partial<ClientOptions> = {}): SmsClient {
  return new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: account,
    fetch: simulator.fetch,
    ...options,
  });
}

/** A simulator and a client of it. */
export function makePair(options: SimulatorOptions = {}, clientOptions: Partial<ClientOptions> = {}) {
  const simulator = createSimulator(options);
  return { simulator, sms: makeClient(simulator, clientOptions) };
}
