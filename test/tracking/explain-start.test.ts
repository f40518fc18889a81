import {
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  type SmsClient,
  type StartForecast,
  taskStates,
} from '@org/sms-client';
import { createSimulator, type SimulatorOptions, type SourceSeed, type TaskSeed } from '@org/sms-client/testing';
import { describe, expect, it, vi } from 'vitest';
import { refusal } from '../support/fake-fetch.js';
import { itemsOf, makeFleet } from '../support/fake-fleet.js';
import { hang } from '../support/fake-task.js';
import { errorOf, resultOf, settle, useFakeTime } from '../support/fake-time.js';
import { account, makeClient } from '../support/make-client.js';

useFakeTime();

/** A task with a source server of its own, and a client. */
function make(source: SourceSeed = {}, task: TaskSeed = {}, options: SimulatorOptions = {}) {
  const simulator = createSimulator(options);
  const sourceId = simulator.addSourceServer(source);
  const id = simulator.addTask({ source_server_id: sourceId, ...task });
  return { simulator, id, sourceId, sms: makeClient(simulator) };
}

const codesOf = ({ reasons }: Pick<StartForecast, 'reasons'>) => reasons.map(({ code }) => code);

describe('explainStart', () => {
  it('finds no obstacle for a task that can start, and nothing unchecked', async () => {
    for (const state of ['READY', 'ABORT', 'MIGRATE_FAIL', 'SYNC_FAIL', 'MIGRATE_SUCCESS', 'SYNC_SUCCESS']) {
      const { id, sms } = make({}, { state });
      expect(await resultOf(sms.tasks.explainStart(id))).toEqual({ canStart: true, reasons: [], unchecked: [] });
      await resultOf(sms.tasks.start(id));
    }
  });

  it('agrees with the service, whatever the task, its source server and the agreement are like', async () => {
    const states = [...taskStates.startable, ...taskStates.busy];
    const checks = ['OK', 'WARN', 'ERROR'].map((result) => [{ name: 'RSYNC', result }]);
    for (const privacyAgreementAccepted of [true, false]) {
      for (const source of [{}, { connected: false }, ...checks.map((list) => ({ checks: list }))] as SourceSeed[]) {
        for (const state of (privacyAgreementAccepted ? states : ['READY', 'RUNNING']) as TaskSeed['state'][]) {
          const { id, sms } = make(source, { state }, { privacyAgreementAccepted });
          const { canStart } = await resultOf(sms.tasks.explainStart(id));
          const { error } = await settle(sms.tasks.act(id, { operation: 'start' }) as Promise<unknown>);
          expect({ state, source, canStart }).toEqual({ state, source, canStart: error === undefined });
        }
      }
    }
  });

  it('changes nothing: not the task, the source server or the agreement', async () => {
    const { id, simulator, sms } = make({ connected: false });
    await resultOf(sms.tasks.explainStart(id));
    const sent = simulator.requests.map(({ operation }) => operation);
    expect(sent).toEqual(['CreateToken', 'ShowTask', 'ShowServer', 'ShowPrivacyAgreements']);
  });

  it.each(taskStates.busy.filter((state) => state !== 'DELETING'))(
    'foresees the refusal of a busy task: %s',
    async (state) => {
      const { id, sms } = make({}, { state });
      const forecast = await resultOf(sms.tasks.explainStart(id));
      expect(forecast).toMatchObject({ canStart: false, reasons: [{ code: 'task-state' }] });
      expect(forecast.reasons[0]?.hint).toMatch(new RegExp(`The task is ${state}\\..*waitFor.*stop it`));
    },
  );

  it('foresees that a task being deleted cannot be started', async () => {
    const { id, sms } = make({}, { state: 'DELETING' });
    const forecast = await resultOf(sms.tasks.explainStart(id));
    expect(forecast).toMatchObject({ canStart: false, reasons: [{ code: 'task-state' }] });
    expect(forecast.reasons[0]?.hint).toMatch(/being deleted.*new one/);
  });

  it('assumes that an unknown state allows a start', async () => {
    const { id, simulator, sms } = make();
    simulator.task(id).set({ state: 'NOVEL' });
    expect(await resultOf(sms.tasks.explainStart(id))).toMatchObject({ canStart: true });
  });

  it('says when the source server is gone', async () => {
    const { sms } = makeFleet(itemsOf(1, 'READY', { source_server: { id: 'source-7' } }), ({ operation }) =>
      operation === 'ShowServer' ? refusal(404) : undefined,
    );
    const forecast = await resultOf(sms.tasks.explainStart('task-0'));
    expect(forecast).toMatchObject({ canStart: false, reasons: [{ code: 'source-missing' }], unchecked: [] });
    expect(forecast.reasons[0]?.hint).toMatch(/source-7 is gone.*Register it again/);
  });

  it('says when the agent is not connected, by the name of the server', async () => {
    const { id, sms } = make({ connected: false, name: 'web-3' });
    const forecast = await resultOf(sms.tasks.explainStart(id));
    expect(forecast).toMatchObject({ canStart: false, reasons: [{ code: 'agent-disconnected' }] });
    expect(forecast.reasons[0]?.hint).toMatch(/agent on web-3 is not connected.*HTTPS/);
  });

  it.each([null, undefined])('assumes that an agent is connected when the service says %s', async (connected) => {
    const { sms } = makeFleet(itemsOf(1, 'READY', { source_server: { id: 's' } }), ({ operation }) =>
      operation === 'ShowServer' ? Response.json({ id: 's', connected }) : undefined,
    );
    expect(await resultOf(sms.tasks.explainStart('task-0'))).toEqual({ canStart: true, reasons: [], unchecked: [] });
  });

  it('names each failed check with its code and hint, and no warnings', async () => {
    const { id, sms } = make({
      checks: [
        { name: 'RSYNC', result: 'ERROR', error_code: 'SMS.6517' },
        { name: 'FIRMWARE', result: 'WARN', error_code: 'SMS.6509' },
        { name: 'CPU', result: 'ERROR' },
        { name: 'MEMORY', result: 'ERROR', error_code: 'SMS.9999' },
      ],
    });
    const { reasons } = await resultOf(sms.tasks.explainStart(id));
    expect(reasons.map(({ code, hint }) => `${code}: ${hint}`).sort()).toEqual([
      'source-check: The check CPU failed. Correct it on the source host.',
      'source-check: The check MEMORY failed (SMS.9999). Correct it on the source host.',
      'source-check: The check RSYNC failed (SMS.6517). rsync is missing on the source. Install rsync on the source host.',
    ]);
  });

  it('says when the privacy agreement is not accepted', async () => {
    const { id, sms } = make({}, {}, { privacyAgreementAccepted: false });
    const forecast = await resultOf(sms.tasks.explainStart(id));
    expect(forecast).toMatchObject({ canStart: false, reasons: [{ code: 'privacy-agreement' }] });
    expect(forecast.reasons[0]?.hint).toContain('privacyAgreements.accept()');
  });

  it('does not report a token for the domain, because both kinds may work', async () => {
    const { id, simulator } = make();
    const { projectId: _, ...credentials } = account;
    const sms = makeClient(simulator, { credentials });
    expect(await resultOf(sms.tasks.explainStart(id))).toEqual({ canStart: true, reasons: [], unchecked: [] });
    await resultOf(sms.tasks.start(id));
    expect(simulator.task(id).state).toBe('RUNNING');
  });

  it('names a token for the domain after a 403 that nothing else explains', async () => {
    const { id, simulator } = make();
    simulator.faults.fail(1, 403, { match: 'UpdateTaskStatus' });
    const { projectId: _, ...credentials } = account;
    const error = (await errorOf(makeClient(simulator, { credentials }).tasks.start(id))) as PermissionDeniedError;
    expect(error.reasons?.map(({ code }) => code)).toEqual(['token-without-project']);
    expect(error.hint).toMatch(/projectId or projectName/);
    const forbidden = make({}, {}, { privacyAgreementAccepted: false });
    const sms = makeClient(forbidden.simulator, { credentials });
    const other = (await errorOf(sms.tasks.start(forbidden.id))) as PermissionDeniedError;
    expect(other.reasons?.map(({ code }) => code)).toEqual(['privacy-agreement']);
  });

  it('does not ask for a token with access keys', async () => {
    const { sms } = makeFleet(itemsOf(1, 'READY'), undefined, {
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    });
    // Signing takes a moment of real time, during which no faked time may pass.
    expect(await sms.tasks.explainStart('task-0')).toEqual({ canStart: true, reasons: [], unchecked: [] });
  });

  it('returns all reasons at once', async () => {
    const { id, simulator } = make(
      { connected: false, checks: [{ name: 'RSYNC', result: 'ERROR', error_code: 'SMS.6517' }] },
      { state: 'RUNNING' },
      { privacyAgreementAccepted: false },
    );
    const { projectId: _, ...credentials } = account;
    const forecast = await resultOf(makeClient(simulator, { credentials }).tasks.explainStart(id));
    expect(codesOf(forecast)).toEqual(['task-state', 'agent-disconnected', 'source-check', 'privacy-agreement']);
  });

  it.each([
    ['ShowServer', 'source-server'],
    ['ShowPrivacyAgreements', 'privacy-agreement'],
  ] as const)('goes on when %s is refused, and names it as unchecked', async (match, check) => {
    for (const status of [403, 500]) {
      const { id, simulator, sms } = make({}, { state: 'RUNNING' });
      simulator.faults.fail(10, status, { match });
      const forecast = await resultOf(sms.tasks.explainStart(id));
      expect(forecast).toMatchObject({ canStart: false, unchecked: [check] });
      expect(codesOf(forecast)).toEqual(['task-state']);
    }
  });

  it('throws when the task cannot be read', async () => {
    const { sms } = make();
    expect(await errorOf(sms.tasks.explainStart('nowhere'))).toBeInstanceOf(NotFoundError);
  });

  it('accepts a task and a source server with invalid fields', async () => {
    const { sms } = makeFleet(itemsOf(1, 'READY', { source_server: 7, sub_tasks: 'x' }));
    expect(await resultOf(sms.tasks.explainStart('task-0'))).toMatchObject({ canStart: true });
    const other = makeFleet(itemsOf(1, 'READY', { source_server: { id: 's' } }), ({ operation }) =>
      operation === 'ShowServer' ? Response.json({ checks: 'all fine' }) : undefined,
    );
    expect(await resultOf(other.sms.tasks.explainStart('task-0'))).toMatchObject({ unchecked: ['source-server'] });
  });

  it('ends with the reason of an abort at every request', async () => {
    for (const operation of ['ShowTask', 'ShowServer', 'ShowPrivacyAgreements']) {
      const controller = new AbortController();
      const reason = new Error(operation);
      const { sms } = makeFleet(itemsOf(1, 'READY', { source_server: { id: 's' } }), (call) =>
        call.operation === operation ? hang(call as never) : undefined,
      );
      const end = settle(sms.tasks.explainStart('task-0', { signal: controller.signal }));
      setTimeout(() => controller.abort(reason), 1000);
      expect((await end).error).toBe(reason);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('refuses invalid arguments before anything is sent', async () => {
    const { calls, sms } = makeFleet([]);
    expect(await errorOf(sms.tasks.explainStart(''))).toMatchObject({ name: 'InvalidRequestError' });
    expect(await errorOf(sms.tasks.explainStart('a', { retries: 1 } as never))).toMatchObject({
      name: 'InvalidRequestError',
    });
    expect(calls).toEqual([]);
  });
});

describe('a refused start', () => {
  const calls: Record<string, (sms: SmsClient, id: string) => Promise<unknown>> = {
    start: (sms, id) => sms.tasks.start(id),
    startAndWait: (sms, id) => sms.tasks.startAndWait(id),
    startMany: async (sms, id) => {
      const [result] = await sms.tasks.startMany([id]);
      if (result?.outcome === 'not-started') throw result.error;
    },
  };

  it.each(Object.keys(calls))('of %s has the reasons that explainStart finds, and their hint', async (name) => {
    const { id, simulator, sms } = make({ connected: false });
    simulator.faults.fail(10, 400, { match: 'UpdateTaskStatus', code: 'SMS.1039' });
    const { reasons } = await resultOf(sms.tasks.explainStart(id));
    const error = await errorOf(calls[name]?.(sms, id) ?? Promise.resolve());
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({ status: 400, code: 'SMS.1039', reasons });
    expect((error as ConflictError).hint).toBe(reasons.map(({ hint }) => hint).join(' '));
    expect(reasons).toHaveLength(1);
  });

  it.each(Object.keys(calls))('of %s of a busy task says so, and nothing is sent', async (name) => {
    const { id, simulator, sms } = make({}, { state: 'RUNNING' });
    const error = await errorOf(calls[name]?.(sms, id) ?? Promise.resolve());
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({ reasons: [{ code: 'task-state' }] });
    expect(simulator.requests.filter(({ operation }) => operation === 'UpdateTaskStatus')).toEqual([]);
  });

  it.each(Object.keys(calls))('of %s with 403 says that the agreement is missing', async (name) => {
    const { id, sms } = make({}, {}, { privacyAgreementAccepted: false });
    const error = await errorOf(calls[name]?.(sms, id) ?? Promise.resolve());
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ code: 'SMS.0208', reasons: [{ code: 'privacy-agreement' }] });
  });

  it.each(Object.keys(calls))('of %s stays unchanged when nothing is found', async (name) => {
    const { id, simulator, sms } = make();
    simulator.faults.fail(10, 403, { match: 'UpdateTaskStatus' });
    const error = await errorOf(calls[name]?.(sms, id) ?? Promise.resolve());
    expect(error).toMatchObject({ name: 'PermissionDeniedError', code: 'APIGW.0302' });
    expect((error as PermissionDeniedError).reasons).toBeUndefined();
  });

  it.each(Object.keys(calls))('of %s stays unchanged when the checks fail', async (name) => {
    const { id, simulator, sms } = make();
    simulator.faults.fail(10, 400, { match: 'UpdateTaskStatus', code: 'SMS.1039' });
    let isRefused = false;
    simulator.faults.fail(100, 500, {
      match: ({ operation }) => {
        const fails = isRefused && operation !== 'UpdateTaskStatus';
        isRefused ||= operation === 'UpdateTaskStatus';
        return fails;
      },
    });
    const error = await errorOf(calls[name]?.(sms, id) ?? Promise.resolve());
    expect(error).toMatchObject({ name: 'ConflictError', code: 'SMS.1039' });
  });

  it('is not delayed for long by a check that hangs', async () => {
    const { id, simulator, sms } = make({ connected: false });
    simulator.faults.fail(10, 400, { match: 'UpdateTaskStatus', code: 'SMS.1039' });
    simulator.faults.hang(1, { match: 'ShowServer' });
    const begun = performance.now();
    expect(await errorOf(sms.tasks.start(id))).toMatchObject({ name: 'ConflictError' });
    expect(performance.now() - begun).toBeLessThanOrEqual(5000);
  });

  it.each(['start', 'startAndWait'] as const)(
    'of %s rejects with the reason of the signal when it is aborted during the checks',
    async (name) => {
      const { id, simulator, sms } = make();
      simulator.faults.fail(10, 400, { match: 'UpdateTaskStatus', code: 'SMS.1039' });
      const controller = new AbortController();
      const reason = new Error('enough');
      simulator.faults.hang(1, { match: 'ShowServer' });
      const end = settle(sms.tasks[name](id, { signal: controller.signal }) as Promise<unknown>);
      setTimeout(() => controller.abort(reason), 1000);
      expect((await end).error).toBe(reason);
    },
  );

  it('reads the agreement once, however many starts of startMany are refused', async () => {
    const { callsOf, sms } = makeFleet(itemsOf(20, 'READY'), ({ operation }) =>
      operation === 'UpdateTaskStatus' ? refusal(400, 'SMS.1039') : undefined,
    );
    const results = await resultOf(sms.tasks.startMany(itemsOf(20, '').map(({ id }) => id)));
    for (const result of results) expect(result).toMatchObject({ outcome: 'not-started' });
    expect(callsOf('ShowPrivacyAgreements')).toHaveLength(1);
  });

  it('of busy tasks by startMany costs one request each', async () => {
    const { calls, sms } = makeFleet(itemsOf(20, 'RUNNING'));
    await resultOf(sms.tasks.startMany(itemsOf(20, '').map(({ id }) => id)));
    expect(calls).toHaveLength(20);
  });
});
