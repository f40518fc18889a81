import { describe, expect, it } from 'vitest';
import type { TaskSeed } from '../../src/testing/index.js';
import { createBench, ids, type Json, names, progress, rounds } from './support.js';

const minute = 60_000;

describe('a migration', () => {
  it.each<[string, TaskSeed, string[]]>([
    ['Linux, files', {}, ['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_FILE', 'MIGRATE_LINUX_FILE']],
    [
      'Linux, blocks',
      { type: 'MIGRATE_BLOCK' },
      ['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_BLOCK', 'MIGRATE_LINUX_BLOCK'],
    ],
    [
      'Windows',
      { os_type: 'WINDOWS' },
      ['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_WINDOWS', 'MIGRATE_WINDOWS_BLOCK'],
    ],
    [
      'from a template',
      { vm_template_id: 'template' },
      ['CREATE_CLOUD_SERVER', 'SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'FORMAT_DISK_LINUX_FILE', 'MIGRATE_LINUX_FILE'],
    ],
  ])('runs through its steps: %s', async (_what, seed, expected) => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask(seed);
    expect(await show(id)).toMatchObject({ state: 'READY', sub_tasks: [], start_date: null, finish_date: null });

    const started = await act(id, 'start');
    expect([started.status, started.text]).toEqual([200, '""']);
    const running = await show(id);
    expect(running.state).toBe('RUNNING');
    expect(names(running)).toEqual(expected);
    expect(new Set(rounds(running))).toEqual(new Set(['REPLICATE']));
    expect(new Set(ids(running)).size).toBe(expected.length);

    simulator.advance(10 * minute);
    const done = await show(id);
    expect(done.state).toBe('MIGRATE_SUCCESS');
    expect(progress(done)).toEqual(expected.map(() => 100));
    expect(done.error_json).toBe('');
    expect(done.finish_date - done.start_date).toBe(10 * minute);
    expect(done.total_time).toBe(10 * minute);
    expect(done.sub_tasks.at(-1).end_date).toBe(done.finish_date);
  });

  it('takes 10 minutes at speed 1, and never runs backwards', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask();
    await act(id, 'start');
    let last: Json = await show(id);
    for (let second = 0; second < 600; second += 7) {
      simulator.advance(7000);
      const task = await show(id);
      for (const [index, step] of task.sub_tasks.entries()) {
        expect(step.progress).toBeGreaterThanOrEqual(last.sub_tasks[index].progress);
        expect(step.start_date === null).toBe(
          step.progress === 0 && step.end_date === null && step.process_trace === '' && !active(task, index),
        );
        expect(step.end_date === null).toBe(step.progress < 100);
      }
      if (second < 590) expect(task.state).toBe('RUNNING');
      last = task;
    }
    expect(last.state).toBe('MIGRATE_SUCCESS');
  });

  it('shows speed, time left and the expected end while it copies', async () => {
    const { simulator, now, act, show } = await createBench();
    const id = simulator.addTask({ disks: [{ sizeBytes: 80e9, usedBytes: 40e9 }] });
    await act(id, 'start');
    simulator.advance(5 * minute);
    const task = await show(id);
    expect(task.migrate_speed).toBeGreaterThan(0);
    expect(task.remain_seconds).toBe(300);
    expect(task.estimate_complete_time).toBe(now() + 10 * minute);
    expect(task.total_time).toBe(5 * minute);
    expect(task.subtask_info).toMatch(/^MIGRATE_LINUX_FILE \d+%$/);
    const copying = task.sub_tasks.at(-1);
    expect(copying.migrate_speed).toBe(task.migrate_speed);
    expect(copying.process_trace).toMatch(/^\d+\/40000000000 bytes$/);
    expect(task.source_server).toMatchObject({ state: 'replicate', migration_cycle: 'replicating' });
    simulator.advance(5 * minute);
    expect(await show(id)).toMatchObject({ migrate_speed: 0, remain_seconds: 0, estimate_complete_time: null });
  });

  it('shows no higher speed than the limit of the task', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ speed_limit: 5 });
    await act(id, 'start');
    simulator.advance(5 * minute);
    expect((await show(id)).migrate_speed).toBe(5);
  });

  it('runs faster with speed, and for durationMs', async () => {
    const { simulator, now, act, show } = await createBench({ speed: 60 });
    const id = simulator.addTask({ durationMs: 2 * minute });
    await act(id, 'start');
    now.pass(1999);
    expect((await show(id)).state).toBe('RUNNING');
    now.pass(1);
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });

  it('creates the target of a template task in its first step', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ vm_template_id: 'template' });
    await act(id, 'start');
    const before = await show(id);
    expect(before).toMatchObject({ vm_template_id: 'template', target_server: { vm_id: null } });
    expect(before.target_server.disks[0].disk_id).toBeNull();
    simulator.advance(10 * minute);
    const after = await show(id);
    expect(after.target_server.vm_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(after.target_server.disks[0].disk_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(names(await showStarted({ existServer: false }))).toContain('CREATE_CLOUD_SERVER');
    expect(names(await showStarted({ existServer: true, vm_template_id: 'x' }))).not.toContain('CREATE_CLOUD_SERVER');
  });

  it('stays in SYNCING with syncing: true until it is stopped, and returns to it', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ syncing: true });
    await act(id, 'start');
    simulator.advance(1000 * minute);
    const syncing = await show(id);
    expect(syncing.state).toBe('SYNCING');
    expect(syncing.migrate_speed).toBeGreaterThan(0);
    expect((await act(id, 'start')).json.error_code).toBe('SMS.1039');
    await act(id, 'stop');
    simulator.advance(2000);
    expect((await show(id)).state).toBe('ABORT');
    await act(id, 'start');
    const again = await show(id);
    expect(again.state).toBe('SYNCING');
    expect(ids(again)).toEqual(ids(syncing));
  });
});

describe('a resync', () => {
  it('adds numbered rounds, keeps the earlier ones, and ends in SYNC_SUCCESS', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'MIGRATE_SUCCESS' });
    const copied = await show(id);
    await act(id, 'start');
    const running = await show(id);
    expect(running).toMatchObject({
      state: 'RUNNING',
      finish_date: copied.finish_date,
      source_server: { state: 'syncing', migration_cycle: 'syncing' },
    });
    expect(running.sub_tasks.slice(0, 4)).toEqual(copied.sub_tasks);
    expect(names(running).slice(4)).toEqual(['SSL_CONFIG', 'ATTACH_AGENT_IMAGE', 'SYNC_LINUX_FILE']);
    expect(rounds(running).slice(4)).toEqual(['RESYNC0', 'RESYNC0', 'RESYNC0']);
    simulator.advance(3 * minute);
    expect((await show(id)).state).toBe('SYNC_SUCCESS');
    await act(id, 'start');
    expect(rounds(await show(id)).slice(7)).toEqual(['RESYNC1', 'RESYNC1', 'RESYNC1']);
  });

  it.each<[TaskSeed, string]>([
    [{ type: 'MIGRATE_BLOCK' }, 'SYNC_LINUX_BLOCK'],
    [{ os_type: 'WINDOWS' }, 'SYNC_WINDOWS_BLOCK'],
  ])('is a single step in block mode', async (seed, name) => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ ...seed, state: 'MIGRATE_SUCCESS' });
    await act(id, 'start');
    expect(names(await show(id)).slice(4)).toEqual([name]);
  });

  it('can fail, and goes on with the next start', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'MIGRATE_SUCCESS', failAt: { step: 'SYNC_LINUX_FILE' } });
    await act(id, 'start');
    simulator.advance(3 * minute);
    const failed = await show(id);
    expect(failed.state).toBe('SYNC_FAIL');
    expect((await act(id, 'restart')).json.error_code).toBe('SMS.1040');
    await act(id, 'start');
    simulator.advance(3 * minute);
    const done = await show(id);
    expect(done.state).toBe('SYNC_SUCCESS');
    expect(ids(done)).toEqual(ids(failed));
  });
});

describe('pausing', () => {
  it('is in ABORTING for two seconds, and resumes where it was with the same steps', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask();
    await act(id, 'start');
    simulator.advance(5 * minute);
    expect((await act(id, 'stop')).text).toBe('""');
    const aborting = await show(id);
    expect(aborting).toMatchObject({ state: 'ABORTING', source_server: { state: 'stopping' }, migrate_speed: 0 });
    expect((await act(id, 'start')).json.error_code).toBe('SMS.1039');
    expect((await act(id, 'stop')).json.error_code).toBe('SMS.1038');
    simulator.advance(1999);
    expect((await show(id)).state).toBe('ABORTING');
    simulator.advance(1);
    expect((await show(id)).state).toBe('ABORT');
    simulator.advance(60 * minute);
    const paused = await show(id);
    expect(progress(paused)).toEqual(progress(aborting));
    expect(paused.total_time).toBe(5 * minute);

    await act(id, 'start');
    const resumed = await show(id);
    expect(resumed.state).toBe('RUNNING');
    expect(ids(resumed)).toEqual(ids(paused));
    expect(progress(resumed)).toEqual(progress(paused));
    expect(resumed.start_date).toBe(paused.start_date);
    simulator.advance(5 * minute);
    expect(await show(id)).toMatchObject({ state: 'MIGRATE_SUCCESS', total_time: 10 * minute });
  });

  it.each(['READY', 'ABORT', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'SYNC_SUCCESS'])('is refused in %s', async (state) => {
    const { simulator, act } = await createBench();
    const reply = await act(simulator.addTask({ state }), 'stop');
    expect([reply.status, reply.json.error_code]).toEqual([400, 'SMS.1038']);
  });
});

describe('failing', () => {
  it('stops halfway through the step with the error text, and the next start continues it', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ failAt: { step: 'MIGRATE_LINUX_FILE', error: 'disk full' } });
    await act(id, 'start');
    simulator.advance(10 * minute);
    const failed = await show(id);
    expect(failed).toMatchObject({ state: 'MIGRATE_FAIL', error_json: 'disk full', source_server: { state: 'error' } });
    expect(progress(failed)).toEqual([100, 100, 100, 50]);
    expect(failed.sub_tasks.at(-1).end_date).toBeNull();
    await act(id, 'start');
    const again = await show(id);
    expect(again).toMatchObject({ state: 'RUNNING', error_json: '' });
    expect(ids(again)).toEqual(ids(failed));
    simulator.advance(10 * minute);
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });

  it('has JSON with a code of the service as its default error, short enough for the errors API', async () => {
    const { simulator, show } = await createBench();
    const { error_json: text } = await show(simulator.addTask({ state: 'MIGRATE_FAIL' }));
    expect(JSON.parse(text).error_code).toMatch(/^SMS\.\d{4}$/);
    expect(text.length).toBeLessThanOrEqual(255);
  });

  it('begins the round anew with restart: new ids, progress from 0', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'MIGRATE_FAIL' });
    const failed = await show(id);
    expect((await act(id, 'restart')).status).toBe(200);
    const again = await show(id);
    expect(names(again)).toEqual(names(failed));
    expect(ids(again).some((step) => ids(failed).includes(step))).toBe(false);
    expect(progress(again)).toEqual([0, 0, 0, 0]);
    simulator.advance(10 * minute);
    expect((await show(id)).state).toBe('MIGRATE_SUCCESS');
  });

  it('fails as many times as requested, restarts included', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ failAt: { step: 'SSL_CONFIG', times: 2 } });
    for (const expected of ['MIGRATE_FAIL', 'MIGRATE_FAIL', 'MIGRATE_SUCCESS']) {
      await act(id, expected === 'MIGRATE_SUCCESS' ? 'restart' : 'start');
      simulator.advance(10 * minute);
      expect((await show(id)).state).toBe(expected);
    }
  });

  it('still happens when the task is paused before it', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ failAt: { step: 'MIGRATE_LINUX_FILE' } });
    await act(id, 'start');
    simulator.advance(2 * minute);
    await act(id, 'stop');
    simulator.advance(2000);
    await act(id, 'start');
    simulator.advance(10 * minute);
    expect((await show(id)).state).toBe('MIGRATE_FAIL');
  });

  it.each(['READY', 'RUNNING', 'ABORT', 'MIGRATE_SUCCESS'])(
    'is needed for restart, which %s refuses',
    async (state) => {
      const { simulator, act } = await createBench();
      const reply = await act(simulator.addTask({ state }), 'restart');
      expect([reply.status, reply.json.error_code]).toEqual([400, 'SMS.1040']);
    },
  );

  it('is refused for a step that the task does not have', async () => {
    const { simulator } = await createBench();
    expect(() => simulator.addTask({ failAt: { step: 'MIGRATE_LINUX_BLOCK' } })).toThrow(RangeError);
  });
});

describe('lag', () => {
  it('shows the old state and steps for a while, but refuses by the real state', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'MIGRATE_FAIL', lagMs: 5000 });
    const before = await show(id);
    await act(id, 'restart');
    simulator.advance(4999);
    expect(await show(id)).toEqual(before);
    expect((await act(id, 'restart')).json.error_code).toBe('SMS.1040');
    expect((await act(id, 'start')).json.error_code).toBe('SMS.1039');
    simulator.advance(1);
    const after = await show(id);
    expect(after.state).toBe('RUNNING');
    expect(after.total_time - before.total_time).toBe(5000);
  });
});

describe('the other operations', () => {
  it('launches the target with cutover: a CUTOVER round', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'SYNC_SUCCESS' });
    await act(id, 'cutover');
    const running = await show(id);
    expect(running).toMatchObject({ state: 'RUNNING', source_server: { migration_cycle: 'cutovering' } });
    expect(names(running).slice(7)).toEqual(['CONFIGURE_LINUX_FILE', 'DETTACH_AGENT_IMAGE']);
    expect(rounds(running).slice(7)).toEqual(['CUTOVER0', 'CUTOVER0']);
    simulator.advance(2 * minute);
    expect(await show(id)).toMatchObject({ state: 'SYNC_SUCCESS', source_server: { migration_cycle: 'cutovered' } });
  });

  it('clones the target, and clears the clone', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask({ state: 'MIGRATE_SUCCESS' });
    expect((await show(id)).clone_server).toBeNull();
    await act(id, 'clone_test');
    expect((await show(id)).clone_server).toMatchObject({ clone_state: 'PREPARING', clone_error: '' });
    simulator.advance(30_000);
    expect((await show(id)).clone_server.clone_state).toBe('CREATING');
    simulator.advance(30_000);
    expect((await show(id)).clone_server.clone_state).toBe('FINISHED');
    await act(id, 'clear');
    expect((await show(id)).clone_server).toBeNull();
  });

  it('measures the network', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask();
    expect((await show(id)).network_check_info).toBeNull();
    await act(id, 'network_check');
    expect((await show(id)).network_check_info).toMatchObject({ loss_percentage: 0, evaluation_result: 'GOOD' });
  });

  it('compares files when a start requests it, and skips that on demand', async () => {
    const { simulator, act, show } = await createBench();
    const id = simulator.addTask();
    await act(id, 'start', { is_need_consistency_check: true });
    expect((await act(id, 'skip')).status).toBe(400);
    simulator.advance(9.5 * minute);
    expect((await show(id)).subtask_info).toMatch(/^CHECK_CONSISTENCY/);
    await act(id, 'skip');
    expect((await show(id)).state).toBe('SKIPPING');
    simulator.advance(2000);
    const done = await show(id);
    expect(done.state).toBe('MIGRATE_SUCCESS');
    expect(progress(done)).toEqual([100, 100, 100, 100, 100]);
  });

  it.each(['test', 'clone_test', 'migration_test', 'clear', 'cutover'])(
    'does %s only after a copy',
    async (operation) => {
      const { simulator, act } = await createBench();
      expect((await act(simulator.addTask(), operation)).status).toBe(400);
      expect((await act(simulator.addTask({ state: 'MIGRATE_SUCCESS' }), operation)).status).toBe(200);
    },
  );

  it.each([[{}], [{ operation: 'fly' }], [{ operation: 'toString' }], [[]], [undefined]])(
    'refuses the body %j',
    async (body) => {
      const { simulator, call } = await createBench();
      const reply = await call('POST', `/v3/tasks/${simulator.addTask()}/action`, body);
      expect(reply.status).toBe(400);
    },
  );
});

function active(task: Json, index: number): boolean {
  return task.sub_tasks.findIndex((step: Json) => step.progress < 100) === index;
}

async function showStarted(seed: TaskSeed): Promise<Json> {
  const { simulator, act, show } = await createBench();
  const id = simulator.addTask(seed);
  await act(id, 'start');
  return show(id);
}
