import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { wrap } from '../../examples/support/run-example.js';
import { layOut } from '../../scripts/show/layout.js';
import { drawTable } from '../../scripts/show/table.js';

const line = {
  name: 'database-server-of-accounts',
  percent: 61.04,
  label: 'Copying data',
  speed: '559.8 Mbit/s',
  left: '23 h 59 min left',
};

describe('a line of progress', () => {
  it.each([79, 59])('of %i columns shows speed and time left, and is no wider', (columns) => {
    for (const name of ['', line.name, '数据库服务器一号机']) {
      for (const barAt of [null, 0.61]) {
        const text = layOut({ ...line, name }, columns, barAt);
        expect(stringWidth(text)).toBeLessThanOrEqual(columns);
        for (const part of ['61.0 %', line.speed, line.left]) expect(text).toContain(part);
      }
    }
  });

  it('of 79 columns also shows a bar and the label', () => {
    expect(layOut({ ...line, name: '' }, 79, 0.5)).toMatch(/^█+░+ {2} 61\.0 % {2}Copying data +559\.8 Mbit\/s {2}23 h/);
  });

  it('without figures uses their space for its label', () => {
    const done = { name: 'mail', percent: 100, label: 'Failed: Synchronising changes', speed: '', left: '' };
    expect(layOut(done, 59, 1)).toContain(done.label);
  });
});

describe('a table', () => {
  const columns = [{ title: 'Server' }, { title: 'Address', dropOrder: 1 }, { title: 'Id' }];
  const rows = [['source', '192.168.77.119', 'b2cd0da5-a805-47a8-b981-b640027c367c']];
  const widest = (text: string) => Math.max(...text.split('\n').map((each) => stringWidth(each)));

  it.each([79, 59, 40, 30])('fits %i columns', (width) => {
    const table = drawTable(columns, rows, width);
    expect(widest(table)).toBeLessThanOrEqual(width);
    expect(table.replaceAll(/[^0-9a-f-]/g, '')).toContain('b2cd0da5');
  });

  it('drops the least useful column first', () => {
    expect(drawTable(columns, rows, 79)).toContain('192.168.77.119');
    expect(drawTable(columns, rows, 59)).not.toContain('Address');
  });
});

describe('prose', () => {
  it.each([
    ['one two three', 8, ['one two', 'three']],
    ['    indented and long', 14, ['    indented', '    and long']],
    ['aaaaaaaaaaaa', 6, ['aaaaa', 'aaaaa', 'aa']],
    ['short\nlines', 80, ['short', 'lines']],
  ])('%j is wrapped at %i columns', (text, columns, lines) => {
    expect(wrap(text, columns).split('\n')).toEqual(lines);
  });
});
