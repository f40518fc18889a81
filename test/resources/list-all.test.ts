import type { SmsClient } from '@org/sms-client';
import { SmsClient as Client } from '@org/sms-client';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { collect } from '../support/collect.js';
import { makeCountingController } from '../support/counting-signal.js';
import { fakeFetch, refusal, type SentRequest } from '../support/fake-fetch.js';
import { account, makePair } from '../support/make-client.js';

const endpoints = { endpoint: 'https://sms.example.com', iamEndpoint: 'https://iam.example.com' };

/** A list of the service with pages of a changing collection. */
function makeList(read: (limit: number, offset: number, count: number) => { ids: string[]; total?: number | null }) {
  const respond = (request: SentRequest, count: number) => {
    const number = (name: string) => Number(request.url.searchParams.get(name));
    const { ids, total } = read(number('limit'), number('offset'), count);
    return Response.json({ count: total, tasks: ids.map((id) => ({ id, state: 'READY' })) });
  };
  const { fetch, sms: requests } = fakeFetch(respond);
  const sms = new Client({ ...endpoints, credentials: account, fetch, maxRetries: 0 });
  return { sms, requests, offsets: () => requests.map(({ url }) => url.searchParams.get('offset')) };
}

const idsOf = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first) }, (_, index) => `t-${first + index}`);
const pageOf = (total: number) => (limit: number, offset: number) => ({
  ids: idsOf(offset, Math.min(total, offset + limit)),
  total,
});

describe('listAll', () => {
  it('yields every item once, in order, for any size; a full page is followed by another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(650), fc.integer({ min: 1, max: 200 }), async (total, limit) => {
        const { requests, sms } = makeList(pageOf(total));
        const tasks = await collect(sms.tasks.listAll({ limit }));
        expect(tasks.map(({ id }) => id)).toEqual(idsOf(0, total));
        // A page overlaps the one before by an item, which makes the largest pages one item shorter.
        const pages = limit < 200 ? total / limit : Math.max(0, total - 1) / 199;
        expect(requests).toHaveLength(Math.floor(pages) + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('requests the largest page unless the query says otherwise, and begins at its offset', async () => {
    const { requests, sms } = makeList(pageOf(3));
    expect(await collect(sms.tasks.listAll({ offset: 2, state: 'READY' }))).toHaveLength(1);
    expect(Object.fromEntries(requests[0]?.url.searchParams ?? [])).toEqual({
      state: 'READY',
      limit: '200',
      offset: '2',
    });
  });

  it('goes by the size of the pages when the service does not count', async () => {
    const { offsets, sms } = makeList((limit, offset) => ({
      ids: idsOf(offset, Math.min(4, offset + limit)),
      total: null,
    }));
    expect(await collect(sms.tasks.listAll({ limit: 2 }))).toHaveLength(4);
    expect(offsets()).toEqual(['0', '1', '3', '4']);
  });

  it('goes on after a page that is shorter than requested', async () => {
    const { offsets, sms } = makeList((_, offset) => ({ ids: idsOf(offset, Math.min(5, offset + 2)), total: 5 }));
    expect(await collect(sms.tasks.listAll({ limit: 200 }))).toHaveLength(5);
    expect(offsets()).toEqual(['0', '1', '2', '3']);
  });

  it('reads once more when a page is empty although the count says that there are items', async () => {
    const { requests, sms } = makeList(() => ({ ids: [], total: 10_000 }));
    expect(await collect(sms.tasks.listAll())).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  it('yields no item twice when items are inserted before it between two pages', async () => {
    const shifted = ['new-1', 'new-2', ...idsOf(0, 4)];
    const { sms } = makeList((limit, offset, count) => {
      const all = count === 1 ? idsOf(0, 4) : shifted;
      return { ids: all.slice(offset, offset + limit), total: all.length };
    });
    expect((await collect(sms.tasks.listAll({ limit: 2 }))).map(({ id }) => id).sort()).toEqual(shifted.sort());
  });

  it('misses nothing when the loop deletes, or changes what the query asks for', async () => {
    const { simulator, sms } = makePair({ tasks: Array.from({ length: 180 }, () => ({ state: 'MIGRATE_FAIL' })) });
    let started = 0;
    for await (const { id } of sms.tasks.listAll({ state: 'MIGRATE_FAIL', limit: 50 })) {
      await sms.tasks.act(id, { operation: 'start' });
      started += 1;
    }
    expect(started).toBe(180);
    const ids = Array.from({ length: 180 }, () => simulator.addTask({ state: 'ABORT' }));
    for await (const { id } of sms.tasks.listAll({ state: 'ABORT', limit: 50 })) await sms.tasks.delete(id);
    simulator.advance(60_000);
    expect((await sms.tasks.list({ state: 'ABORT' })).count).toBe(0);
    expect(ids).toHaveLength(180);
  });

  it('refuses a list that is too long for the service to page through, before the first item', async () => {
    const { requests, sms } = makeList(pageOf(65_736));
    await expect(collect(sms.tasks.listAll())).rejects.toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('at most 65735 matches'),
    });
    expect(requests).toHaveLength(1);
    expect(await collect(makeList(pageOf(65_735)).sms.tasks.listAll())).toHaveLength(65_735);
  });

  it('distinguishes two errors of one source server', async () => {
    const { fetch } = fakeFetch(() =>
      Response.json({
        count: 3,
        migration_errors: [
          { source_id: 's', error_json: 'a' },
          { source_id: 's', error_json: 'b' },
          { host_name: 'h' },
        ],
      }),
    );
    const sms = new Client({ ...endpoints, credentials: account, fetch });
    expect(await collect(sms.sourceServers.listAllErrors())).toHaveLength(3);
  });

  it('ends at once when the loop is left while a page is in flight, and each loop begins anew', async () => {
    const { fetch, sms: requests } = fakeFetch(() => new Promise<Response>(() => undefined));
    const tasks = new Client({ ...endpoints, credentials: account, fetch }).tasks.listAll();
    for (const count of [1, 2]) {
      const iterator = tasks[Symbol.asyncIterator]();
      const next = iterator.next();
      await vi.waitFor(() => expect(requests).toHaveLength(count));
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
      expect(await next).toEqual({ done: true, value: undefined });
      expect(requests.at(-1)?.signal.aborted).toBe(true);
    }
  });

  it('fetches the next page while one is read', async () => {
    const { requests, sms } = makeList(pageOf(6));
    const items = sms.tasks.listAll({ limit: 2 })[Symbol.asyncIterator]();
    await items.next();
    await vi.waitFor(() => expect(requests).toHaveLength(2));
    await items.return?.();
  });

  it('ends with the loop: no further page, no listener, and the fetch in flight is aborted', async () => {
    const { controller, count } = makeCountingController();
    const { requests, sms } = makeList(pageOf(600));
    for await (const task of sms.tasks.listAll({}, { signal: controller.signal })) if (task.id === 't-0') break;
    expect(requests.length).toBeLessThanOrEqual(2);
    expect(requests.slice(1).every(({ signal: sent }) => sent.aborted)).toBe(true);
    expect(count.now).toBe(0);
  });

  it('rejects with the reason of its signal, before the first page and between two', async () => {
    const { requests, sms } = makeList(pageOf(6));
    await expect(collect(sms.tasks.listAll({}, { signal: AbortSignal.abort('early') }))).rejects.toBe('early');
    expect(requests).toHaveLength(0);
    const controller = new AbortController();
    const items = sms.tasks.listAll({ limit: 1 }, { signal: controller.signal })[Symbol.asyncIterator]();
    await items.next();
    controller.abort('late');
    await expect(items.next()).rejects.toBe('late');
  });

  it('throws the error of a page after the items before it', async () => {
    const { fetch } = fakeFetch(({ url }) =>
      url.searchParams.get('offset') === '0'
        ? Response.json({ count: 2, tasks: [{ id: 't-0', state: 'READY' }] })
        : refusal(403, 'SMS.9004'),
    );
    const seen: string[] = [];
    const sms = new Client({ ...endpoints, credentials: account, fetch });
    const read = async () => {
      for await (const { id } of sms.tasks.listAll({ limit: 1 })) seen.push(id);
    };
    await expect(read()).rejects.toMatchObject({ name: 'PermissionDeniedError' });
    expect(seen).toEqual(['t-0']);
  });

  it('throws a ResponseFormatError that names list and host when a page has no items', async () => {
    const sms = new Client({
      ...endpoints,
      credentials: account,
      fetch: fakeFetch(() => Response.json({ count: 2 })).fetch,
      responseValidation: 'warn',
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await expect(collect(sms.templates.listAll())).rejects.toMatchObject({
      name: 'ResponseFormatError',
      message:
        'A page of ListTemplates at sms.example.com has no items: templates: expected array, received something else',
    });
  });

  it('refuses an invalid query before anything is sent', async () => {
    const { requests, sms } = makeList(pageOf(1));
    await expect(collect(sms.tasks.listAll({ limit: 201 }))).rejects.toMatchObject({ name: 'InvalidRequestError' });
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['tasks', (sms: SmsClient) => sms.tasks.listAll({ limit: 2 }), 5],
    ['source servers', (sms: SmsClient) => sms.sourceServers.listAll({ limit: 2 }), 5],
    ['failed source servers', (sms: SmsClient) => sms.sourceServers.listAllErrors({ limit: 2 }), 5],
    ['templates', (sms: SmsClient) => sms.templates.listAll({ limit: 2 }), 3],
    // The service keeps a default one from the beginning.
    ['migration projects', (sms: SmsClient) => sms.migrationProjects.listAll({ limit: 2 }), 4],
  ] as const)('yields all %s of the service', async (_, list, expected) => {
    const { sms } = makePair({ tasks: Array.from({ length: 5 }, () => ({ state: 'MIGRATE_FAIL' })) });
    for (const name of ['a', 'b', 'c']) {
      await sms.templates.create({ name });
      await sms.migrationProjects.create({ name, region: 'cn-north-4', type: 'MIGRATE_FILE' });
    }
    expect(await collect<unknown>(list(sms))).toHaveLength(expected);
  });
});
