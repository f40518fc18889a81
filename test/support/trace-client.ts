import { type ClientOptions, SmsClient } from '@org/sms-client';
import { expect } from 'vitest';
import { fakeFetch, taskResponse } from './fake-fetch.js';

/** The requests of a client for one read: its login, if any, and the read. */
export async function traceClient(make: (fetch: NonNullable<ClientOptions['fetch']>) => SmsClient) {
  const { fetch, iam, sms: requests } = fakeFetch(() => taskResponse('READY'));
  await make(fetch).tasks.get('t');
  return { login: iam[0], request: requests[0] as (typeof requests)[number] };
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
