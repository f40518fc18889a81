/**
 * Writes docs/error-codes.md: every code that the client knows, with its meaning, its hint and its class. `test/error-codes-page.test.ts`
 * compares.
 */
import { describeErrorCode, type ErrorKind, listErrorCodes } from '../src/error-codes.js';

const classes: Record<ErrorKind, string> = {
  authentication: 'AuthenticationError',
  'dead-token': 'AuthenticationError',
  permission: 'PermissionDeniedError',
  'not-found': 'NotFoundError',
  conflict: 'ConflictError',
  'rate-limit': 'RateLimitError',
  server: 'ServerError',
  request: 'ApiError',
};

const restarts = new Map<boolean | undefined, string>([
  [true, 'yes, once that is done'],
  [false, 'no, create a new task'],
]);

/** The page. */
export function writeErrorCodes(): string {
  const codes = listErrorCodes().flatMap((code) => {
    const known = describeErrorCode(code);
    return known === undefined ? [] : [{ code, ...known }];
  });
  const ofTasks = codes.filter(({ meaning }) => meaning !== undefined);
  const ofCalls = codes.filter(({ meaning }) => meaning === undefined);
  const classOf = (kind: ErrorKind | undefined) => (kind === undefined ? 'by the status' : `\`${classes[kind]}\``);
  return `# Error codes

This page says what a code of the service means, what to do, and which class of error it makes.
<!-- Written by scripts/write-error-codes.ts from the table that the client itself uses. -->

\`\`\`ts
import { ApiError, SmsClient } from '@org/sms-client';

try {
  await SmsClient.fromEnv().tasks.start('8abda8635e09d185015e09d188dd0001xx');
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(error.code, error.hint);
}
\`\`\`

A code that is not here reaches you with the text of the service and a hint for its status. "By the status" means that the status decides the class: 401
\`AuthenticationError\`, 403 \`PermissionDeniedError\`, 404 \`NotFoundError\`, 409 \`ConflictError\`, 429 \`RateLimitError\`, 5xx \`ServerError\`, and
\`ApiError\` for the rest.

## Codes of failed migrations

You find them in \`MigrationFailedError.code\`, and in \`error_json\` of a task.

| Code | Meaning | What to do | Can the task be restarted? |
|---|---|---|---|
${ofTasks.map(({ canRestart, code, hint, meaning }) => `| \`${code}\` | ${meaning} | ${hint} | ${restarts.get(canRestart) ?? 'not known'} |`).join('\n')}

## Codes of refused calls

You find them in \`ApiError.code\`. The service sends a text of its own with each, in \`serviceMessage\`.

| Code | What to do | Class |
|---|---|---|
${ofCalls.map(({ code, hint, kind }) => `| \`${code}\` | ${hint} | ${classOf(kind)} |`).join('\n')}
`;
}

if (process.argv[1]?.endsWith('write-error-codes.ts')) {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(new URL('../docs/error-codes.md', import.meta.url), writeErrorCodes());
}
