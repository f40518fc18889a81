/** Why a start would be refused, before it is. */
import { describeErrorCode } from '../error-codes.js';
import {
  ApiError,
  ConflictError,
  isSmsError,
  NotFoundError,
  ResponseFormatError,
  type StartReason,
} from '../errors.js';
import { check } from '../schemas/fields.js';
import { SourceServer } from '../schemas/source-server.js';
import type { Task } from '../schemas/task.js';
import type { RequestOptions } from '../transport/request-options.js';
import { explainBusy } from './busy.js';
import type { TrackingPort } from './port.js';
import { isBusy } from './states.js';

/** What is checked before a start, besides the task itself. */
export type StartCheck = 'source-server' | 'privacy-agreement' | 'token';

/** Whether a task can be started, and what would refuse it. */
export interface StartForecast {
  /** True when nothing was found that would refuse the start. */
  readonly canStart: boolean;
  /** What would refuse the start, and what to do about each. Empty when nothing was found. */
  readonly reasons: readonly StartReason[];
  /** What could not be checked, for example because a permission is missing. Empty when everything was checked. */
  readonly unchecked: readonly StartCheck[];
}

/** @internal Checks the task, its source server and the privacy agreement; after a 403 that none of them explains also the token. Throws when the task cannot be read. */
export async function explainStart(
  port: TrackingPort,
  id: string,
  options: RequestOptions,
  wasForbidden = false,
): Promise<StartForecast> {
  const unchecked: StartCheck[] = [];
  async function check(name: StartCheck, find: () => Promise<readonly StartReason[]>): Promise<readonly StartReason[]> {
    try {
      return await find();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isSmsError(error)) throw error;
      unchecked.push(name);
      return [];
    }
  }
  const task = await port.read(id, options);
  const found = await Promise.all([
    isBusy(task.state) ? [explainBusy(task.state)] : [],
    check('source-server', async () => judgeSource(port, task, options)),
    check('privacy-agreement', async () => {
      const { flag } = Object(await port.readAgreement(options));
      return flag === false ? [agreementMissing] : [];
    }),
  ]);
  const reasons = found.flat();
  // A token for the domain may work, too, so it is a reason only when nothing else explains the 403.
  if (wasForbidden && reasons.length === 0) {
    reasons.push(...(await check('token', async () => ((await port.hasProject(options)) ? [] : [projectMissing]))));
  }
  return { canStart: reasons.length === 0, reasons, unchecked };
}

/** @internal The same refusal with the reasons for it, when there are any to be found. */
export async function withReasons(
  port: TrackingPort,
  id: string,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const isRefusal = error instanceof ConflictError || (error instanceof ApiError && error.status === 403);
  if (!isRefusal || error.reasons !== undefined) return error;
  // The refusal is known: what explains it must not hold it back for long.
  const options = { signal, maxRetries: 0, totalTimeoutMs: longestLookMs };
  const { reasons } = await explainStart(port, id, options, error.status === 403).catch(() => ({ reasons: [] }));
  if (signal?.aborted) return signal.reason;
  if (reasons.length === 0) return error;
  return error.with({ hint: reasons.map(({ hint }) => hint).join(' '), reasons });
}

/** @internal The longest time for the checks after a refusal. */
const longestLookMs = 5_000;

const agreementMissing: StartReason = {
  code: 'privacy-agreement',
  hint: 'The privacy agreement is not accepted. Read it in the console, then call privacyAgreements.accept().',
};
const projectMissing: StartReason = {
  code: 'token-without-project',
  hint: 'The token is for the domain, not for a project. Give the credentials a projectId or projectName.',
};

async function judgeSource(port: TrackingPort, task: Task, options: RequestOptions): Promise<StartReason[]> {
  const id = task.source_server?.id;
  if (!id) return [];
  try {
    // With `responseValidation: 'warn'` it may be anything.
    const source = check(SourceServer, await port.readSource(id, options));
    if (source.issues === undefined) return inspectSource(source.value);
    throw new ResponseFormatError(`The source server ${id} is not as documented`, source.issues, undefined);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    const hint = `The source server ${id} is gone. Register it again with its agent, then create a new task.`;
    return [{ code: 'source-missing', hint }];
  }
}

function inspectSource({ checks, connected, hostname, id, name }: SourceServer): StartReason[] {
  const reasons: StartReason[] = [];
  if (connected === false) {
    const hint = `The agent on ${name || hostname || id} is not connected. Start it, and allow it HTTPS to the service.`;
    reasons.push({ code: 'agent-disconnected', hint });
  }
  for (const { error_code: code, name: check, result } of checks ?? []) {
    if (result !== 'ERROR') continue;
    const { meaning = '', hint = 'Correct it on the source host.' } = describeErrorCode(code) ?? {};
    const parts = [`The check ${check ?? ''} failed${code ? ` (${code})` : ''}.`, meaning, hint];
    reasons.push({ code: 'source-check', hint: parts.filter((part) => part !== '').join(' ') });
  }
  return reasons;
}
