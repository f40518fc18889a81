/** Where the client reports what it does. */
import { ConfigurationError } from '../errors.js';
import { callHook } from './hooks.js';

/**
 * Receives what the client reports. `console` and a logger of winston can be passed as they are. pino takes the details first, so it
 * needs a function for each level that swaps the two.
 *
 * The client never passes bodies, tokens, passwords or the values of headers.
 */
export interface Logger {
  /** Every response: operation, method, path, status, duration and request id. */
  debug(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Logins and renewals of the token. */
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  /**
   * Retries, polls that fail, responses that do not fit their schema, hooks that throw, and renewals that fail behind a token that
   * still lives.
   */
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Calls that end without a response. */
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

type Level = keyof Logger;

const levels: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** @internal Discards every line. The client compares with it, so that it does not build lines that are discarded. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** @internal A logger whose own failures break no call. */
export function guardLogger(logger: Logger): Logger {
  const guard = (level: Level) => (message: string, details?: Readonly<Record<string, unknown>>) =>
    callHook((text: string) => logger[level](text, details), message, level, silentLogger);
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
}

/**
 * @internal The logger that `SMS_CLIENT_LOG` asks for: `console`, from a level on. The silent one when the variable is not set.
 *
 * @throws {@link ConfigurationError} when it names no level.
 */
export function readLogger(variable: string | undefined): Logger {
  const wanted = variable?.trim().toLowerCase() ?? '';
  if (wanted === '') return silentLogger;
  const first = levels.indexOf(wanted as Level);
  if (first < 0) {
    throw new ConfigurationError(`SMS_CLIENT_LOG: expected one of ${levels.join(', ')}, received another text`);
  }
  const loud = levels.slice(first).map((level) => [level, writeTo(level)] as const);
  return guardLogger({ ...silentLogger, ...Object.fromEntries(loud) });
}

// Looked up at each line, so that a console that is replaced later is used.
function writeTo(level: Level): Logger[Level] {
  return (message, details) => {
    const line = `[sms-client] ${message}`;
    // biome-ignore lint/suspicious/noConsole: it is what SMS_CLIENT_LOG is for.
    console[level](...(details === undefined ? [line] : [line, details]));
  };
}
