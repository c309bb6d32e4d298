import { join } from 'node:path';
import { expect } from 'vitest';
import type { Ended } from '../operate/command-line.ts';

/** Holds what a command printed, and its exit code, against the file of that name. */
export async function expectGolden(name: string, { code, stdout, stderr }: Ended): Promise<void> {
  const told = stderr === '' ? '' : `--- standard error\n${stderr}\n`;
  await expect(`${stdout}${told}--- exit ${code}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, 'golden', name),
  );
}
