/** Finds the known name that was probably meant. */

/**
 * @internal The known name that is nearest to an unknown one, or undefined when none is near: at most a third of its
 * letters may differ, and upper or lower case and `_` or `-` do not count.
 */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  // What is sent can be anything, and comparing takes time that grows with both lengths.
  if (name === '' || name.length > 60) return undefined;
  const written = simplify(name);
  const candidates = known
    .map((candidate) => ({ candidate, distance: countEdits(written, simplify(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  return candidates[0]?.candidate;
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

// Optimal string alignment: letters added, left out, exchanged, or swapped with their neighbour.
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
