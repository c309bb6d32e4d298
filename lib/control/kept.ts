import { fromDigits, largest, toDigits } from './digits.ts';

/** What is kept of shadows: locks of up to five hours either way. */
const SHADOW_CHARACTERS = 2;
const UNLOCKED = Math.ceil(largest(SHADOW_CHARACTERS) / 2);

/** The bands of a shadow, as they are kept. */
export function shadowText(row: readonly number[]): string {
  return row.map((shadow) => toDigits(Math.max(shadow + UNLOCKED, 0), SHADOW_CHARACTERS)).join('');
}

/** The reverse of {@link shadowText}. */
export function shadowFrom(text: string): number[] {
  return fromDigits(text, SHADOW_CHARACTERS).map((kept) => kept - UNLOCKED);
}

/** What is kept of costs: a thousandth of a window is less than fades in one from the smallest that tell. */
const COST_CHARACTERS = 4;
const COST_STEPS = 1000;

/** The costs of a rule by band, as they are kept. */
export function costText(row: readonly number[]): string {
  return row.map((cost) => toDigits(Math.round(cost * COST_STEPS), COST_CHARACTERS)).join('');
}

/** The reverse of {@link costText}. */
export function costsFrom(text: string): number[] {
  return fromDigits(text, COST_CHARACTERS).map((kept) => kept / COST_STEPS);
}
