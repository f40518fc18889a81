import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root } from '../repository.js';

/** What an editor shows: the language service over a file that a user could have written. */
const file = join(root, 'hover.ts');
const code = `
import { SmsClient, type Task } from '@org/sms-client';
declare const sms: SmsClient;
declare const task: Task;
task.sub_tasks;
task.remain_seconds;
task.state === '';
sms.tasks.startAndWait('a');
`;

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  paths: { '@org/sms-client': [join(root, 'src/index.ts')] },
};

const service = ts.createLanguageService({
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file],
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) => {
    const text = name === file ? code : ts.sys.readFile(name);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  readFile: (name) => (name === file ? code : ts.sys.readFile(name)),
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
});

function hover(word: string): { text: string; documentation: string } {
  const info = service.getQuickInfoAtPosition(file, code.lastIndexOf(word) + 1);
  return {
    text: ts.displayPartsToString(info?.displayParts),
    documentation: ts.displayPartsToString(info?.documentation),
  };
}

describe('an editor', { timeout: 180_000 }, () => {
  it('shows a list of steps by its name', () => {
    expect(hover('sub_tasks').text).toMatch(/sub_tasks\?: SubTask\[\] \| null \| undefined$/);
  });

  it('shows the meaning and unit of a field', () => {
    expect(hover('sub_tasks').documentation).toContain('Steps, in order');
    expect(hover('remain_seconds').documentation).toContain('in seconds');
  });

  it('shows plain types and the documentation of a method', () => {
    const { documentation, text } = hover('startAndWait');
    expect(text).toMatch(/startAndWait\(target: string \| Cursor, options\?: StartAndWaitOptions\): Promise<Task>$/);
    expect(documentation).toContain('at most once');
  });

  it('completes the known states', () => {
    const offered = service.getCompletionsAtPosition(file, code.indexOf("''") + 1, {})?.entries.map(({ name }) => name);
    expect(offered).toEqual(expect.arrayContaining(['READY', 'RUNNING', 'MIGRATE_SUCCESS', 'ABORT']));
  });
});
