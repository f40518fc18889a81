/** Calls what users gave the client: hooks and loggers. What they throw breaks no call. */
/** @internal Where a hook that throws is reported. */
export interface Warner {
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** @internal Calls a hook of the user. What it throws, now or later, is reported and never breaks the call that it watches. */
export function callHook<Event>(
  hook: ((event: Event) => unknown) | undefined,
  event: Event,
  name: string,
  logger: Warner,
): void {
  if (hook !== undefined) void awaitHook(hook, event, name, logger);
}

/** @internal The same; resolves when what the hook promises has settled. */
async function awaitHook<Event>(
  hook: ((event: Event) => unknown) | undefined,
  event: Event,
  name: string,
  logger: Warner,
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
