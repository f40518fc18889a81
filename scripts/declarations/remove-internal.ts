/** Members of public declarations that are none of their users' business. */
import ts from 'typescript';
import { applyEdits, type Edit, firstName, isInternal, namesOf, parse } from './source.js';

/** The names that a file declares and marks as internal. */
export function findInternalNames(name: string, text: string): string[] {
  return parse(name, text).statements.filter(isInternal).flatMap(namesOf);
}

/**
 * Removes members marked `@internal`, members under internal symbols, and `implements` of internal interfaces. The constructor of a
 * class that users get as a value stays as one that they cannot call; without it they would inherit another.
 */
export function removeInternal(
  name: string,
  text: string,
  internalNames: ReadonlySet<string>,
  valueNames: ReadonlySet<string>,
): string {
  const edits: Edit[] = [];
  const visit = (statement: ts.Statement): void => {
    if (!ts.isClassDeclaration(statement) && !ts.isInterfaceDeclaration(statement)) return;
    for (const member of statement.members) {
      const symbol =
        member.name && ts.isComputedPropertyName(member.name) ? firstName(member.name.expression) : undefined;
      const isHidden = isInternal(member) || (symbol !== undefined && internalNames.has(symbol));
      if (!isHidden) continue;
      const isKept = ts.isConstructorDeclaration(member) && valueNames.has(statement.name?.text ?? '');
      const replacement = isKept ? '\n  protected constructor();' : '';
      edits.push({ start: member.getFullStart(), end: member.getEnd(), text: replacement });
    }
    if (!ts.isClassDeclaration(statement)) return;
    for (const clause of statement.heritageClauses ?? []) {
      const isHidden = clause.types.every(({ expression }) => internalNames.has(firstName(expression) ?? ''));
      if (isHidden) edits.push({ start: clause.getFullStart(), end: clause.getEnd(), text: '' });
    }
  };
  parse(name, text).statements.forEach(visit);
  return applyEdits(text, edits);
}
