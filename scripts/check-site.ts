/**
 * Follows every local link of the built reference, anchors included, and asks its search for what users look for. Exits with 1 when a
 * link leads nowhere, another page comes first, or a page shows the machinery behind the types.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

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

const withMachinery = pages.filter((page) => /\bInfer\s*&lt;/.test((texts.get(page) ?? '').replace(/<[^>]+>/g, '')));
console.log(`${withMachinery.length} pages show Infer<…>`);
for (const page of withMachinery) console.error(page);
if (withMachinery.length > 0) process.exitCode = 1;

/** What users look for, and the guide that the search of the site shows first. */
const guides = {
  retry: 'Retries and timeouts',
  proxy: 'Proxies, TLS and custom fetch',
  returns: 'Operations',
  response: 'Errors',
  OpenTelemetry: 'Logging, metrics and tracing',
};

interface SearchData {
  readonly rows: readonly { readonly name: string }[];
  readonly index: object;
}

interface Lunr {
  readonly Index: {
    load(index: object): { search(query: string): { readonly ref: string; readonly score: number }[] };
  };
}

/** Searches as the pages of typedoc do. */
function openSearch(): (word: string) => string | undefined {
  const [, encoded = ''] = /"(.+)"/.exec(readFileSync(join(site, 'assets/search.js'), 'utf8')) ?? [];
  const { index, rows }: SearchData = JSON.parse(inflateSync(Buffer.from(encoded, 'base64')).toString());
  const { Index }: Lunr = createRequire(import.meta.resolve('typedoc'))('lunr');
  const loaded = Index.load(index);
  return (word) => {
    const found = loaded.search(`*${word}*`).map(({ ref, score }) => {
      const { name } = rows[Number(ref)] ?? { name: '' };
      const begins = name.toLowerCase().startsWith(word.toLowerCase());
      return { name, score: begins ? (score * 10) / (1 + Math.abs(name.length - word.length)) : score };
    });
    return found.sort((one, other) => other.score - one.score)[0]?.name;
  };
}

const findFirst = openSearch();
const misplaced = Object.entries(guides).filter(([word, guide]) => findFirst(word) !== guide);
console.log(`${Object.keys(guides).length} words searched, ${misplaced.length} without the right guide first`);
for (const [word, guide] of misplaced) console.error(`${word}: ${findFirst(word)} comes before ${guide}`);
if (misplaced.length > 0) process.exitCode = 1;
