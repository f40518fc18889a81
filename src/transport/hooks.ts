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
  if (hook !== undefined) void runHook(hook, event, (error) => logger.warn(`${name} threw`, { error }));
}

/** @internal Calls a hook and resolves when what it promises has settled. `report` gets a text of what it threw. */
export async function runHook<Event>(
  hook: ((event: Event) => unknown) | undefined,
  event: Event,
  report: (error: string) => void,
): Promise<void> {
  try {
    await hook?.(event);
  } catch (error) {
    report(describe(error));
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
