import type { ClientOptions } from '@org/sms-client';
import { fakeFetch } from './fake-fetch.js';
import { makeClient } from './make-client.js';

type Answers = Parameters<typeof fakeFetch>;

/** A client whose requests to SMS are answered by a function; logins answer themselves, unless a second function does. */
export function makeFakeClient(answer: Answers[0], options: Partial<ClientOptions> = {}, login?: Answers[1]) {
  const { fetch, iam, sms: requests } = fakeFetch(answer, login);
  const sms = makeClient(fetch, options);
  return { sms, requests, logins: iam };
}

/** The body of an operation that is one plain POST without data: `sms.tasks.collectLog(id, logUpload)`. */
export const logUpload = { log_bucket: 'logs' };

/** What a promise rejects with; fails when it resolves. */
export async function rejectionOf(promise: PromiseLike<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`expected a rejection, received ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}
