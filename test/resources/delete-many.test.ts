import type { DeleteOutcome } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failWith, fakeFetch, refusal, type SentRequest } from '../support/fake-fetch.js';
import { resultOf, useFakeTime } from '../support/fake-time.js';
import { makeClient, makePair } from '../support/make-client.js';

useFakeTime();

function makeService(
  respond: (request: SentRequest, count: number) => Response | Promise<Response> = () => new Response('""'),
) {
  const { fetch, sms: requests } = fakeFetch(respond);
  return { requests, sms: makeClient(fetch, { maxRetries: 0 }) };
}

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
const idsIn = (request: SentRequest) => JSON.parse(request.body ?? '').ids as string[];

/** A service that deletes a batch only when all of it can be deleted, and loses the responses to the given requests. */
function makeAtomicService({ busy = [], missing = [], lost = [] }: Record<string, readonly (string | number)[]>) {
  const there = new Set(idsOf(300).filter((id) => !missing.includes(id)));
  const service = makeService((request, count) => {
    const ids = idsIn(request);
    const loses = lost.includes(count);
    const performs = !ids.some((id) => busy.includes(id) || !there.has(id)) && (!loses || count % 2 === 0);
    const respond = () => {
      if (ids.some((id) => !there.has(id))) return refusal(404, 'SMS.1902');
      return ids.some((id) => busy.includes(id)) ? refusal(400, 'SMS.2015') : new Response('""');
    };
    const response = respond();
    if (performs) for (const id of ids) there.delete(id);
    return loses ? failWith('ECONNRESET', 'read ECONNRESET') : response;
  });
  return { ...service, there };
}

describe('deleteMany', () => {
  it('sends every id once, in order, at most 50 per request, and returns one outcome for each id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(260), async (count) => {
        const { requests, sms } = makeService();
        const outcomes = await sms.tasks.deleteMany([...idsOf(count), ...idsOf(count)]);
        const sent = requests.map(idsIn);
        expect(sent.flat()).toEqual(idsOf(count));
        expect(sent.every(({ length }) => length <= 50)).toBe(true);
        expect(outcomes).toEqual(idsOf(count).map((id) => ({ id, outcome: 'deleted' })));
        expect(requests).toHaveLength(Math.ceil(count / 50));
      }),
      { numRuns: 20 },
    );
  });

  it('finds the cause of a refused batch, and deletes the rest', async () => {
    const { requests, sms } = makeAtomicService({ busy: ['id-7', 'id-60'], missing: ['id-90'] });
    const outcomes = await sms.sourceServers.deleteMany(idsOf(120));
    expect(outcomes.map(({ id }) => id)).toEqual(idsOf(120));
    expect(outcomes.filter(({ outcome }) => outcome !== 'deleted')).toMatchObject([
      { id: 'id-7', outcome: 'not-deleted', error: { name: 'ConflictError', code: 'SMS.2015' } },
      { id: 'id-60', outcome: 'not-deleted', error: { name: 'ConflictError' } },
      { id: 'id-90', outcome: 'gone' },
    ]);
    expect(requests.length).toBeLessThan(45);
  });

  it('reports the outcome of each id, whatever is busy, missing or lost', async () => {
    const some = (most: number) => fc.uniqueArray(fc.nat(most), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.nat(70), some(70), some(70), some(12), async (count, busyAt, missingAt, lost) => {
        const busy = busyAt.map((index) => `id-${index}`);
        const missing = missingAt.map((index) => `id-${index}`);
        const { sms, there } = makeAtomicService({ busy, missing, lost });
        const seen: DeleteOutcome[] = [];
        const outcomes = await sms.tasks.deleteMany(idsOf(count), { onOutcome: (outcome) => seen.push(outcome) });
        expect(outcomes.map(({ id }) => id)).toEqual(idsOf(count));
        expect([...seen].sort(byId)).toEqual([...outcomes].sort(byId));
        for (const { id, outcome } of outcomes) {
          if (outcome === 'deleted' || outcome === 'gone') expect(there.has(id)).toBe(false);
          if (outcome === 'not-deleted') expect(there.has(id)).toBe(true);
          if (lost.length === 0) expect(outcome).not.toBe('unknown');
          if (lost.length === 0) expect(outcome === 'gone').toBe(missing.includes(id));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('treats a 404 as a deletion when the first response was lost', async () => {
    const cut = makeService((_, count) => (count === 1 ? failWith('ECONNRESET') : refusal(404, 'SMS.1902')));
    expect(await resultOf(cut.sms.tasks.deleteMany(['a', 'b'], { maxRetries: 1 }))).toEqual([
      { id: 'a', outcome: 'deleted' },
      { id: 'b', outcome: 'deleted' },
    ]);
  });

  it('treats the code of SMS for what is gone, with a 400, as it treats a 404', async () => {
    const gone = () => refusal(400, 'SMS.7703');
    const cut = makeService((_, count) => (count === 1 ? failWith('ECONNRESET') : gone()));
    expect(await resultOf(cut.sms.tasks.deleteMany(['a', 'b'], { maxRetries: 1 }))).toEqual([
      { id: 'a', outcome: 'deleted' },
      { id: 'b', outcome: 'deleted' },
    ]);
    const one = makeService((request) => (idsIn(request).includes('b') ? gone() : new Response('""')));
    expect(await one.sms.tasks.deleteMany(['a', 'b', 'c'])).toEqual([
      { id: 'a', outcome: 'deleted' },
      { id: 'b', outcome: 'gone' },
      { id: 'c', outcome: 'deleted' },
    ]);
    const late = makeService((_, count) => (count === 1 ? gone() : new Response('""')));
    expect(await late.sms.tasks.deleteMany(['a'])).toEqual([{ id: 'a', outcome: 'deleted' }]);
  });

  it.each([200, 400])('finds the id that a batch is refused for with %i and a code', async (status) => {
    const { requests, sms } = makeService((request) =>
      idsIn(request).includes('busy') ? refusal(status, 'SMS.2015') : new Response('""'),
    );
    expect(await sms.tasks.deleteMany(['a', 'busy', 'c'])).toMatchObject([
      { id: 'a', outcome: 'deleted' },
      { id: 'busy', outcome: 'not-deleted', error: { code: 'SMS.2015' } },
      { id: 'c', outcome: 'deleted' },
    ]);
    expect(requests).toHaveLength(5);
  });

  it('does not conclude from one 404, because a new item may not be visible yet', async () => {
    const { sms } = makeService((_, count) => (count === 1 ? refusal(404, 'SMS.1902') : new Response('""')));
    expect(await sms.templates.deleteMany(['a'])).toEqual([{ id: 'a', outcome: 'deleted' }]);
  });

  it.each([
    ['a connection that is cut', () => failWith('ECONNRESET', 'read ECONNRESET'), 'unknown', 'NetworkError'],
    ['a page that is no JSON', () => new Response('<html>'), 'unknown', 'ResponseFormatError'],
    ['a 500', () => refusal(500), 'unknown', 'ServerError'],
    ['a connection that is never made', () => failWith('ECONNREFUSED'), 'not-deleted', 'NetworkError'],
    ['a 429', () => refusal(429), 'not-deleted', 'RateLimitError'],
  ] as const)('reports what cannot be known as unknown: %s', async (_, respond, outcome, name) => {
    const { requests, sms } = makeService(respond);
    const outcomes = await sms.tasks.deleteMany(idsOf(60));
    expect(outcomes).toHaveLength(60);
    for (const one of outcomes) expect(one).toMatchObject({ outcome, error: { name } });
    // The other batch is sent, and neither is split.
    expect(requests).toHaveLength(2);
  });

  it('does not conclude anything from the page of a proxy', async () => {
    for (const status of [403, 404]) {
      const { requests, sms } = makeService(() => new Response('<html>', { status }));
      for (const outcome of await sms.tasks.deleteMany(idsOf(3))) expect(outcome.outcome).toBe('not-deleted');
      expect(requests).toHaveLength(1);
    }
  });

  it('sends nothing for an empty list, and returns an empty list', async () => {
    const { requests, sms } = makeService();
    expect(await sms.tasks.deleteMany([])).toEqual([]);
    expect(requests).toHaveLength(0);
  });

  it.each([[['']], [[7]], ['id'], [undefined], [['a', null]]])('refuses %j before anything is sent', async (ids) => {
    const { requests, sms } = makeService();
    await expect(sms.templates.deleteMany(ids as string[])).rejects.toMatchObject({ name: 'InvalidRequestError' });
    expect(requests).toHaveLength(0);
  });

  it('refuses invalid options before anything is sent', async () => {
    const { requests, sms } = makeService();
    for (const options of [{ onOutcome: 'x' }, { timeoutMs: 'x' }]) {
      await expect(sms.templates.deleteMany(['a'], options as object)).rejects.toMatchObject({
        name: 'InvalidRequestError',
      });
    }
    expect(requests).toHaveLength(0);
  });

  it('reports what was done before an abort, and what the abort interrupted', async () => {
    const controller = new AbortController();
    const { requests, sms } = makeService((request, count) => {
      if (count === 1) return new Response('""');
      return new Promise<Response>((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason));
        controller.abort('enough');
      });
    });
    const seen: DeleteOutcome[] = [];
    const deletion = sms.tasks.deleteMany(idsOf(120), {
      signal: controller.signal,
      onOutcome: (outcome) => seen.push(outcome),
    });
    await expect(deletion).rejects.toBe('enough');
    expect(requests).toHaveLength(2);
    expect(seen).toEqual([
      ...idsOf(50).map((id) => ({ id, outcome: 'deleted' })),
      ...idsOf(100)
        .slice(50)
        .map((id) => ({ id, outcome: 'unknown' })),
    ]);
  });

  it('reports after an abort that a refused batch was not deleted', async () => {
    const controller = new AbortController();
    const { sms } = makeService((_, count) => {
      if (count === 2) controller.abort('enough');
      return refusal(400, 'SMS.2015');
    });
    const seen: DeleteOutcome[] = [];
    const options = { signal: controller.signal, onOutcome: (outcome: DeleteOutcome) => seen.push(outcome) };
    await expect(sms.tasks.deleteMany(idsOf(4), options)).rejects.toBe('enough');
    // The half that was under way when the signal aborted may have been deleted.
    expect(seen.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['id-0', 'unknown'],
      ['id-1', 'unknown'],
      ['id-2', 'not-deleted'],
      ['id-3', 'not-deleted'],
    ]);
  });

  it('goes on when onOutcome throws', async () => {
    const { sms } = makeService();
    const onOutcome = () => {
      throw new Error('mine');
    };
    expect(await sms.tasks.deleteMany(['a', 'b'], { onOutcome })).toHaveLength(2);
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
      expect(outcome).toMatchObject([{ outcome: 'deleted' }]);
    }
    await expect(sms.templates.get(template)).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});

const byId = (one: DeleteOutcome, other: DeleteOutcome) => one.id.localeCompare(other.id);
