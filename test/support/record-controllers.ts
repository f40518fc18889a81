import { vi } from 'vitest';

/** From now on, the line that makes each AbortController. The test gives the class back with `vi.unstubAllGlobals()`. */
export function recordControllers(): string[] {
  const makers: string[] = [];
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super();
        // The line below this constructor.
        makers.push(new Error().stack?.split('\n')[2] ?? '');
      }
    },
  );
  return makers;
}
