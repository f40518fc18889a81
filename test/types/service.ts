/** The one language service of these tests: files that users could have written, against the declarations in `dist`. */
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../repository.js';

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es2022.d.ts'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: ['node'],
  paths: {
    '@org/sms-client': [join(root, 'dist/index.d.ts')],
    '@org/sms-client/*': [join(root, 'dist/*.d.ts')],
  },
};

/** A language service over files on the disk, and over others by their text. */
export function openService(
  paths: readonly string[],
  texts: Readonly<Record<string, string>> = {},
): ts.LanguageService {
  const written = new Map(Object.entries(texts).map(([name, text]) => [join(root, name), text]));
  const read = (name: string) => written.get(name) ?? ts.sys.readFile(name);
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...paths.map((path) => join(root, path)), ...written.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => written.has(name) || ts.sys.fileExists(name),
    readFile: read,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
}

/** What is wrong with a file, by the line that it is wrong in. */
export function findErrors(service: ts.LanguageService, path: string): { line: number; message: string }[] {
  const name = join(root, path);
  const file = service.getProgram()?.getSourceFile(name);
  if (file === undefined) throw new Error(`there is no ${path}`);
  return [...service.getSyntacticDiagnostics(name), ...service.getSemanticDiagnostics(name)].map(
    ({ messageText, start }) => ({
      line: file.getLineAndCharacterOfPosition(start ?? 0).line,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }),
  );
}
