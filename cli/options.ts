import { InvalidArgumentError } from 'commander';
import { MOST_INSTANCES } from '../lib/prewarm/prewarm.ts';

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
export const riskPrice = number('a number from 1 to 1000', (value) => value >= 1 && value <= 1000);
export const wholeFromOne = number('a whole number ≥ 1', (v) => Number.isInteger(v) && v >= 1);

export const instances = number(
  `a whole number from 1 to ${MOST_INSTANCES}`,
  (v) => Number.isInteger(v) && v >= 1 && v <= MOST_INSTANCES,
);

/** Longer than any instance takes, and than the locks that are kept count. */
const LONGEST_LEAD_TIME_SECONDS = 3600;

/** Seconds from the request for an instance until it serves. */
export const leadTime = number(
  `a number above 0 and up to ${LONGEST_LEAD_TIME_SECONDS}`,
  (v) => v > 0 && v <= LONGEST_LEAD_TIME_SECONDS,
);

/** Requests are given up after 60 s, so none may take longer. */
const LONGEST_SERVICE_SECONDS = 60;

/** Seconds that a request takes on an idle instance. */
export const serviceTime = number(
  `a number above 0 and up to ${LONGEST_SERVICE_SECONDS}`,
  (v) => v > 0 && v <= LONGEST_SERVICE_SECONDS,
);

/** Reads a name, which a script may have left empty. */
export function given(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a name.');
  return text;
}

/** Reads the name of an AWS region: it becomes a part of host names. */
export function regionName(text: string): string {
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(text)) {
    throw new InvalidArgumentError('Expected a region such as eu-west-1.');
  }
  return text;
}
