import { type ClientOptions, type Fetch, SmsClient } from '@org/sms-client';
import { createSimulator, type Simulator, type SimulatorOptions } from '@org/sms-client/testing';

export const account = {
  username: 'testname',
  password: 'Password',
  domainName: 'testname',
  projectId: '0215ef11e49d4743be23dd97a1561xxx',
};

/** The two hosts of a client whose `fetch` is a function of the test. */
const hosts = { endpoint: 'https://sms.test.example', iamEndpoint: 'https://iam.test.example' };

/** The one way to get a client: of a simulator in this process, of a `fetch` that plays both hosts, or of a server at this URL. */
export function makeClient(service: Simulator | Fetch | string, options: Partial<ClientOptions> = {}): SmsClient {
  return new SmsClient({ ...findSides(service), credentials: account, ...options });
}

function findSides(service: Simulator | Fetch | string) {
  if (typeof service === 'string') return { endpoint: service, iamEndpoint: service };
  if (typeof service === 'function') return { ...hosts, fetch: service };
  return { endpoint: service.smsEndpoint, iamEndpoint: service.iamEndpoint, fetch: service.fetch };
}

/** A simulator and a client of it. */
export function makePair(options: SimulatorOptions = {}, clientOptions: Partial<ClientOptions> = {}) {
  const simulator = createSimulator(options);
  return { simulator, sms: makeClient(simulator, clientOptions) };
}
