import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createSimulator, type RecordedRequest, type Simulator, type SimulatorOptions } from '../testing/index.js';
import { type Command, type CommandContext, misused, UsageError } from './command.js';

/** Serves the simulator on 127.0.0.1 for clients in any language. */
export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'Serve IAM and SMS in memory on 127.0.0.1, for clients in any language.',
  run: runSimulate,
};

const help = `Usage: sms-client simulate [--port 8080] [--speed 60] [--seed 1] [--state file.json]

Serves IAM and SMS in memory on 127.0.0.1 until Ctrl-C, and prints one line for each request, without secrets.

  --port   Port to listen on. Default: a free one.
  --speed  How fast migrations run, as a factor. Default: 1. A copy takes 10 minutes at that speed.
  --seed   A whole number: the same ids, names, figures and tokens in each run.
  --state  A JSON file with options of createSimulator, such as accounts, sources and tasks. It is only read.
           Default: the account of the official examples, with one task that can be started.
  --help   Print this.`;

/** Id of the first task without an id in its seed. */
const exampleTaskId = '8abda8635e09d185015e09d188dd0001';

/** Exit codes of programs that a signal ended: 128 and its number. */
const exitCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

async function runSimulate(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const given = readArguments(args);
    if (given.help === true) {
      context.print(help);
      return 0;
    }
    const options = await readOptions(given);
    return await serve(options, readPort(given.port), context);
  } catch (reason) {
    if (!(reason instanceof UsageError)) throw reason;
    context.complain(`${reason.message} Run "sms-client simulate --help" for the options.`);
    return misused;
  }
}

interface Arguments {
  readonly port?: string | undefined;
  readonly speed?: string | undefined;
  readonly seed?: string | undefined;
  readonly state?: string | undefined;
  readonly help?: boolean | undefined;
}

function readArguments(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const options = { port: text, speed: text, seed: text, state: text, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (reason) {
    // The first sentence says what is wrong. The others explain how to quote.
    throw new UsageError(
      `${messageOf(reason)
        .split(/\. |\n/)[0]
        ?.replace(/\.$/, '')}.`,
    );
  }
}

async function readOptions({ seed, speed, state }: Arguments): Promise<SimulatorOptions> {
  const written = state === undefined ? { tasks: [{}] } : await readState(state);
  return {
    ...written,
    ...(speed === undefined ? {} : { speed: readNumber('--speed', speed, (value) => value > 0, 'a number above 0') }),
    ...(seed === undefined ? {} : { seed: readNumber('--seed', seed, Number.isSafeInteger, 'a whole number') }),
  };
}

async function readState(path: string): Promise<object> {
  const text = await readFile(path, 'utf8').catch((reason) => {
    throw new UsageError(`The state file ${path} cannot be read: ${messageOf(reason)}.`);
  });
  const state = parseState(path, text);
  if (typeof state === 'object' && state !== null && !Array.isArray(state)) return state;
  throw new UsageError(`The state file ${path} must hold a JSON object with options of createSimulator.`);
}

function parseState(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The runtime's error quotes the text, which may contain a password.
    throw new UsageError(`The state file ${path} is not JSON.`);
  }
}

function readPort(text = '0'): number {
  const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65_535;
  return readNumber('--port', text, isPort, 'a whole number from 0 to 65535');
}

function readNumber(name: string, text: string, isGood: (value: number) => boolean, wanted: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && isGood(value)) return value;
  throw new UsageError(`${name} must be ${wanted}, not ${JSON.stringify(text)}.`);
}

async function serve(options: SimulatorOptions, port: number, context: CommandContext): Promise<number> {
  const { print, complain, signal } = context;
  const simulator = create({ ...options, onRequest: (request) => print(describeRequest(request)) });
  try {
    const { url } = await simulator.listen(port);
    print(describeStart(url, options));
  } catch (reason) {
    const isTaken = (reason as { code?: unknown }).code === 'EADDRINUSE';
    complain(isTaken ? `The port ${port} is in use already.` : `Cannot listen on port ${port}: ${messageOf(reason)}.`);
    return 1;
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await simulator.close();
  return exitCodes[String(signal.reason)] ?? 0;
}

function create(options: SimulatorOptions): Simulator {
  try {
    return createSimulator(options);
  } catch (reason) {
    throw new UsageError(`The simulator cannot start: ${messageOf(reason)}.`);
  }
}

function describeStart(url: string, options: SimulatorOptions): string {
  const example = { username: 'testname', password: 'Password', domainName: 'testname' };
  const [account = example] = options.accounts ?? [];
  // The password of the example is public. One from a file must not be printed.
  const password = account === example ? example.password : '<password>';
  const user = { name: account.username, password, domain: { name: account.domainName } };
  const login = {
    auth: { identity: { methods: ['password'], password: { user } }, scope: { domain: { name: account.domainName } } },
  };
  const taskId = options.tasks?.[0]?.id ?? exampleTaskId;
  const json = "-H 'Content-Type: application/json'";
  return [
    `IAM and SMS are simulated at ${url} (Ctrl-C ends it).`,
    `Account: user ${account.username}, password ${password}, domain ${account.domainName}.`,
    `  TOKEN=$(curl -si ${url}/v3/auth/tokens ${json} -d '${JSON.stringify(login)}' | tr -d '\\r' | sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: //p')`,
    `  curl -s ${url}/v3/tasks -H "X-Auth-Token: $TOKEN"`,
    `  curl -s ${url}/v3/tasks/${taskId}/action -H "X-Auth-Token: $TOKEN" ${json} -d '{"operation":"start"}'`,
    '',
  ].join('\n');
}

function describeRequest({ at, method, operation, path, query, status }: RecordedRequest): string {
  const search = new URLSearchParams(query).toString();
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} ${status ?? '---'} ${method} ${path}${search === '' ? '' : `?${search}`} ${operation ?? '(unknown)'}`;
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message.replace(/\.$/, '') : String(reason);
}
