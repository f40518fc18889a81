/** Keeps where a wait stands in a file, for the next process. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Cursor } from '@org/sms-client';

/** What an earlier process left, if any. */
export async function readCursor(file: string): Promise<Cursor | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Cursor;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes it so that a file that is there is whole, whenever the process or the machine dies. */
export async function writeCursor(file: string, cursor: Cursor): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(cursor), { flush: true });
  await rename(`${file}.new`, file);
}

/** Removes it, once the wait is over: it would answer with the outcome of that. */
export async function removeCursor(file: string): Promise<void> {
  await rm(file, { force: true });
}
