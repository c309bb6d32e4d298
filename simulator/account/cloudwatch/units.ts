import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

/** The units of CloudWatch; it converts none of them into another. */
const UNITS: readonly StandardUnit[] = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
];

/**
 * Refuses a unit that CloudWatch does not have; none at all is no fault.
 * @param refused makes the refusal, in the code of the operation
 */
export function requireUnit(
  parameter: string,
  unit: unknown,
  refused: (message: string) => Error,
): void {
  if (unit === undefined || UNITS.includes(unit as StandardUnit)) return;
  throw refused(
    `The parameter ${parameter} must be a value in the set [ ${UNITS.join(', ')} ], found ${unit}.`,
  );
}
