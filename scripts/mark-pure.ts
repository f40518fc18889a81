/** A step of the build that marks what bundlers may drop. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/**
 * Wraps the constants of every module, and its classes that bundlers are not sure of, into calls that are marked as pure: that no
 * module does anything else when it loads is a rule of this package. Bundlers do not see it by themselves, for `@__NO_SIDE_EFFECTS__`
 * does not reach aliases and arguments, and spreads and computed names could run a getter. Unused schemas, and zod with them, then
 * stay out of an application's bundle.
 */
export const markPure: Plugin = {
  name: 'mark-pure',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: addPureAnnotations(path, await readFile(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** The text of a module with pure annotations. */
export function addPureAnnotations(path: string, text: string): string {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const edits: [from: number, to: number, insertion: string][] = [];
  const insert = (at: number, insertion: string) => edits.push([at, at, insertion]);
  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { initializer } of statement.declarationList.declarations) {
        if (initializer === undefined || isPlain(initializer)) continue;
        insert(initializer.getStart(tree), '/* @__PURE__ */ (() => (');
        insert(initializer.end, '))()');
      }
    }
    if (ts.isClassDeclaration(statement) && statement.name !== undefined) {
      const { end, text: name } = statement.name;
      const exported = statement.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      // The class takes its name from the property, so that it keeps it whatever the bundler calls its variables.
      const head = ` const ${name} = /* @__PURE__ */ (() => ({ ${name}: class`;
      edits.push([exported?.end ?? statement.getStart(tree), end, head]);
      insert(statement.end, ` }).${name})();`);
    }
  }
  return edits
    .sort(([one], [other]) => other - one)
    .reduce((marked, [from, to, insertion]) => marked.slice(0, from) + insertion + marked.slice(to), text);
}

function isPlain(node: ts.Expression): boolean {
  return ts.isFunctionLike(node) || ts.isLiteralExpression(node) || ts.isIdentifier(node);
}
