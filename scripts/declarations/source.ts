/** Declaration files as text that is edited in place, so that every comment stays as it was written. */
import ts from 'typescript';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((one, other) => other.start - one.start);
  return sorted.reduce((edited, { end, start, text: replacement }) => {
    return edited.slice(0, start) + replacement + edited.slice(end);
  }, text);
}

/** The comment that belongs to a declaration: the last one before it. Those before that one are headers of modules. */
export function commentOf(node: ts.Node): string {
  const text = node.getSourceFile().text;
  const last = ts.getLeadingCommentRanges(text, node.getFullStart())?.at(-1);
  return last === undefined ? '' : text.slice(last.pos, last.end);
}

export function isInternal(node: ts.Node): boolean {
  return commentOf(node).includes('@internal');
}

/** A declaration with its comment. */
export function printWhole(node: ts.Node): string {
  const comment = commentOf(node);
  return comment === '' ? node.getText() : `${comment}\n${node.getText()}`;
}

/** The names that a statement declares. */
export function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.Statement & { readonly name?: ts.Node };
  return name === undefined ? [] : [name.getText()];
}

/** The name at the beginning of `Name`, `Name.inner` or `Name['inner']`. */
export function firstName(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isQualifiedName(node)) return firstName(node.left);
  return ts.isPropertyAccessExpression(node) ? firstName(node.expression) : undefined;
}
