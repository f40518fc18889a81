import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Simulator } from '@org/sms-client/testing';
import { build } from 'esbuild';
import type { Order, Reply, WorkerOptions } from './redis-worker.js';

/** Where the program `redis-server` lies, if this machine has it. */
export function findRedisServer(): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A Redis of our own on a free port of this machine, which keeps nothing on disk. */
export async function startRedis(program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sms-client-redis-'));
  const port = await findFreePort();
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
  const server = spawn(program, [...place, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 5_000; !(await responds(port)); await sleep(20)) {
    if (Date.now() < deadline && server.exitCode === null) continue;
    await stop();
    throw new Error('redis-server did not respond within 5 seconds');
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function responds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (outcome: boolean) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
  });
}

/**
 * Compiles the worker into one file: twenty processes that each compiled the sources anew would keep a small machine busy for
 * longer than anything that they are to show.
 */
export async function buildWorker() {
  const folder = mkdtempSync(join(tmpdir(), 'sms-client-worker-'));
  const file = join(folder, 'worker.cjs');
  const source = fileURLToPath(new URL('redis-worker.ts', import.meta.url));
  await build({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: file,
    logLevel: 'error',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Another process with a client of its own, controlled by messages. */
export class Worker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a process and waits until it is ready; it has sent nothing by then. */
  static async start(file: string, options: WorkerOptions): Promise<Worker> {
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = fork(file, [JSON.stringify(options)], { execArgv: [], env });
    const worker = new Worker(child);
    await worker.#listen();
    return worker;
  }

  async ask(order: Order): Promise<Reply> {
    const response = this.#listen();
    this.#child.send(order);
    return response;
  }

  /** Resolves once the process has ended by itself, which it does when its connections are closed. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.send('stop' satisfies Order);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }

  async #listen(): Promise<Reply> {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort(new Error('The worker did not respond within 30 seconds')), 30_000);
    const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The worker ended with ${code}`);
    });
    ended.catch(() => undefined);
    try {
      const [response] = await Promise.race([once(this.#child, 'message', { signal }), ended]);
      return response as Reply;
    } finally {
      clearTimeout(timer);
      controller.abort();
    }
  }
}

/** How many logins a simulator was asked for. */
export function countLogins(simulator: Simulator): number {
  return simulator.requests.filter(({ operation }) => operation === 'CreateToken').length;
}
