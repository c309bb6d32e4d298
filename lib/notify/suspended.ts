import type { SuspendedScaling } from '../control/types.ts';

const WORDS: Readonly<Partial<Record<string, string>>> = {
  'scale-in': 'scale-in by policies',
  'scale-out': 'scale-out by policies',
  scheduled: 'scheduled scaling',
} satisfies Record<SuspendedScaling, string>;

/** What is suspended, as a sentence without its stop. A kind that only a newer version knows is told by its name. */
export function suspendedWords(kinds: readonly string[]): string {
  const listed = new Intl.ListFormat('en-GB').format(kinds.map((kind) => WORDS[kind] ?? kind));
  return `On the scalable target ${listed} ${kinds.length === 1 ? 'is' : 'are'} suspended`;
}
