/** The largest page of tasks: its JSON.parse against its validation. */
import { readFileSync } from 'node:fs';
import { TaskPage } from '@org/sms-client/schemas';
import { compare } from './measure.ts';

const task = JSON.parse(readFileSync(new URL('../test/fixtures/api/show-task.response.json', import.meta.url), 'utf8'));
const text = JSON.stringify({
  count: 200,
  tasks: Array.from({ length: 200 }, (_, index) => ({ ...task, id: `task-${index}` })),
});
const page = JSON.parse(text);

await compare('A page of 200 full tasks', [
  { name: 'JSON.parse', run: () => JSON.parse(text) },
  { name: 'validation', run: () => TaskPage.parse(page) },
]);
