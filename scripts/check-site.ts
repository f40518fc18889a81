/**
 * Follows every local link of the built reference, anchors included, and every link to a file of the repository. Asks its search for what
 * users look for. Exits with 1 when a link leads nowhere or to a download, another page comes first, the text of the guides cannot be
 * found, the sidebar lists names without a category, or a page shows the machinery behind the types.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'docs/api');
const repository = 'https://github.com/org/sms-client/blob/main/';
const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
const texts = new Map(pages.map((path) => [path, readFileSync(join(site, path), 'utf8')]));
const anchors = new Map(
  [...texts].map(([path, text]) => [
    path,
    new Set([...text.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? '')),
  ]),
);

const broken = new Set<string>();
let [count, sources] = [0, 0];
for (const [page, text] of texts) {
  for (const [, address = ''] of text.matchAll(/\s(?:href|src)="([^"]+)"/g)) {
    if (address.startsWith(repository)) {
      const file = decodeURIComponent(address.slice(repository.length).split('#')[0] ?? '');
      if (file.startsWith('src/')) sources += 1;
      if (!existsSync(join(root, file))) broken.add(`${page}: ${address}`);
    }
    if (/^[a-z]+:/i.test(address)) continue;
    count += 1;
    // Files that are no page are copied there, and a browser downloads them.
    if (/^(\.\.\/)*media\//.test(address)) broken.add(`${page}: ${address} is a download`);
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
console.log(`${sources} links to the source`);
if (sources === 0) process.exitCode = 1;

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

/** Words that only the text of a guide has: no title, no comment and no keyword of scripts/typedoc-plugin.mjs. */
const inTexts = { BullMQ: 'Fleets', ProxyAgent: 'Proxies, TLS and custom fetch' };

interface SearchData {
  readonly rows: readonly { readonly name: string }[];
  readonly index: object;
}

interface Lunr {
  readonly Index: {
    load(index: object): { search(query: string): Match[] };
  };
}

interface Match {
  readonly ref: string;
  readonly score: number;
  /** For each word that was found, the fields it was found in. */
  readonly matchData: { readonly metadata: Readonly<Record<string, object>> };
}

interface Row {
  readonly text: string;
  /** Absent for a category. */
  readonly kind?: number;
  readonly children?: readonly Row[];
}

/** Reads what typedoc has packed into a script. */
function unpack<T>(script: string): T {
  const [, encoded = ''] = /"(.+)"/.exec(readFileSync(join(site, 'assets', script), 'utf8')) ?? [];
  return JSON.parse(inflateSync(Buffer.from(encoded, 'base64')).toString());
}

/** Searches as the pages of typedoc do. */
function openSearch(): (word: string) => { readonly name: string; readonly fields: readonly string[] } | undefined {
  const { index, rows } = unpack<SearchData>('search.js');
  const { Index }: Lunr = createRequire(import.meta.resolve('typedoc'))('lunr');
  const loaded = Index.load(index);
  return (word) => {
    const found = loaded.search(`*${word}*`).map(({ matchData, ref, score }) => {
      const { name } = rows[Number(ref)] ?? { name: '' };
      const begins = name.toLowerCase().startsWith(word.toLowerCase());
      const fields = [...new Set(Object.values(matchData.metadata).flatMap((each) => Object.keys(each)))];
      return { name, fields, score: begins ? (score * 10) / (1 + Math.abs(name.length - word.length)) : score };
    });
    return found.sort((one, other) => other.score - one.score)[0];
  };
}

const findFirst = openSearch();
const words = Object.entries({ ...guides, ...inTexts });
const misplaced = words.filter(([word, guide]) => findFirst(word)?.name !== guide);
console.log(`${words.length} words searched, ${misplaced.length} without the right guide first`);
for (const [word, guide] of misplaced) console.error(`${word}: ${findFirst(word)?.name} comes before ${guide}`);
const elsewhere = Object.keys(inTexts).filter((word) => findFirst(word)?.fields.join() !== 'document');
for (const word of elsewhere)
  console.error(`${word}: found by ${findFirst(word)?.fields}, not by the text of a guide alone`);
if (misplaced.length + elsewhere.length > 0) process.exitCode = 1;

const [main] = unpack<Row[]>('navigation.js').filter(({ text }) => text === '@org/sms-client');
const uncategorised = (main?.children ?? []).filter(({ kind }) => kind !== undefined);
console.log(`${main?.children?.length ?? 0} rows of the main module, ${uncategorised.length} without a category`);
for (const { text } of uncategorised) console.error(`"${text}" of the sidebar is in no category`);
if (main?.children === undefined || uncategorised.length > 0) process.exitCode = 1;
