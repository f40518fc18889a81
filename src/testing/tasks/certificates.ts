import { type Answer, answerJson } from '../core/exchange.js';
import { readQueryFlag } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';

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

function handlePassphrase(call: Call): Answer {
  const { id, passphrase } = findTask(call);
  return answerJson({ task_id: id, passphrase });
}

// ASSUMPTION: without `enable_ca_cert` the certificate of the authority is empty.
function handleCertificate(call: Call): Answer {
  const { id } = findTask(call);
  const withAuthority = readQueryFlag(call.query, 'enable_ca_cert') === true;
  return answerJson({
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
