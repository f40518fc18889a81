/** `npm run example -- resume` without a task id: runs examples/resume.ts twice on the simulator. The first process is killed half-way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSimulator } from '@org/sms-client/testing';
import { runExample, say } from '../examples/support/run-example.js';
import { countStarts, serveSimulator } from './show/simulated-account.js';

const program = fileURLToPath(new URL('../examples/resume.ts', import.meta.url));
// What is loaded before the program finds its settings in the folder of the repository.
const settings = fileURLToPath(new URL('../tsconfig.json', import.meta.url));

await runExample(async ({ signal }) => {
  const simulator = createSimulator({ speed: 60 });
  const taskId = simulator.addTask({ name: 'web-server-01', durationMs: 10 * 60_000 });
  const variables = await serveSimulator(simulator);
  const folder = await mkdtemp(join(tmpdir(), 'sms-client-resume-'));
  // Also when the reader of this process has closed the pipe, which ends it on the spot.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

  async function run(killAtPercent: number): Promise<void> {
    const env = { ...process.env, ...variables, TSX_TSCONFIG_PATH: settings };
    const child = spawn(process.execPath, [...process.execArgv, program, taskId], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const kill = () => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    process.prependOnceListener('exit', kill);
    const ended = once(child, 'close');
    for await (const line of createInterface(child.stdout)) {
      say(line);
      const percent = Number.parseFloat(line);
      if (percent >= killAtPercent && percent < 100 && kill()) console.log('\nThe process is killed.\n');
    }
    await ended;
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
    signal.throwIfAborted();
  }

  try {
    await run(10);
    await run(Number.POSITIVE_INFINITY);
    console.log(`\n${countStarts(simulator)} start was sent.`);
  } finally {
    await simulator.close();
  }
});
