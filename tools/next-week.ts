import { lawSettings } from '../cli/operate/backtest-replay.ts';
import { DEFAULTS } from '../lib/config/defaults.ts';
import { backtest, type Tuned } from '../simulator/bench/backtest.ts';
import { spreadRequests } from '../simulator/bench/history.ts';
import { costOf } from '../simulator/bench/score.ts';
import { sizedWorkload } from '../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../simulator/bench/world.ts';
import { fastScaler } from '../simulator/scalers/fast-scaler.ts';
import { DAY_WINDOWS, generatedWeeks, perMinute, TARGET_PER_INSTANCE } from './weeks.ts';

const LEAD_TIME_SECONDS = 180;
const FROM_SECONDS = Date.UTC(2026, 0, 5) / 1000;
const BOUNDS = { min: 1, max: 8 };

/** What a backtest on one week recommends, and what that is worth on the next. */
export interface NextWeek {
  readonly recommended: string;
  /** The default settings are recommended. */
  readonly isDefault: boolean;
  /** Cost of the next week under what is recommended, over its cost under the default settings. */
  readonly costRatio: number;
}

/**
 * An owner to whom an unserved instance-second is worth `price`, and who has the default settings,
 * which are made for ten. The backtest sees a week as CloudWatch keeps it, minute by minute; the next
 * week is judged in windows of ten seconds.
 * @param days of both weeks that count, from Monday on
 */
export function nextWeek(seed: number, price: number, days = 7): NextWeek {
  const both = generatedWeeks(seed, 2);
  const from = (week: number) => both.slice(week, week + days * DAY_WINDOWS);
  const [past, next] = [from(0), from(both.length / 2)];
  const sized = (name: string, windows: Float64Array) =>
    sizedWorkload(name, windows, TARGET_PER_INSTANCE, BOUNDS.min, BOUNDS.max);
  const present = lawSettings(DEFAULTS);
  const workload = sized('past', spreadRequests(perMinute(past), 1));
  const { recommended, rows } = backtest({
    stretches: [{ workload, fromSeconds: FROM_SECONDS }],
    present,
    price,
    leadTimeSeconds: LEAD_TIME_SECONDS,
  });
  const coming = sized('next', next);
  const costWith = (changes: Tuned) => {
    const policy = fastScaler({ config: { ...present, ...changes } });
    const world = { ...USUAL_PLANT, leadTimeSeconds: LEAD_TIME_SECONDS, riskPrice: price };
    return costOf(runPolicy(coming, policy, world), price);
  };
  return {
    recommended: recommended.name,
    isDefault: recommended === rows[0],
    costRatio: costWith(recommended.changes ?? {}) / costWith({}),
  };
}
