import { expect, it } from 'vitest';
import { nextWeek } from '../../tools/next-week.ts';

/** A seed takes most of a minute; `npm run bench:backtest` tries more of them, and other prices. */
const SEEDS = [1];

it.each(SEEDS)(
  'a setting recommended on one week beats the default on the next: seed %i',
  (seed) => {
    const { isDefault, costRatio } = nextWeek(seed, 3);
    expect(isDefault).toBe(false);
    expect(costRatio).toBeLessThan(0.98);
  },
  300_000,
);
