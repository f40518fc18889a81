import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// Packing changes package.json for a moment; the lock file changes with it when it matters.
const ingredients = ['src', 'scripts', 'package-lock.json', 'tsconfig.json', 'tsup.config.ts'];

function listFiles(path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => listFiles(join(path, name)));
}

const changedAt = (path: string) => statSync(join(root, path)).mtimeMs;

/** A file that `dist` is made of and that is newer than `dist`; nothing when `dist` is up to date. */
export function findNewer(): string | undefined {
  const built = Math.min(...listFiles('dist').map(changedAt));
  return listFiles('dist').length === 0
    ? 'src'
    : ingredients.flatMap(listFiles).find((path) => changedAt(path) > built);
}
