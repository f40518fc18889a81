import { readFileSync } from 'node:fs';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/testing/index.js';

/** A wall clock that moves only by `advance`. */
export function createNow(start = 1_700_000_000_000) {
  let time = start;
  return Object.assign(() => time, {
    pass(ms: number) {
      time += ms;
    },
  });
}

/** Tests read responses without checking their types. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

export interface Endpoints {
  fetch: typeof fetch | Simulator['fetch'];
  sms: string;
  iam: string;
}

export const adapterNames = ['fetch', 'listen'] as const;

/** The endpoints of a simulator through one of its two adapters. */
export async function openEndpoints(simulator: Simulator, name: (typeof adapterNames)[number]): Promise<Endpoints> {
  if (name === 'fetch') return { fetch: simulator.fetch, sms: simulator.smsEndpoint, iam: simulator.iamEndpoint };
  const { smsEndpoint, iamEndpoint } = await simulator.listen();
  return { fetch: (url, init) => fetch(url, init), sms: smsEndpoint, iam: iamEndpoint };
}

export function fetchEndpoints(simulator: Simulator): Endpoints {
  return { fetch: simulator.fetch, sms: simulator.smsEndpoint, iam: simulator.iamEndpoint };
}

export function readFixture(name: string): Json {
  return JSON.parse(readFileSync(new URL(`../fixtures/api/${name}`, import.meta.url), 'utf8'));
}

export const loginBody: Json = readFixture('iam.create-token.password-project-id.request.json');

export async function send(
  endpoints: Endpoints,
  method: string,
  url: string,
  init: RequestInit & { json?: unknown } = {},
): Promise<Reply> {
  const { json, ...rest } = init;
  const body = json === undefined ? rest.body : JSON.stringify(json);
  const response = await endpoints.fetch(url, { method, ...rest, body: body ?? null });
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text, json: parsed };
}

export function login(endpoints: Endpoints, json: unknown = loginBody, query = '?nocatalog=true'): Promise<Reply> {
  const headers = { 'content-type': 'application/json;charset=utf8' };
  return send(endpoints, 'POST', `${endpoints.iam}/v3/auth/tokens${query}`, { headers, json });
}

export async function signIn(endpoints: Endpoints): Promise<string> {
  return (await login(endpoints)).headers.get('x-subject-token') ?? '';
}

export interface Caller {
  (method: string, path: string, json?: unknown, init?: RequestInit): Promise<Reply>;
  token: string;
}

/** Signs in, and calls SMS with the token. */
export async function createCaller(endpoints: Endpoints): Promise<Caller> {
  const token = await signIn(endpoints);
  const call = (method: string, path: string, json?: unknown, init: RequestInit = {}) =>
    send(endpoints, method, `${endpoints.sms}${path}`, {
      headers: { 'content-type': 'application/json', 'x-auth-token': token },
      json,
      ...init,
    });
  return Object.assign(call, { token });
}

export interface Bench {
  simulator: Simulator;
  now: ReturnType<typeof createNow>;
  call: Caller;
  act: (id: string, operation: string, more?: object) => Promise<Reply>;
  show: (id: string) => Promise<Json>;
}

/** A simulator with a clock of its own, and a signed-in caller. */
export async function createBench(options: SimulatorOptions = {}): Promise<Bench> {
  const now = createNow();
  const simulator = createSimulator({ now, ...options });
  const call = await createCaller(fetchEndpoints(simulator));
  return {
    simulator,
    now,
    call,
    act: (id, operation, more = {}) => call('POST', `/v3/tasks/${id}/action`, { operation, ...more }),
    show: async (id) => (await call('GET', `/v3/tasks/${id}`)).json,
  };
}

export const names = (task: Json): string[] => task.sub_tasks.map((step: Json) => step.name);
export const progress = (task: Json): number[] => task.sub_tasks.map((step: Json) => step.progress);
export const ids = (task: Json): number[] => task.sub_tasks.map((step: Json) => step.id);
export const rounds = (task: Json): string[] => task.sub_tasks.map((step: Json) => step.user_op);
