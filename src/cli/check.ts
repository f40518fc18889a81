import { parseArgs } from 'node:util';
import { ApiError, isSmsError, ResponseFormatError, SmsClient } from '../index.js';
import { type Command, type CommandContext, misused } from './command.js';
import { type Drift, findDrift, toViolations } from './drift.js';
import { type ReadOperation, readOperations } from './read-operations.js';

/** Compares what a real account shows with the schemas. */
export const checkCommand: Command = {
  name: 'check',
  summary: 'Compare what your account shows with the schemas of this package. Only reads.',
  run: runCheck,
};

const help = `Usage: sms-client check --read-only [--json]

Reads everything that your account shows, and reports how the responses differ from the schemas: names and types of
fields, never values. The account comes from the environment variables of SmsClient.fromEnv().

  --read-only  Required. Confirms that requests go to a real account. Nothing is changed.
  --json       Prints the report as JSON.
  --help       Print this.

Each operation is "read", "refused" (403: no permission), "absent" (the account has nothing of the kind), "skipped" (no
item to read) or "failed" (the service refuses the documented request).

Exit code: 0 without a violation of a schema, 1 with one or with a failed operation, 2 when the check could not run.`;

interface Result {
  readonly operation: string;
  readonly outcome: 'read' | 'refused' | 'absent' | 'skipped' | 'failed';
  readonly drift: readonly Drift[];
  /** HTTP status and code of the service, when the operation failed. */
  readonly status?: number;
  readonly code?: string | null;
}

async function runCheck(args: readonly string[], context: CommandContext): Promise<number> {
  const given = readArguments(args);
  if (given?.help === true) {
    context.print(help);
    return 0;
  }
  if (given?.['read-only'] !== true) {
    context.complain('check requires --read-only and accepts only --json besides. Run "sms-client check --help".');
    return misused;
  }
  try {
    const results = await readAll(SmsClient.fromEnv(), context.signal);
    context.print(given.json === true ? JSON.stringify({ results }, undefined, 2) : formatResults(results));
    return results.some(isViolated) ? 1 : 0;
  } catch (error) {
    if (context.signal.aborted) return misused;
    if (!isSmsError(error)) throw error;
    context.complain(`The check could not run: ${error.message}`);
    return misused;
  }
}

function readArguments(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...args], options: { 'read-only': flag, json: flag, help: { ...flag, short: 'h' } } })
      .values;
  } catch {
    return undefined;
  }
}

async function readAll(sms: SmsClient, signal: AbortSignal): Promise<Result[]> {
  const results: Result[] = [];
  const bodies = new Map<string, unknown>();
  for (const readOperation of readOperations) {
    const path = findPath(readOperation, bodies);
    if (path === undefined) {
      results.push({ operation: readOperation.operation, outcome: 'skipped', drift: [] });
      continue;
    }
    results.push(await readOne(sms, readOperation, path, bodies, signal));
  }
  return results;
}

async function readOne(
  sms: SmsClient,
  { absentCode, operation, query, schema }: ReadOperation,
  path: string,
  bodies: Map<string, unknown>,
  signal: AbortSignal,
): Promise<Result> {
  try {
    const body = await sms.request({ method: 'GET', path, ...(query !== undefined && { query }) }, { signal });
    bodies.set(operation, body);
    return { operation, outcome: 'read', drift: findDrift(schema, body) };
  } catch (error) {
    if (error instanceof ResponseFormatError) return { operation, outcome: 'read', drift: toViolations(error.issues) };
    if (!(error instanceof ApiError) || saysNothing(error)) throw error;
    const { code, status } = error;
    if (status === 403) return { operation, outcome: 'refused', drift: [] };
    if (absentCode !== undefined && code === absentCode) return { operation, outcome: 'absent', drift: [] };
    // A path or a parameter that the service does not know is drift, too.
    return { operation, outcome: 'failed', status, code, drift: [] };
  }
}

// These errors would affect every operation and say nothing about this one.
function saysNothing({ name, status }: ApiError): boolean {
  return name === 'AuthenticationError' || name === 'RateLimitError' || status >= 500;
}

function isViolated({ drift, outcome }: Result): boolean {
  return outcome === 'failed' || drift.some(({ kind }) => kind === 'violation');
}

function findPath({ idFrom, path }: ReadOperation, bodies: ReadonlyMap<string, unknown>): string | undefined {
  if (idFrom === undefined) return path;
  const [operation, field] = idFrom;
  const items: unknown = Object(bodies.get(operation))[field];
  const id: unknown = Array.isArray(items) ? Object(items[0]).id : undefined;
  return typeof id === 'string' ? path.replace('{}', encodeURIComponent(id)) : undefined;
}

function formatResults(results: readonly Result[]): string {
  const lines = results.flatMap(({ code, drift, operation, outcome, status }) => [
    [
      `${operation}: ${outcome}`,
      ...(outcome === 'read' && drift.length === 0 ? ['as documented'] : []),
      ...(status === undefined ? [] : [`HTTP ${status}`, code ?? 'no code']),
    ].join(', '),
    ...drift.map(
      ({ expected, kind, path, received }) => `  ${kind} ${path}: expected ${expected}, received ${received}`,
    ),
  ]);
  const violations = results.flatMap(({ drift }) => drift).filter(({ kind }) => kind === 'violation').length;
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  return [
    ...lines,
    violations === 0 ? 'No violation.' : `Violations: ${violations}`,
    ...(failed === 0 ? [] : [`Failed: ${failed}`]),
  ].join('\n');
}
