import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { install } from '../sandbox.js';
import { matrix, type Tool } from './matrix.js';

/** A project of a user: the package and one tool, installed side by side from npm. */
export interface Home {
  readonly folder: string;
  /** The version of the tool that was installed. */
  readonly version: string;
  /** The path of a command: `node` is the Node.js that runs the tests, unless this home brings one. */
  readonly find: (command: string) => string;
  /** Writes files into a folder of its own below, with a package.json. */
  readonly createProject: (name: string, files: Record<string, string>, manifest?: object) => Promise<string>;
  readonly writeFiles: (project: string, files: Record<string, string>) => Promise<void>;
  /** Notes for docs/compatibility.md that this was seen to work. */
  readonly record: (proof: string) => Promise<void>;
}

/** What one tool was seen to do, as it lies in coverage/compatibility. */
export interface CompatibilityRecord {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly proofs: readonly string[];
}

const output = 'coverage/compatibility';

/** Installs the packed package and a tool; when the tool cannot be had, says so aloud and returns nothing. */
export async function createHome(tool: Tool): Promise<Home | undefined> {
  const { base, tarball } = inject('packed');
  const slug = tool.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const folder = join(base, 'homes', slug);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  try {
    await install(folder, tarball, ...tool.packages);
  } catch (error) {
    console.warn(`SKIPPED: ${tool.packages.join(' ')} cannot be installed here: ${error}`);
    return undefined;
  }
  const version = await readVersion(folder, tool.shown ?? tool.packages[0] ?? '');
  const proofs: string[] = [];
  const writeFiles = async (project: string, files: Record<string, string>) => {
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, project, file), text);
  };
  return {
    folder,
    version,
    find: (command) => {
      const path = join(folder, 'node_modules/.bin', command);
      return command === 'node' && !existsSync(path) ? process.execPath : path;
    },
    writeFiles,
    createProject: async (name, files, manifest = { type: 'module' }) => {
      const project = join(folder, name);
      await mkdir(project);
      await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, ...manifest }));
      await writeFiles(name, files);
      return project;
    },
    record: async (proof) => {
      if (!proofs.includes(proof)) proofs.push(proof);
      const group = Object.keys(matrix).find((key) => matrix[key]?.includes(tool)) ?? '';
      const record: CompatibilityRecord = { group, name: tool.name, version, proofs };
      await mkdir(output, { recursive: true });
      await writeFile(join(output, `${slug}.json`), JSON.stringify(record));
    },
  };
}

async function readVersion(folder: string, specifier: string): Promise<string> {
  const name = specifier.replace(/(?<=.)@.*$/, '');
  const { version } = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return version;
}
