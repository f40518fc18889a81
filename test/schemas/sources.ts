/** Reads what leaves no trace at run time from the source of the schemas: comments, and the known values of open sets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { listFiles, root } from '../repository.js';

/** A field as it is written. */
export interface WrittenField {
  readonly name: string;
  /** Its doc comment; empty when there is none. */
  readonly comment: string;
  /** The values that it knows; undefined when it is no open set. */
  readonly known: readonly string[] | undefined;
}

/** A name that a file of schemas exports. */
export interface WrittenExport {
  readonly file: string;
  readonly name: string;
  readonly comment: string;
}

const files = listFiles('src/schemas', '.ts').map((path) =>
  ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2022, true),
);

function commentOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((part) => part.getText())
    .join('\n');
}

/** What the constants at the top of a file are, by name. */
function constantsOf(file: ts.SourceFile): Map<string, ts.Expression> {
  const found = new Map<string, ts.Expression>();
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer !== undefined) found.set(name.text, initializer);
    }
  }
  return found;
}

/** The object literal behind `{…}`, a constant, or a call of a function that returns one. */
function findLiteral(
  node: ts.Expression | undefined,
  constants: ReadonlyMap<string, ts.Expression>,
): ts.ObjectLiteralExpression | undefined {
  if (node === undefined || ts.isObjectLiteralExpression(node)) return node;
  if (ts.isParenthesizedExpression(node)) return findLiteral(node.expression, constants);
  if (ts.isIdentifier(node)) return findLiteral(constants.get(node.text), constants);
  if (ts.isCallExpression(node)) return findLiteral(node.expression, constants);
  if (ts.isArrowFunction(node) && ts.isExpression(node.body)) return findLiteral(node.body, constants);
  return undefined;
}

/** Values of the arguments of `oneOf(…)`, also of a list that is spread there. */
function readValues(node: ts.Expression, constants: ReadonlyMap<string, ts.Expression>): string[] {
  if (ts.isStringLiteral(node) || ts.isNumericLiteral(node)) return [node.text];
  if (ts.isSpreadElement(node) || ts.isAsExpression(node)) return readValues(node.expression, constants);
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((element) => readValues(element, constants));
  const constant = ts.isIdentifier(node) ? constants.get(node.text) : undefined;
  return constant === undefined ? [] : readValues(constant, constants);
}

/** What the functions of all files return, by their names. */
const functions = new Map(
  files.flatMap((file) =>
    file.statements.filter(ts.isFunctionDeclaration).flatMap(({ body, name }) => {
      const result = body?.statements.find(ts.isReturnStatement)?.expression;
      return name && result ? [[name.text, { result, constants: constantsOf(file) }] as const] : [];
    }),
  ),
);

/** Values of `oneOf(…)`, also behind a function. */
function findKnown(node: ts.Expression, constants: ReadonlyMap<string, ts.Expression>): string[] | undefined {
  if (ts.isArrowFunction(node) && ts.isExpression(node.body)) return findKnown(node.body, constants);
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const called = node.expression.text;
  if (called === 'oneOf') return node.arguments.flatMap((value) => readValues(value, constants));
  const definition = constants.get(called);
  if (definition !== undefined) return findKnown(definition, constants);
  const elsewhere = functions.get(called);
  return elsewhere === undefined ? undefined : findKnown(elsewhere.result, elsewhere.constants);
}

function fieldsOf(literal: ts.ObjectLiteralExpression, constants: ReadonlyMap<string, ts.Expression>): WrittenField[] {
  return literal.properties.flatMap((property) => {
    if (ts.isSpreadAssignment(property)) {
      const shared = findLiteral(property.expression, constants);
      return shared === undefined ? [] : fieldsOf(shared, constants);
    }
    if (!ts.isPropertyAssignment(property)) return [];
    const known = findKnown(property.initializer, constants);
    return [{ name: property.name.getText(), comment: commentOf(property), known }];
  });
}

/** The object literals of a schema: the arguments of its call, and of the calls that `merge()` puts together. */
function findLiterals(
  call: ts.CallExpression,
  constants: ReadonlyMap<string, ts.Expression>,
): ts.ObjectLiteralExpression[] {
  const isMerge = ts.isIdentifier(call.expression) && call.expression.text === 'merge';
  return call.arguments.flatMap((argument) => {
    const part = isMerge && ts.isIdentifier(argument) ? constants.get(argument.text) : argument;
    if (isMerge && part !== undefined && ts.isCallExpression(part)) return findLiterals(part, constants);
    return findLiteral(argument, constants) ?? [];
  });
}

/** Fields of every exported schema, by its name. */
export const writtenFields: ReadonlyMap<string, readonly WrittenField[]> = new Map(
  files.flatMap((file) => {
    const constants = constantsOf(file);
    return [...constants].flatMap(([name, initializer]) => {
      if (!/^[A-Z]/.test(name)) return [];
      const definition = ts.isIdentifier(initializer) ? constants.get(initializer.text) : initializer;
      if (definition === undefined || !ts.isCallExpression(definition)) return [];
      const literals = findLiterals(definition, constants);
      return [[name, literals.flatMap((literal) => fieldsOf(literal, constants))] as const];
    });
  }),
);

/** Everything that the files of the schemas export where they define it. */
export const writtenExports: readonly WrittenExport[] = files.flatMap((file) =>
  file.statements.flatMap((statement): WrittenExport[] => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) return [];
    const about = { file: file.fileName, comment: commentOf(statement) };
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => ({ ...about, name: name.getText() }));
    }
    const { name } = statement as ts.DeclarationStatement;
    return name === undefined ? [] : [{ ...about, name: name.getText() }];
  }),
);
