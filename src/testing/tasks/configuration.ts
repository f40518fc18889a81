import { optionalText, requireBody, requireObjects, requireText, requireWord } from '../core/body.js';
import { type Answer, answerJson, answerNothing } from '../core/exchange.js';
import { passes } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';
import type { CopyKind } from './steps.js';

/** Advanced options of a task. */
export const configurationRoutes: readonly Route[] = [
  {
    service: 'sms',
    pattern: 'GET /v3/tasks/{task_id}/configuration-setting',
    operation: 'ShowConfigSetting',
    handle: handleShow,
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

function handleShow(call: Call): Answer {
  const task = findTask(call);
  const configurations = task.configurations.filter(({ config_key }) => passes(call.query.config_key, config_key));
  return answerJson({ task_id: task.id, migrate_type: migrateTypes[task.copyKind], configurations });
}

// ASSUMPTION: options that a request does not name keep their values.
function handleUpload(call: Call): Answer {
  const sent = requireObjects(requireBody(call.body), 'configurations').map((configuration) => ({
    config_key: requireWord(configuration, 'config_key', keys),
    config_value: requireText(configuration, 'config_value', { min: 0, max: 65_535 }),
    config_status: optionalText(configuration, 'config_status') ?? '',
  }));
  const task = findTask(call);
  const named = new Map([...task.configurations, ...sent].map((one) => [one.config_key, one]));
  task.configurations = [...named.values()];
  return answerNothing('{}');
}
