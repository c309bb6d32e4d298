import { countingProgress } from '../cli/progress.ts';
import { table } from '../cli/table.ts';
import { nextWeek } from './next-week.ts';

/**
 * What a backtest is worth on days that it has not seen: `npm run bench:backtest`. Prints the table of
 * docs/backtest.md.
 */
const SEEDS = [1, 2, 3, 4];
const PRICES = [30, 3, 10];

const shown = countingProgress({ stderr: process.stderr, now: Date.now }, 'pairs of weeks');
let played = 0;
shown.report(played, SEEDS.length * PRICES.length);
const rows = PRICES.map((price) => {
  const weeks = SEEDS.map((seed) => {
    const week = nextWeek(seed, price);
    played += 1;
    shown.report(played, SEEDS.length * PRICES.length);
    return week;
  });
  const others = weeks.filter(({ isDefault }) => !isDefault);
  const gains = others.map(({ costRatio }) => 100 * (1 - costRatio));
  return [
    String(price),
    `${others.length} of ${SEEDS.length}`,
    `${gains.filter((gain) => gain > 0).length} of ${others.length}`,
    others.length === 0 ? '–' : `${Math.min(...gains).toFixed(1)} %`,
    others.length === 0 ? '–' : `${Math.max(...gains).toFixed(1)} %`,
    [...new Set(others.map(({ recommended }) => recommended))].join('; '),
  ];
});
shown.stop();
const HEADER = ['price', 'another setting', 'cheaper next week', 'by at least', 'at most', 'which'];
process.stdout.write(`${table(HEADER, rows, ['which'])}\n`);
