import { type ClientOptions, SmsClient } from '@org/sms-client';
import { expect } from 'vitest';
import { fakeFetch, taskAnswer } from './fake-fetch.js';

/** The requests that a client makes for one reading: its login, if any, and the reading. */
export async function traceClient(make: (fetch: NonNullable<ClientOptions['fetch']>) => SmsClient) {
  const { fetch, iam, sms: requests } = fakeFetch(() => taskAnswer('READY'));
  await make(fetch).tasks.get('t');
  return { login: iam[0], reading: requests[0] as (typeof requests)[number] };
}

/** The message with which options are refused. */
export function refuseOptions(options: unknown): string {
  try {
    new SmsClient(options as ClientOptions);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConfigurationError' });
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}
