/** Tells one round of a task from another, from poll to poll and from process to process. */
import type { Round } from './steps.js';

/** What is known of a round: its name and the smallest and largest id of its steps, as far as they were shown. */
interface RoundIdentity {
  readonly name: string;
  readonly first: number | null;
  readonly last: number | null;
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
  if (before.name !== '' && now.name !== '' && before.name !== now.name) return undefined;
  const isNamed = before.name !== '' && now.name !== '';
  if (before.first === null || now.first === null || before.last === null || now.last === null) {
    return isNamed || before.first === now.first ? write({ ...before, ...fill(before, now) }) : undefined;
  }
  if (now.first > before.last || now.last < before.first) return undefined;
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

function fill(before: RoundIdentity, now: RoundIdentity): Partial<RoundIdentity> {
  return { name: now.name || before.name, first: now.first ?? before.first, last: now.last ?? before.last };
}

function identify({ name, steps }: Round): RoundIdentity {
  const ids = steps.map(({ id }) => id).filter((id) => typeof id === 'number');
  const isKnown = ids.length > 0;
  return {
    name: name ?? '',
    first: isKnown ? Math.min(...ids) : null,
    last: isKnown ? Math.max(...ids) : null,
    begun: 0,
  };
}

function write({ begun, first, last, name }: RoundIdentity): string {
  return `${name}#${first === null ? '' : `${first}-${last}`}${begun === 0 ? '' : `~${begun}`}`;
}

function parse(key: string): RoundIdentity {
  const [, name = '', first, last = first, begun = '0'] =
    /^(.*)#(?:(-?\d+)(?:-(-?\d+))?)?(?:~(\d+))?$/s.exec(key) ?? [];
  if (first === undefined) return { name, first: null, last: null, begun: Number(begun) };
  return { name, first: Number(first), last: Number(last), begun: Number(begun) };
}
