/**
 * Packs as npm does when it publishes, and has the very tarball judged: publint, are-the-types-wrong, a publication on trial. It
 * stays in packed, where the tests find it when PACKED names that folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packed');

function run(command: string, ...parameters: string[]): void {
  console.log(`> ${command} ${parameters.join(' ')}`);
  execFileSync(command, parameters, { cwd: root, stdio: 'inherit', timeout: 180_000 });
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
  cwd: root,
  encoding: 'utf8',
  timeout: 180_000,
});
writeFileSync(join(folder, 'packed.json'), packed);
const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
const tarball = join(folder, filename);
run('npx', 'publint', '--strict', tarball);
run('npx', 'attw', tarball, '--profile', 'node16');
run('npm', 'publish', tarball, '--dry-run');
