/** Lines of progress that fit the terminal: speed and time left stay, other columns shrink or disappear. */
import stringWidth from 'string-width';

/** The parts of a line of progress. */
export interface Line {
  /** The name of the task. Empty for a single task. */
  readonly name: string;
  readonly percent: number;
  readonly label: string;
  /** Empty when nothing is copied. */
  readonly speed: string;
  /** Empty when it is unknown. */
  readonly left: string;
}

const widths = {
  percent: 7,
  speed: 12,
  left: 17,
  label: 22,
  smallLabel: 10,
  name: 14,
  smallName: 8,
  bar: 30,
  smallBar: 4,
};
const gap = 2;

/** Lays out a line of at most this many columns. `barAt` is the filled fraction of the bar, null for a line without a bar. */
export function layOut(line: Line, columns: number, barAt: number | null): string {
  const figuresWidth = widths.speed + widths.left + 2 * gap;
  let free = columns - widths.percent - figuresWidth;
  const take = (least: number, most: number) => {
    const width = free - gap < least ? 0 : Math.min(most, free - gap);
    if (width > 0) free -= width + gap;
    return width;
  };
  const nameWidth = line.name === '' ? 0 : take(widths.smallName, widths.name);
  const labelWidth = take(widths.smallLabel, widths.label);
  const barWidth = barAt === null ? 0 : take(widths.smallBar, widths.bar);
  const done = Math.round((barAt ?? 0) * barWidth);
  // A line without figures uses their space for its label.
  const hasFigures = line.speed !== '' || line.left !== '';
  const end = hasFigures
    ? [labelWidth && fitText(line.label, labelWidth), fitText(line.speed, widths.speed, 'start'), line.left]
    : [fitText(line.label, labelWidth + figuresWidth - gap)];
  return [
    nameWidth && fitText(line.name, nameWidth),
    '█'.repeat(done) + '░'.repeat(barWidth - done),
    `${line.percent.toFixed(1)} %`.padStart(widths.percent),
    ...end,
  ]
    .filter(Boolean)
    .join(' '.repeat(gap))
    .trimEnd();
}

/** Cuts or pads a text to a number of columns of the terminal, in which some letters take two. */
function fitText(text: string, width: number, pad: 'start' | 'end' = 'end'): string {
  let cut = text;
  if (stringWidth(text) > width) {
    const letters = [...text];
    while (letters.length > 0 && stringWidth(letters.join('')) > width - 1) letters.pop();
    cut = `${letters.join('')}…`;
  }
  const space = ' '.repeat(Math.max(0, width - stringWidth(cut)));
  return pad === 'start' ? space + cut : cut + space;
}

/** The width of a terminal, of `COLUMNS`, or of a page of 80; one column less, or some terminals would break the line. */
export function readColumns(stream: { readonly columns?: number | undefined }): number {
  return (stream.columns || Number(process.env.COLUMNS) || 80) - 1;
}
