import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from './repository.js';
import { findBlocks, readPage } from './support/code-blocks.js';

const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md', 'test/README.md'],
  ...listFiles('docs', '.md').filter((path) => !path.startsWith('docs/api/')),
];

const blocks = [...pages, ...listFiles('src', '.ts')].flatMap(findBlocks);

/** Each block as a module of its own, moved down to the line it has in its page, so that complaints point there. */
function writeModules(folder: string): string[] {
  return blocks
    .filter(({ language }) => language === 'ts')
    .map(({ code, line, page }) => {
      const file = join(folder, `${page}.line${line}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${'\n'.repeat(line)}${code}\nexport {};\n`);
      return file;
    });
}

/** One program for everything, read by the native compiler: a fifth of the time that the other one takes. */
function compile(): string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sms-client-docs-')));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const settings = {
      extends: join(root, 'tsconfig.json'),
      // What a page declares to show how it is written need not be used.
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      files: [...writeModules(folder), ...listFiles('examples', '.ts').map((path) => join(root, path))],
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const compiler = join(root, 'node_modules/typescript-native/bin/tsc');
    const { status, stderr, stdout } = spawnSync(process.execPath, [compiler, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status === 0) return [];
    return [`exit code ${status}`, ...`${stdout}${stderr}`.trim().split('\n').map(toPage)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `docs/x.md.line7.ts(9,1): error` as `docs/x.md:9 error`. */
function toPage(complaint: string): string {
  return complaint.replace(/^(\S+?)(?:\.line\d+\.ts)?\((\d+),\d+\):/, '$1:$2');
}

/** The anchor a heading gets where Markdown is shown. */
function toAnchor(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function withoutCode(page: string): string {
  return readPage(page).replace(/^\s*```[\s\S]*?^\s*```/gm, '');
}

function anchorsOf(page: string): string[] {
  return [...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map((match) => toAnchor(match[1] ?? ''));
}

function isBroken(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  // The reference is built, not kept.
  if (file.startsWith('docs/api')) return false;
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
}

describe('code of the pages and of doc comments', () => {
  it('names its language in the one way that is checked', () => {
    const unchecked = blocks.filter(({ language }) => /^(typescript|tsx|mts|cts|ts .*)$/i.test(language));
    expect(unchecked.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([]);
  });

  it('needs no default for an id, which is always there, nor for a password of the environment', () => {
    const texts: (readonly [at: string, code: string])[] = blocks.map(({ code, line, page }) => [
      `${page}:${line}`,
      code,
    ]);
    for (const name of readdirSync(join(root, 'examples'))) {
      if (name.endsWith('.ts')) texts.push([name, readPage(`examples/${name}`)]);
    }
    expect(texts.filter(([, code]) => /\b(id|HW_\w+) \?\? ''/.test(code)).map(([at]) => at)).toEqual([]);
  });

  it('compiles, and so do the examples', { timeout: 120_000 }, () => {
    expect(compile()).toEqual([]);
  });
});

const ownLink =
  /^https:\/\/(?:github\.com\/org\/sms-client\/(?:blob|tree)|raw\.githubusercontent\.com\/org\/sms-client)\/main\/(.+)$/;

/** Whom the pages may lead to. */
const knownHosts = [
  ...['github.com', 'raw.githubusercontent.com', 'org.github.io', 'img.shields.io', 'developer.huaweicloud.com'],
  ...['docs.bullmq.io', 'keepachangelog.com', 'keyv.org', 'mswjs.io', 'semver.org', 'standardschema.dev', 'zod.dev'],
];

describe('links of the pages', () => {
  it.each(pages)('lead to a file and a heading that exist: %s', (page) => {
    const targets = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const broken = targets.filter((target) => {
      // The README names the files of the repository in full, because npm shows it, too.
      const [, path] = ownLink.exec(target) ?? [];
      if (path !== undefined) return isBroken('README.md', path);
      return !/^[a-z]+:/.test(target) && isBroken(page, target);
    });
    expect(broken).toEqual([]);
  });

  // Nothing is fetched: a misspelt or strange host shows here, and a new one is added on purpose.
  it('lead to known hosts alone, by https', () => {
    const files = [...pages, ...listFiles('src', '.ts'), ...listFiles('examples', '.ts')];
    const strange = files.flatMap((file) => {
      const targets = [...readPage(file).matchAll(/(?:\]\(|@see |\{@link )([a-z]+:[^)\s}]*)/g)].map(
        (match) => match[1] ?? '',
      );
      const isKnown = (target: string) => target.startsWith('https://') && knownHosts.includes(new URL(target).host);
      return targets.filter((target) => !isKnown(target)).map((target) => `${file}: ${target}`);
    });
    expect(strange).toEqual([]);
  });
});

describe('a sample that starts many tasks', () => {
  const samples = blocks.filter(
    ({ code, language }) => language === 'ts' && /\b(startMany|startAllAndWait)\(/.test(code),
  );

  it('prints those that did not start, with the reason', () => {
    expect(samples.length).toBeGreaterThan(2);
    const silent = samples.filter(({ code }) => {
      const [, started = 'nothing'] = /const (\w+) = await \w+\.tasks\.start(?:Many|AllAndWait)\(/.exec(code) ?? [];
      const loop = `of (${started}|await \\w+\\.tasks\\.(waitForAll\\(${started}|startAllAndWait\\([^)]*)\\))\\)`;
      return !new RegExp(`${loop}[^;]*console\\.\\w+\\(id, outcome, error\\?\\.message`).test(code);
    });
    expect(silent.map(({ line, page }) => `${page}:${line}`)).toEqual([]);
  });
});

describe('the helpers that test/README.md names', () => {
  it('exist', () => {
    const code = listFiles('test', '.ts').map(readPage).join('\n');
    const calls = [...readPage('test/README.md').matchAll(/`([a-z]\w+)\([^`]*\)`/g)].map((match) => match[1] ?? '');
    expect(calls.length).toBeGreaterThan(10);
    const isExported = (name: string) => new RegExp(`^export (async )?(function|const) ${name}\\b`, 'm').test(code);
    expect(calls.filter((name) => name !== 'describe' && name !== 'it' && !isExported(name))).toEqual([]);
  });
});

describe('examples', () => {
  it('are all named in the README or a page', () => {
    const text = pages.map(readPage).join('\n');
    const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'));
    expect(examples.filter((name) => !text.includes(name.slice(0, -'.ts'.length)))).toEqual([]);
  });
});
