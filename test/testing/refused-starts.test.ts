import { describe, expect, it } from 'vitest';
import { createSimulator, type TaskState } from '../../src/testing/index.js';
import { makeClient } from '../support/make-client.js';
import { newTask } from './bodies.js';
import { adapterNames, createBench, createCaller, fetchEndpoints, openEndpoints } from './support.js';

describe.each(adapterNames)('starts through %s', (name) => {
  it.each([
    ['a disconnected agent', { connected: false }, 'SMS.6603'],
    ['a failed check', { checks: [{ name: 'RSYNC', result: 'ERROR', error_code: 'SMS.6517' }] as const }, 'SMS.6520'],
  ])('are refused for %s: start, restart and auto_start', async (_name, seed, code) => {
    await using simulator = createSimulator();
    const source = simulator.addSourceServer(seed);
    const call = await createCaller(await openEndpoints(simulator, name));
    for (const [state, operation] of [
      ['READY', 'start'],
      ['MIGRATE_FAIL', 'restart'],
    ] as const) {
      const id = simulator.addTask({ source_server_id: source, state });
      const reply = await call('POST', `/v3/tasks/${id}/action`, { operation });
      expect([reply.status, reply.json.error_code]).toEqual([400, code]);
      expect(simulator.task(id).state).toBe(state);
    }
    const before = (await call('GET', '/v3/tasks')).json.count;
    const body = { ...newTask, source_server: { id: source } };
    const refused = await call('POST', '/v3/tasks', { ...body, auto_start: true });
    expect([refused.status, refused.json.error_code]).toEqual([400, code]);
    expect((await call('GET', '/v3/tasks')).json.count).toBe(before);
    expect((await call('POST', '/v3/tasks', body)).status).toBe(200);
  });
});

describe('starts', () => {
  const states: TaskState[] = [
    'READY',
    'RUNNING',
    'SYNCING',
    'ABORTING',
    'ABORT',
    'SKIPPING',
    'RESETING',
    'DELETING',
    'FAIL',
  ];
  const others: TaskState[] = [
    'MIGRATE_FAIL',
    'MIGRATE_SUCCESS',
    'SYNC_FAIL',
    'SYNC_SUCCESS',
    'SUCCESS',
    'SYNC_F_ROLLBACKING',
  ];

  it('are refused exactly where explainStart says so', async () => {
    for (const state of [...states, ...others, 'SYNC_F_ROLLBACK_SUCCESS' as const]) {
      for (const [connected, result, isAccepted] of [
        [true, 'WARN', true],
        [false, 'OK', true],
        [true, 'ERROR', true],
        [true, 'OK', false],
      ] as const) {
        const simulator = createSimulator({ privacyAgreementAccepted: isAccepted, now: () => 1_700_000_000_000 });
        const source_server_id = simulator.addSourceServer({ connected, checks: [{ name: 'CPU', result }] });
        const id = simulator.addTask({ state, source_server_id });
        const sms = makeClient(simulator);
        const { canStart } = await sms.tasks.explainStart(id);
        const call = await createCaller(fetchEndpoints(simulator));
        const { status } = await call('POST', `/v3/tasks/${id}/action`, { operation: 'start' });
        expect([state, connected, result, isAccepted, status === 200]).toEqual([
          state,
          connected,
          result,
          isAccepted,
          canStart,
        ]);
      }
    }
  });

  it('work with the old state names FAIL and SUCCESS', async () => {
    const { simulator, act, show } = await createBench();
    const [failed, copied] = [simulator.addTask({ state: 'FAIL' }), simulator.addTask({ state: 'SUCCESS' })];
    for (const id of [failed, copied]) expect((await act(id, 'start')).status).toBe(200);
    expect((await show(failed)).sub_tasks).toHaveLength(4);
    expect((await show(copied)).sub_tasks.at(-1).user_op).toBe('RESYNC0');
    expect((await act(simulator.addTask({ state: 'FAIL' }), 'restart')).status).toBe(200);
  });
});
