import type { SubTask, Task, TaskAction, TaskSummary } from '@org/sms-client';
import { assertType, expectTypeOf, it } from './expectations.js';

declare const task: Task;

it('the type of a task requires id and state and nothing else', () => {
  expectTypeOf(task.id).toEqualTypeOf<string>();
  assertType<Task>({ id: 'a', state: 'READY' });
  // @ts-expect-error -- state is missing
  assertType<Task>({ id: 'a' });
});

it('the type of a task lets every other field, at every depth, be absent or null', () => {
  expectTypeOf(task.sub_tasks).toEqualTypeOf<SubTask[] | null | undefined>();
  expectTypeOf<SubTask['progress']>().toEqualTypeOf<number | null | undefined>();
  expectTypeOf<NonNullable<Task['target_server']>['vm_id']>().toEqualTypeOf<string | null | undefined>();
  assertType<Task>({
    id: 'a',
    state: 'READY',
    source_server: { id: 's', disks: [{ physical_volumes: [{ size: null }] }] },
  });
  // @ts-expect-error -- a target, its disks and partitions have an id
  assertType<Task>({ id: 'a', state: 'READY', target_server: { id: 't', disks: [{ size: 1 }] } });
});

it('the type of a task is closed: an unknown field does not compile', () => {
  // @ts-expect-error -- a typing error
  task.statee;
  // @ts-expect-error -- a typing error, deeper
  task.sub_tasks?.[0]?.progres;
  // @ts-expect-error -- a field of tasks only
  ({}) as TaskSummary['remain_seconds'];
});

it('the type of a task knows the states, narrows by them, and refuses a misspelt one', () => {
  assertType<Task['state']>('MIGRATE_SUCCESS');
  // @ts-expect-error -- no state that is known
  assertType<Task['state']>('MIGRATE_SUCESS');
  // @ts-expect-error -- a comparison that is never true
  task.state === 'MIGRATE_SUCESS';
  if (task.state === 'READY' || task.state === 'RUNNING') expectTypeOf(task.state).toEqualTypeOf<'READY' | 'RUNNING'>();
});

it('the type of an action requires the operation, one that is known', () => {
  assertType<TaskAction>({ operation: 'start' });
  assertType<TaskAction>({ operation: 'start', switch_hce: undefined, template_id: null });
  // @ts-expect-error -- misspelt
  assertType<TaskAction>({ operation: 'strat' });
  // @ts-expect-error -- operation is missing
  assertType<TaskAction>({});
  // @ts-expect-error -- an unknown key
  assertType<TaskAction>({ operation: 'start', force: true });
});
