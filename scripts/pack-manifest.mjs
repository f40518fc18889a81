/**
 * `strip` (before packing) takes out of package.json what only this repository needs: npm warns users of a `prepare` script.
 * `restore` (after packing) puts the file back.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifestPath = 'package.json';
const keptPath = 'package.json.kept';

if (process.argv[2] === 'restore') {
  if (existsSync(keptPath)) renameSync(keptPath, manifestPath);
} else {
  const { scripts, devDependencies, allowScripts, ...manifest } = JSON.parse(readFileSync(manifestPath, 'utf8'));
  // After a run that was killed the file is stripped already, and the copy that was kept is the whole one.
  if (scripts !== undefined) copyFileSync(manifestPath, keptPath);
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
}
