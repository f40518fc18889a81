import type { ClientOptions } from '@org/sms-client';
import { fakeFetch } from './fake-fetch.js';
import { makeClient } from './make-client.js';

type Responders = Parameters<typeof fakeFetch>;

/** A client whose requests to SMS get the responses of a function. Logins succeed, unless a second function responds. */
export function makeFakeClient(respond: Responders[0], options: Partial<ClientOptions> = {}, login?: Responders[1]) {
  const { fetch, iam, sms: requests } = fakeFetch(respond, login);
  const sms = makeClient(fetch, options);
  return { sms, requests, logins: iam };
}

/** The body of an operation that is one plain POST without data: `sms.tasks.collectLog(id, logUpload)`. */
export const logUpload = { log_bucket: 'logs' };

/** What a promise rejects with, which is nearly always an error; fails when it resolves. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`expected a rejection, received ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}
