import {
  type JsonObject,
  optionalNumber,
  optionalText,
  requireBody,
  requireObjects,
  requireText,
  requireWord,
} from '../core/body.js';
import { refuse, refuseInput, respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import { passes, readQueryFlag, refuseOtherWords } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';
import type { CopyKind } from './steps.js';
import type { SpeedSlot } from './task-record.js';

/** Limits by the time of day. */
export const speedRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{task_id}/speed-limit',
    operation: 'ShowsSpeedLimits',
    handle: handleShowSpeed,
  },
  {
    service: 'sms',
    pattern: 'POST /v3/tasks/{task_id}/speed-limit',
    operation: 'UpdateSpeed',
    handle: handleUpdateSpeed,
  },
];

// Hours come with one digit or two, and a day may end at 24:00.
const timeOfDay = /^([01]?\d|2[0-4]):[0-5]\d$/;

function handleShowSpeed(call: Call): ServiceResponse {
  const { speedSlots } = findTask(call);
  if (speedSlots.length === 0) throw refuse(400, 'SMS.6302', 'No speed limit is recorded for the task.');
  return respondJson({ speed_limit: speedSlots });
}

// Slots may overlap and leave gaps: no source says that they must not.
function handleUpdateSpeed(call: Call): ServiceResponse {
  const slots = requireObjects(requireBody(call.body), 'speed_limit');
  const task = findTask(call);
  call.world.tasks.set(task.id, { ...task, speedSlots: slots.map(readSlot) });
  return respondEmpty('{}');
}

function readSlot(slot: JsonObject): SpeedSlot {
  const start = requireText(slot, 'start');
  const end = requireText(slot, 'end');
  if (!timeOfDay.test(start) || !timeOfDay.test(end)) {
    throw refuseInput('The parameters start and end must be times of the day such as 08:00.');
  }
  // The pages call the speed mandatory, the SDKs optional.
  const speed = optionalNumber(slot, 'speed', { min: 0, max: 1000 }) ?? 0;
  if (!Number.isInteger(speed)) throw refuseInput('The parameter speed must be a whole number.');
  const threshold = optionalNumber(slot, 'over_speed_threshold');
  return { start, end, speed, ...(threshold === undefined ? {} : { over_speed_threshold: threshold }) };
}

/** Advanced options of a task. */
export const configurationRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{task_id}/configuration-setting',
    operation: 'ShowConfigSetting',
    handle: handleShowConfiguration,
  },
  {
    service: 'sms',
    pattern: 'POST /v3/tasks/{task_id}/configuration-setting',
    operation: 'UploadSpecialConfigurationSetting',
    handle: handleUpload,
  },
];

const keys = [
  'MIGRATE_EXCLUDE_DIR',
  'SYNC_EXCLUDE_DIR',
  'ONLY_SYNC_DIR',
  'CONSISTENCY_DIR',
  'CONSISTENCY_DIR_ILLEGAL',
  'LINUX_BLOCK_COMPRESS_THREAD_NUM',
  'MIGRATE_DST_IP',
  'LINUX_BLOCK_CACHE_SIZE',
  'LINUX_CPU_LIMIT',
  'LINUX_MEM_LIMIT',
  'LINUX_IO_LIMIT',
  'NUM_PROCESS_MIGRATE',
  'NUM_PROCESS_SYNC',
  'CONSISTENCY_RECHECK',
  'CONSISTENCY_MODE',
  'DYNAMIC_PORT',
] as const;

const migrateTypes: Readonly<Record<CopyKind, string>> = {
  LINUX_FILE: 'LINUX_MIGRATE_FILE',
  LINUX_BLOCK: 'LINUX_MIGRATE_BLOCK',
  WINDOWS_BLOCK: 'WINDOWS_MIGRATE_BLOCK',
};

function handleShowConfiguration(call: Call): ServiceResponse {
  refuseOtherWords(call.query, 'config_key', keys);
  const task = findTask(call);
  const configurations = task.configurations.filter(({ config_key }) => passes(call.query.config_key, config_key));
  return respondJson({ task_id: task.id, migrate_type: migrateTypes[task.copyKind], configurations });
}

// ASSUMPTION: options that a request does not name keep their values.
function handleUpload(call: Call): ServiceResponse {
  const sent = requireObjects(requireBody(call.body), 'configurations').map((configuration) => ({
    config_key: requireWord(configuration, 'config_key', keys),
    config_value: requireText(configuration, 'config_value', { min: 0, max: 65_535 }),
    config_status: optionalText(configuration, 'config_status') ?? '',
  }));
  const task = findTask(call);
  const named = new Map([...task.configurations, ...sent].map((one) => [one.config_key, one]));
  call.world.tasks.set(task.id, { ...task, configurations: [...named.values()] });
  return respondEmpty('{}');
}

/** Collecting the log of a task. */
export const logRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/tasks/{task_id}/log', operation: 'CollectLog', handle: handleCollect },
];

// ASSUMPTION: asking again while a log is being collected starts over.
function handleCollect(call: Call): ServiceResponse {
  const bucket = requireText(requireBody(call.body), 'log_bucket');
  const task = findTask(call);
  call.world.tasks.set(task.id, { ...task, log: { bucket, at: call.world.clock.migration() } });
  return respondEmpty('""');
}

/** Unlocking the target of a task, and checking whether its ports are open. */
export const targetRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/tasks/{task_id}/unlock', operation: 'UnlockTargetEcs', handle: handleUnlock },
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{t_project_id}/networkacl/{t_network_id}/check',
    operation: 'CheckNetAcl',
    handle: handleCheck,
  },
];

// A simulated target is locked by nothing, and no response of the service shows a lock.
function handleUnlock(call: Call): ServiceResponse {
  findTask(call);
  return respondEmpty('');
}

// ASSUMPTION: no source says what a closed port looks like, so every port of every network is open.
function handleCheck({ query }: Call): ServiceResponse {
  if ((query.region_id ?? '') === '') throw refuseInput('The parameter region_id is mandatory.');
  if (query.os_type !== 'WINDOWS' && query.os_type !== 'LINUX') {
    throw refuseInput('The parameter os_type must be one of WINDOWS, LINUX.');
  }
  return respondEmpty('{}');
}

/** Secrets of the channel between source and target. None of them grants access to anything. */
export const certificateRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{task_id}/passphrase',
    operation: 'ShowPassphrase',
    handle: handlePassphrase,
  },
  { service: 'sms', pattern: 'GET /v3/tasks/{task_id}/certkey', operation: 'ShowCertKey', handle: handleCertificate },
];

function handlePassphrase(call: Call): ServiceResponse {
  const { id, passphrase } = findTask(call);
  return respondJson({ task_id: id, passphrase });
}

// ASSUMPTION: without `enable_ca_cert` the certificate of the authority is empty.
function handleCertificate(call: Call): ServiceResponse {
  const { id } = findTask(call);
  const withAuthority = readQueryFlag(call.query, 'enable_ca_cert') === true;
  return respondJson({
    cert: writePem('CERTIFICATE', `source of ${id}`),
    private_key: writePem('PRIVATE KEY', `source of ${id}`),
    ca: withAuthority ? writePem('CERTIFICATE', 'authority') : '',
    target_mgmt_cert: writePem('CERTIFICATE', `management of the target of ${id}`),
    target_mgmt_private_key: writePem('PRIVATE KEY', `management of the target of ${id}`),
    target_data_cert: writePem('CERTIFICATE', `data of the target of ${id}`),
    target_data_private_key: writePem('PRIVATE KEY', `data of the target of ${id}`),
  });
}

// The frame is that of a real certificate. The content says that it is simulated.
function writePem(label: string, owner: string): string {
  const lines = btoa(`simulated ${label.toLowerCase()}: ${toAscii(owner)}`).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function toAscii(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
