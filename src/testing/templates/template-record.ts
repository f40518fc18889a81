import {
  type Copied,
  copyFields,
  type JsonObject,
  optionalFlag,
  optionalObjects,
  optionalText,
  readObject,
  requireNumber,
  requireText,
} from '../core/body.js';
import { refuseInput } from '../core/exchange.js';
import type { Identifiers } from '../core/identifiers.js';

/** Texts of a template, under the names of the wire. */
const templateTexts = {
  region: 'text',
  projectid: 'text',
  target_server_name: 'text',
  availability_zone: 'text',
  volumetype: 'text',
  flavor: 'text',
  data_volume_type: 'text',
  image_id: 'text',
} as const;

/** A VPC, under the names of the wire. */
export const vpcFields = { id: 'text', name: 'text', cidr: 'text' } as const;

/** A subnet, under the names of the wire. */
export const nicFields = { id: 'text', name: 'text', cidr: 'text', ip: 'text' } as const;

/** A security group, under the names of the wire. */
export const securityGroupFields = { id: 'text', name: 'text' } as const;

/** An elastic IP, under the names of the wire. */
export const publicIpFields = { type: 'text', bandwidth_size: 'number', bandwidth_share_type: 'text' } as const;

/** A disk of a template, under the names of the wire. Its size counts GB. */
export const templateDiskFields = {
  index: 'number',
  name: 'text',
  disktype: 'text',
  size: 'number',
  device_use: 'text',
} as const;

/** Fields of a template that requests set. */
export interface TemplateContent extends Copied<typeof templateTexts> {
  /** Display name. */
  readonly name: string;
  /** Whether it may be used more than once. A boolean in requests, text in responses. */
  readonly is_template: boolean;
  /** VPC; null when none was named. */
  readonly vpc: Copied<typeof vpcFields> | null;
  /** Subnets. */
  readonly nics: readonly Copied<typeof nicFields>[];
  /** Security groups. */
  readonly security_groups: readonly Copied<typeof securityGroupFields>[];
  /** Elastic IP; null when none was named. */
  readonly publicip: Copied<typeof publicIpFields> | null;
  /** Disks. */
  readonly disk: readonly (Copied<typeof templateDiskFields> & { readonly id: number })[];
  /** Login password of the target. */
  readonly target_password: string;
}

/** A template of a target server. */
export interface TemplateRecord extends TemplateContent {
  /** Id of the template. */
  readonly id: string;
}

/** A template with only a name. */
export function createTemplate(id: string, content: Partial<TemplateContent> & { name: string }): TemplateRecord {
  return {
    is_template: true,
    region: '',
    projectid: '',
    target_server_name: '',
    availability_zone: '',
    volumetype: 'SAS',
    flavor: '',
    data_volume_type: 'SAS',
    image_id: '',
    vpc: null,
    nics: [],
    security_groups: [],
    publicip: null,
    disk: [],
    target_password: '',
    ...content,
    id,
  };
}

// Letters of any script: the reference speaks of Chinese ones too.
const allowedName = /^[\p{L}\p{N}_-]+$/u;

/** The template fields of a request. Missing fields are absent. */
export function readTemplate(
  template: JsonObject,
  identifiers: Identifiers,
): Partial<TemplateContent> & { name: string } {
  const name = requireText(template, 'name', { max: 64 });
  if (!allowedName.test(name)) throw refuseInput('The parameter name may hold letters, digits, _ and - only.');
  const content = {
    name,
    is_template: optionalFlag(template, 'is_template'),
    target_password: optionalText(template, 'target_password'),
    ...readTexts(template),
    vpc: readPart(template, 'vpc', (vpc) => copyFields(vpc, vpcFields)),
    publicip: readPart(template, 'publicip', readPublicIp),
    nics: optionalObjects(template, 'nics')?.map(readNic),
    security_groups: optionalObjects(template, 'security_groups')?.map(readSecurityGroup),
    disk: optionalObjects(template, 'disk')?.map((disk) => readDisk(disk, identifiers)),
  };
  return { ...Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)), name };
}

function readTexts(template: JsonObject) {
  const names = Object.keys(templateTexts);
  return Object.fromEntries(names.map((name) => [name, optionalText(template, name)]));
}

function readPart<Part>(template: JsonObject, name: string, read: (part: JsonObject) => Part): Part | undefined {
  if (template[name] === undefined || template[name] === null) return undefined;
  const part = readObject(template[name]);
  if (part === null) throw refuseInput(`The parameter ${name} must be an object.`);
  return read(part);
}

function readPublicIp(address: JsonObject) {
  requireText(address, 'type');
  requireNumber(address, 'bandwidth_size', { min: 1, max: 2000 });
  const given = copyFields(address, publicIpFields);
  return { ...given, bandwidth_share_type: given.bandwidth_share_type || 'PER' };
}

function readNic(nic: JsonObject) {
  for (const name of ['id', 'name', 'cidr']) requireText(nic, name, { min: 0 });
  return copyFields(nic, nicFields);
}

function readSecurityGroup(group: JsonObject) {
  for (const name of ['id', 'name']) requireText(group, name, { min: 0 });
  return copyFields(group, securityGroupFields);
}

function readDisk(disk: JsonObject, identifiers: Identifiers) {
  requireNumber(disk, 'index', { min: 0 });
  requireNumber(disk, 'size', { min: 0 });
  for (const name of ['name', 'disktype']) requireText(disk, name);
  return { id: identifiers.number(), ...copyFields(disk, templateDiskFields) };
}
