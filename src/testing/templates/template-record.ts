import type { Copied } from '../core/copy-fields.js';

/** Texts of a template, under the names of the wire. */
export const templateTexts = {
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

/** What a template is made from and may be changed to. */
export interface TemplateContent extends Copied<typeof templateTexts> {
  /** Display name. */
  readonly name: string;
  /** Whether it may be used more than once. A boolean in requests, text in answers. */
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

/** A template that says nothing but its name. */
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
