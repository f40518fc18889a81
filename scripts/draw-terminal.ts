/**
 * Draws docs/images/terminal.svg: `npm start` in the middle of a migration, with the lines that it prints. `--check` compares the file
 * instead of writing it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { SmsClient } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { layOut } from './show/layout.js';
import { describeProgress } from './show/show-progress.js';
import { simulatedServer } from './show/simulated-tasks.js';

const file = new URL('../docs/images/terminal.svg', import.meta.url);
const columns = 80;
const cell = { width: 8.4, height: 20 };
const margin = 24;

async function readLines(): Promise<string[]> {
  const simulator = createSimulator({ seed: 1, now: () => Date.UTC(2026, 10, 26, 12) });
  const taskId = simulator.addTask({ ...simulatedServer, state: 'RUNNING' });
  const sms = new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: { username: 'testname', password: 'Password', domainName: 'testname', projectName: 'cn-north-4' },
    fetch: simulator.fetch,
  });
  simulator.advance(6 * 60_000);
  let progressLine = '';
  for await (const { progress } of sms.tasks.watch(taskId)) {
    progressLine = layOut(describeProgress(progress), columns - 1, progress.percent / 100);
    break;
  }
  return [
    '$ npm start',
    '',
    '1. Log in  POST /v3/auth/tokens as testname of testname',
    '           token for project cn-north-4',
    '2. Start   POST /v3/tasks/{task_id}/action: accepted',
    `3. Follow  GET /v3/tasks/${taskId}`,
    progressLine,
  ];
}

function draw(lines: readonly string[]): string {
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = (lines.length + 1) * cell.height + 2 * margin;
  const escapeText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const texts = lines.map((line, index) => {
    const y = margin + (index + 2) * cell.height;
    const bar = line.replace(/[█░]+/g, (blocks) => `<tspan class="bar">${blocks}</tspan>`);
    const shown = line.startsWith('$') ? `<tspan class="prompt">$</tspan>${escapeText(line.slice(1))}` : bar;
    return `  <text x="${margin}" y="${y}" xml:space="preserve">${shown}</text>`;
  });
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, index) => `  <circle cx="${margin + index * 20}" cy="22" r="6" fill="${colour}"/>`,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="npm start follows a migration">`,
    '  <style>text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #e6edf3 } .bar { fill: #3fb950 } .prompt { fill: #8b949e }</style>',
    `  <rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...dots,
    ...texts,
    '</svg>',
  ].join('\n')}\n`;
}

const image = draw(await readLines());
if (!process.argv.includes('--check')) writeFileSync(file, image);
else if (readFileSync(file, 'utf8') !== image) {
  console.error('docs/images/terminal.svg is out of date: run npx tsx scripts/draw-terminal.ts');
  process.exitCode = 1;
}
