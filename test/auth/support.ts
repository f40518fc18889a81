import { readFileSync } from 'node:fs';
import type { ClientOptions } from '@org/sms-client';
import { makeFakeClient } from '../support/fake-client.js';
import { type fakeFetch, loginResponse, type SentRequest, taskResponse } from '../support/fake-fetch.js';

type Respond = Parameters<typeof fakeFetch>[0];

/** How IAM and SMS behave; both are well when nothing is said. */
export interface Services extends Partial<ClientOptions> {
  readonly respond?: Respond;
  readonly login?: Respond;
}

/** A client without retries, and what it sent. */
export function connect({ respond = () => taskResponse('RUNNING'), login, ...options }: Services = {}) {
  const { logins: iam, requests: sms, sms: client } = makeFakeClient(respond, { maxRetries: 0, ...options }, login);
  return { client, iam, sms, read: () => client.tasks.get('task-1') };
}

/** The tokens that requests carried. */
export function tokensOf(requests: readonly SentRequest[]): (string | null)[] {
  return requests.map(({ headers }) => headers.get('x-auth-token'));
}

/** IAM's response to a login, with a token that lives this long by IAM's own clock. */
export function livingToken(token: string, lifeMs: number): Response {
  // With a fraction: stamps of whole seconds hide one.
  const issuedAt = Date.UTC(2026, 0, 1) + 1;
  const format = (time: number) => new Date(time).toISOString().replace('Z', '000Z');
  return loginResponse(token, { issued: format(issuedAt), expires: format(issuedAt + lifeMs) });
}

/** Keystone's own way to refuse. */
export function keystoneRefusal(
  status: number,
  message = 'The request you have made requires authentication.',
): Response {
  return Response.json({ error: { code: status, message, title: 'Refused' } }, { status });
}

/** A promise that the test settles. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Lets everything happen that waits for no timer. */
export async function flush(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function readFixture(name: string): object {
  return JSON.parse(readFileSync(new URL(`../fixtures/api/${name}`, import.meta.url), 'utf8'));
}

export const dayMs = 24 * 60 * 60_000;
