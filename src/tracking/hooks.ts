/** Calls hooks of the user's while tasks are followed. */
import { runHook } from '../transport/hooks.js';
import { type Logger, silentLogger } from '../transport/logger.js';

/**
 * @internal Calls hooks. What one throws never breaks the wait that it watches: it is logged and, where nobody gave a logger, a
 * warning of the process, once for each client.
 */
export class HookCaller {
  readonly #logger: Logger;
  #hasWarned = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Calls a hook, and resolves when what it promises has settled. */
  call<Event>(hook: ((event: Event) => unknown) | undefined, event: Event, name: string): Promise<void> {
    return runHook(hook, event, (error) => this.#report(name, error));
  }

  #report(name: string, error: string): void {
    this.#logger.warn(`${name} threw`, { error });
    if (this.#logger !== silentLogger || this.#hasWarned) return;
    this.#hasWarned = true;
    globalThis.process?.emitWarning?.(`${name} threw: ${error}. Give the client a logger to see every such failure.`, {
      type: 'SmsClientWarning',
    });
  }
}
