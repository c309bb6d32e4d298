import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, Exit } from '../cli/exit.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the code needs to run, in a copy as here. */
export const CODE: readonly string[] = [
  ...['cli', 'client', 'events', 'handlers', 'lib', 'resources', 'simulator'],
  ...['package.json', 'serverless.yml', 'tsconfig.json'],
];

/** More copies than this are no faster: whoever runs in one takes a core and more. */
const MOST_COPIES = 2;

/** A place in a source file that is written otherwise in a copy. */
export interface Edit {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

/** Why an edit does not fit a text; null: it does. One whose place has changed proves nothing any more. */
export function misfit(text: string, { file, from }: Edit): string | null {
  const count = text.split(from).length - 1;
  return count === 1 ? null : `${file} has ${count} times ${JSON.stringify(from)}`;
}

/** A text as an edit makes it. @throws {Error} when the edit does not fit */
export function edited(text: string, edit: Edit): string {
  const complaint = misfit(text, edit);
  if (complaint !== null) throw new Error(`expected once: ${complaint}`);
  return text.replace(edit.from, () => edit.to);
}

/**
 * Sees that every edit fits the code as it is.
 * @param list where the edits are listed, for whoever has to mend them
 * @throws {Exit} naming each that does not
 */
export function requireApplicable(
  edits: readonly (Edit & { readonly what: string })[],
  list: string,
): void {
  const lost = edits.flatMap(({ what, ...edit }) => {
    const complaint = misfit(readFileSync(join(ROOT, edit.file), 'utf8'), edit);
    return complaint === null ? [] : [`- ${what}: ${complaint}`];
  });
  if (lost.length === 0) return;
  throw new Exit(
    EXIT.attention,
    `Each of these must be there once; mend ${list}:\n${lost.join('\n')}`,
  );
}

/**
 * Makes copies of the code, hands them over, and removes them, whatever happens.
 * @param names what is copied, from the project's folder
 */
export async function withCopies<T>(
  names: readonly string[],
  work: (copies: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spoilt-'));
  const interrupted = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    const count = Math.min(MOST_COPIES, availableParallelism());
    return await work(
      Array.from({ length: count }, (_, i) => copyTo(join(folder, String(i)), names)),
    );
  } finally {
    process.off('SIGINT', interrupted);
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyTo(copy: string, names: readonly string[]): string {
  for (const name of names) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Works items off, one at a time in each copy. */
export async function shareOut<T>(
  copies: readonly string[],
  items: readonly T[],
  work: (copy: string, item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = left.next(); !next.done; next = left.next()) await work(copy, next.value);
    }),
  );
}

/** Does something in a copy while edits are made in it; afterwards the copy is as it was. */
export async function whileEdited<T>(
  copy: string,
  edits: readonly Edit[],
  work: () => Promise<T>,
): Promise<T> {
  const sound = new Map<string, string>();
  try {
    for (const edit of edits) {
      const path = join(copy, edit.file);
      const text = readFileSync(path, 'utf8');
      if (!sound.has(path)) sound.set(path, text);
      writeFileSync(path, edited(text, edit));
    }
    return await work();
  } finally {
    for (const [path, text] of sound) writeFileSync(path, text);
  }
}
