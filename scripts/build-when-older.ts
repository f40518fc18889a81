/** Builds `dist` unless it is up to date: whoever checks the package packs it several times, and builds it once. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNewer } from './find-newer.js';

const cwd = fileURLToPath(new URL('..', import.meta.url));
if (findNewer() !== undefined)
  execFileSync('npm', ['run', '--silent', 'build', '--', '--silent'], { cwd, stdio: 'inherit' });
