import { InvalidArgumentError } from 'commander';

/** Reads an option's number. */
export function number(expected: string, accepts: (value: number) => boolean) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !accepts(value)) {
      throw new InvalidArgumentError(`Expected ${expected}.`);
    }
    return value;
  };
}

export const positive = number('a number above 0', (value) => value > 0);
export const wholeFromZero = number('a whole number ≥ 0', (v) => Number.isInteger(v) && v >= 0);
export const wholeFromOne = number('a whole number ≥ 1', (v) => Number.isInteger(v) && v >= 1);
