/** Numbers as text of equal length: lists of them take less room in the state than in JSON. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const BASE = DIGITS.length;
const VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, DIGITS.indexOf(String.fromCharCode(code))),
);

/** Characters come in pairs, which are looked up: a look writes and reads thousands. */
const PAIRS = Array.from(DIGITS, (first) => Array.from(DIGITS, (second) => first + second)).flat();

/** How many characters a number takes. */
export type Characters = 2 | 4;

const LARGEST: Readonly<Record<Characters, number>> = { 2: BASE ** 2 - 1, 4: BASE ** 4 - 1 };

/** The largest number that so many characters hold. */
export function largest(characters: Characters): number {
  return LARGEST[characters];
}

/** A whole number of 0 and more as text; one that is too large is written as the largest. */
export function toDigits(value: number, characters: Characters): string {
  const written = Math.min(value, LARGEST[characters]);
  if (characters === 2) return PAIRS[written] as string;
  const low = written % PAIRS.length;
  return `${PAIRS[(written - low) / PAIRS.length]}${PAIRS[low]}`;
}

/** The numbers of a list that {@link toDigits} wrote. */
export function fromDigits(text: string, characters: Characters): number[] {
  const values: number[] = new Array(Math.floor(text.length / characters));
  for (let index = 0; index < values.length; index += 1) {
    let value = 0;
    for (let at = index * characters; at < (index + 1) * characters; at += 1) {
      value = value * BASE + (VALUES[text.charCodeAt(at)] as number);
    }
    values[index] = value;
  }
  return values;
}
