/** Region → hosts. A table, because the host names follow no pattern: `sms-api` in Moscow, no region at all in the EU. */

/** @internal Where the services of a region are. */
export interface RegionEndpoints {
  readonly endpoint: string;
  readonly iamEndpoint: string;
}

// Regions with an SMS of their own. A token of a regional IAM is good in that region only, so the two go together.
const own: Readonly<Record<string, readonly [sms: string, iam: string]>> = {
  'ap-southeast-1': ['sms.ap-southeast-1.myhuaweicloud.com', 'iam.ap-southeast-1.myhuaweicloud.com'],
  'ap-southeast-3': ['sms.ap-southeast-3.myhuaweicloud.com', 'iam.ap-southeast-3.myhuaweicloud.com'],
  'cn-north-1': ['sms.cn-north-1.myhuaweicloud.com', 'iam.cn-north-1.myhuaweicloud.com'],
  'cn-north-4': ['sms.cn-north-4.myhuaweicloud.com', 'iam.cn-north-4.myhuaweicloud.com'],
  'eu-west-101': ['sms.myhuaweicloud.eu', 'iam.myhuaweicloud.eu'],
  'my-kualalumpur-1': ['sms.my-kualalumpur-1.myhuaweicloud.com', 'iam.my-kualalumpur-1.myhuaweicloud.com'],
  'ru-moscow-1': ['sms-api.ru-moscow-1.myhuaweicloud.com', 'iam.ru-moscow-1.myhuaweicloud.com'],
};

// Everywhere else the main SMS of the site serves, with a token of the global IAM, which is good in all regions.
const globalIam = 'iam.myhuaweicloud.com';
const chinese = [
  'cn-east-2',
  'cn-east-3',
  'cn-east-4',
  'cn-east-5',
  'cn-north-2',
  'cn-north-9',
  'cn-north-12',
  'cn-south-1',
  'cn-south-2',
  'cn-southwest-2',
];
const international = [
  'af-south-1',
  'ap-southeast-2',
  'ap-southeast-4',
  'la-north-2',
  'la-south-2',
  'me-east-1',
  'na-mexico-1',
  'sa-brazil-1',
  'tr-west-1',
];

/** @internal The hosts of a region; undefined for regions whose SMS is not known. */
export function findRegion(region: string): RegionEndpoints | undefined {
  const [sms, iam] = (Object.hasOwn(own, region) ? own[region] : mainOf(region)) ?? [];
  return sms === undefined ? undefined : { endpoint: `https://${sms}`, iamEndpoint: `https://${iam}` };
}

/** @internal The regions that {@link findRegion} knows. */
export function listRegions(): string[] {
  return [...Object.keys(own), ...chinese, ...international].sort();
}

function mainOf(region: string): readonly [sms: string, iam: string] | undefined {
  if (chinese.includes(region)) return ['sms.cn-north-4.myhuaweicloud.com', globalIam];
  return international.includes(region) ? ['sms.ap-southeast-3.myhuaweicloud.com', globalIam] : undefined;
}
