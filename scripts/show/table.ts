/** Tables that fit the terminal: the least useful columns are dropped first, then the widest column is wrapped. */
import Table from 'cli-table3';
import stringWidth from 'string-width';

type Cell = string | number | null | undefined;

/** A column: its title, and when it is dropped. The column with the highest number is dropped first; those without one stay. */
export interface Column {
  readonly title: string;
  readonly dropOrder?: number;
}

/** Draws rows of cells of these columns in at most this many columns of the terminal. */
export function drawTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string {
  const texts = rows.map((row) => row.map((cell) => String(cell ?? '–')));
  const widthOf = (index: number) =>
    Math.max(
      ...[columns[index]?.title ?? '', ...texts.map((row) => row[index] ?? '')].map((text) => stringWidth(text)),
    );
  // Each column has a border and a space at either side.
  const frame = 3;
  let kept = columns.map((column, index) => ({ ...column, index, width: widthOf(index) }));
  const measure = () => kept.reduce((sum, column) => sum + column.width + frame, 1);
  for (const column of [...kept].sort((one, other) => (other.dropOrder ?? 0) - (one.dropOrder ?? 0))) {
    if (measure() <= width || column.dropOrder === undefined) break;
    kept = kept.filter(({ index }) => index !== column.index);
  }
  const widest = kept.reduce((one, other) => (other.width > one.width ? other : one));
  const excess = Math.max(0, measure() - width);
  const table = new Table({
    head: kept.map(({ title }) => title),
    colWidths: kept.map((column) => column.width + 2 - (column === widest ? excess : 0)),
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], compact: true },
  });
  table.push(...texts.map((row) => kept.map(({ index }) => row[index] ?? '–')));
  return table.toString();
}
