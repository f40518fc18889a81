/**
 * Settings beyond typedoc.json that order the reference by task: categories, guides by their titles, links to the repository, words
 * for the search, no internal types. It also sets limits that `npm run docs` fails at.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  IndexEvent,
  ReferenceReflection,
  ReflectionKind,
  RendererEvent,
} from 'typedoc';

const root = fileURLToPath(new URL('..', import.meta.url));
const repository = 'https://github.com/org/sms-client/blob/main/';

/** A category for each exported name, by the file that declares it; the first pattern that matches decides. */
const categories = [
  [/^src\/(client|options|environment|regions)\.ts/, 'Client and options'],
  [/^src\/transport\//, 'Client and options'],
  [/^src\/auth\//, 'Authentication'],
  [/^src\/resources\//, 'Methods'],
  [/^src\/tracking\/(progress|steps|time-left)/, 'Progress'],
  [/^src\/tracking\//, 'Start, follow and wait'],
  [/^src\/[a-z-]*error[a-z-]*\.ts/, 'Errors'],
  [/^src\/schemas\/(task|task-request)\.ts/, 'Payloads: tasks'],
  [/^src\/schemas\/(speed-limit|consistency|configuration|network)\.ts/, 'Payloads: settings and checks of tasks'],
  [/^src\/schemas\/source-server/, 'Payloads: source servers'],
  [/^src\/schemas\/(target-server|disk)\.ts/, 'Payloads: targets and disks'],
  [/^src\/schemas\/(template|migration-project)\.ts/, 'Payloads: templates and projects'],
  [/^src\/schemas\/(agent|certificate)\.ts/, 'Payloads: agent'],
  [/^src\/schemas\//, 'Payloads: service and tokens'],
  [/^src\/testing\/faults\//, 'Faults'],
  [/^src\/testing\/(.*-seed|iam\/account|options)/, 'Options and seeds'],
  [/^src\/testing\//, 'Simulator'],
  [/^src\/node\//, 'Node.js'],
];

/** Words that lead to a guide although its title does not contain them in this form; an option of the same name comes second. */
const keywords = {
  'retries.md': 'retry backoff',
  'errors.md': 'response exception',
  'proxies.md': 'proxy certificate',
  'observability.md': 'opentelemetry log logger pino trace',
  'operations.md': 'returns',
  'authentication.md': 'login password',
  'testing.md': 'simulator mock msw',
  'token-store.md': 'redis keyv',
};

const mostRows = 25;
const longestList = 80;

export function load(app) {
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue('categoryOrder', [...new Set(categories.map(([, title]) => title))]);
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const module of modulesOf(context.project)) categorize(context, module, app.logger);
    for (const reflection of Object.values(context.project.reflections)) clearMachinery(reflection);
    for (const guide of context.project.documents ?? []) useHeading(guide);
  });
  // After typedoc's own plugins, which add inherited members once more.
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    (context) => {
      for (const reflection of Object.values(context.project.reflections)) clearMachinery(reflection);
      putGuidesFirst(context.project);
      linkRepository(context.project);
      linkGuides(context.project);
      dropTitle(context.project.readme);
    },
    -1_000,
  );
  app.renderer.on(IndexEvent.PREPARE_INDEX, addKeywords);
  app.renderer.on(RendererEvent.BEGIN, ({ project }) => {
    for (const problem of findProblems(app.renderer.theme.getNavigation(project))) app.logger.error(problem);
  });
}

function modulesOf(project) {
  return project.getReflectionsByKind(ReflectionKind.Module);
}

function categorize(context, module, logger) {
  for (const child of module.children ?? []) {
    const declared = child instanceof ReferenceReflection ? child.getTargetReflectionDeep() : child;
    const file = context.getSymbolFromReflection(declared)?.declarations?.[0]?.getSourceFile().fileName ?? '';
    const path = relative(root, file);
    const category = categories.find(([pattern]) => pattern.test(path))?.[1];
    if (category === undefined) logger.error(`scripts/typedoc-plugin.mjs has no category for ${child.name} of ${path}`);
    else for (const target of [child, ...(child.signatures ?? [])]) addCategory(target, category);
  }
}

function addCategory(reflection, category) {
  reflection.comment ??= new Comment();
  if (reflection.comment.getTag('@category') !== undefined) return;
  reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
}

/** A type without a page, for example one inferred from a schema, is no base worth showing in the hierarchy of an interface. */
function clearMachinery(reflection) {
  if (!reflection.kindOf?.(ReflectionKind.Interface) || reflection.extendedTypes === undefined) return;
  const hasPage = (type) => type.reflection !== undefined;
  const bases = reflection.extendedTypes.filter(hasPage);
  reflection.extendedTypes = bases.length > 0 ? bases : undefined;
  if (bases.length === 0) reflection.typeHierarchy = undefined;
  for (let level = reflection.typeHierarchy; level !== undefined; level = level.next) {
    level.types = level.types.filter((type) => type.type !== 'reference' || hasPage(type));
  }
  for (const child of reflection.children ?? []) {
    if (child.inheritedFrom !== undefined && !hasPage(child.inheritedFrom)) child.inheritedFrom = undefined;
  }
}

/** Names a guide by its first heading. */
function useHeading(guide) {
  const heading = /^\s*# (.+)\n/.exec(guide.content[0]?.text ?? '');
  if (heading !== null) guide.name = heading[1];
}

/** The search of the site compares whole words, so "retry" alone would not find "Retries". */
function addKeywords(event) {
  event.searchFieldWeights.keywords = 3_000;
  for (const [index, reflection] of event.searchResults.entries()) {
    const path = reflection.isDocument?.() ? reflection.project.files.getReflectionPath(reflection) : undefined;
    event.searchFields[index] = { keywords: keywords[posix.basename(path ?? '')] ?? '' };
  }
}

/** In the order of docs/README.md, before the modules. */
function putGuidesFirst(project) {
  const index = join(root, 'docs/README.md');
  const text = existsSync(index) ? readFileSync(index, 'utf8') : '';
  const place = (guide) => {
    const position = text.indexOf(`](${posix.basename(project.files.getReflectionPath(guide))}`);
    return position === -1 ? text.length : position;
  };
  const guides = (project.documents ?? []).sort((one, other) => place(one) - place(other));
  project.childrenIncludingDocuments = [...guides, ...(project.children ?? [])];
  project.categories = undefined;
}

/** The front page has the name of the package as its title already. */
function dropTitle(readme) {
  const [first] = readme ?? [];
  if (first?.kind === 'text') first.text = first.text.replace(/^\s*# .+\n/, '');
}

/** The README links to the repository, since npm shows it, too. On the site its links to guides lead to their pages. */
function linkGuides(project) {
  const pages = new Set((project.documents ?? []).map((guide) => project.files.getReflectionPath(guide)));
  const address = new RegExp(`(${repository.replaceAll('.', '\\.')}[\\w/-]+\\.md(?:#[\\w-]+)?)`);
  project.readme = project.readme?.flatMap((part) => {
    if (part.kind !== 'text') return [part];
    return part.text.split(address).map((text) => {
      const path = text.startsWith(repository) ? text.slice(repository.length) : '';
      if (!pages.has(join(root, path.split('#')[0]))) return { kind: 'text', text };
      const { anchor, target } = project.files.registerAbsolute(join(root, path));
      return { kind: 'relative-link', text: path, target, targetAnchor: anchor };
    });
  });
}

/** Links to files that are no page of the site lead to the repository, not to a download. */
function linkRepository(project) {
  const pages = new Set((project.documents ?? []).map((guide) => project.files.getReflectionPath(guide)));
  const readme = join(root, 'README.md');
  const change = (parts, file) => {
    for (const part of parts) {
      if (part.kind !== 'relative-link') continue;
      const path = join(dirname(file), part.text.split('#')[0]);
      if (path === readme || pages.has(path)) continue;
      const anchor = part.text.includes('#') ? `#${part.text.split('#')[1]}` : '';
      Object.assign(part, { kind: 'text', text: `${repository}${relative(root, path)}${anchor}` });
      delete part.target;
    }
  };
  change(project.readme ?? [], readme);
  for (const guide of project.documents ?? []) change(guide.content, project.files.getReflectionPath(guide));
}

/** Lists that are too long, and rows that are kinds. */
function findProblems(rows) {
  const kinds = new Set(Object.values(ReflectionKind).filter(Number.isInteger).map(ReflectionKind.pluralString));
  const long = (row) => [
    ...((row.children?.length ?? 0) > longestList
      ? [`"${row.text}" has ${row.children.length} rows, at most ${longestList} fit`]
      : []),
    ...(row.children ?? []).flatMap(long),
  ];
  return [
    ...(rows.length > mostRows ? [`the sidebar has ${rows.length} rows, at most ${mostRows} fit`] : []),
    ...rows.filter(({ text }) => kinds.has(text)).map(({ text }) => `the row "${text}" of the sidebar is a kind`),
    ...rows.flatMap(long),
  ];
}
