/** Templates: what the service makes a target server from. */
import {
  flag,
  type Infer,
  idNumber,
  idText,
  list,
  longestId,
  loose,
  number,
  oneOf,
  type Schema,
  secret,
  strict,
  text,
} from './fields.js';

const vpc = loose(
  {},
  {
    /** Id of the VPC; `autoCreate` creates one. */
    id: text(),
    /** Name of the VPC. */
    name: text(),
    /** Address range of the VPC, for instance `192.168.0.0/16`. */
    cidr: text(),
  },
);

/** The VPC of a template. */
export interface Vpc extends Infer<typeof vpc> {}
/** Schema of the type of the same name. */
export const Vpc: Schema<Vpc> = vpc;

const vpcInput = strict(
  {},
  {
    /** Id of the VPC; `autoCreate` creates one. */
    id: idText(),
    /** Name of the VPC. */
    name: text(),
    /** Address range of the VPC, for instance `192.168.0.0/16`. */
    cidr: text(),
  },
);

/** The VPC of a template in a request: the fields of `Vpc`. What is null is not sent. */
export interface VpcInput extends Infer<typeof vpcInput> {}
/** Schema of the type of the same name. */
export const VpcInput: Schema<VpcInput> = vpcInput;

const subnet = loose(
  {},
  {
    /** Id of the subnet; `autoCreate` creates one. */
    id: text(),
    /** Name of the subnet. */
    name: text(),
    /** Address range of the subnet. */
    cidr: text(),
    /** Fixed IPv4 address of the target. */
    ip: text(),
  },
);

/** A subnet of a template: one network card of the target. */
export interface Subnet extends Infer<typeof subnet> {}
/** Schema of the type of the same name. */
export const Subnet: Schema<Subnet> = subnet;

const subnetInput = strict(
  {
    /** Id of the subnet; one entry with `autoCreate` creates one. */
    id: idText(),
    /** Name of the subnet. */
    name: text(),
  },
  {
    /** Address range of the subnet; tools that create templates with success leave it out. */
    cidr: text(),
    /** Fixed IPv4 address of the target. */
    ip: text(),
  },
);

/** A subnet of a template in a request. */
export interface SubnetInput extends Infer<typeof subnetInput> {}
/** Schema of the type of the same name. */
export const SubnetInput: Schema<SubnetInput> = subnetInput;

const securityGroup = loose(
  {},
  {
    /** Id of the security group; `autoCreate` creates one. */
    id: text(),
    /** Name of the security group. */
    name: text(),
  },
);

/** A security group of a template. */
export interface SecurityGroup extends Infer<typeof securityGroup> {}
/** Schema of the type of the same name. */
export const SecurityGroup: Schema<SecurityGroup> = securityGroup;

const securityGroupInput = strict({
  /** Id of the security group; one entry with `autoCreate` creates one. */
  id: idText(),
  /** Name of the security group. */
  name: text(),
});

/** A security group of a template in a request. */
export interface SecurityGroupInput extends Infer<typeof securityGroupInput> {}
/** Schema of the type of the same name. */
export const SecurityGroupInput: Schema<SecurityGroupInput> = securityGroupInput;

const publicIp = loose(
  {},
  {
    /** Type of the elastic IP, for instance `5_bgp`. */
    type: text(),
    /** Bandwidth, in Mbit/s. */
    bandwidth_size: number(),
    /** `PER` for a bandwidth of its own, `WHOLE` for a shared one. */
    bandwidth_share_type: oneOf('PER', 'WHOLE'),
  },
);

/** The elastic IP of a template. */
export interface PublicIp extends Infer<typeof publicIp> {}
/** Schema of the type of the same name. */
export const PublicIp: Schema<PublicIp> = publicIp;

const publicIpInput = strict(
  {
    /** Type of the elastic IP; usually `5_bgp`. */
    type: text(),
    /** Bandwidth, in Mbit/s: 1 to 2000, in steps of 1 up to 300, of 50 up to 1000, of 500 above. */
    bandwidth_size: number({ min: 1, max: 2000 }),
  },
  {
    /** `PER` for a bandwidth of its own (when left out), `WHOLE` for a shared one. */
    bandwidth_share_type: oneOf('PER', 'WHOLE'),
  },
);

/** The elastic IP of a template in a request. */
export interface PublicIpInput extends Infer<typeof publicIpInput> {}
/** Schema of the type of the same name. */
export const PublicIpInput: Schema<PublicIpInput> = publicIpInput;

const templateDisk = loose(
  {},
  {
    /** Database id of the disk: a number. */
    id: number(),
    /** Ordinal of the disk, from 0. */
    index: number(),
    /** Name of the disk. */
    name: text(),
    /** Type of the disk, for instance `SAS`. */
    disktype: text(),
    /** Size, in gigabytes: every other size of the service is in bytes. */
    size: number(),
    /** What the disk is for. */
    device_use: text(),
  },
);

/** A disk of a template. */
export interface TemplateDisk extends Infer<typeof templateDisk> {}
/** Schema of the type of the same name. */
export const TemplateDisk: Schema<TemplateDisk> = templateDisk;

const templateDiskInput = strict(
  {
    /** Ordinal of the disk, from 0. */
    index: number({ min: 0 }),
    /** Name of the disk. */
    name: text(),
    /** Type of the disk, for instance `SAS`. */
    disktype: text(),
    /** Size, in gigabytes: every other size of the service is in bytes. */
    size: number({ min: 0 }),
  },
  {
    /** Database id of the disk: a number. */
    id: idNumber(),
    /** What the disk is for. */
    device_use: text(),
  },
);

/** A disk of a template in a request. */
export interface TemplateDiskInput extends Infer<typeof templateDiskInput> {}
/** Schema of the type of the same name. */
export const TemplateDiskInput: Schema<TemplateDiskInput> = templateDiskInput;

const template = loose(
  {
    /** Id of the template. */
    id: text(),
  },
  {
    /** Name of the template. */
    name: text(),
    /** Whether the template can be used again, as text: `"true"` or `"false"`. Requests take a boolean. */
    is_template: text(),
    /** Region of the target. */
    region: text(),
    /** Id of the IAM project of the target. The wire name has no underscore. */
    projectid: text(),
    /** Name of the server to create. */
    target_server_name: text(),
    /** Availability zone of the target. */
    availability_zone: text(),
    /** Type of the system disk. */
    volumetype: oneOf('SAS', 'SSD', 'SATA'),
    /** Flavor of the ECS. */
    flavor: text(),
    /** VPC of the target. */
    vpc: Vpc,
    /** Subnets of the target. */
    nics: list(Subnet),
    /** Security groups of the target. */
    security_groups: list(SecurityGroup),
    /** Elastic IP of the target. */
    publicip: PublicIp,
    /** Disks of the target; the wire name is singular. */
    disk: list(TemplateDisk),
    /** Type of the data disks. */
    data_volume_type: oneOf('SAS', 'SSD', 'SATA'),
    /** Secret: password of the target. The service may mask it here; `templates.getTargetPassword` returns it. */
    target_password: secret(),
    /** Image that the target is made from. */
    image_id: text(),
  },
);

/** A template. */
export interface Template extends Infer<typeof template> {}
/** Schema of the type of the same name. */
export const Template: Schema<Template> = template;

const templateResponse = loose({
  /** The template. */
  template: Template,
});

/** The response of `ShowTemplate`. */
export interface TemplateResponse extends Infer<typeof templateResponse> {}
/** Schema of the type of the same name. */
export const TemplateResponse: Schema<TemplateResponse> = templateResponse;

const templatePage = loose(
  {
    /** The items of this page. */
    templates: list(Template),
  },
  {
    /** Number of all matches, not of the items on this page. */
    count: number(),
  },
);

/** One page of templates. */
export interface TemplatePage extends Infer<typeof templatePage> {}
/** Schema of the type of the same name. */
export const TemplatePage: Schema<TemplatePage> = templatePage;

const targetPassword = loose(
  {},
  {
    /** Id of the template. */
    template_id: text(),
    /** Secret: password of the target. */
    target_password: secret(),
  },
);

/** The password of the target that a template makes. Secret: keep it out of logs. */
export interface TargetPassword extends Infer<typeof targetPassword> {}
/** Schema of the type of the same name. */
export const TargetPassword: Schema<TargetPassword> = targetPassword;

const templateQuery = strict(
  {},
  {
    /** Only templates with this name. */
    name: text(),
    /** Only templates of this availability zone. */
    availability_zone: text(),
    /** Only templates of this region. */
    region: text(),
    /** Items on a page: 0 to 100, 50 when left out. */
    limit: number({ min: 0, max: 100 }),
    /** Items to skip; 0 when left out. */
    offset: number({ min: 0 }),
    /** Only the template with this id: at most 255 characters. */
    id: text({ max: longestId }),
  },
);

/** Which templates to list. */
export interface TemplateQuery extends Infer<typeof templateQuery> {}
/** Schema of the type of the same name. */
export const TemplateQuery: Schema<TemplateQuery> = templateQuery;

const templateInput = strict(
  {
    /** Name: 1 to 64 characters, of letters (also Chinese), digits, `_` and `-`. */
    name: text({ min: 1, max: 64 }),
  },
  {
    /** True for a template to use again, false for one that belongs to one task. Responses have text instead. */
    is_template: flag(),
    /** Region of the target: at most 255 characters. Mandatory until 2025: set it. */
    region: text({ max: 255 }),
    /** Id of the IAM project of the target. The wire name has no underscore. Mandatory until 2025: set it. */
    projectid: idText({ max: 255 }),
    /** Name of the server to create: at most 255 characters. */
    target_server_name: text({ max: 255 }),
    /** Availability zone of the target: at most 255 characters. */
    availability_zone: text({ max: 255 }),
    /** Type of the system disk, for instance `SAS`, `SSD` or `SATA`: at most 255 characters. */
    volumetype: text({ max: 255 }),
    /** Flavor of the ECS. */
    flavor: text(),
    /** VPC of the target. */
    vpc: VpcInput,
    /** Subnets of the target. */
    nics: list(SubnetInput),
    /** Security groups of the target. */
    security_groups: list(SecurityGroupInput),
    /** Elastic IP of the target. */
    publicip: PublicIpInput,
    /** Disks of the target; the wire name is singular. */
    disk: list(TemplateDiskInput),
    /** Type of the data disks, for instance `SAS`, `SSD` or `SATA`. */
    data_volume_type: text(),
    /** Secret: password of the target. */
    target_password: secret(),
    /** Image that the target is made from. */
    image_id: idText(),
  },
);

/** What a template says in a request. */
export interface TemplateInput extends Infer<typeof templateInput> {}
/** Schema of the type of the same name. */
export const TemplateInput: Schema<TemplateInput> = templateInput;

const templateCreate = strict({
  /** The template. */
  template: TemplateInput,
});

/** A template to create. */
export interface TemplateCreate extends Infer<typeof templateCreate> {}
/** Schema of the type of the same name. */
export const TemplateCreate: Schema<TemplateCreate> = templateCreate;

const templateUpdate = strict(
  {},
  {
    /** The template as it is to be; its name is required here too. */
    template: TemplateInput,
  },
);

/** What to change of a template. */
export interface TemplateUpdate extends Infer<typeof templateUpdate> {}
/** Schema of the type of the same name. */
export const TemplateUpdate: Schema<TemplateUpdate> = templateUpdate;
