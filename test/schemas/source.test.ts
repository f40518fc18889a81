import { describe, expect, it } from 'vitest';
import { fieldsOf, operations } from './facts.js';
import { literalsOf, shapeOf } from './shapes.js';
import { writtenExports, writtenFields } from './sources.js';
import { iam, nameOf, queries, requests, responses } from './tables.js';

/** Known values of ours that no set of the facts lists: notes of the facts name them, or other sets of the same thing. */
const namedElsewhere: Readonly<Record<string, readonly string[]>> = {
  'AgentCommand.command_name': [
    'START',
    'STOP',
    'SKIP',
    'PREMIGRATE',
    'TASK_NOT_STARTED',
    'TASK_HAS_STOPPED',
    'TASK_HAS_FINISHED',
    'DELETE',
    'SYNC',
  ],
  'AgentCommandResult.command_name': ['START', 'STOP', 'DELETE', 'SYNC', 'UPLOAD_LOG', 'RSET_LOG_ACL'],
  'AgentCommandResult.result': ['success', 'fail'],
  'PublicIp.bandwidth_share_type': ['PER', 'WHOLE'],
  'PublicIpInput.bandwidth_share_type': ['PER', 'WHOLE'],
  'SourceServer.start_type': ['MANUAL', 'MGC', ''],
  'SourceServer.state': ['premiging'],
  'SourceServerRegistration.boot_loader': ['GRUB', 'LILO'],
  'SourceServerRegistration.start_type': ['MANUAL', 'MGC', ''],
  'TaskAction.operation': ['cutover'],
  'TaskCreate.priority': ['0', '1', '2'],
  'Task.state': ['SYNC_F_ROLLBACKING', 'SYNC_F_ROLLBACK_SUCCESS'],
  'TaskConfigurationQuery.config_key': enumOf('ConfigBody', 'config_key'),
  'TaskSummary.state': ['SYNC_F_ROLLBACKING', 'SYNC_F_ROLLBACK_SUCCESS'],
};

function enumOf(model: string, field: string): string[] {
  return (fieldsOf(model).find(({ name }) => name === field)?.enum ?? []).map(String);
}

/** Every pair of a schema and the fields of the facts that it stands for. */
const pairs = [
  ...[responses, requests].flatMap((table) =>
    Object.entries(table).map(([model, schema]) => ({ schema, facts: fieldsOf(model) })),
  ),
  ...Object.entries(queries).map(([id, schema]) => ({
    schema,
    facts: operations.find((operation) => operation.id === id)?.query ?? [],
  })),
];

const factValues = new Map<string, Set<string>>();
for (const { schema, facts } of pairs) {
  for (const fact of facts) {
    const at = `${nameOf.get(schema)}.${fact.name}`;
    const values = factValues.get(at) ?? new Set();
    for (const value of fact.enum ?? []) values.add(String(value));
    factValues.set(at, values);
  }
}

const written = [...writtenFields].flatMap(([schema, fields]) =>
  fields.map((field) => ({ ...field, at: `${schema}.${field.name}` })),
);

describe('the parser of the sources', () => {
  it('sees the fields of every schema', () => {
    const schemas = new Set([responses, requests, queries, iam].flatMap((table) => Object.values(table)));
    for (const schema of schemas) {
      const name = nameOf.get(schema) ?? 'a schema without a name';
      expect([name, writtenFields.get(name)?.map((field) => field.name)]).toEqual([name, Object.keys(shapeOf(schema))]);
    }
  });
});

describe('open sets', () => {
  const hasFacts = new Set([...factValues.keys()].map((at) => at.split('.')[0]));
  const open = written.filter(({ at, known }) => known !== undefined && hasFacts.has(at.split('.')[0]));

  it('list every value that the facts list', () => {
    expect(open.length).toBeGreaterThan(30);
    const wrong = open.flatMap(({ at, known = [] }) =>
      [...(factValues.get(at) ?? [])].filter((value) => !known.includes(value)).map((value) => `${at} lacks ${value}`),
    );
    expect(wrong).toEqual([]);
  });

  it('list no other value, except those named here', () => {
    const others = open.flatMap(({ at, known = [] }) => {
      const values = known.filter((value) => factValues.get(at)?.has(value) !== true);
      return values.length === 0 ? [] : [[at, values] as const];
    });
    expect(Object.fromEntries(others)).toEqual(namedElsewhere);
  });

  it('are declared wherever the facts list values', () => {
    const closed = new Set(
      [...new Set(pairs.map(({ schema }) => schema))].flatMap((schema) =>
        Object.entries(shapeOf(schema))
          .filter(([, field]) => literalsOf(field) !== undefined)
          .map(([name]) => `${nameOf.get(schema)}.${name}`),
      ),
    );
    const plain = written.filter(({ at, known }) => {
      const values = [...(factValues.get(at) ?? [])].filter((value) => !/^\d+$/.test(value));
      return values.length > 0 && known === undefined && !closed.has(at);
    });
    expect(plain.map(({ at }) => at)).toEqual([]);
  });
});

describe('comments', () => {
  it('are on every field', () => {
    expect(written.length).toBeGreaterThan(500);
    expect(written.filter(({ comment }) => !comment.startsWith('/**')).map(({ at }) => at)).toEqual([]);
  });

  it('are on every export', () => {
    const bare = writtenExports.filter(({ comment }) => !comment.startsWith('/**'));
    expect(bare.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  it('say `Secret:` for a secret', () => {
    const secret = /password$|^passphrase$|^private_key$|_private_key$|^target_.*_cert$|^cert$|^ca$|_share_url$/;
    const silent = written.filter(({ name, comment }) => secret.test(name) && !comment.includes('Secret: '));
    expect(silent.map(({ at }) => at)).toEqual([]);
    expect(written.filter(({ comment }) => comment.includes('Secret: ')).length).toBeGreaterThan(8);
  });
});
