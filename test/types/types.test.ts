import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { findNewer } from '../../scripts/find-newer.js';
import { listFiles, root } from '../repository.js';
import { findErrors, openService } from './service.js';

const slips = `
import { SmsClient, type Task } from '@org/sms-client';
declare const sms: SmsClient;
declare const task: Task;
sms.tasks.startAndWait('a', { intervalMS: 5 });
sms.tasks.waitForAll(['a'], { onProgres: () => {} });
sms.tasks.startMany(['a'], { concurency: 2 });
sms.tasks.get('a', { timeoutMS: 5 });
new SmsClient({ region: 'a', credentials: { token: 'a' }, maxRetry: 1 });
sms.tasks.list({ limits: 5 });
sms.tasks.create({ nam: 'a' });
sms.tasks.start('a', { ifRunning: 'wait' });
task.stat;
sms.tasks.startAndWait('a', { until: ['MIGRATE_SUCESS'] });
`;

const places = `
import { isSmsError, SmsClient, Task as TaskSchema, taskStates, type Task } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
const sms = SmsClient.fromEnv();
declare const task: Task;
declare const error: unknown;
task.sub_tasks;
task.remain_seconds;
task.state;
task.target_server;
sms.tasks.startAndWait('a', { maxWaitMs: 5 });
sms.tasks.listAll();
sms.tasks.create;
TaskSchema.safeParse(task);
if (isSmsError(error) && error.name === 'ConflictError') error.reasons;
createSimulator().faults.lag;
sms.sourceServers;
if (task.state === '') taskStates;
`;

/** Each expression that is hovered over, by the last word of it. */
const hovered = [
  'sub_tasks',
  'remain_seconds',
  'state',
  'target_server',
  'startAndWait',
  'maxWaitMs',
  'listAll',
  'create',
  'safeParse',
  'reasons',
  'lag',
  'sourceServers',
];

const files = listFiles('test/types/sentences', '.ts');
const written = 'src/schemas/index.ts';
const printed = 'dist/schemas.d.ts';
const service = openService([...files, written, printed], { 'slips.ts': slips, 'places.ts': places });

beforeAll(() => {
  const newer = findNewer();
  if (newer !== undefined) throw new Error(`dist is older than ${newer}: npm run build`);
});

describe.each(files)('%s', (path) => {
  const text = readFileSync(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const sentences = source.statements.flatMap((statement) => {
    const call =
      ts.isExpressionStatement(statement) && ts.isCallExpression(statement.expression)
        ? statement.expression
        : undefined;
    const [title] = call?.arguments ?? [];
    if (call?.expression.getText() !== 'it' || title === undefined || !ts.isStringLiteral(title)) return [];
    const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
    return [{ title: title.text, first: lineOf(statement.getStart()), last: lineOf(statement.getEnd()) }];
  });

  it.each(sentences)('$title', ({ first, last }) => {
    expect(findErrors(service, path).filter(({ line }) => line >= first && line <= last)).toEqual([]);
  });

  it('compiles outside of its sentences', () => {
    const isInside = (line: number) => sentences.some(({ first, last }) => line >= first && line <= last);
    expect(findErrors(service, path).filter(({ line }) => !isInside(line))).toEqual([]);
  });
});

describe('the declarations', () => {
  const program = service.getProgram();
  const checker = program?.getTypeChecker();

  /** The types of a module, by their names. */
  function readTypes(path: string): Map<string, ts.Type> {
    const file = program?.getSourceFile(join(root, path));
    const module = file && checker?.getSymbolAtLocation(file);
    if (checker === undefined || module === undefined) throw new Error(`${path} is no module`);
    return new Map(
      checker.getExportsOfModule(module).map((name) => {
        const symbol = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
        return [name.name, checker.getDeclaredTypeOfSymbol(symbol)];
      }),
    );
  }

  it('print each payload as the schemas have it', () => {
    const types = readTypes(written);
    const shown = readTypes(printed);
    expect([...shown.keys()].sort()).toEqual([...types.keys()].sort());
    const isSame = (one: ts.Type, other: ts.Type | undefined) =>
      other !== undefined && checker?.isTypeAssignableTo(one, other) && checker.isTypeAssignableTo(other, one);
    const differs = [...shown].filter(([name, type]) => !isSame(type, types.get(name))).map(([name]) => name);
    // These two have a type parameter, which is never another one's.
    expect(differs).toEqual(['SafeParseResult', 'Schema']);
    const requiredIn = (type: ts.Type | undefined) =>
      type?.getProperties().map(({ flags, name }) => `${name}${flags & ts.SymbolFlags.Optional ? '?' : ''}`);
    for (const [name, type] of shown)
      expect(requiredIn(type)?.sort(), name).toEqual(requiredIn(types.get(name))?.sort());
  });
});

describe('an editor', () => {
  it('names the interface of the options in the error of a slip, and suggests what was meant', async () => {
    const lines = slips.split('\n');
    const errors = findErrors(service, 'slips.ts').map(({ line, message }) => `${lines[line]}\n${message}\n`);
    await expect(errors.join('\n')).toMatchFileSnapshot('slips.txt');
  });

  it('shows types by their names and what they mean, as the golden file has it', async () => {
    const shown = hovered.map((word) => {
      const position = places.search(new RegExp(`[.{ ]${word}\\b(?!.*\\b${word}\\b)`)) + 1;
      const info = service.getQuickInfoAtPosition(join(root, 'places.ts'), position);
      // The first sentence shows that the comment arrived and which one it is; the others may change without a review of types.
      const [sentence = ''] = ts.displayPartsToString(info?.documentation).split(/(?<=[.:;])\s/);
      return `${ts.displayPartsToString(info?.displayParts)}\n\n${sentence}`;
    });
    await expect(`${shown.join('\n\n---\n\n')}\n`).toMatchFileSnapshot('hovers.txt');
  });

  it('finds nothing wrong where these are', () => {
    expect(findErrors(service, 'places.ts').map(({ message }) => message)).toEqual([
      expect.stringContaining('no overlap'),
    ]);
  });

  it('completes the known states', () => {
    const offered = service.getCompletionsAtPosition(join(root, 'places.ts'), places.indexOf("''") + 1, {})?.entries;
    expect(offered?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['READY', 'RUNNING', 'MIGRATE_SUCCESS', 'ABORT']),
    );
  });
});
