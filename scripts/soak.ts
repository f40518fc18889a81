/**
 * `npm run soak -- [--minutes N] [--listen] [--workers N]`: one client under full traffic with expiring tokens, faults and aborts.
 * Exits with 1 when a call gets lost, an error is not one of ours, or heap, timers, sockets or listeners grow.
 */
import { parseArgs } from 'node:util';
import { type Fetch, isSmsError, type RequestOptions, SmsClient } from '@org/sms-client';
import { createSimulator, type Simulator } from '@org/sms-client/testing';
import { makeCountingController } from '../test/support/counting-signal.js';
import { account } from '../test/support/make-client.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    workers: { type: 'string', default: '48' },
    listen: { type: 'boolean', default: false },
  },
});
const totalMs = Number(values.minutes) * 60_000;
const requestsPerTrouble = 60;
const sampleMs = Math.min(5_000, totalMs / 30);
const collectGarbage = globalThis.gc;
if (collectGarbage === undefined) throw new Error('Run it with --expose-gc, as npm run soak does.');
const gc: () => void = collectGarbage;

const violations: string[] = [];
const violate = (what: string) => void (violations.length < 20 && violations.push(what));
process.on('unhandledRejection', (reason) => violate(`unhandled rejection: ${String(reason)}`));

const count = { calls: 0, finished: 0, requests: 0, settled: 0, logins: 0, retries: 0, expiries: 0, services: 0 };
const outcomes: Record<string, number> = {};
const shared = makeCountingController();
let isOver = false;
let isTokenProven = false;

/** A service that is thrown away after a while, because it remembers every request. */
interface Service {
  readonly simulator: Simulator;
  readonly origin: string | undefined;
  readonly tasks: readonly string[];
}

async function openService(): Promise<Service> {
  count.services += 1;
  const simulator = createSimulator({ speed: 100_000, tokenLifetimeMs: 2_000 });
  const tasks = Array.from({ length: 20 }, () => simulator.addTask());
  return { simulator, tasks, origin: values.listen ? (await simulator.listen()).url : undefined };
}

let service = await openService();

const fetch: Fetch = async (url, init) => {
  const { origin, simulator } = service;
  count.requests += 1;
  if (count.requests % requestsPerTrouble === 0 && !isOver) makeTrouble();
  if (init.method === 'POST' && url.includes('/v3/auth/tokens')) count.logins += 1;
  try {
    if (origin === undefined) return await simulator.fetch(url, init);
    const { pathname, search } = new URL(url);
    return await globalThis.fetch(`${origin}${pathname}${search}`, init);
  } finally {
    count.settled += 1;
  }
};

const sms = new SmsClient({
  endpoint: 'https://sms.simulator.example',
  iamEndpoint: 'https://iam.simulator.example',
  credentials: account,
  fetch,
  timeoutMs: 150,
  totalTimeoutMs: 3_000,
  onResponse: ({ operation, status }) => {
    if (operation === 'ShowTask' && status === 200) isTokenProven = true;
  },
  onRetry: () => {
    count.retries += 1;
  },
});

const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item;

async function drain(items: AsyncIterable<unknown>, most: number): Promise<void> {
  let seen = 0;
  for await (const _ of items) {
    seen += 1;
    if (seen >= most) return;
  }
}

type Work = (task: string, options: RequestOptions) => Promise<unknown>;

const singles: readonly Work[] = [
  (task, options) => sms.tasks.get(task, options),
  (task, options) => sms.tasks.get(task, options),
  (_, options) => sms.tasks.list({ limit: 50 }, options),
  (_, options) => drain(sms.tasks.listAll({ limit: 7 }, options), 15),
  (_, options) => sms.sourceServers.list({}, options),
  (task, options) => sms.tasks.start(task, options),
  (task, options) => sms.tasks.stop(task, options),
  (task, options) => sms.tasks.getPassphrase(task, options),
  (_, options) => sms.auth.getToken(options),
  (_, options) => sms.auth.verifyToken('unknown', options),
  (_, options) => sms.auth.listProjects(options),
  (task, options) => sms.tasks.explainStart(task, options),
  async (_, options) => {
    const { id } = await sms.templates.create({ name: 'soak', is_template: true }, options);
    return sms.templates.deleteMany([id], options);
  },
  (_, options) => sms.tasks.get('', options),
];
const follow = { intervalMs: 20, maxWaitMs: 500 };
const followings: readonly Work[] = [
  (task, { signal }) => sms.tasks.waitFor(task, { ...follow, signal }),
  (task, { signal }) => sms.tasks.startAndWait(task, { ...follow, signal, ifRunning: 'follow' }),
  (task, { signal }) => drain(sms.tasks.watch(task, { ...follow, signal }), 3),
  (_, { signal }) => drain(sms.tasks.watchMany({}, { ...follow, signal }), 10),
  (_, { signal }) => sms.tasks.waitForAll(service.tasks.slice(0, 3), { ...follow, signal }),
  (_, { signal }) => sms.tasks.startMany(service.tasks.slice(0, 5), { signal }),
];

function note(outcome: string): void {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

async function callOnce(): Promise<void> {
  const own = Math.random() < 0.2 ? new AbortController() : undefined;
  const timer = own && setTimeout(() => own.abort('soak'), Math.random() * 30);
  const signal = own?.signal ?? (Math.random() < 0.7 ? shared.signal : undefined);
  count.calls += 1;
  try {
    // Who follows waits most of the time; the others keep the client busy.
    await pick(Math.random() < 0.95 ? singles : followings)(pick(service.tasks), { signal });
    note('success');
  } catch (error) {
    if (error === 'soak') note('abort');
    else if (isSmsError(error)) note(error.name);
    else violate(`no error of ours: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    count.finished += 1;
    clearTimeout(timer);
  }
}

async function work(): Promise<void> {
  while (!isOver) {
    await callOnce();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function makeTrouble(): void {
  const { faults } = service.simulator;
  pick([
    () => faults.fail(2, pick([500, 502, 503, 504, 408, 404, 409])),
    () => faults.fail(1, 429, { retryAfter: 0 }),
    () => faults.fail(1, 503, { match: 'CreateToken' }),
    () => faults.cut(2),
    () => faults.truncate(1),
    () => faults.corrupt(1),
    () => faults.hang(1),
    () => faults.delay(3, 20),
  ])();
  // Only a token that was accepted before may die. Otherwise the client pauses for a minute, as it should.
  if (!isTokenProven || Math.random() > 0.1) return;
  isTokenProven = false;
  count.expiries += 1;
  pick([() => faults.expireTokens(), () => faults.revokeTokens()])();
}

/** What is held at one moment. */
interface Sample {
  readonly heap: number;
  readonly timers: number;
  readonly sockets: number;
  readonly listeners: number;
}

function takeSample(): Sample {
  gc();
  const resources = process.getActiveResourcesInfo();
  const among = (pattern: RegExp) => resources.filter((name) => pattern.test(name)).length;
  return {
    heap: process.memoryUsage().heapUsed,
    timers: among(/^Timeout$/),
    sockets: among(/^TCPSocketWrap$/),
    listeners: shared.count.now,
  };
}

const samples: Sample[] = [];
const before = takeSample();
const startedAt = performance.now();
const workers = Array.from({ length: Number(values.workers) }, work);
while (performance.now() - startedAt < totalMs) {
  await new Promise((resolve) => setTimeout(resolve, sampleMs));
  const old = service;
  service = await openService();
  isTokenProven = false;
  await old.simulator.close();
  samples.push(takeSample());
  if (process.stdout.isTTY) process.stdout.write(`\r${count.finished} calls finished`);
}
isOver = true;
service.simulator.faults.clear();
const last = await Promise.race([
  Promise.all(workers).then(() => 'done'),
  new Promise((resolve) => setTimeout(() => resolve('late'), 10_000).unref()),
]);
if (last !== 'done') violate(`${count.calls - count.finished} calls were not finished within 10 s of the end`);
await service.simulator.close();
await new Promise((resolve) => setTimeout(resolve, 200));
const after = takeSample();

// Timers and sockets come and go with the calls that are under way, none or all of them at the moment of a sample: their highest
// number shows whether more and more are held, while the heap has no such extremes.
function sumUp(part: readonly Sample[], key: keyof Sample): number {
  const sorted = part.map((sample) => sample[key]).sort((one, other) => one - other);
  return (key === 'heap' ? sorted[Math.floor(sorted.length / 2)] : sorted.at(-1)) ?? 0;
}

const early = samples.slice(Math.floor(samples.length * 0.2), Math.floor(samples.length * 0.4));
const late = samples.slice(Math.floor(samples.length * 0.8));
const figures = (['heap', 'timers', 'sockets', 'listeners'] as const).map((key) => {
  const scale = key === 'heap' ? 1 / 1024 / 1024 : 1;
  const row = { before: before[key], early: sumUp(early, key), late: sumUp(late, key), after: after[key] };
  const slack = key === 'heap' ? 2 * 1024 * 1024 : 10;
  // The heap also holds what the engine compiles; the others vary with the traffic of the moment.
  if (row.late > row.early * (key === 'heap' ? 1.05 : 1.5) + slack)
    violate(`${key} grew from ${row.early} to ${row.late}`);
  if (key !== 'heap' && row.after > row.before)
    violate(`${row.after} ${key} are left, ${row.before} were there before`);
  const scaled = Object.entries(row).map(([moment, value]) => [moment, Math.round(value * scale * 100) / 100]);
  return [key === 'heap' ? 'heap (MiB)' : key, Object.fromEntries(scaled)];
});

if (count.calls !== count.finished) violate(`${count.calls} calls, ${count.finished} finished`);
if (count.requests !== count.settled) violate(`${count.requests} requests, ${count.settled} settled`);
if (shared.count.most > 1) violate(`the shared signal carried ${shared.count.most} listeners at once`);
if ((outcomes.success ?? 0) < count.calls / 10)
  violate('fewer than a tenth of all calls succeeded: the traffic proves little');

const minutes = (performance.now() - startedAt) / 60_000;
console.log(
  `\r${minutes.toFixed(1)} minutes, ${values.workers} callers, ${values.listen ? 'over sockets' : 'in process'}`,
);
console.table({ ...count, 'most listeners on the shared signal': shared.count.most });
console.table(outcomes);
console.table(Object.fromEntries(figures));
for (const violation of violations) console.error(`VIOLATION: ${violation}`);
process.exitCode = violations.length > 0 ? 1 : 0;
