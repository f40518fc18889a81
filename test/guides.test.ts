import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { makePair } from './support/make-client.js';

/** What a guide promises and no doc comment does. */
it('hooks run in the async context of the call, so that their spans have the right parent', async () => {
  const context = new AsyncLocalStorage<string>();
  const seen: [string, string | undefined][] = [];
  const { sms } = makePair(
    {},
    {
      maxRetries: 0,
      onResponse: ({ operation }) => seen.push([operation, context.getStore()]),
    },
  );
  await context.run('first', () => sms.tasks.list());
  await context.run('second', () => sms.tasks.list());
  expect(seen.filter(([operation]) => operation === 'ListTasks')).toEqual([
    ['ListTasks', 'first'],
    ['ListTasks', 'second'],
  ]);
});
