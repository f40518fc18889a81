import { ConflictError, InvalidRequestError, ResponseFormatError, type Task } from '@org/sms-client';
import { describe, expect, it } from 'vitest';
import { refusal, taskResponse } from '../support/fake-fetch.js';
import { makeScripted, states, taskId } from '../support/fake-task.js';
import { makePair } from '../support/make-client.js';

const describeRequest = ({ method, url, body }: { method: string; url: URL; body: string | undefined }) => ({
  method,
  path: url.pathname,
  query: url.search,
  body,
});

describe('tasks.get', () => {
  it('sends GET /v3/tasks/{task_id} and returns the task', async () => {
    const { requests, sms } = makeScripted(() => taskResponse('RUNNING', { unheard_of: { a: 1 } }));
    expect(await sms.tasks.get(taskId)).toEqual({ id: taskId, state: 'RUNNING', unheard_of: { a: 1 } });
    expect(requests.map(describeRequest)).toEqual([
      { method: 'GET', path: '/v3/tasks/task-1', query: '', body: undefined },
    ]);
  });

  it('returns the steps and both servers of a task', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING' });
    const task: Task = await sms.tasks.get(id);
    expect(task).toMatchObject({
      id,
      state: 'RUNNING',
      source_server: { os_type: 'LINUX' },
      target_server: { id: expect.any(String) },
    });
    expect(task.sub_tasks?.[0]?.name).toBe('SSL_CONFIG');
  });

  it('refuses a response that misses its schema, unlike a wait', async () => {
    const { sms } = makeScripted(() => taskResponse('RUNNING', { priority: 'high' }));
    await expect(sms.tasks.get(taskId)).rejects.toBeInstanceOf(ResponseFormatError);
  });

  it('keeps a strange id one segment of the path', async () => {
    const { requests, sms } = makeScripted(states('RUNNING'));
    await sms.tasks.get('../a;b?c#d%');
    expect(requests[0]?.url.pathname).toBe('/v3/tasks/..%2Fa%3Bb%3Fc%23d%25');
  });
});

describe('tasks.list', () => {
  it('sends GET /v3/tasks, and the query when there is one', async () => {
    const { requests, sms } = makeScripted(() => Response.json({ count: 300, tasks: [{ id: 'a', state: 'READY' }] }));
    expect(await sms.tasks.list()).toEqual({ count: 300, tasks: [{ id: 'a', state: 'READY' }] });
    await sms.tasks.list({ state: 'RUNNING', name: 'a&b', limit: 200, offset: 0, enterprise_project_id: undefined });
    expect(requests.map(describeRequest)).toEqual([
      { method: 'GET', path: '/v3/tasks', query: '', body: undefined },
      { method: 'GET', path: '/v3/tasks', query: '?state=RUNNING&name=a%26b&limit=200&offset=0', body: undefined },
    ]);
  });

  it('returns one page, by default the first 100, and the number of all matches', async () => {
    const { sms } = makePair({ tasks: Array.from({ length: 120 }, (_, index) => ({ id: `task-${index}` })) });
    const first = await sms.tasks.list();
    expect([first.count, first.tasks.length]).toEqual([120, 100]);
    const second = await sms.tasks.list({ offset: 100 });
    expect([second.count, second.tasks.length]).toEqual([120, 20]);
  });

  it.each([
    { limit: 201 },
    { limit: -1 },
    { limit: 1.5 },
    { offset: 65_536 },
    { id: '' },
    { stat: 'READY' },
    { name: 5 },
  ])('refuses the query %j before anything is sent', async (query) => {
    const { requests, sms } = makeScripted(states());
    const call = sms.tasks.list(query as never);
    await expect(call).rejects.toBeInstanceOf(InvalidRequestError);
    expect(requests).toHaveLength(0);
  });

  it('refuses an item without an id', async () => {
    const { sms } = makeScripted(() => Response.json({ count: 1, tasks: [{ state: 'READY' }] }));
    await expect(sms.tasks.list()).rejects.toBeInstanceOf(ResponseFormatError);
  });
});

describe('tasks.act', () => {
  it('sends POST /v3/tasks/{task_id}/action with the given body', async () => {
    const { requests, sms } = makeScripted(states());
    const cursor = await sms.tasks.act(taskId, { operation: 'start' });
    expect(cursor).toMatchObject({ version: 1, id: taskId, operation: 'start', stage: 'accepted' });
    await sms.tasks.act(taskId, {
      operation: 'clone_test',
      template_id: 't',
      switch_hce: true,
      is_need_consistency_check: false,
    });
    await sms.tasks.act(taskId, { operation: 'one_of_tomorrow' });
    expect(requests.map(describeRequest).filter(({ method }) => method === 'POST')).toEqual(
      [
        '{"operation":"start"}',
        '{"operation":"clone_test","template_id":"t","switch_hce":true,"is_need_consistency_check":false}',
        '{"operation":"one_of_tomorrow"}',
      ].map((body) => ({ method: 'POST', path: '/v3/tasks/task-1/action', query: '', body })),
    );
  });

  it.each([
    {},
    { operation: 5 },
    { operation: 'start', extra: 1 },
    { operation: 'start', switch_hce: 'yes' },
    null,
    'start',
  ])('refuses the body %j before anything is sent', async (body) => {
    const { requests, sms } = makeScripted(states());
    await expect(sms.tasks.act(taskId, body as never)).rejects.toBeInstanceOf(InvalidRequestError);
    expect(requests).toHaveLength(0);
  });

  it.each(['', '""', '{}'])('accepts the response %j as success', async (text) => {
    const { sms } = makeScripted(states(), () => new Response(text));
    expect(await sms.tasks.act(taskId, { operation: 'stop' })).toMatchObject({ operation: 'stop', stage: 'accepted' });
  });

  it('is a ConflictError when the state of the task does not allow the operation', async () => {
    const { sms } = makePair({ tasks: [{ id: 'a', state: 'READY' }] });
    await expect(sms.tasks.act('a', { operation: 'stop' })).rejects.toBeInstanceOf(ConflictError);
    const { sms: other } = makeScripted(states(), () => refusal(409, 'SMS.7777'));
    await expect(other.tasks.act(taskId, { operation: 'stop' })).rejects.toBeInstanceOf(ConflictError);
  });
});

describe.each(['start', 'stop', 'restart'] as const)('tasks.%s', (operation) => {
  const ready = {
    start: ['READY', 'ABORT', 'MIGRATE_FAIL', 'MIGRATE_SUCCESS'],
    stop: ['RUNNING', 'SYNCING'],
    restart: ['MIGRATE_FAIL'],
  };
  const conflict = { start: 'RUNNING', stop: 'READY', restart: 'ABORT' };

  it('reads the task, sends one request and resolves with a cursor', async () => {
    const { requests, sms } = makeScripted(states(ready[operation][0] ?? ''));
    expect(await sms.tasks[operation](taskId)).toMatchObject({ id: taskId, operation, stage: 'accepted' });
    const expected = {
      method: 'POST',
      path: '/v3/tasks/task-1/action',
      query: '',
      body: JSON.stringify({ operation }),
    };
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
    expect(requests.map(describeRequest).at(-1)).toEqual(expected);
  });

  it.each(ready[operation])(
    'is accepted for a task in %s, and resolves before the migration is done',
    async (state) => {
      const { simulator, sms } = makePair();
      const id = simulator.addTask({ state });
      await sms.tasks[operation](id);
      expect((await sms.tasks.get(id)).state).toBe(operation === 'stop' ? 'ABORTING' : 'RUNNING');
    },
  );

  it('is a ConflictError when the state of the task does not allow it', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: conflict[operation] });
    await expect(sms.tasks[operation](id)).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('tasks.stop', () => {
  it('leaves the task in ABORTING for a while, then in ABORT', async () => {
    const { simulator, sms } = makePair();
    const id = simulator.addTask({ state: 'RUNNING' });
    await sms.tasks.stop(id);
    expect((await sms.tasks.get(id)).state).toBe('ABORTING');
    simulator.advance(60_000);
    expect((await sms.tasks.get(id)).state).toBe('ABORT');
  });
});
