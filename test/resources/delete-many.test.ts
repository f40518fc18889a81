import { SmsClient } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeFetch, refusal, type SentRequest } from '../support/fake-fetch.js';
import { account, makePair } from '../support/make-client.js';

function makeService(answer: (request: SentRequest, count: number) => Response = () => new Response('""')) {
  const { fetch, sms: requests } = fakeFetch(answer);
  const endpoints = { endpoint: 'https://sms.example.com', iamEndpoint: 'https://iam.example.com' };
  return { requests, sms: new SmsClient({ ...endpoints, credentials: account, fetch, maxRetries: 0 }) };
}

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);

describe('deleteMany', () => {
  it('sends every id once, in order, at most 50 a request, and answers one outcome a request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 260 }), async (count) => {
        const { requests, sms } = makeService();
        const outcomes = await sms.tasks.deleteMany(idsOf(count));
        const sent = requests.map(({ body }) => JSON.parse(body ?? '').ids as string[]);
        expect(sent.flat()).toEqual(idsOf(count));
        expect(sent.every(({ length }) => length <= 50)).toBe(true);
        expect(outcomes).toEqual(sent.map((ids) => ({ ids, deleted: true })));
        expect(outcomes).toHaveLength(Math.ceil(count / 50));
      }),
      { numRuns: 20 },
    );
  });

  it('goes on after a request that failed, whose ids come back with the error', async () => {
    const { requests, sms } = makeService((_, count) => (count === 2 ? refusal(400, 'SMS.2015') : new Response('""')));
    const outcomes = await sms.sourceServers.deleteMany(idsOf(120));
    expect(outcomes.map(({ deleted }) => deleted)).toEqual([true, false, true]);
    expect(outcomes[1]).toMatchObject({
      ids: idsOf(120).slice(50, 100),
      error: { name: 'ConflictError', code: 'SMS.2015' },
    });
    expect(requests).toHaveLength(3);
  });

  it.each([[[]], [['']], [[7]], ['id'], [undefined], [['a', null]]])(
    'refuses %j before anything is sent',
    async (ids) => {
      const { requests, sms } = makeService();
      await expect(sms.templates.deleteMany(ids as string[])).rejects.toMatchObject({ name: 'InvalidRequestError' });
      expect(requests).toHaveLength(0);
    },
  );

  it('rejects with the reason of its signal, between two requests too', async () => {
    const controller = new AbortController();
    const { requests, sms } = makeService(() => {
      controller.abort('enough');
      return new Response('""');
    });
    await expect(sms.tasks.deleteMany(idsOf(60), { signal: controller.signal })).rejects.toBe('enough');
    expect(requests).toHaveLength(1);
  });

  it('deletes tasks, source servers and templates of the service', async () => {
    const { simulator, sms } = makePair();
    const task = simulator.addTask();
    const source = simulator.addSourceServer();
    const { id: template } = await sms.templates.create({ name: 'a' });
    for (const outcome of [
      await sms.tasks.deleteMany([task]),
      await sms.sourceServers.deleteMany([source]),
      await sms.templates.deleteMany([template]),
    ]) {
      expect(outcome).toMatchObject([{ deleted: true }]);
    }
    await expect(sms.templates.get(template)).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});
