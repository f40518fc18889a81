/**
 * What every example needs besides its idea: the account of the environment or the simulator, Ctrl-C, and errors with their hint
 * and request id.
 */
import { type ClientOptions, isSmsError, SmsClient } from '@org/sms-client';
import { createSimulator, type SourceSeed, type TaskSeed } from '@org/sms-client/testing';

/** Where an example runs. */
export interface Setting {
  readonly sms: SmsClient;
  /** The task ids of the command line; without any, those of the simulator. */
  readonly taskIds: readonly string[];
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  /** Pause between two polls: short on the simulator, the choice of the client on an account. */
  readonly intervalMs: number | undefined;
  /** True with an account of the environment. */
  readonly isAccount: boolean;
}

/** Options of an example. */
export interface ExampleOptions {
  /** The tasks of the simulator. One web server when left out. */
  readonly tasks?: readonly TaskSeed[] | undefined;
  /** More source servers of the simulator. */
  readonly sources?: readonly SourceSeed[] | undefined;
  /** How fast the simulator runs. */
  readonly speed?: number | undefined;
  /** More options of the client. */
  readonly client?: Partial<ClientOptions> | undefined;
}

const variables =
  /^(HW_(USER_NAME|USER_PASSWORD|DOMAIN_NAME|ACCESS_KEY|SECRET_KEY|AUTH_TOKEN)|HUAWEICLOUD_SDK_(AK|SK))$/;

/** Whether the environment has an account, or part of one. `SmsClient.fromEnv()` says what is missing. */
export function hasAccount(): boolean {
  return Object.entries(process.env).some(([name, value]) => variables.test(name) && value !== '');
}

/** Runs an example. The exit code is 0, 1 after an error, 130 after Ctrl-C and 143 after SIGTERM. */
export async function runExample(
  work: (setting: Setting) => Promise<void>,
  options: ExampleOptions = {},
): Promise<void> {
  const controller = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143 };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(codes[name]));
  // A reader such as `head` has closed the pipe.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    await work(openSetting(controller.signal, options));
  } catch (error) {
    const { aborted, reason } = controller.signal;
    process.exitCode = aborted ? reason : 1;
    const text = aborted ? 'Stopped watching. A migration that was started goes on in the cloud.' : explain(error);
    complain(`\n${text}`);
  }
}

function openSetting(signal: AbortSignal, { client, sources, speed = 60, tasks }: ExampleOptions): Setting {
  const given = process.argv.slice(2);
  if (hasAccount()) {
    return { sms: SmsClient.fromEnv(client), taskIds: given, signal, intervalMs: undefined, isAccount: true };
  }
  const simulator = createSimulator({ speed, sources });
  const seeds = tasks ?? [{ name: 'web-server-01' }];
  const taskIds = [...seeds.map((seed) => simulator.addTask(seed))];
  const sms = new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: { username: 'testname', password: 'Password', domainName: 'testname', projectName: 'cn-north-4' },
    fetch: simulator.fetch,
    ...client,
  });
  return { sms, taskIds: given.length > 0 ? given : taskIds, signal, intervalMs: 200, isAccount: false };
}

/** An error for people: its message, its hint and the request id for support. */
export function explain(error: unknown): string {
  if (!isSmsError(error)) return error instanceof Error ? error.message : String(error);
  const { message } = error;
  const hint = 'hint' in error && error.hint !== null ? `Hint: ${error.hint}` : '';
  const requestId = 'requestId' in error && error.requestId !== null ? `Request id: ${error.requestId}` : '';
  const missing = [hint, requestId].filter((part) => part !== '' && !message.includes(part.replace(/^[^:]+: /, '')));
  return [message, ...missing].join('\n');
}

/** Prints a text in lines that fit the terminal. */
export function say(text: string): void {
  console.log(wrap(text, readWidth(process.stdout)));
}

/** The same for what went wrong. */
export function complain(text: string): void {
  console.error(wrap(text, readWidth(process.stderr)));
}

/** The width of a terminal. Without one, lines keep their length unless `COLUMNS` is set, so that a log can be searched. */
function readWidth({ columns }: { readonly columns?: number | undefined }): number | undefined {
  return (columns ?? Number(process.env.COLUMNS)) || undefined;
}

/** Wraps lines at the width of the terminal. Breaks a word that is wider. */
export function wrap(text: string, columns = Number.POSITIVE_INFINITY): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, Math.max(1, columns - 1)))
    .join('\n');
}

function wrapLine(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const indent = ' '.repeat(Math.min(/^ */.exec(line)?.[0].length ?? 0, Math.floor(width / 2)));
  const space = line.lastIndexOf(' ', width);
  const end = space > indent.length ? space : width;
  return [line.slice(0, end).trimEnd(), ...wrapLine(`${indent}${line.slice(end).trimStart()}`, width)];
}
