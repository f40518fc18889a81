import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { listFiles, root } from './repository.js';

/** From the ground up; a file imports only from its own layer and from layers below it. */
const layers = [
  'schemas',
  'errors',
  'transport',
  'auth',
  'tracking',
  'resources',
  'client',
  'node',
  'testing',
  'index',
  'cli',
];

/** Files at the root of src that belong to a layer named otherwise. */
const layerOfFile: Record<string, string> = {
  'src/version.ts': 'schemas',
  'src/error-codes.ts': 'errors',
  'src/errors.ts': 'errors',
  'src/sms-error.ts': 'errors',
  'src/error-texts.ts': 'errors',
  'src/regions.ts': 'client',
  'src/environment.ts': 'client',
  'src/options.ts': 'client',
  'src/client.ts': 'client',
  'src/index.ts': 'index',
};

/** Who alone may import a package. */
const importersOf: Record<string, string[]> = {
  ky: ['src/transport/transport.ts'],
  'zod/mini': ['src/schemas/kinds.ts', 'src/schemas/schema-types.ts'],
  'zod/v4/core': ['src/schemas/kinds.ts'],
};

interface Import {
  readonly from: string;
  /** A path in the repository, or the specifier of a package. */
  readonly to: string;
  readonly erased: boolean;
}

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
  readonly imports: Import[];
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return { path, lines: text.trimEnd().split('\n').length, tree, imports: findImports(path, tree) };
}

function findImports(from: string, tree: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (specifier: ts.Node | undefined, erased: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    const to = text.startsWith('.') ? join(dirname(from), text).replace(/\.js$/, '.ts') : text;
    imports.push({ from, to, erased });
  };
  visit(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
  });
  return imports;
}

function visit(node: ts.Node, inspect: (node: ts.Node) => void): void {
  inspect(node);
  ts.forEachChild(node, (child) => visit(child, inspect));
}

function layerOf(path: string): string {
  const folder = /^src\/([^/]+)\//.exec(path)?.[1];
  const layer = folder ?? layerOfFile[path];
  if (layer === undefined || !layers.includes(layer))
    throw new Error(`${path} belongs to no layer: name one in this test`);
  return layer;
}

function place(tree: ts.SourceFile, node: ts.Node): string {
  return `${tree.fileName}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** The places in these files where a node matches. */
function find(files: readonly SourceFile[], matches: (node: ts.Node) => boolean): string[] {
  const found: string[] = [];
  for (const { tree } of files) {
    visit(tree, (node) => {
      if (matches(node)) found.push(place(tree, node));
    });
  }
  return found;
}

function show({ from, to }: Import): string {
  return `${from} → ${to}`;
}

function findCycles(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(
    files.map(({ imports, path }) => [path, imports.filter((each) => !isHeldByError(each)).map(({ to }) => to)]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return cycles;
}

/** `new Map()` and its like with nothing in it: at the top of a module that is a cache shared by every client. */
function isEmptyContainer(node: ts.Expression | undefined): boolean {
  return (
    node !== undefined &&
    ts.isNewExpression(node) &&
    /^(Weak)?(Map|Set)$/.test(node.expression.getText()) &&
    (node.arguments ?? []).length === 0
  );
}

/** Whether a name belongs to an object, as in `globalThis.process`, which is undefined where there is none. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isTypeElement(parent)) &&
    parent.name === node
  );
}

function isTopLevel(statement: ts.Node): boolean {
  return ts.isSourceFile(statement.parent);
}

/** Whether a file names Node's packages in dynamic imports and types only, so that other runtimes can load it. */
function isDynamic(path: string): boolean {
  const file = sources.find((source) => source.path === path);
  return (
    file !== undefined &&
    find([file], (node) => {
      if (!ts.isImportDeclaration(node) || node.importClause?.isTypeOnly) return false;
      return ts.isStringLiteral(node.moduleSpecifier) && node.moduleSpecifier.text.startsWith('node:');
    }).length === 0
  );
}

const sources = listFiles('src', '.ts').map(read);
const examples = listFiles('examples', '.ts').map(read);
const imports = sources.flatMap((file) => file.imports);
// An error may hold what tracking made, whose type it then names.
const isHeldByError = ({ erased, from, to }: Import) =>
  from === 'src/errors.ts' && erased && to.startsWith('src/tracking/');
const internal = imports.filter((each) => each.to.startsWith('src/') && !isHeldByError(each));
const external = imports.filter(({ to }) => !to.startsWith('src/'));

describe('layers', () => {
  it('are known for every file', () => {
    expect(sources.length).toBeGreaterThan(0);
    for (const { path } of sources) expect(layers).toContain(layerOf(path));
  });

  it('import only from the layers below', () => {
    const upward = internal.filter(({ from, to }) => layers.indexOf(layerOf(to)) > layers.indexOf(layerOf(from)));
    expect(upward.map(show)).toEqual([]);
  });

  it('have no import cycles', () => {
    expect(findCycles(sources)).toEqual([]);
  });

  it('import only files that exist', () => {
    const paths = new Set(sources.map(({ path }) => path));
    expect(internal.filter(({ to }) => !paths.has(to)).map(show)).toEqual([]);
  });

  it('give tracking functions, never the transport', () => {
    const senders = ['src/transport/transport.ts', 'ky'];
    const wrong = imports.filter(
      ({ from, to }) => layerOf(from) === 'tracking' && (senders.includes(to) || to.startsWith('src/auth/')),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('keep the simulator apart from the client, so that both cannot share a mistake', () => {
    const wrong = internal.filter(
      ({ from, to }) => layerOf(from) !== 'cli' && (layerOf(from) === 'testing') !== (layerOf(to) === 'testing'),
    );
    expect(wrong.map(show)).toEqual([]);
  });
});

describe('packages', () => {
  it('are imported by one file each', () => {
    const wrong = external.filter(({ from, to }) => !to.startsWith('node:') && !importersOf[to]?.includes(from));
    expect(wrong.map(show)).toEqual([]);
  });

  it('of Node are imported only in the modules for Node', () => {
    const fromNode = external.filter(({ to }) => to.startsWith('node:'));
    const wrong = fromNode.filter(({ from, erased }) => {
      if (['node', 'cli'].includes(layerOf(from))) return false;
      return !(/^src\/testing\/(.+\/)?listen\.ts$/.test(from) && (erased || isDynamic(from)));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('of Node are not used through globals either', () => {
    const globals = ['Buffer', '__dirname', '__filename', 'global', 'process', 'require', 'setImmediate'];
    const neutral = sources.filter(({ path }) => !['node', 'cli'].includes(layerOf(path)));
    expect(
      find(neutral, (node) => ts.isIdentifier(node) && globals.includes(node.text) && !isMemberName(node)),
    ).toEqual([]);
  });
});

describe('state', () => {
  it('is never a variable of a module', () => {
    const variables = find(
      sources,
      (node) => ts.isVariableStatement(node) && isTopLevel(node) && !(node.declarationList.flags & ts.NodeFlags.Const),
    );
    expect(variables).toEqual([]);
  });

  it('is never a cache of a module', () => {
    const caches = find(
      sources,
      (node) =>
        ts.isVariableStatement(node) &&
        isTopLevel(node) &&
        node.declarationList.declarations.some(({ initializer }) => isEmptyContainer(initializer)),
    );
    expect(caches).toEqual([]);
  });

  it('is never a static field', () => {
    const fields = find(sources, (node) => {
      if (!ts.isPropertyDeclaration(node)) return false;
      const flags = ts.getCombinedModifierFlags(node);
      const isStatic = (flags & ts.ModifierFlags.Static) !== 0;
      return isStatic && ((flags & ts.ModifierFlags.Readonly) === 0 || isEmptyContainer(node.initializer));
    });
    expect(fields).toEqual([]);
  });
});

describe('the code', () => {
  it('has no any', () => {
    const typed = [
      ...sources,
      ...['test', 'examples', 'scripts'].flatMap((folder) => listFiles(folder, '.ts')).map(read),
    ];
    expect(find(typed, (node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });

  it('silences no compiler error in the source or the examples', () => {
    const files = [...sources, ...examples];
    const silenced = files.filter(({ tree }) => /@ts-(ignore|nocheck|expect-error)/.test(tree.text));
    expect(silenced.map(({ path }) => path)).toEqual([]);
  });

  it('has at most 320 lines a file and 60 an example, without comments and the table of error codes', () => {
    const countCode = (text: string) => text.split('\n').filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line)).length;
    const large = sources.filter(({ tree }) => countCode(tree.text) > 320).map(({ path }) => path);
    expect(large).toEqual(['src/error-codes.ts']);
    const ideas = examples.filter(({ path }) => !path.includes('/support/'));
    expect(ideas.filter(({ lines }) => lines > 60).map(({ path }) => path)).toEqual([]);
  });
});

/** Who alone constructs a client in a test; all others take the one of `makeClient`. */
const constructors = [
  'test/support/make-client.ts',
  // Its options are the subject, or that it refuses them.
  'test/client.test.ts',
  'test/options.test.ts',
  'test/regions.test.ts',
  'test/secrets.test.ts',
  'test/support/trace-client.ts',
  'test/security/fuzz/run.ts',
  'test/security/payloads.test.ts',
  'test/security/tls.test.ts',
  'test/testing/page.test.ts',
  'test/transport/failure-events.test.ts',
  // It has no `fetch` of a test.
  'test/transport/fetch-mistakes.test.ts',
  'test/transport/own-fetch.test.ts',
  'test/wire.test.ts',
  // It is what a user writes.
  'test/integration/keystone.ts',
  'test/security/leaky-program.ts',
  'test/types/sentences/client.ts',
];

describe('a client in the tests', () => {
  it('comes from makeClient, but where its options are the subject', () => {
    const files = listFiles('test', '.ts').filter((path) => !path.startsWith('test/package/consumers/'));
    const constructs = (node: ts.Node) => ts.isNewExpression(node) && node.expression.getText() === 'SmsClient';
    const found = files.map(read).filter((file) => find([file], constructs).length > 0);
    expect(found.map(({ path }) => path).sort()).toEqual([...constructors].sort());
  });
});

describe('the repository', () => {
  it('names neither a registry nor a path of the machine it was written on', () => {
    const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
    const files = names.toString().split('\0').filter(Boolean);
    // Put together from parts, or this file would find itself.
    const hosts = ['registry\\.' + 'npmjs', 'npm' + 'mirror', 'deb\\.' + 'debian', 'py' + 'pi\\.org'].join('|');
    const forbidden = new RegExp(`${hosts}|"resolved": *"http|^registry *=|/${'work'}/|\\.\\./${'shared'}`, 'm');
    // CI alone may use the tools that lie beside the repository, when they do.
    const wrong = files.filter((path) => path !== '.ci/run' && forbidden.test(readIfThere(path)));
    expect(wrong).toEqual([]);
  });
});

/** Git also lists what was deleted but not yet staged. */
function readIfThere(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
