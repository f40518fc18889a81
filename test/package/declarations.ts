/** Reads declarations as an editor does: which properties show a comment, which names are declared, and which shapes are printed. */
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../repository.js';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: [
    'lib.es2023.d.ts',
    'lib.dom.d.ts',
    'lib.dom.iterable.d.ts',
    'lib.dom.asynciterable.d.ts',
    'lib.esnext.disposable.d.ts',
  ],
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
};

/** For each group of entries: `Type.property` of every exported interface and class, and whether hovering over it shows anything. */
export function readComments(...groups: readonly (readonly string[])[]): Map<string, boolean>[] {
  // One program for all: it reads the libraries once.
  const program = ts.createProgram(groups.flat(), options);
  return groups.map((entries) => readGroup(program, entries));
}

function readGroup(program: ts.Program, entries: readonly string[]): Map<string, boolean> {
  const checker = program.getTypeChecker();
  const comments = new Map<string, boolean>();
  for (const entry of entries) {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${entry} exports nothing`);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))) continue;
      for (const property of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))) {
        // Symbols and private names are called differently in every program.
        if (/^__[@#]/.test(property.name)) continue;
        if (property.getJsDocTags(checker).some(({ name }) => name === 'internal')) continue;
        const text = ts.displayPartsToString(property.getDocumentationComment(checker));
        comments.set(`${exported.name}.${property.name}`, text.trim() !== '');
      }
    }
  }
  return comments;
}

/**
 * The shapes with at least so many properties that declarations print more than once, as the names of their properties.
 */
export function findRepeatedShapes(declarations: readonly string[], least: number): string[] {
  const seen = new Set<string>();
  const repeated: string[] = [];
  const visit = (node: ts.Node, file: ts.SourceFile): void => {
    if ((ts.isTypeLiteralNode(node) || ts.isInterfaceDeclaration(node)) && node.members.length >= least) {
      const shape = node.members.map((member) => member.getText(file).replace(/\s+/g, ' ')).join(' ');
      if (seen.has(shape)) repeated.push(node.members.map((member) => member.name?.getText(file)).join(' '));
      seen.add(shape);
    }
    ts.forEachChild(node, (child) => visit(child, file));
  };
  for (const text of declarations) {
    const file = ts.createSourceFile('declarations.d.ts', text, ts.ScriptTarget.ES2022, true);
    visit(file, file);
  }
  return repeated;
}

/** The names that declarations declare, and those that they export from a file that users import. */
export function findNames(declarations: readonly { readonly isEntry: boolean; readonly text: string }[]): {
  declared: Set<string>;
  exported: Set<string>;
} {
  const declared = new Set<string>();
  const exported = new Set<string>();
  for (const { isEntry, text } of declarations) {
    const file = ts.createSourceFile('declarations.d.ts', text, ts.ScriptTarget.ES2022, true);
    for (const statement of file.statements) {
      if (
        ts.isExportDeclaration(statement) &&
        isEntry &&
        statement.exportClause &&
        ts.isNamedExports(statement.exportClause)
      )
        for (const { name } of statement.exportClause.elements) exported.add(name.text);
      if (ts.isVariableStatement(statement))
        for (const { name } of statement.declarationList.declarations) declared.add(name.getText());
      const { name } = statement as ts.Statement & { readonly name?: ts.Node };
      if (name !== undefined) declared.add(name.getText());
    }
  }
  return { declared, exported };
}
