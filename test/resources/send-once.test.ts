import type { SmsClient } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { failWith, fakeFetch, refusal } from '../support/fake-fetch.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';
import { makeClient } from '../support/make-client.js';

useFakeTime();

type Reply = () => Response | Promise<Response>;

/** A client of a service that gives these replies one after the other, the last of them for ever. */
function makeService(...replies: Reply[]) {
  const { fetch, sms: requests } = fakeFetch((_, count) => (replies[count - 1] ?? replies.at(-1))?.() as Response);
  return { requests, sms: makeClient(fetch, { maxRetries: 1 }) };
}

const cut: Reply = () => failWith('ECONNRESET', 'read ECONNRESET');
const done: Reply = () => Response.json({ id: 'new-1' });
const missing: Reply = () => refusal(404, 'SMS.1902');
/** As SMS says it of a task. */
const gone: Reply = () => refusal(400, 'SMS.7703');
const busy: Reply = () => refusal(400, 'SMS.2015');

const deletions: [string, (sms: SmsClient) => Promise<void>][] = [
  ['tasks.delete', (sms) => sms.tasks.delete('a')],
  ['sourceServers.delete', (sms) => sms.sourceServers.delete('a')],
  ['templates.delete', (sms) => sms.templates.delete('a')],
  ['migrationProjects.delete', (sms) => sms.migrationProjects.delete('a')],
];

describe.each(deletions)('%s', (_, remove) => {
  it('treats a 404 as success when the first response was lost', async () => {
    const { requests, sms } = makeService(cut, missing);
    await resultOf(remove(sms));
    expect(requests).toHaveLength(2);
  });

  it('treats the code of SMS for what is gone, with a 400, in the same way', async () => {
    const { requests, sms } = makeService(cut, gone);
    await resultOf(remove(sms));
    expect(requests).toHaveLength(2);
    await expect(resultOf(remove(makeService(gone).sms))).rejects.toMatchObject({ name: 'NotFoundError', status: 400 });
  });

  it('does not treat the 404 of a web page as success', async () => {
    const page = () => new Response('<html>', { status: 404 });
    await expect(resultOf(remove(makeService(cut, page).sms))).rejects.toMatchObject({ name: 'OutcomeUnknownError' });
  });

  it('throws a 404 when no response was lost', async () => {
    await expect(resultOf(remove(makeService(missing).sms))).rejects.toMatchObject({ name: 'NotFoundError' });
    const refused = makeService(() => failWith('ECONNREFUSED'), missing);
    await expect(resultOf(remove(refused.sms))).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('throws OutcomeUnknownError after nothing but lost responses, or after a refusal that follows one', async () => {
    await expect(resultOf(remove(makeService(cut).sms))).rejects.toMatchObject({
      name: 'OutcomeUnknownError',
      error: { name: 'NetworkError' },
    });
    await expect(resultOf(remove(makeService(cut, busy).sms))).rejects.toMatchObject({
      name: 'OutcomeUnknownError',
      error: { name: 'ConflictError' },
    });
  });

  it('throws an error that proves that nothing was deleted unchanged', async () => {
    await expect(resultOf(remove(makeService(busy).sms))).rejects.toMatchObject({ name: 'ConflictError' });
    await expect(resultOf(remove(makeService(() => failWith('ECONNREFUSED')).sms))).rejects.toMatchObject({
      name: 'NetworkError',
    });
  });
});

const creations: [string, (sms: SmsClient) => Promise<{ id: string }>][] = [
  ['templates.create', (sms) => sms.templates.create({ name: 'a' })],
  [
    'migrationProjects.create',
    (sms) => sms.migrationProjects.create({ name: 'a', region: 'cn-north-4', type: 'MIGRATE_FILE' }),
  ],
];

describe.each(creations)('%s', (_, create) => {
  it('is never sent again after a lost response, and the outcome is unknown', async () => {
    for (const lost of [cut, () => refusal(500), () => new Response('<html>')]) {
      const { requests, sms } = makeService(lost, done);
      await expect(resultOf(create(sms))).rejects.toMatchObject({ name: 'OutcomeUnknownError' });
      expect(requests).toHaveLength(1);
    }
  });

  it('throws an error that proves that nothing was created unchanged, and is sent again when it was never sent', async () => {
    await expect(resultOf(create(makeService(() => refusal(409)).sms))).rejects.toMatchObject({
      name: 'ConflictError',
    });
    expect(await resultOf(create(makeService(() => failWith('ECONNREFUSED'), done).sms))).toEqual({ id: 'new-1' });
  });

  it('rejects with the reason of its signal, whatever was sent', async () => {
    const controller = new AbortController();
    const { fetch } = fakeFetch(({ signal }) => {
      controller.abort('enough');
      return Promise.reject(signal.reason);
    });
    const sms = makeClient(fetch);
    await expect(sms.tasks.delete('a', { signal: controller.signal })).rejects.toBe('enough');
  });
});

describe('a login', () => {
  it('that fails leaves no doubt about the request that needed it', async () => {
    const { fetch } = fakeFetch(
      () => done() as Response,
      () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } })),
    );
    const sms = makeClient(fetch, { maxRetries: 0 });
    await expect(sms.templates.create({ name: 'a' })).rejects.toMatchObject({ name: 'NetworkError' });
  });

  it('that fails after a 401 leaves no doubt about the refused request', async () => {
    const { fetch } = fakeFetch(
      () => refusal(401, 'APIGW.0307'),
      (_, count) =>
        count === 1
          ? Response.json(
              { token: { issued_at: '2026-01-01T00:00:00Z', expires_at: '2999-01-02T00:00:00Z', user: { name: 'n' } } },
              { status: 201, headers: { 'x-subject-token': 'token-1' } },
            )
          : Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } })),
    );
    const sms = makeClient(fetch, { maxRetries: 0 });
    const error = await sms.tasks.delete('a').catch((reason: Error) => reason);
    expect((error as Error).name).not.toBe('OutcomeUnknownError');
  });
});
