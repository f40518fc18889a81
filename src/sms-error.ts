/** The root of all errors of the package. */

/**
 * @internal Marks the errors of the package. Registered globally, so that an error made by the CommonJS build is recognised by the
 * ESM build and the other way round.
 */
export const brand: unique symbol = /* @__PURE__ */ Symbol.for('@org/sms-client/error');
/** @internal The name of the method that Node calls to print an object. */
export const customInspection: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/**
 * The root of every error that the client throws. Everything that a call rejects with is one of its children, the reason of
 * a signal that you aborted, or what your `onProgress` threw before a start.
 *
 * No error prints a request, a response, a token or a password, so all of them may be logged.
 */
export abstract class SmsError extends Error {
  /** @internal */
  constructor(message: string) {
    super(escapeControls(message));
  }
  /** @internal */
  get [brand](): true {
    return true;
  }
  /** Name of the class, as a literal: narrows an error in a `switch`, across two copies of the package as well. */
  abstract override get name(): string;

  #hasCaller = false;

  /**
   * @internal Adds the lines of the caller to the stack, who is lost where an error arises in a timer or in a login that others
   * share.
   */
  showCaller({ stack = '' }: Error): this {
    const known = this.stack ?? '';
    const lines = this.#hasCaller ? [] : stack.split('\n').slice(1);
    const missing = lines.filter((line) => !known.includes(line.trim()));
    this.#hasCaller = true;
    if (missing.length > 0) {
      Object.defineProperty(this, 'stack', {
        value: [known, ...missing].join('\n'),
        configurable: true,
        writable: true,
      });
    }
    return this;
  }

  /** @internal The same error for another caller, whose line its stack shows. An error that callers never share is that itself. */
  copy(): SmsError {
    return this;
  }

  /** What `JSON.stringify` writes: the name, the message and the fields of the error. Holds no secret. */
  toJSON(): Record<string, unknown> {
    const fields: Record<string, unknown> = Object.fromEntries(Object.entries(this));
    return { name: this.name, message: this.message, ...fields };
  }
}

/**
 * @internal What a method throws: an error of the package shows the line of its caller.
 *
 * @param here - an error made where it is thrown
 */
export function showCallerOf(error: unknown, here: Error): unknown {
  return error instanceof SmsError ? error.showCaller(here) : error;
}

// A text of the service could forge a line of a log with a line break, and change the terminal with other characters:
// separators of lines (U+2028, U+2029) and marks that turn the direction of what follows.
function escapeControls(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(
      /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
