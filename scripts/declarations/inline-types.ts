/** Types that are made of constants, printed as what they are: a user can name neither the constant nor what reads it. */
import ts from 'typescript';
import { applyEdits, commentOf, type Edit, firstName, parse } from './source.js';

/** How each kind of object prints a field that may be left out, and whether its lists may be constants. */
const objects: Record<string, { readonly absent: string; readonly isSent: boolean }> = {
  LooseOf: { absent: ' | null | undefined', isSent: false },
  StrictOf: { absent: ' | null | undefined', isSent: true },
  SettingsOf: { absent: ' | undefined', isSent: true },
};

/** The types that the simulator's tables name. */
const wireTypes: Record<string, string> = {
  text: 'string',
  number: 'number',
  flag: 'boolean',
  object: 'object',
  list: 'readonly unknown[]',
};

/**
 * Prints `interface Task extends Infer<typeof task> {}` with the fields of the schema, `keyof typeof table` and
 * `(typeof names)[number]` as unions.
 */
export function inlineTypes(name: string, text: string): string {
  const file = parse(name, text);
  const constants = readConstants(file);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const printed = ts.isInterfaceDeclaration(node) ? printInterface(node, constants) : printUnion(node, constants);
    if (printed !== undefined) edits.push({ start: node.getStart(), end: node.getEnd(), text: printed });
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return applyEdits(text, edits);
}

type Constants = ReadonlyMap<string, ts.TypeNode>;

function readConstants(file: ts.SourceFile): Constants {
  const statements = file.statements.filter(ts.isVariableStatement);
  const declarations = statements.flatMap((statement) => statement.declarationList.declarations);
  return new Map(declarations.flatMap(({ name, type }) => (type ? [[name.getText(), type] as const] : [])));
}

function printInterface(node: ts.InterfaceDeclaration, constants: Constants): string | undefined {
  const kept: string[] = [];
  const members: string[] = [];
  for (const parent of (node.heritageClauses ?? []).flatMap(({ types }) => types)) {
    const [argument] = parent.typeArguments ?? [];
    const constant = argument && ts.isTypeQueryNode(argument) ? constants.get(argument.exprName.getText()) : undefined;
    const kind = firstName(parent.expression);
    if (constant !== undefined && kind === 'Infer') members.push(...printFields(constant));
    else if (constant !== undefined && kind === 'WireFields') members.push(...printWireFields(constant));
    else kept.push(parent.getText());
  }
  if (members.length === 0) return undefined;
  members.push(...node.members.map((member) => withComment(member, member.getText())));
  const heritage = kept.length === 0 ? '' : ` extends ${kept.join(', ')}`;
  return `interface ${node.name.text}${heritage} {\n${members.map((member) => `  ${member}\n`).join('')}}`;
}

function withComment(member: ts.Node, text: string): string {
  const comment = commentOf(member);
  return comment === '' ? text : `${comment}\n  ${text}`;
}

// `Schema<LooseOf<{ id: Field<string> }, { name: Field<string> }>>` as `id: string; name?: string | null | undefined`.
function printFields(schema: ts.TypeNode): string[] {
  const object = argumentOf(schema, 'Schema');
  const kind = object && ts.isTypeReferenceNode(object) ? objects[object.typeName.getText()] : undefined;
  if (kind === undefined || !object || !ts.isTypeReferenceNode(object))
    throw new Error(`this is no object of fields: ${schema.getText()}`);
  const [required, optional] = object.typeArguments ?? [];
  const print = (suffix: string, absent: string) => (member: ts.PropertySignature) => {
    const type = printType(member, kind.isSent);
    const whole = type === 'unknown' ? type : `${type}${absent}`;
    return withComment(member, `${member.name.getText()}${suffix}: ${whole};`);
  };
  return [...propertiesOf(required).map(print('', '')), ...propertiesOf(optional).map(print('?', kind.absent))];
}

function propertiesOf(type: ts.TypeNode | undefined): ts.PropertySignature[] {
  return type && ts.isTypeLiteralNode(type) ? type.members.filter(ts.isPropertySignature) : [];
}

function printType({ type: field }: ts.PropertySignature, isSent: boolean): string {
  const type = argumentOf(field, 'Field') ?? argumentOf(field, 'Schema');
  if (field === undefined || type === undefined) throw new Error(`no kind of field: ${field?.getText()}`);
  if (ts.isTypeReferenceNode(type) && Object.hasOwn(objects, type.typeName.getText()))
    return `{ ${printFields(field).join(' ')} }`;
  if (ts.isFunctionTypeNode(type)) return `(${type.getText()})`;
  return isSent && ts.isArrayTypeNode(type) ? `readonly ${type.getText()}` : type.getText();
}

function argumentOf(type: ts.TypeNode | undefined, name: string): ts.TypeNode | undefined {
  const isIt = type && ts.isTypeReferenceNode(type) && type.typeName.getText() === name;
  return isIt ? type.typeArguments?.[0] : undefined;
}

// `{ readonly name: 'text?' }` as `name?: string | null | undefined`.
function printWireFields(table: ts.TypeNode): string[] {
  return propertiesOf(table).map((member) => {
    const kind = member.type && literalText(member.type);
    const type = wireTypes[kind?.replace('?', '') ?? ''];
    if (type === undefined) throw new Error(`no kind of field: ${member.getText()}`);
    return withComment(
      member,
      `${member.name.getText()}?: ${type}${kind?.endsWith('?') ? ' | null' : ''} | undefined;`,
    );
  });
}

function literalText(type: ts.TypeNode): string | undefined {
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? type.literal.text : undefined;
}

function printUnion(node: ts.Node, constants: Constants): string | undefined {
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.KeyOfKeyword && ts.isTypeQueryNode(node.type)) {
    const table = constants.get(node.type.exprName.getText());
    return (
      table &&
      propertiesOf(table)
        .map(({ name }) => `'${name.getText()}'`)
        .join(' | ')
    );
  }
  if (!ts.isIndexedAccessTypeNode(node) || node.indexType.kind !== ts.SyntaxKind.NumberKeyword) return undefined;
  const { objectType } = node;
  const query = ts.isParenthesizedTypeNode(objectType) ? objectType.type : objectType;
  const list = ts.isTypeQueryNode(query) ? constants.get(query.exprName.getText()) : undefined;
  const tuple = list && ts.isTypeOperatorNode(list) ? list.type : list;
  return tuple && ts.isTupleTypeNode(tuple)
    ? tuple.elements.map((element) => element.getText()).join(' | ')
    : undefined;
}
