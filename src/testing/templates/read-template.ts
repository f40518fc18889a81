import { optionalFlag, optionalObjects, optionalText, requireNumber, requireText } from '../core/body.js';
import { copyFields } from '../core/copy-fields.js';
import type { Identifiers } from '../core/identifiers.js';
import { type JsonObject, readObject } from '../core/json.js';
import { refuseInput } from '../core/refusal.js';
import {
  nicFields,
  publicIpFields,
  securityGroupFields,
  type TemplateContent,
  templateDiskFields,
  templateTexts,
  vpcFields,
} from './template-record.js';

// Letters of any script: the reference speaks of Chinese ones too.
const allowedName = /^[\p{L}\p{N}_-]+$/u;

/** What a request says of a template; what it leaves out is not there. */
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
