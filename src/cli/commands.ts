import { version } from '../version.js';
import { checkCommand } from './check.js';
import { type Command, type CommandContext, misused } from './command.js';
import { simulateCommand } from './simulate.js';

/** Every command. A new command is a file of its own and a member here. */
const commands: readonly Command[] = [checkCommand, simulateCommand];

/** Runs the command in the arguments and resolves with the exit code. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...others] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    context.print(describeCommands());
    return name === undefined ? misused : 0;
  }
  if (name === '--version' || name === '-v') {
    context.print(version);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command.run(others, context);
  context.complain(`sms-client has no command ${JSON.stringify(name)}. Run "sms-client --help" for a list.`);
  return misused;
}

function describeCommands(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: sms-client <command> [options]',
    '       sms-client --version',
    '',
    'Commands:',
    ...lines,
    '',
    'Run "sms-client <command> --help" for the options of a command.',
  ].join('\n');
}
