import { SmsClient } from '@org/sms-client';
import { describe, expect, it, vi } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { idsOf, itemsOf, makeFleet } from '../support/fake-fleet.js';
import { makeScripted, states, taskId } from '../support/fake-task.js';
import { errorOf, resultOf, useFakeTime } from '../support/fake-time.js';

useFakeTime();

function fail(): never {
  throw new TypeError("Cannot read properties of null (reading 'length')");
}

// Head and body of what a fetch returned may be the mistake as well.
const broken = { status: 200, headers: undefined, body: null, text: async () => '' } as unknown as Response;

describe.each([
  ['throws after it has sent', fail],
  ['returns a response without headers', () => broken],
])('a fetch that %s', (_what, respond) => {
  it('leaves a start open: polls show that it was performed', async () => {
    const { callsOf, service, sms } = makeFleet(itemsOf(1, 'READY'), ({ operation }) => {
      if (operation !== 'UpdateTaskStatus') return undefined;
      Object.assign(service.items[0] as object, { state: 'RUNNING', total_time: 1000 });
      return respond();
    });

    expect(await resultOf(sms.tasks.start('task-0'))).toMatchObject({ stage: 'accepted' });
    expect(callsOf('UpdateTaskStatus')).toHaveLength(1);
  });

  it.each(['start', 'stop'] as const)('has its own error when polls show that no %s was performed', async (act) => {
    const { acts, sms } = makeScripted(states('READY'), respond, { maxRetries: 2 });

    expect(await errorOf(sms.tasks[act](taskId))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/^fetch: .* threw a TypeError: .*; the request may have been sent$/),
    });
    expect(acts).toHaveLength(1);
  });

  it('ends no startMany: the other tasks are started, and it says what became of each', async () => {
    const { callsOf, service, sms } = makeFleet(itemsOf(4, 'READY'), ({ id, operation }) => {
      if (operation !== 'UpdateTaskStatus' || id === 'task-3') return undefined;
      if (id === 'task-0') Object.assign(service.items[0] as object, { state: 'RUNNING', total_time: 1000 });
      // Without a poll at the end of the lag nothing is known.
      if (id === 'task-2') setTimeout(() => service.items.splice(2, 1), 20_000);
      return respond();
    });

    expect(await resultOf(sms.tasks.startMany(idsOf(4)))).toMatchObject([
      { id: 'task-0', outcome: 'started' },
      { id: 'task-1', outcome: 'not-started', error: { name: 'ConfigurationError' } },
      { id: 'task-2', outcome: 'unknown', cursor: { stage: 'unknown' }, error: { name: 'OutcomeUnknownError' } },
      { id: 'task-3', outcome: 'started' },
    ]);
    expect(callsOf('UpdateTaskStatus')).toHaveLength(4);
  });

  it.each<[string, (sms: SmsClient) => Promise<unknown>]>([
    ['templates.create', (sms) => sms.templates.create({ name: 'a' })],
    ['templates.delete', (sms) => sms.templates.delete('a')],
    ['tasks.delete', (sms) => sms.tasks.delete('a')],
  ])('leaves the outcome of %s unknown, and is called once', async (_name, call) => {
    const { requests, sms } = makeFakeClient(respond, { maxRetries: 2 });

    expect(await errorOf(call(sms))).toMatchObject({
      name: 'OutcomeUnknownError',
      error: { name: 'ConfigurationError', cause: { error: { name: 'TypeError' } } },
    });
    expect(requests).toHaveLength(1);
  });
});

describe('a request that was certainly not sent', () => {
  it('is one whose login met the mistake', async () => {
    const { requests, sms } = makeFakeClient(fail, {}, fail);

    expect(await errorOf(sms.templates.create({ name: 'a' }))).toMatchObject({ name: 'ConfigurationError' });
    expect(requests).toEqual([]);
  });

  it('is one of a runtime without fetch', async () => {
    vi.stubGlobal('fetch', undefined);
    const sms = new SmsClient({
      endpoint: 'https://sms.test.example',
      iamEndpoint: 'https://iam.test.example',
      credentials: { token: 'token' },
    });
    const error = await errorOf(sms.templates.create({ name: 'a' }));
    vi.unstubAllGlobals();

    expect(error).toMatchObject({ name: 'ConfigurationError', message: expect.stringContaining('no fetch') });
  });
});
