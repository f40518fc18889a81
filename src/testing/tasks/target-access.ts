import { respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import { readQueryFlag } from '../core/query.js';
import { refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';

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

// A simulated target is locked by nothing, and no answer of the service shows a lock.
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

/** Secrets of the channel between source and target. None of them opens anything. */
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

// The frame is that of a real one, the content says what it stands for.
function writePem(label: string, owner: string): string {
  const lines = btoa(`simulated ${label.toLowerCase()}: ${toAscii(owner)}`).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function toAscii(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
