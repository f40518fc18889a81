/** What a failed task says about its failure. */
import { describeErrorCode } from '../error-codes.js';
import type { MigrationFailure } from '../errors.js';
import { readErrorBody } from '../schemas/error-body.js';
import type { AnyTask } from './mend-task.js';
import { findCurrent, readPercent } from './progress.js';
import { readRounds } from './steps.js';

const longestText = 300;
// Far more than the service sends; regular expressions run out of stack on megabytes.
const longestRead = 20_000;

/** @internal Reads why a task did not succeed: its state, its last step and its `error_json`, whatever form that has. */
export function explainFailure(task: AnyTask): MigrationFailure {
  const reason = reasonOf(task.state);
  const { name = null, steps = [] } = readRounds(task.sub_tasks ?? []).at(-1) ?? {};
  const words = readErrorText((task.error_json ?? '').slice(0, longestRead));
  const { code, text, values } = words;
  const known = describeErrorCode(code);
  return {
    reason,
    round: name,
    step: findCurrent(steps, readPercent) ?? null,
    code,
    serviceMessage: joinWords(words),
    meaning:
      known?.meaning ??
      (text !== ''
        ? endSentence(text)
        : values !== ''
          ? `The service names ${endSentence(values)}`
          : defaults[reason].meaning),
    hint: known?.hint ?? defaults[reason].hint,
    canRestart: known?.canRestart ?? (reason === 'paused' ? true : null),
  };
}

const defaults: Record<MigrationFailure['reason'], { readonly meaning: string; readonly hint: string }> = {
  failed: {
    meaning: 'The service gave no reason.',
    hint: 'Read the log of the agent on the source server, then start the task again.',
  },
  'rolled-back': {
    meaning: 'The synchronisation failed and the target was rolled back.',
    hint: 'Read the log of the agent on the source server, then start the task again.',
  },
  paused: { meaning: 'The task was paused.', hint: 'Start it again to go on where it stopped.' },
};

function reasonOf(state: string): MigrationFailure['reason'] {
  if (state === 'ABORT') return 'paused';
  return state === 'SYNC_F_ROLLBACK_SUCCESS' ? 'rolled-back' : 'failed';
}

/** What the service says: the code, its text, and the values that it names, which may be all there is. */
interface ServiceWords {
  readonly code: string | null;
  readonly text: string;
  readonly values: string;
}

// JSON text according to the documentation, but plain text and JSON that was cut off occur: so the code is searched in the text itself.
function readErrorText(text: string): ServiceWords {
  const code = /\b(?:SMS|APIGW|IAM|Common)\.\d{4}\b/.exec(text)?.[0] ?? null;
  const quoted = /"(?:error_msg|error_message|message)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(text)?.[1];
  const plain =
    quoted === undefined ? (/^\s*[{[]/.test(text) ? '' : (readErrorBody(text).message ?? '')) : unquote(quoted);
  const parameters = /"error_params?"\s*:\s*(.*)/s.exec(text)?.[1] ?? '';
  return { code, text: tidy(plain), values: tidy(readValues(parameters).join(', ')) };
}

/** The values that stand at the beginning of a piece of JSON: one, a list, or text that holds either. */
function readValues(json: string): string[] {
  const isList = json.startsWith('[');
  if (!isList && !/^["\d-]/.test(json)) return [];
  const values: string[] = [];
  for (const [whole, quoted] of json.matchAll(token)) {
    if (whole === ']') break;
    values.push(quoted === undefined ? whole : unquote(quoted));
    if (!isList) break;
  }
  const inner = isList ? undefined : values[0]?.trim();
  return inner !== undefined && /^[["]/.test(inner) ? readValues(inner) : values.filter((value) => value.trim() !== '');
}

// A text in quotes, the last of which may be cut off, a bare value, or the end of a list.
const token = /"((?:[^"\\]|\\.)*)"?|[\w.-]+|\]/g;

function tidy(text: string): string {
  const clean = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return clean.length > longestText ? `${clean.slice(0, longestText)}…` : clean;
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    return quoted;
  }
}

function joinWords({ text, values }: ServiceWords): string | null {
  if (text === '' || values === '') return text || values || null;
  return text.includes(values) ? text : `${text} (${values})`;
}

function endSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
