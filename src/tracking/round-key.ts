/** Identifies a round of a task from poll to poll and from process to process. */
import type { Round } from './steps.js';

/** What is known of a round: its name, and the smallest and largest id of its steps; an infinite range when none was shown. */
interface RoundIdentity {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** How often the round was restarted under the same ids. */
  readonly begun: number;
}

/** @internal What distinguishes this round from others. */
export function keyOf(round: Round): string {
  return write(identify(round));
}

/**
 * @internal The key of a round that goes on from the one with the given key; undefined when it is another round. A part that one
 * of them lacks says nothing: the items of a list have no names.
 */
export function continueKey(key: string, round: Round): string | undefined {
  const [before, now] = [parse(key), identify(round)];
  const isNamed = before.name !== '' && now.name !== '';
  if (isNamed && before.name !== now.name) return undefined;
  const shown = [before, now].filter(hasIds).length;
  const isApart = now.first > before.last || now.last < before.first;
  if (shown === 2 ? isApart : shown === 1 && !isNamed) return undefined;
  return write({
    name: now.name || before.name,
    first: Math.min(before.first, now.first),
    last: Math.max(before.last, now.last),
    begun: before.begun,
  });
}

/** @internal The key of the same round when it is restarted. */
export function renewKey(key: string): string {
  const identity = parse(key);
  return write({ ...identity, begun: identity.begun + 1 });
}

function identify({ name, steps }: Round): RoundIdentity {
  const ids = steps.map(({ id }) => id).filter((id) => typeof id === 'number');
  return { name: name ?? '', first: Math.min(...ids), last: Math.max(...ids), begun: 0 };
}

function hasIds({ first, last }: RoundIdentity): boolean {
  return first <= last;
}

function write(identity: RoundIdentity): string {
  const { begun, first, last, name } = identity;
  return `${name}#${hasIds(identity) ? `${first}-${last}` : ''}${begun === 0 ? '' : `~${begun}`}`;
}

function parse(key: string): RoundIdentity {
  const [, name = '', first, last = first, begun = '0'] =
    /^(.*)#(?:(-?\d+)(?:-(-?\d+))?)?(?:~(\d+))?$/s.exec(key) ?? [];
  return {
    name,
    first: Number(first ?? Infinity),
    last: Number(last ?? -Infinity),
    begun: Number(begun),
  };
}
