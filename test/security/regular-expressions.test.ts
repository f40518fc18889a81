/** A regular expression that takes more than linear time can stop a process. The tests check the form and time nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from '../repository.js';

const files = listFiles('src', '.ts').filter((path) => !path.startsWith('src/testing'));

describe('the regular expressions of the source', () => {
  const patterns = files.flatMap(findPatterns);

  it('repeat no group that itself repeats, and no two neighbours that match the same characters', () => {
    expect(patterns.length).toBeGreaterThan(20);
    const wrong = patterns.filter(({ source }) => canExplode(source));
    expect(wrong.map(({ path, source }) => `${path}: ${source}`)).toEqual([]);
  });

  it('are all written as literals, so that this test sees each', () => {
    const made = files.filter((path) => /\bRegExp\(/.test(readFileSync(join(root, path), 'utf8')));
    expect(made).toEqual([]);
  });

  it('are distinguished from patterns with exponential time', () => {
    for (const source of ['(a+)+b', '(?:a*)*b', '([ab]+|c)*d', '(a|a)*b', '\\s+\\s*x', '.*.*x', '[^"]*\\w+x']) {
      expect(canExplode(source), source).toBe(true);
    }
    for (const source of ['^[\\w.-]{1,255}$', '(?:[^"\\\\]|\\\\.)*', '^\\d+(\\.\\d+)?$', '\\s*:\\s*']) {
      expect(canExplode(source), source).toBe(false);
    }
  });
});

function findPatterns(path: string): { path: string; source: string }[] {
  const found: { path: string; source: string }[] = [];
  const tree = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2022, true);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push({ path, source: node.text.replace(/^\/|\/\w*$/g, '') });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** A part of a pattern. */
interface Atom {
  /** What it takes. */
  readonly text: string;
  /** The same with its quantifier. */
  readonly whole: string;
  /** Whether it may take it without limit. */
  readonly isEndless: boolean;
}

const samples = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

/** Whether a pattern may need more than linear time once a match has begun: it errs on the side of yes. */
function canExplode(source: string): boolean {
  const atoms = split(source);
  return atoms.some((atom, index) => {
    if (atom.text.startsWith('(')) return isDangerous(atom);
    const next = atoms[index + 1];
    const isPair = atom.isEndless && next?.isEndless === true && !next.text.startsWith('(');
    return isPair && overlap(atom.text, next.text);
  });
}

function isDangerous({ isEndless, text }: Atom): boolean {
  const parts = alternatives(text);
  if (parts.some(canExplode)) return true;
  if (!isEndless) return false;
  const repeats = parts.some((part) => split(part).some((atom) => atom.isEndless));
  const firsts = parts.map((part) => split(part)[0]?.text ?? '');
  return repeats || firsts.some((one, index) => firsts.slice(index + 1).some((other) => overlap(one, other)));
}

function split(source: string): Atom[] {
  const atoms: Atom[] = [];
  let rest = source;
  while (rest !== '') {
    const text = rest.startsWith('(') ? readGroup(rest) : readSingle(rest);
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest.slice(text.length))?.[0] ?? '';
    atoms.push({ text, whole: text + quantifier, isEndless: /^(?:[*+]|\{\d+,\})/.test(quantifier) });
    rest = rest.slice(text.length + quantifier.length);
  }
  return atoms;
}

function readSingle(source: string): string {
  return /^(?:\[(?:\\.|[^\]\\])*\]|\\p\{\w+\}|\\.)/.exec(source)?.[0] ?? source.charAt(0);
}

function readGroup(source: string): string {
  let depth = 0;
  for (const { 0: mark, index } of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()]/g)) {
    if (mark === '(') depth += 1;
    if (mark === ')') depth -= 1;
    if (depth === 0) return source.slice(0, index + 1);
  }
  return source;
}

function alternatives(group: string): string[] {
  const parts = [''];
  for (const { text, whole } of split(group.slice(1, -1).replace(/^\?(?::|<?[=!])/, ''))) {
    if (text === '|') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${whole}`);
  }
  return parts;
}

function overlap(one: string, other: string): boolean {
  if ([one, other].some((text) => text === '' || /^[(^$]/.test(text))) return false;
  const [left, right] = [new RegExp(`^${one}$`, 'u'), new RegExp(`^${other}$`, 'u')];
  return samples.some((sample) => left.test(sample) && right.test(sample));
}
