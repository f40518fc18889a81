/** Packs as npm does when it publishes, and has the very tarball judged: publint, are-the-types-wrong, a publication on trial. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sms-client-pack-'));

function run(command: string, ...parameters: string[]): void {
  console.log(`> ${command} ${parameters.join(' ')}`);
  execFileSync(command, parameters, { cwd: root, stdio: 'inherit', timeout: 180_000 });
}

try {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    timeout: 180_000,
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const tarball = join(folder, filename);
  run('npx', 'publint', '--strict', tarball);
  run('npx', 'attw', tarball, '--profile', 'node16');
  run('npm', 'publish', tarball, '--dry-run');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
