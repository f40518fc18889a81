/**
 * Starts a fleet of simulated tasks and follows it to its end from one process: requests per poll, the delay between a change and its
 * event, memory and CPU of the client. `tsx --expose-gc follow-fleet.ts 10000`, then the interval in ms, or nothing to let it adapt.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { SmsClient, type TaskChange } from '@org/sms-client';

const [size = 10_000, intervalMs] = process.argv.slice(2).map(Number);
const service = fork(new URL('./simulate-fleet.ts', import.meta.url), [String(size), '60000', '180000']);
const [{ iamEndpoint, ids, smsEndpoint }] = await once(service, 'message');
const credentials = {
  username: 'testname',
  password: 'Password',
  domainName: 'testname',
  projectId: '0215ef11e49d4743be23dd97a1561xxx',
};

const polls: { requests: number; at: number }[] = [];
let isFollowing = false;
const sms = new SmsClient({
  endpoint: smsEndpoint,
  iamEndpoint,
  credentials,
  onResponse: ({ operation }) => {
    if (!isFollowing || operation !== 'ListTasks') return;
    const last = polls.at(-1);
    // The requests of a poll follow each other at once; polls are seconds apart.
    if (last === undefined || Date.now() - last.at > 500) polls.push({ requests: 1, at: Date.now() });
    else Object.assign(last, { requests: last.requests + 1, at: Date.now() });
  },
});

const readHeap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

const startedAt = performance.now();
const results = await sms.tasks.startMany(ids, { concurrency: 20 });
const started = results.filter(({ outcome }) => outcome === 'started');
console.log(`${started.length} tasks started in ${Math.round((performance.now() - startedAt) / 1000)} s`);

isFollowing = true;
const finals = new Map<string, number>();
const delays: number[] = [];
const heaps = [readHeap()];
let lastHeapAt = performance.now();
let changes = 0;
const cpuBefore = process.cpuUsage();
const followedAt = performance.now();
for await (const change of sms.tasks.watchMany(results, { intervalMs })) {
  changes += 1;
  if (change.done) {
    finals.set(change.id, (finals.get(change.id) ?? 0) + 1);
    const endedAt = readEnd(change);
    if (endedAt !== undefined) delays.push(Date.now() - endedAt);
  }
  if (performance.now() - lastHeapAt < 10_000) continue;
  heaps.push(readHeap());
  lastHeapAt = performance.now();
}
const seconds = (performance.now() - followedAt) / 1000;
const { system, user } = process.cpuUsage(cpuBefore);
delays.sort((a, b) => a - b);
const full = polls.filter(({ requests }) => requests > 1).map(({ requests }) => requests);

console.table({
  'followed for (s)': Math.round(seconds),
  'final states reported': finals.size,
  'reported more than once': [...finals.values()].filter((count) => count !== 1).length,
  changes,
  polls: polls.length,
  'requests per poll, at most': Math.max(...full),
  'delay change → event, median (ms)': delays[Math.floor(delays.length / 2)],
  'delay, 95th percentile (ms)': delays[Math.floor(delays.length * 0.95)],
  'delay, longest (ms)': delays.at(-1),
  'heap at the beginning (MB)': Math.round(heaps[0] ?? 0),
  'heap, largest (MB)': Math.round(Math.max(...heaps)),
  'heap at the end (MB)': Math.round(readHeap()),
  'CPU (s)': ((system + user) / 1e6).toFixed(1),
  'CPU of one core (%)': Math.round(((system + user) / 1e6 / seconds) * 100),
});
service.disconnect();

function readEnd({ task }: TaskChange): number | undefined {
  if (task?.state !== 'MIGRATE_SUCCESS') return undefined;
  return task.sub_tasks?.at(-1)?.end_date ?? undefined;
}
