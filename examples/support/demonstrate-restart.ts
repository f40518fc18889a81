/** Runs an example twice on the simulator: the first process is killed in the middle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createSimulator } from '@org/sms-client/testing';
import { countStarts, serveSimulator } from './simulated-account.js';

/** Runs it in an empty folder, until it ends by itself, and says how often the task was started. */
export async function demonstrateRestart(signal: AbortSignal): Promise<void> {
  const simulator = createSimulator({ speed: 60 });
  const taskId = simulator.addTask({ name: 'web-server-01', durationMs: 10 * 60_000 });
  const variables = await serveSimulator(simulator);
  const folder = await mkdtemp(join(tmpdir(), 'sms-client-resume-'));

  async function run(killAtPercent: number): Promise<void> {
    // What is loaded before the program finds its settings in the folder of the repository.
    const program = [...process.execArgv, resolve(process.argv[1] ?? ''), taskId];
    const env = { ...process.env, ...variables, TSX_TSCONFIG_PATH: resolve('tsconfig.json') };
    const child = spawn(process.execPath, program, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const kill = () => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const ended = once(child, 'close');
    for await (const line of createInterface(child.stdout)) {
      console.log(line);
      const percent = Number.parseFloat(line);
      if (percent >= killAtPercent && percent < 100 && kill()) console.log('\nThe process is killed.\n');
    }
    await ended;
    signal.removeEventListener('abort', kill);
    signal.throwIfAborted();
  }

  try {
    await run(10);
    await run(Number.POSITIVE_INFINITY);
    console.log(`\n${countStarts(simulator)} start was sent.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await simulator.close();
  }
}
