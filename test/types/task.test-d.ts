import type { SubTask, Task, TaskAction, TaskSummary } from '@org/sms-client';
import { assertType, describe, expectTypeOf, it } from 'vitest';

declare const task: Task;

describe('the type of a task', () => {
  it('requires id and state and nothing else', () => {
    expectTypeOf(task.id).toEqualTypeOf<string>();
    assertType<Task>({ id: 'a', state: 'READY' });
    // @ts-expect-error -- state is missing
    assertType<Task>({ id: 'a' });
  });

  it('lets every other field, at every depth, be absent or null', () => {
    expectTypeOf(task.sub_tasks).toEqualTypeOf<SubTask[] | null | undefined>();
    expectTypeOf<SubTask['progress']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<NonNullable<Task['target_server']>['vm_id']>().toEqualTypeOf<string | null | undefined>();
    assertType<Task>({ id: 'a', state: 'READY', source_server: { disks: [{ physical_volumes: [{ size: null }] }] } });
  });

  it('is closed: what is not a field does not compile', () => {
    // @ts-expect-error -- a typing error
    task.statee;
    // @ts-expect-error -- a typing error, deeper
    task.sub_tasks?.[0]?.progres;
    // @ts-expect-error -- a field of tasks only
    ({}) as TaskSummary['remain_seconds'];
  });

  it('knows states and accepts others', () => {
    assertType<Task['state']>('MIGRATE_SUCCESS');
    assertType<Task['state']>('A_STATE_OF_TOMORROW');
    // @ts-expect-error -- not a text
    assertType<Task['state']>(1);
  });
});

describe('the type of an action', () => {
  it('requires the operation, whose set is open', () => {
    assertType<TaskAction>({ operation: 'start' });
    assertType<TaskAction>({ operation: 'cutover', switch_hce: undefined });
    // @ts-expect-error -- operation is missing
    assertType<TaskAction>({});
    // @ts-expect-error -- null is not "left out"
    assertType<TaskAction>({ operation: 'start', switch_hce: null });
    // @ts-expect-error -- an unknown key
    assertType<TaskAction>({ operation: 'start', force: true });
  });
});
