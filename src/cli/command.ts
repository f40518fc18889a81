/** Where a command writes, and what ends it. */
export interface CommandContext {
  /** Writes a line to the standard output. */
  readonly print: (line: string) => void;
  /** Writes a line to the standard error output. */
  readonly complain: (line: string) => void;
  /** Aborted by Ctrl-C or SIGTERM; its reason is the name of the signal. */
  readonly signal: AbortSignal;
}

/** A command of `sms-client`. */
export interface Command {
  /** Its name on the command line. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Runs it with the arguments after its name, and resolves with the exit code. */
  readonly run: (args: readonly string[], context: CommandContext) => Promise<number>;
}

/** Exit code for invalid arguments. */
export const misused = 2;

/** Thrown for invalid arguments. The message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
