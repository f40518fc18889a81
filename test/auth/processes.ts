import { createHash } from 'node:crypto';
import { type ClientOptions, type Logger, MemoryTokenStore, type SmsClient, type TokenStore } from '@org/sms-client';
import { beforeEach, vi } from 'vitest';
import { makeFakeClient } from '../support/fake-client.js';
import { fakeFetch, refusal, type SentRequest, taskResponse } from '../support/fake-fetch.js';
import { dayMs, keystoneRefusal, livingToken, tokensOf } from './support.js';

/** Reports logins at once: Web Crypto runs on a thread of its own, for which fake time does not wait. */
export function useInstantMarks(): void {
  beforeEach(() => {
    const secrets = new WeakMap<object, Uint8Array>();
    vi.spyOn(crypto.subtle, 'importKey').mockImplementation(async (_format, bytes) => {
      const key = {} as CryptoKey;
      secrets.set(key, new Uint8Array(bytes as unknown as ArrayBuffer));
      return key;
    });
    vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation(async (algorithm, key, bits) => {
      const { salt } = algorithm as Pbkdf2Params;
      const hash = createHash('sha256').update(salt as Uint8Array);
      const digest = hash.update(secrets.get(key) ?? '').digest();
      return new Uint8Array(digest.subarray(0, (bits ?? 0) / 8)).buffer;
    });
  });
}

/** How the services of a processes behave. */
export interface ProcessesOptions {
  readonly store?: TokenStore | undefined;
  readonly lifeMs?: number;
  /** In place of a login that succeeds. */
  readonly login?: (request: SentRequest, count: number) => Response | Promise<Response>;
  /** What IAM says about a token, when it is not the truth. */
  readonly check?: () => Response | Promise<Response> | undefined;
}

/** Clients that share nothing but a token store, as processes would, and the services that they all talk to. */
export function makeProcesses({ check, lifeMs = dayMs, login, store = new MemoryTokenStore() }: ProcessesOptions = {}) {
  const dead = new Set<string>();
  const warnings: unknown[][] = [];
  const ignore = () => undefined;
  const logger: Logger = { debug: ignore, info: ignore, warn: (...words) => warnings.push(words), error: ignore };
  const { fetch, iam, sms } = fakeFetch(
    ({ headers, method, url }) => {
      const token = headers.get('x-auth-token') ?? '';
      if (!url.pathname.startsWith('/v3/auth/tokens')) {
        return dead.has(token) ? refusal(401, 'APIGW.0301') : taskResponse('RUNNING');
      }
      if (method !== 'GET') throw new Error(`Unexpected request ${method} ${url}`);
      const said = check?.();
      if (said !== undefined) return said;
      return dead.has(token) ? keystoneRefusal(404) : livingToken(token, lifeMs);
    },
    (request, count) => login?.(request, count) ?? livingToken(`token-${count}`, lifeMs),
  );
  return {
    /** The logins that IAM saw. */
    logins: iam,
    /** The tokens that the calls to SMS carried. */
    tokens: () => tokensOf(sms.filter(({ url }) => url.hostname.startsWith('sms.'))),
    /** How often IAM was asked about a token. */
    countChecks: () => sms.filter(({ url }) => url.pathname === '/v3/auth/tokens').length,
    /** Tokens that the services refuse. */
    dead,
    warnings,
    store,
    join: (options: Partial<ClientOptions> = {}): SmsClient =>
      makeFakeClient(() => taskResponse('RUNNING'), { fetch, tokenStore: store, maxRetries: 0, logger, ...options })
        .sms,
  };
}

export const read = (client: SmsClient) => client.tasks.get('task-1');

/** A store whose methods can be replaced, and the keys that it was asked about. */
export function openStore(replacement: Partial<TokenStore> = {}) {
  const memory = new MemoryTokenStore();
  const sets: { key: string; value: string; ttlMs: number }[] = [];
  const store: TokenStore = {
    get: (key) => memory.get(key),
    set: async (key, value, ttlMs) => {
      sets.push({ key, value, ttlMs });
      await memory.set(key, value, ttlMs);
    },
    delete: (key) => memory.delete(key),
    setIfAbsent: (key, value, ttlMs) => memory.setIfAbsent(key, value, ttlMs),
    ...replacement,
  };
  return { memory, sets, store };
}

/** The shape of Keyv, which cannot set what is absent. */
export function withoutSetIfAbsent() {
  return openStore({ setIfAbsent: undefined });
}
