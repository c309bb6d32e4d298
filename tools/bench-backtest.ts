import { Presets, SingleBar } from 'cli-progress';
import { table } from '../cli/table.ts';
import { nextWeek } from './next-week.ts';

/**
 * What a backtest is worth on days that it has not seen: `npm run bench:backtest`. Prints the table of
 * docs/backtest.md.
 */
const SEEDS = [1, 2, 3, 4];
const PRICES = [30, 3, 10];

const bar = new SingleBar(
  { format: '{bar} {value} of {total} pairs of weeks', stream: process.stderr, hideCursor: true },
  Presets.shades_classic,
);
bar.start(SEEDS.length * PRICES.length, 0);
const rows = PRICES.map((price) => {
  const weeks = SEEDS.map((seed) => {
    const week = nextWeek(seed, price);
    bar.increment();
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
bar.stop();
const HEADER = ['price', 'another setting', 'cheaper next week', 'by at least', 'at most', 'which'];
process.stdout.write(`${table(HEADER, rows, ['which'])}\n`);
