/** The fenced blocks of code in pages and in doc comments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../repository.js';

export interface Block {
  readonly page: string;
  /** The line of the opening fence. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The lines of a page; of a source file, those of its doc comments, with nothing in place of the rest. */
function readLines(page: string): string[] {
  const lines = readPage(page).split('\n');
  return page.endsWith('.md') ? lines : lines.map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? '');
}

export function findBlocks(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { indent: string; language: string; line: number; lines: string[] } | undefined;
  for (const [index, text] of readLines(page).entries()) {
    const fence = /^(\s*)```(.*)$/.exec(text);
    if (open === undefined && fence) {
      open = { indent: fence[1] ?? '', language: (fence[2] ?? '').trim(), line: index + 1, lines: [] };
    } else if (open !== undefined && fence) {
      blocks.push({ page, line: open.line, language: open.language, code: open.lines.join('\n') });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text);
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line} opens a code block that nothing closes`);
  return blocks;
}
