import type { TestProject } from 'vitest/node';
import { createSandbox } from '../sandbox.js';

/** Packs the tarball once for all files of the matrix. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const sandbox = await createSandbox();
  const { base, folder, tarball } = sandbox;
  project.provide('packed', { base, folder, tarball });
  return () => sandbox.remove();
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: {
      /** A temporary folder, removed after the run. */
      readonly base: string;
      /** A folder of it where the tarball is installed. */
      readonly folder: string;
      readonly tarball: string;
    };
  }
}
