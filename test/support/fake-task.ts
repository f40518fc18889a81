import type { ClientOptions } from '@org/sms-client';
import { fakeFetch, type SentRequest, taskResponse } from './fake-fetch.js';
import { makeClient } from './make-client.js';

export const taskId = 'task-1';

type Script = (request: SentRequest, count: number) => Response | Promise<Response>;

/** A client whose requests about a task get the responses of two functions: one for reads, one for operations. */
export function makeScripted(
  read: Script,
  act: Script = () => Response.json(''),
  options: Partial<ClientOptions> = {},
) {
  const reads: SentRequest[] = [];
  const acts: SentRequest[] = [];
  const { fetch, sms: requests } = fakeFetch((request) => {
    const [log, script] = request.method === 'POST' ? ([acts, act] as const) : ([reads, read] as const);
    log.push(request);
    return script(request, log.length);
  });
  const sms = makeClient(fetch, options);
  return { sms, reads, acts, requests, order: () => requests.map(({ method }) => method) };
}

/** Responds with these states, one per read, and with the last one from then on. */
export function states(...names: string[]): Script {
  return (_request, count) => taskResponse(names[Math.min(count, names.length) - 1] ?? '');
}

/** The same, each response newer than the one before: `total_time` grows. */
export function rounds(...names: string[]): Script {
  return (_request, count) => {
    const index = Math.min(count, names.length);
    return taskResponse(names[index - 1] ?? '', { total_time: index * 1000 });
  };
}

/** Never responds; rejects when the attempt is aborted, like fetch. */
export function hang({ signal }: SentRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** A logger that remembers its warnings. */
export function recordWarnings() {
  const warnings: string[] = [];
  const ignore = () => undefined;
  const warn = (message: string, details: object = {}) => {
    warnings.push(`${message} ${JSON.stringify(details)}`);
  };
  return { warnings, logger: { debug: ignore, info: ignore, error: ignore, warn } };
}
