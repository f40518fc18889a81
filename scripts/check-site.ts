/** Follows every local link of the built reference, anchors included, and exits with 1 when one leads nowhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../docs/api', import.meta.url));
const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
const texts = new Map(pages.map((path) => [path, readFileSync(join(site, path), 'utf8')]));
const anchors = new Map(
  [...texts].map(([path, text]) => [
    path,
    new Set([...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? '')),
  ]),
);

const broken = new Set<string>();
let count = 0;
for (const [page, text] of texts) {
  for (const [, address = ''] of text.matchAll(/\s(?:href|src)="([^"]+)"/g)) {
    if (/^[a-z]+:/i.test(address)) continue;
    count += 1;
    const [path = '', anchor = ''] = address.replace(/&amp;/g, '&').split('#');
    const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path.split('?')[0] ?? '')));
    const isThere = existsSync(join(site, target));
    const hasAnchor = anchor === '' || (anchors.get(target)?.has(decodeURIComponent(anchor)) ?? true);
    if (!isThere || !hasAnchor) broken.add(`${page}: ${address}`);
  }
}
console.log(`${count} links on ${pages.length} pages, ${broken.size} broken`);
for (const each of broken) console.error(each);
if (broken.size > 0) process.exitCode = 1;
