/** Numbers as text of equal length: lists of them take less room in the state than in JSON. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const BASE = DIGITS.length;
const VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, DIGITS.indexOf(String.fromCharCode(code))),
);

/** The largest number that so many characters hold. */
export function largest(characters: number): number {
  return BASE ** characters - 1;
}

/** A whole number of 0 and more as text; one that is too large is written as the largest. */
export function toDigits(value: number, characters: number): string {
  let rest = Math.min(value, largest(characters));
  let text = '';
  for (let i = 0; i < characters; i += 1) {
    text = `${DIGITS[rest % BASE]}${text}`;
    rest = Math.floor(rest / BASE);
  }
  return text;
}

/** The numbers of a list that {@link toDigits} wrote. */
export function fromDigits(text: string, characters: number): number[] {
  return Array.from({ length: text.length / characters }, (_, index) => {
    let value = 0;
    for (let at = index * characters; at < (index + 1) * characters; at += 1) {
      value = value * BASE + (VALUES[text.charCodeAt(at)] as number);
    }
    return value;
  });
}
