#!/usr/bin/env node
import process from 'node:process';
import { runCommand } from './commands.js';

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Once, so that a second signal ends the process at once, as Node does by default.
  process.once(name, () => ending.abort(name));
}

process.exitCode = await runCommand(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  signal: ending.signal,
});
