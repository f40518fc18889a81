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
  /** What it is called by. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** Runs it with the arguments after its name, and resolves with the exit code. */
  readonly run: (args: readonly string[], context: CommandContext) => Promise<number>;
}

/** Exit code of a call that cannot be understood. */
export const misused = 2;

/** Thrown where a call cannot be understood; the message is one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
