import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../repository.js';

const execute = promisify(execFile);

/** What the build and the tarball are made of. Whatever else they needed would be missing for our users. */
const ingredients = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'tsconfig.json',
  'tsup.config.ts',
  'package-lock.json',
  'src',
  'scripts',
  // Not needed, but it saves a build when it is up to date.
  'dist',
];

export interface Sandbox {
  /** The temporary folder around all of it. */
  readonly base: string;
  /** A folder with the tarball installed; projects lie in folders of it. */
  readonly folder: string;
  readonly tarball: string;
  /** What is in the tarball, sorted. */
  readonly files: readonly string[];
  remove(): Promise<void>;
}

/** For a machine that is busy with other things; alone, nothing here takes a tenth of it. */
const limitMs = 180_000;

/** Runs a command to its end and returns what it printed. A failure contains both outputs. */
export async function run(
  command: string,
  parameters: readonly string[],
  folder: string,
  {
    timeout = limitMs,
    variables = {},
  }: { readonly timeout?: number; readonly variables?: Record<string, string> } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(command, parameters, {
      cwd: folder,
      env: { ...process.env, ...variables },
      timeout,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${parameters.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** Packages as little as possible comes from the network: what the repository installed lies in npm's cache. */
export function install(folder: string, ...packages: string[]): Promise<string> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  return run('npm', ['install', ...quiet, ...packages], folder);
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Builds and packs in a copy, so that no test replaces a `dist` that is in use. */
async function pack(base: string): Promise<string> {
  const copy = join(base, 'copy');
  await mkdir(copy);
  for (const name of ingredients.filter((path) => existsSync(join(root, path)))) {
    await cp(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  // As for a publication: it builds when the `dist` that came along is older than the source.
  return run('npm', ['pack', '--json', '--pack-destination', base], copy);
}

/** Installs the tarball: the one in the folder that PACKED names, as `npm run check:package` left it, or one that is packed now. */
export async function createSandbox(): Promise<Sandbox> {
  const base = await mkdtemp(join(tmpdir(), 'sms-client-package-'));
  const folder = join(base, 'installed');
  await mkdir(folder);
  const { PACKED: ready } = process.env;
  const packed = ready === undefined ? await pack(base) : await readFile(join(root, ready, 'packed.json'), 'utf8');
  const [{ filename, files }] = JSON.parse(packed) as [Packed];
  const tarball = ready === undefined ? join(base, filename) : join(root, ready, filename);
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await install(folder, tarball);
  return {
    base,
    folder,
    tarball,
    files: files.map(({ path }) => path).sort(),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** A project of a user: a folder with a package.json and some of the files in `consumers`. */
export async function createProject(
  sandbox: Sandbox,
  name: string,
  manifest: Record<string, string>,
  consumers: readonly string[],
): Promise<string> {
  const folder = join(sandbox.folder, name);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  for (const file of consumers) await cp(join(root, 'test/package/consumers', file), join(folder, file));
  return folder;
}

/** Files of `consumers`: programs as users of the package write them. */
export async function readConsumers(...names: string[]): Promise<Record<string, string>> {
  const read = (name: string) => readFile(join(root, 'test/package/consumers', name), 'utf8');
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

/** A file of the installed package. */
export function readInstalled(sandbox: Sandbox, path: string): Promise<string> {
  return readFile(join(sandbox.folder, 'node_modules/@org/sms-client', path), 'utf8');
}
