/** Which declarations the entries need, and the files with these alone. */
import ts from 'typescript';
import { firstName, namesOf, parse, printWhole } from './source.js';

type Meaning = 'type' | 'value';

interface DeclarationFile {
  readonly name: string;
  readonly source: ts.SourceFile;
  /** Local name → where it is declared. */
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  /** Exported name → local name, or where it comes from. */
  readonly exports: ReadonlyMap<string, { readonly from?: string; readonly name: string }>;
  /** What is needed of the names declared or imported here. */
  readonly needed: Map<string, Set<Meaning>>;
  /** What is needed of the names exported here. */
  readonly handedOut: Map<string, Set<Meaning>>;
}

/** An exported name of an entry, and whether its module exports a value of that name at run time. */
export interface EntryExport {
  readonly entry: string;
  readonly isValue: (name: string) => boolean;
}

/** Prints the files again with what the entries export and what that needs; unused files are empty. */
export function keepPublic(texts: ReadonlyMap<string, string>, entries: readonly EntryExport[]): Map<string, string> {
  const files = new Map([...texts].map(([name, text]) => [name, readFile(name, text)]));
  for (const { entry, isValue } of entries) {
    const file = get(files, entry);
    for (const name of file.exports.keys()) {
      handOut(files, file, name, 'type');
      if (isValue(name)) handOut(files, file, name, 'value');
    }
  }
  return new Map([...files].map(([name, file]) => [name, printFile(file)]));
}

function readFile(name: string, text: string): DeclarationFile {
  const source = parse(name, text);
  const imports = new Map<string, { from: string; name: string }>();
  const exports = new Map<string, { from?: string; name: string }>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const from = readPath(statement.moduleSpecifier);
      const bindings = statement.importClause?.namedBindings;
      if (bindings === undefined) continue;
      if (ts.isNamespaceImport(bindings)) imports.set(bindings.name.text, { from, name: '*' });
      else
        for (const { name: local, propertyName } of bindings.elements)
          imports.set(local.text, { from, name: (propertyName ?? local).text });
    } else if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause)
    ) {
      const from = statement.moduleSpecifier && readPath(statement.moduleSpecifier);
      for (const { name: exported, propertyName } of statement.exportClause.elements) {
        exports.set(exported.text, { name: (propertyName ?? exported).text, ...(from !== undefined && { from }) });
      }
    }
  }
  return { name, source, imports, exports, needed: new Map(), handedOut: new Map() };
}

function readPath(specifier: ts.Expression): string {
  return ts.isStringLiteral(specifier) ? specifier.text : '';
}

function get(files: ReadonlyMap<string, DeclarationFile>, name: string): DeclarationFile {
  const file = files.get(name);
  if (file === undefined) throw new Error(`there is no ${name}`);
  return file;
}

type Files = ReadonlyMap<string, DeclarationFile>;

function fileAt(files: Files, from: string): DeclarationFile | undefined {
  return from.startsWith('./') ? get(files, from.slice(2).replace(/\.(c?)js$/, '.d.$1ts')) : undefined;
}

// Returns whether this is news.
function note(needs: Map<string, Set<Meaning>>, name: string, meaning: Meaning): boolean {
  const meanings = needs.get(name) ?? new Set();
  needs.set(name, meanings);
  if (meanings.has(meaning)) return false;
  meanings.add(meaning);
  return true;
}

function handOut(files: Files, file: DeclarationFile, exported: string, meaning: Meaning): void {
  const origin = file.exports.get(exported);
  if (origin === undefined) throw new Error(`${file.name} exports no ${exported}`);
  if (!note(file.handedOut, exported, meaning)) return;
  const source = origin.from === undefined ? undefined : fileAt(files, origin.from);
  if (source !== undefined) handOut(files, source, origin.name, meaning);
  else need(files, file, origin.name, meaning);
}

function need(files: Files, file: DeclarationFile, name: string, meaning: Meaning): void {
  const origin = file.imports.get(name);
  const declarations = file.source.statements.filter((statement) => namesOf(statement).includes(name));
  if (origin === undefined && declarations.length === 0) return;
  if (!note(file.needed, name, meaning)) return;
  if (origin !== undefined) {
    const source = fileAt(files, origin.from);
    if (source !== undefined) handOut(files, source, origin.name, meaning);
    return;
  }
  for (const declaration of declarations.filter((statement) => serves(statement, meaning))) {
    for (const [used, usedAs] of namesIn(declaration)) need(files, file, used, usedAs);
  }
}

function serves(statement: ts.Statement, meaning: Meaning): boolean {
  if (ts.isClassDeclaration(statement)) return true;
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return isType === (meaning === 'type');
}

function namesIn(declaration: ts.Node): [name: string, meaning: Meaning][] {
  const found: [string, Meaning][] = [];
  const visit = (node: ts.Node): void => {
    const isParent = ts.isExpressionWithTypeArguments(node);
    const used = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isTypeQueryNode(node)
        ? node.exprName
        : isParent || ts.isComputedPropertyName(node)
          ? node.expression
          : undefined;
    const name = used && firstName(used);
    if (name !== undefined) {
      const isClass = isParent && ts.isClassDeclaration(node.parent.parent);
      found.push([name, ts.isTypeReferenceNode(node) || (isParent && !isClass) ? 'type' : 'value']);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

function printFile(file: DeclarationFile): string {
  const lines: string[] = [...file.source.text.matchAll(/^\/\/\/ .*$/gm)].map(([line]) => line);
  const declarations: string[] = [];
  for (const statement of file.source.statements) {
    if (ts.isImportDeclaration(statement)) lines.push(...printImport(statement, file));
    else if (ts.isExportDeclaration(statement)) continue;
    else if (isNeeded(statement, file)) declarations.push(printWhole(statement));
  }
  return `${[...lines, '', ...declarations, '', ...printExports(file)].join('\n')}\n`;
}

function isNeeded(statement: ts.Statement, file: DeclarationFile): boolean {
  return namesOf(statement).some((name) =>
    [...(file.needed.get(name) ?? [])].some((meaning) => serves(statement, meaning)),
  );
}

function printImport(statement: ts.ImportDeclaration, file: DeclarationFile): string[] {
  const bindings = statement.importClause?.namedBindings;
  if (bindings === undefined) return [];
  if (ts.isNamespaceImport(bindings)) return file.needed.has(bindings.name.text) ? [statement.getText()] : [];
  const kept = bindings.elements.filter(({ name }) => file.needed.has(name.text)).map((element) => element.getText());
  return kept.length === 0 ? [] : [`import { ${kept.join(', ')} } from ${statement.moduleSpecifier.getText()};`];
}

function printExports(file: DeclarationFile): string[] {
  const bySource = new Map<string, string[]>();
  for (const [exported, { from = '', name }] of file.exports) {
    const meanings = file.handedOut.get(exported);
    if (meanings === undefined) continue;
    const whole = exported === name ? name : `${name} as ${exported}`;
    const names = bySource.get(from) ?? [];
    bySource.set(from, names);
    names.push(meanings.has('value') ? whole : `type ${whole}`);
  }
  return [...bySource].map(([from, names]) => `export { ${names.join(', ')} }${from === '' ? '' : ` from '${from}'`};`);
}
