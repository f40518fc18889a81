import { ConfigurationError } from '@org/sms-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeText } from '../../src/transport/runtime.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a text in UTF-8', () => {
  it('is encoded by the runtime', () => {
    expect([...encodeText('a\u00e9')]).toEqual([0x61, 0xc3, 0xa9]);
  });

  it('is a ConfigurationError that names the class which the runtime lacks', () => {
    vi.stubGlobal('TextEncoder', undefined);

    expect(() => encodeText('a')).toThrow(ConfigurationError);
    expect(() => encodeText('a')).toThrow(/^This environment has no TextEncoder\. Load a polyfill for it\.$/);
  });
});
