import { readFileSync } from 'node:fs';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly legacy?: boolean;
  readonly sources: readonly string[];
}

type Models = Readonly<Record<string, { readonly fields: readonly Field[] }>>;

/** An operation as the facts describe it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly required: boolean }[];
  readonly response: { readonly model: string | null };
}

function readFacts(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/facts/${name}.json`, import.meta.url), 'utf8'));
}

const models = readFacts('models') as Models;
export const operations = readFacts('operations') as readonly Operation[];

// Optional by their meaning, or not what the official example has in their place.
const optional = [
  'CommandParam.bucket',
  'SpeedLimitlJson.over_speed_threshold',
  'TaskTargetServer.cutovered_snapshot_ids',
];

/**
 * In what a value differs from a model of the facts: keys that the model lacks, keys of the SDKs that the value lacks, and
 * values of another type. Null is no difference, since the service writes it anywhere.
 */
export function findDifferences(type: string, value: unknown, path = type): string[] {
  if (value === null) return [];
  if (type.startsWith('array<')) {
    const members = Array.isArray(value) ? value : null;
    return (
      members?.flatMap((member) => findDifferences(type.slice(6, -1), member, `${path}[]`)) ?? [`${path}: no list`]
    );
  }
  if (type.startsWith('map<string,')) {
    const inner = type.slice('map<string,'.length, -1);
    return Object.entries(value as object).flatMap(([key, member]) => findDifferences(inner, member, `${path}.${key}`));
  }
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type ? [] : [`${path}: no ${type}`];
    case 'int32':
    case 'int64':
      return Number.isInteger(value) ? [] : [`${path}: no whole number`];
    case 'float64':
      return typeof value === 'number' ? [] : [`${path}: no number`];
    default:
      return findModelDifferences(type, value as Readonly<Record<string, unknown>>, path);
  }
}

function findModelDifferences(name: string, value: Readonly<Record<string, unknown>>, path: string): string[] {
  const fields = models[name]?.fields;
  if (fields === undefined) throw new Error(`the facts know no model ${name}`);
  if (typeof value !== 'object' || Array.isArray(value)) return [`${path}: no object`];
  const known = fields.map((field) => field.name);
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  const missing = fields.filter(
    (field) =>
      !(field.name in value) &&
      field.legacy !== true &&
      field.sources.some((source) => source === 'go' || source === 'nodejs') &&
      !optional.includes(`${name}.${field.name}`),
  );
  return [
    ...unknown.map((key) => `${path}.${key}: unknown`),
    ...missing.map((field) => `${path}.${field.name}: missing`),
    ...fields.flatMap((field) =>
      field.name in value ? findDifferences(field.type, value[field.name], `${path}.${field.name}`) : [],
    ),
  ];
}
