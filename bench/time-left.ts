/**
 * How well the time left is foreseen: copies of 1, 6, 24 and 72 hours whose copy step shows whole percents, polled each 60 s, with
 * 10 % noise and one pause of 2 %, from 3 % to 98 % of the copy step. `tsx time-left.ts 60` (how many copies of each length).
 * Nothing is timed: it runs on a clock of its own, and the table is the same every time.
 */
import { measureTimeLeft } from '../test/support/simulated-copy.js';

const copies = Number(process.argv[2] ?? 60);
let now = 0;
performance.now = () => now;
const rows = [1, 6, 24, 72].map((hours) =>
  measureTimeLeft(hours, copies, (ms) => {
    now = ms;
  }),
);
console.table(
  rows.map(({ highest, hours, lowest, polls, unknown }) => ({
    copy: `${hours} h`,
    polls,
    'shown / true, lowest': lowest.toFixed(2),
    'shown / true, highest': highest.toFixed(2),
    null: `${(unknown * 100).toFixed(1)} %`,
  })),
);
const isKept = rows.every(({ highest, lowest, unknown }) => lowest >= 0.75 && highest <= 1.35 && unknown <= 0.02);
console.log(isKept ? 'Within 0.75 to 1.35 of the truth, at most 2 % null.' : 'NOT within 0.75 to 1.35 of the truth.');
process.exitCode = isKept ? 0 : 1;
