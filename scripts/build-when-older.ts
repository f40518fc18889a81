/** Builds `dist` unless it is up to date, so that checks that pack the package several times build it once. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNewer } from './find-newer.js';

const cwd = fileURLToPath(new URL('..', import.meta.url));
if (findNewer() !== undefined)
  execFileSync('npm', ['run', '--silent', 'build', '--', '--silent'], { cwd, stdio: 'inherit' });
