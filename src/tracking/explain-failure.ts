/** What a failed task says about its failure. */
import { describeErrorCode } from '../error-codes.js';
import type { MigrationFailure } from '../errors.js';
import { readErrorBody } from '../schemas/error-body.js';
import { type AnyTask, mendTask } from './mend-task.js';
import { readRounds } from './steps.js';

const longestText = 300;
// Far more than the service sends; regular expressions run out of stack on megabytes.
const longestRead = 20_000;

/** @internal Reads why a task rests without success: its state, its last step and its `error_json`, whatever form that has. */
export function explainFailure(answer: AnyTask): MigrationFailure {
  const task = mendTask(answer);
  const reason = reasonOf(task.state);
  const { name = null, steps = [] } = readRounds(task.sub_tasks ?? []).at(-1) ?? {};
  const { code, message } = readErrorText((task.error_json ?? '').slice(0, longestRead));
  const known = describeErrorCode(code);
  return {
    reason,
    round: name,
    step: steps.find(({ progress }) => (progress ?? 0) < 100) ?? steps.at(-1) ?? null,
    code,
    serviceMessage: message === '' ? null : message,
    meaning: known?.meaning ?? (message === '' ? defaults[reason].meaning : endSentence(message)),
    hint: known?.hint ?? defaults[reason].hint,
    canRestart: known?.canRestart ?? (reason === 'paused' ? true : null),
  };
}

const defaults: Record<MigrationFailure['reason'], { readonly meaning: string; readonly hint: string }> = {
  failed: {
    meaning: 'The service gave no reason.',
    hint: 'Look at the log of the agent on the source server, then start the task again.',
  },
  'rolled-back': {
    meaning: 'The synchronisation failed and the target was rolled back.',
    hint: 'Look at the log of the agent on the source server, then start the task again.',
  },
  paused: { meaning: 'The task was paused.', hint: 'Start it again to go on where it stopped.' },
};

function reasonOf(state: string): MigrationFailure['reason'] {
  if (state === 'ABORT') return 'paused';
  return state === 'SYNC_F_ROLLBACK_SUCCESS' ? 'rolled-back' : 'failed';
}

// JSON text by the documents, but plain text and JSON that was cut off occur: the code is looked for in the text itself.
function readErrorText(text: string): { readonly code: string | null; readonly message: string } {
  const code = /\b(?:SMS|APIGW|IAM|Common)\.\d{4}\b/.exec(text)?.[0] ?? null;
  const quoted = /"(?:error_msg|error_message|message)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(text)?.[1];
  const plain =
    quoted === undefined ? (/^\s*[{[]/.test(text) ? '' : (readErrorBody(text).message ?? '')) : unquote(quoted);
  const message = plain.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return { code, message: message.length > longestText ? `${message.slice(0, longestText)}…` : message };
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted;
  }
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
