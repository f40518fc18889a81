import { type SmsClient, suggestedTarget } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/fake-client.js';
import { makeClient } from '../support/make-client.js';

const refuse = (): never => {
  throw new Error('hush-hush');
};
/** What throws whatever is done with it. */
const hostile: never = new Proxy({} as never, {
  get: refuse,
  has: refuse,
  ownKeys: refuse,
  getOwnPropertyDescriptor: refuse,
});

const connect = (fetch = () => Promise.resolve(Response.json({ id: 't', state: 'READY' }))) =>
  makeClient(fetch, { credentials: { token: 'token' }, maxRetries: 0 });

const makeSignal = (parts: object) =>
  ({
    aborted: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    ...parts,
  }) as unknown as AbortSignal;

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _item of items);
}

describe('an argument that throws when it is read', () => {
  it.each<[string, (sms: SmsClient) => unknown]>([
    ['the options of a call', (sms) => sms.tasks.get('t', hostile)],
    ['the query of a list', (sms) => readAll(sms.tasks.listAll(hostile))],
    ['the ids of a fleet', (sms) => sms.tasks.startMany(hostile)],
    ['the targets of a wait', (sms) => sms.tasks.waitForAll(hostile)],
    ['one target of a wait', (sms) => sms.tasks.waitForAll([hostile])],
    ['a network', (sms) => sms.tasks.checkNetworkAcl(hostile, {} as never)],
    ['a source server', () => suggestedTarget(hostile)],
    [
      'a signal that takes no listener',
      (sms) => sms.tasks.get('t', { signal: makeSignal({ addEventListener: refuse }) }),
    ],
    ['the same in a wait', (sms) => sms.tasks.waitFor('t', { signal: makeSignal({ addEventListener: refuse }) })],
  ])('is an InvalidRequestError without what it threw: %s', async (_what, use) => {
    const error = await rejectionOf((async () => use(connect()))());
    expect(error).toMatchObject({ name: 'InvalidRequestError' });
    expect(`${error.message}${error.stack}`).not.toContain('hush-hush');
  });

  it('does no harm when it is a signal that keeps its listener', async () => {
    const signal = makeSignal({ removeEventListener: refuse });
    expect(await connect().tasks.get('t', { signal })).toEqual({ id: 't', state: 'READY' });
  });

  it('is an abort without a reason when it is the reason of a signal', async () => {
    const signal = Object.defineProperty(makeSignal({ aborted: true }), 'reason', { get: refuse });
    expect(await rejectionOf(connect().tasks.get('t', { signal }))).toMatchObject({ name: 'AbortError' });
  });
});

describe('a rejection that throws when it is read', () => {
  const unreadable = Object.defineProperty(new Error('x'), 'message', { get: refuse });

  it.each<[string, unknown]>([
    ['everything', hostile],
    ['its message', unreadable],
  ])('is a NetworkError when it comes from a fetch: %s', async (_what, reason) => {
    const sms = connect(() => Promise.reject(reason));
    expect(await rejectionOf(sms.tasks.get('t'))).toMatchObject({
      name: 'NetworkError',
      message: expect.stringContaining('unknown reason'),
    });
  });

  it('is cause.error of a ConfigurationError when it comes from a credentials function', async () => {
    const sms = makeClient(() => Promise.reject(new Error('not sent')), { credentials: () => Promise.reject(hostile) });
    const error = await rejectionOf(sms.tasks.get('t'));
    expect(error).toMatchObject({ name: 'ConfigurationError' });
    expect((error.cause as { error: unknown }).error === hostile).toBe(true);
  });
});
