/** What is known about the service, as data: the operations and models of `test/fixtures/facts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../repository.js';

/** Limits of a value. */
export interface FactLimits {
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** A field of a model, or a parameter of a query. */
export interface FactField extends FactLimits {
  readonly name: string;
  /** `string`, `boolean`, `int32`, `int64`, `float64`, `object`, `array<…>`, `map<string,…>` or the name of a model. */
  readonly type: string;
  /** Another type that some source knows. */
  readonly altType?: string;
  readonly required: boolean;
  readonly enum?: readonly (string | number)[];
  readonly legacy?: boolean;
  readonly note?: string;
}

/** An operation of the service. */
export interface FactOperation {
  readonly id: string;
  readonly query: readonly FactField[];
  readonly body: string | null;
  readonly response: { readonly model?: string | null };
}

/** A model by its name in the documents. */
export type FactModels = Readonly<Record<string, { readonly fields: readonly FactField[] }>>;

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, 'test/fixtures', path), 'utf8'));
}

export const operations = readJson('facts/operations.json') as readonly FactOperation[];
export const models = readJson('facts/models.json') as FactModels;

/** Names of the official payloads. */
export const fixtureNames: readonly string[] = readdirSync(join(root, 'test/fixtures/api')).sort();

/** An official payload. */
export function readFixture(name: string): unknown {
  return readJson(`api/${name}`);
}

/** Fields of a model. */
export function fieldsOf(model: string): readonly FactField[] {
  const found = models[model];
  if (found === undefined) throw new Error(`the facts know no model ${model}`);
  return found.fields;
}

/** Models that a type names. */
function modelsIn(type: string | undefined): string[] {
  return (type?.match(/\w+/g) ?? []).filter((word) => word in models);
}

/** All models that these use, themselves included. */
function reach(names: readonly (string | null | undefined)[]): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { type, altType } of fieldsOf(name)) for (const next of [type, altType].flatMap(modelsIn)) visit(next);
  };
  for (const name of names) if (typeof name === 'string') visit(name);
  return [...found].sort();
}

/** Every model of a response. */
export const responseModels = reach(operations.map(({ response }) => response.model));
/** Every model that some request sends. */
export const requestModels = reach(operations.map(({ body }) => body));
