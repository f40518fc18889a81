import { inspect } from 'node:util';
import { MemoryTokenStore, type TokenStore } from '@org/sms-client';
import Keyv from 'keyv';
import { describe, expect, it, vi } from 'vitest';
import { useFakeTime } from '../support/fake-time.js';
import { makeProcesses, read } from './processes.js';

useFakeTime();

describe('MemoryTokenStore', () => {
  it('returns what was set, until it is set again or deleted', async () => {
    const store = new MemoryTokenStore();
    expect(await store.get('a')).toBeUndefined();
    await store.set('a', 'one', 1000);
    await store.set('a', 'two', 1000);
    expect(await store.get('a')).toBe('two');
    await store.delete('a');
    await store.delete('a');
    expect(await store.get('a')).toBeUndefined();
  });

  it('forgets a value when it expires', async () => {
    const store = new MemoryTokenStore();
    await store.set('a', 'one', 1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(await store.get('a')).toBe('one');
    await vi.advanceTimersByTimeAsync(1);
    expect(await store.get('a')).toBeUndefined();
  });

  it('sets an absent value once, and again when the first has expired', async () => {
    const store = new MemoryTokenStore();
    const outcomes = await Promise.all(['one', 'two'].map((value) => store.setIfAbsent('a', value, 1000)));
    expect(outcomes).toEqual([true, false]);
    expect(await store.get('a')).toBe('one');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await store.setIfAbsent('a', 'three', 1000)).toBe(true);
    expect(await store.get('a')).toBe('three');
  });

  it('holds 1000 entries, and drops the oldest beyond that', async () => {
    const store = new MemoryTokenStore();
    for (let index = 0; index < 1000; index += 1) await store.set(`key-${index}`, 'value', 1000);
    await store.set('key-0', 'again', 1000);
    await store.set('key-1000', 'value', 1000);
    expect(await store.get('key-0')).toBe('again');
    expect(await store.get('key-1')).toBeUndefined();
    expect(await store.get('key-2')).toBe('value');
    expect(await store.get('key-1000')).toBe('value');
  });

  it('shows nothing of what it holds', async () => {
    const store = new MemoryTokenStore();
    await store.set('a-key', 'a-secret', 1000);
    const shown = inspect(store, { depth: 9, showHidden: true, getters: true }) + JSON.stringify({ store });
    expect(shown).not.toMatch(/a-key|a-secret/);
  });
});

describe('a Keyv', () => {
  it('is a token store as it is', async () => {
    const keyv = new Keyv();
    const store: TokenStore = keyv;
    const processes = makeProcesses({ store });
    await read(processes.join({ tokenStore: keyv }));
    await read(processes.join({ tokenStore: new Keyv({ store: keyv.store }) }));
    expect(processes.logins).toHaveLength(1);
    expect(processes.tokens()).toEqual(['token-1', 'token-1']);
    expect(processes.warnings).toEqual([]);
  });

  it('that returns false from a write is logged', async () => {
    const keyv = new Keyv();
    vi.spyOn(keyv, 'set').mockResolvedValue(false);
    const processes = makeProcesses({ store: keyv });
    await read(processes.join());
    expect(processes.warnings).toEqual([['the token store failed at set: going on without it', { reason: 'Error' }]]);
  });
});
