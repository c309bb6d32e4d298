import { validationError } from '../service.ts';

/** coefficient × 10^exponent, the coefficient without trailing zeros. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** Limits of DynamoDB's number type: AWS docs, "Naming rules and data types". */
const MAX_SIGNIFICANT_DIGITS = 38;
const MAX_MAGNITUDE = 125;
const MIN_MAGNITUDE = -130;

/** A canonical integer so short that a double holds it, and the sum of two of them, exactly. */
const SMALL_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
/** Decimals of up to 15 digits order the same as the doubles nearest to them. */
const EXACTLY_ORDERED_LENGTH = 15;

/** The plain notation in which DynamoDB gives a number back (`1.50e1` is `15`). Throws a ValidationException. */
export function canonicalNumber(text: string): string {
  return SMALL_INTEGER.test(text) ? text : format(parse(text));
}

/** Sum (`sign` 1) or difference (`sign` -1) of two canonical numbers. */
export function addNumbers(a: string, b: string, sign: 1 | -1): string {
  if (SMALL_INTEGER.test(a) && SMALL_INTEGER.test(b)) return String(Number(a) + sign * Number(b));
  const [left, right, exponent] = aligned(parse(a), parse(b));
  return format(checked(trimmed(left + BigInt(sign) * right, exponent)));
}

/** Negative, zero or positive as canonical `a` is below, equal to or above canonical `b`. */
export function compareNumbers(a: string, b: string): number {
  if (a.length <= EXACTLY_ORDERED_LENGTH && b.length <= EXACTLY_ORDERED_LENGTH) {
    return Number(a) - Number(b);
  }
  const [left, right] = aligned(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

function parse(text: string): Decimal {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole + fraction === '') {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const coefficient = BigInt(sign + whole + fraction);
  return checked(trimmed(coefficient, Number(exponent) - fraction.length));
}

function trimmed(coefficient: bigint, exponent: number): Decimal {
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  const digits = coefficient.toString();
  const zeros = digits.length - digits.replace(/0+$/, '').length;
  return { coefficient: coefficient / 10n ** BigInt(zeros), exponent: exponent + zeros };
}

function checked(decimal: Decimal): Decimal {
  const digits = digitsOf(decimal).length;
  const magnitude = decimal.exponent + digits - 1;
  if (digits > MAX_SIGNIFICANT_DIGITS) {
    throw validationError('Attempting to store more than 38 significant digits in a Number');
  }
  if (magnitude > MAX_MAGNITUDE) {
    throw validationError(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (magnitude < MIN_MAGNITUDE) {
    throw validationError(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  return decimal;
}

function format(decimal: Decimal): string {
  const { coefficient, exponent } = decimal;
  const sign = coefficient < 0n ? '-' : '';
  const digits = digitsOf(decimal);
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function digitsOf({ coefficient }: Decimal): string {
  return (coefficient < 0n ? -coefficient : coefficient).toString();
}

function aligned(a: Decimal, b: Decimal): [left: bigint, right: bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scale = (d: Decimal) => d.coefficient * 10n ** BigInt(d.exponent - exponent);
  return [scale(a), scale(b), exponent];
}
