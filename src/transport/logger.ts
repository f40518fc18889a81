/** Where the client reports what it does, and what is kept out of such reports. */

/**
 * Receives what the client reports. `console` is one; so are pino's and winston's loggers behind a line of code.
 *
 * The client never passes bodies, tokens, passwords or the values of headers.
 */
export interface Logger {
  /** Every answer: operation, method, path, status, duration and request id. */
  debug(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Logins and renewals of the token. */
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Retries, answers that do not fit their schema, and hooks that throw. */
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Reserved for failures that reach no caller. */
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** @internal */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

const secretHeaders = /^(x-subject-token|x-auth-token|x-security-token|authorization|cookie|set-cookie)$/i;

/** @internal A logger whose own failures break no call. */
export function guardLogger(logger: Logger): Logger {
  const guard = (level: keyof Logger) => (message: string, details?: Readonly<Record<string, unknown>>) =>
    callHook((text: string) => logger[level](text, details), message, level, silentLogger);
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') };
}

/** @internal Removes the secrets of a request from a text. */
export type Clean = (text: string) => string;

/** @internal Headers as a plain object, the secret ones masked. */
export function maskHeaders(headers: Headers, clean: Clean): Record<string, string> {
  return Object.fromEntries(
    [...headers].map(([name, value]) => [name, secretHeaders.test(name) ? '***' : clean(value)]),
  );
}

// Shorter ones would tear every text to pieces, and are no secrets.
const shortestSecret = 4;

/**
 * @internal Removes every secret from a text of somebody else, however it is spelt: services and runtimes quote what they were
 * sent. To be done before a text is shortened, because half a secret would not be found.
 */
export function redact(text: string, secrets: Iterable<string>): string {
  // No spelling is shorter than the secret; tokens are long, and most texts are not.
  const candidates = [...secrets].filter(({ length }) => length >= shortestSecret && length <= text.length);
  const spellings = [...new Set(candidates.flatMap(spell))];
  // One may be a part of another.
  spellings.sort((one, other) => other.length - one.length);
  return spellings.reduce((clean, spelling) => clean.replaceAll(spelling, '***'), text);
}

function spell(secret: string): string[] {
  const inUrl = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '\u{fffd}'));
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  // Twice in JSON, or printed by util.inspect, is how a body looks in a request that is quoted as a whole.
  const quoted = [secret, toJson(secret)].flatMap((text) => [text, toJson(text), text.replaceAll('\\', '\\\\')]);
  return [...quoted, inUrl, inForm];
}

function toJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** @internal Calls a hook of the user. What it throws, now or later, is reported and never breaks the call that it watches. */
export function callHook<Event>(
  hook: ((event: Event) => unknown) | undefined,
  event: Event,
  name: string,
  logger: Logger,
): void {
  void awaitHook(hook, event, name, logger);
}

/** @internal The same; resolves when what the hook promises has settled. */
export async function awaitHook<Event>(
  hook: ((event: Event) => unknown) | undefined,
  event: Event,
  name: string,
  logger: Logger,
): Promise<void> {
  try {
    await hook?.(event);
  } catch (error) {
    logger.warn(`${name} threw`, { error: describe(error) });
  }
}

// Not everything that can be thrown can be made a text of.
function describe(error: unknown): string {
  try {
    return String(error);
  } catch {
    return typeof error;
  }
}
