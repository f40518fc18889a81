import { afterAll, expect } from 'vitest';

// The files of one worker share their globals: what one file leaves faked would hang or break another one, far away.
const names = ['setTimeout', 'clearTimeout', 'setInterval', 'Date', 'performance', 'fetch', 'AbortController'] as const;
const key = Symbol.for('the globals before the first test');
const shared = globalThis as { [key]?: readonly unknown[] };

function readGlobals(): unknown[] {
  return [...names.map((name) => globalThis[name]), performance.now, Math.random];
}

shared[key] ??= readGlobals();

afterAll(() => {
  const changed = readGlobals().flatMap((value, index) =>
    value === shared[key]?.[index] ? [] : [names[index] ?? 'performance.now or Math.random'],
  );
  expect(changed, 'globals that this file did not restore').toEqual([]);
});
