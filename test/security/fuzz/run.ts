/** Feeds corrupted responses to every method: each ends with an SmsError, an abort or a success, and nothing else. */
import { inspect } from 'node:util';
import { type ClientOptions, type Fetch, isSmsError, SmsClient } from '@org/sms-client';
import { methods } from './methods.js';
import { makeRejection, mutate } from './mutate.js';
import { Payloads } from './payloads.js';
import { Random } from './random.js';
import { type Outcome, VirtualTime } from './virtual-time.js';

/** What to do. */
export interface FuzzOptions {
  readonly seed: number;
  /** How many responses to send at least. */
  readonly count: number;
  /** Does this call alone. */
  readonly only?: number | undefined;
  readonly onProgress?: (responses: number) => void;
}

/** What came of it. */
export interface FuzzReport {
  readonly seed: number;
  readonly calls: number;
  readonly responses: number;
  /** How many calls ended how. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How many calls each method got. */
  readonly methods: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly failures: readonly FuzzFailure[];
}

/** A promise that was broken. */
export interface FuzzFailure {
  readonly call: number;
  readonly method: string;
  readonly problem: string;
}

const secret = /P4SSW0RD|T0K3N|S3CR3T/;
const mostRequests = 60;
const longestMs = 5_000;
const mostFailures = 10;
const aborted = new Error('aborted by the fuzzer');

/** Runs until enough responses were sent, or too many calls failed. */
export async function fuzz({ count, onProgress, only, seed }: FuzzOptions): Promise<FuzzReport> {
  const payloads = await Payloads.collect();
  const measure = performance.now.bind(performance);
  const report = {
    seed,
    calls: 0,
    responses: 0,
    outcomes: {} as Record<string, number>,
    methods: {} as Record<string, number>,
    slowestMs: 0,
  };
  const failures: FuzzFailure[] = [];
  let current = { call: 0, method: '' };
  const fail = (problem: string) => void failures.push({ ...current, problem });
  const onUnhandled = (reason: unknown) => fail(`unhandled rejection: ${inspect(reason).slice(0, 500)}`);
  process.on('unhandledRejection', onUnhandled);
  try {
    for (let call = only ?? 0; report.responses < count && failures.length < mostFailures; call += 1) {
      const method = methods[call % methods.length] as (typeof methods)[number];
      current = { call, method: method.name };
      const startedAt = measure();
      const { responses, outcome } = await runOnce(seed, call, payloads, fail);
      const tookMs = measure() - startedAt;
      if (tookMs > longestMs) fail(`took ${Math.round(tookMs)} ms`);
      report.slowestMs = Math.max(report.slowestMs, tookMs);
      report.calls += 1;
      report.responses += responses;
      report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
      report.methods[method.name] = (report.methods[method.name] ?? 0) + 1;
      if (Object.keys(Object.prototype).length > 0) fail('the prototype of all objects was changed');
      if (call % 1_000 === 999) onProgress?.(report.responses);
      if (only !== undefined) break;
    }
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
  return { ...report, failures };
}

async function runOnce(seed: number, call: number, payloads: Payloads, fail: (problem: string) => void) {
  const random = new Random(seed, call);
  const time = new VirtualTime(() => random.next());
  const reports: unknown[] = [];
  let responses = 0;
  try {
    const controller = new AbortController();
    const fetch: Fetch = async (url, init) => {
      init.signal?.throwIfAborted();
      responses += 1;
      // Lists and waits may go on for ever. The caller then aborts.
      if (responses > mostRequests) controller.abort(aborted);
      return responseOf(url, init, payloads, random);
    };
    const sms = new SmsClient(makeOptions(fetch, reports, random));
    const options = {
      signal: controller.signal,
      maxRetries: random.below(4),
      ...(random.chance(0.1) && { totalTimeoutMs: 1 + random.below(5_000) }),
    };
    const method = methods[call % methods.length] as (typeof methods)[number];
    const work = method.call(sms, options);
    if (random.chance(0.15)) setTimeout(() => controller.abort(aborted), random.below(3_000));
    const outcome = await time.settle(work);
    if (!(await time.drain())) fail('something goes on for ever behind the call');
    const name = judge(outcome, controller.signal.aborted, fail);
    if (secret.test(show(reports))) fail(`a secret in logs or hooks: ${excerpt(show(reports))}`);
    if (secret.test(show(sms))) fail('a secret in the client');
    return { responses: responses, outcome: name };
  } finally {
    time.restore();
  }
}

function makeOptions(fetch: Fetch, reports: unknown[], random: Random): ClientOptions {
  const note = (...report: unknown[]) => {
    reports.push(report);
    if (random.chance(0.05)) throw new Error('a hook that throws');
  };
  const password = { username: 'u', password: 'P4SSW0RD"\\ %&', domainName: 'd', projectName: 'p' };
  const keys = { accessKeyId: 'AK', secretAccessKey: 'S3CR3T-key', securityToken: 'S3CR3T-token', projectId: 'p' };
  const token = { token: 'T0K3N-given' };
  return {
    endpoint: 'https://sms.test.example',
    iamEndpoint: 'https://iam.test.example',
    credentials: random.pick<ClientOptions['credentials']>([
      password,
      password,
      password,
      token,
      keys,
      async () => password,
    ]),
    responseValidation: random.chance(0.25) ? 'warn' : 'error',
    timeoutMs: 5_000,
    totalTimeoutMs: 20_000,
    fetch,
    logger: { debug: note, info: note, warn: note, error: note },
    onResponse: note,
    onRetry: note,
  };
}

async function responseOf(url: string, init: RequestInit, payloads: Payloads, random: Random): Promise<Response> {
  const isLogin = init.method === 'POST' && url.includes('/v3/auth/tokens');
  const payload = random.pick(payloads.find(init.method ?? 'GET', url));
  if (random.chance(isLogin ? 0.7 : 0.1)) return new Response(payload.text, payload);
  const quote = random.chance(0.5) ? JSON.stringify({ headers: init.headers, body: init.body }) : readSecrets(init);
  const choice = random.next();
  if (choice < 0.93) return mutate(payload, payloads.texts, quote, random)();
  if (choice < 0.98) throw makeRejection(quote, random);
  if (choice < 0.99) return random.pick<unknown>([undefined, null, {}, 'text']) as Response;
  // Never responds. Some of these ignore the abort, too.
  return new Promise((_resolve, reject) => {
    if (random.chance(0.7)) init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
  });
}

function readSecrets({ body, headers }: RequestInit): string {
  const token = new Map(Object.entries((headers ?? {}) as Record<string, string>)).get('x-auth-token');
  return `${token ?? ''} ${/P4SSW0RD[^}]*/.exec(String(body))?.[0] ?? ''}`.trim();
}

function judge(outcome: Outcome, isAborted: boolean, fail: (problem: string) => void): string {
  if (outcome.kind === 'hang') {
    fail('never settles');
    return 'hang';
  }
  if (outcome.kind === 'value') return 'success';
  const { error } = outcome;
  if (error === aborted && isAborted) return 'abort';
  if (!isSmsError(error)) {
    fail(`no error of ours: ${inspect(error).slice(0, 1_000)}`);
    return 'other';
  }
  if (secret.test(show(error))) fail(`a secret in an error: ${excerpt(show(error))}`);
  return error.name;
}

/** Everything that is visible of a value, without the data of a response. */
function show(value: unknown): string {
  const text = inspect(value, {
    depth: 8,
    maxArrayLength: 30,
    maxStringLength: 20_000,
    showHidden: true,
    getters: true,
  });
  return value instanceof Error ? `${value.message}\n${value.stack}\n${text}` : text;
}

function excerpt(text: string): string {
  const index = text.search(secret);
  return text.slice(Math.max(0, index - 200), index + 100);
}
