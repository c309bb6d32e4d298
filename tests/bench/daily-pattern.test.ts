import { describe, expect, it } from 'vitest';
import { daysOf } from '../../simulator/bench/days.ts';
import { spreadRequests } from '../../simulator/bench/history.ts';
import { sizedWorkload } from '../../simulator/bench/workload.ts';
import { runPolicy, USUAL_PLANT } from '../../simulator/bench/world.ts';
import { seededRandom } from '../../simulator/plant/random.ts';
import { fastScaler } from '../../simulator/scalers/fast-scaler.ts';

const DAY_MINUTES = 1440;
const DAYS = 7;
const TARGET_PER_INSTANCE = 600;
const WORLD = { ...USUAL_PLANT, leadTimeSeconds: 480, riskPrice: 10 };

/** Demand in instances, minute by minute. */
type Demand = (day: number, hour: number) => number;

/** A week under the scaler, with the daily pattern and without. */
function week(demand: Demand) {
  const perMinute = Array.from({ length: DAYS * DAY_MINUTES }, (_, minute) => {
    const hour = (minute % DAY_MINUTES) / 60;
    return TARGET_PER_INSTANCE * demand(Math.floor(minute / DAY_MINUTES), hour);
  });
  const requests = spreadRequests(perMinute, 1);
  const workload = sizedWorkload('week', requests, TARGET_PER_INSTANCE, 1, 12);
  const run = (dailyPattern: boolean) => {
    const outcome = runPolicy(workload, fastScaler({ config: { dailyPattern } }), WORLD);
    const costs = [...daysOf([{ workload, fromSeconds: 0 }], [outcome], WORLD).values()];
    return { ...outcome, costs };
  };
  const [off, on] = [run(false), run(true)];
  const costOf = (costs: readonly number[], from = 0, to = DAYS) =>
    costs.slice(from, to).reduce((sum, cost) => sum + cost, 0);
  return { off, on, costOf };
}

describe('a week with a sharp rise every morning', () => {
  const { off, on, costOf } = week((_, hour) => (hour >= 8 && hour < 18 ? 6 + (hour % 2) : 1));

  it('is no different for three days', () => {
    expect(on.costs.slice(0, 3)).toEqual(off.costs.slice(0, 3));
  });

  it.each([5, 6, 7])('is served cheaper by a twentieth on day %d', (day) => {
    expect(costOf(on.costs, day - 1, day)).toBeLessThan(0.95 * costOf(off.costs, day - 1, day));
  });

  it('is cheaper by a twentieth over its last four days', () => {
    expect(costOf(on.costs, 3)).toBeLessThan(0.95 * costOf(off.costs, 3));
  });

  it('leaves a quarter less of it unserved', () => {
    expect(on.unservedSeconds).toBeLessThan(0.75 * off.unservedSeconds);
  });

  it('takes no more changes of capacity', () => {
    expect(on.changes.length).toBeLessThanOrEqual(off.changes.length + DAYS);
  });
});

describe('a week without a pattern', () => {
  const random = seededRandom(5);
  const starts = Array.from({ length: DAYS }, () => 14 * random());
  let level = 4;
  it.each<[string, Demand]>([
    [
      'that wanders',
      () => {
        level = Math.min(8, Math.max(1, level + 0.3 * (random() - 0.5)));
        return level;
      },
    ],
    [
      'that is busy for ten hours, each day from another on',
      (day, hour) => {
        const start = starts[day] as number;
        return hour >= start && hour < start + 10 ? 6 : 1;
      },
    ],
  ])('%s costs nothing more', (_, demand) => {
    const { off, on, costOf } = week(demand);
    expect(costOf(on.costs)).toBeLessThanOrEqual(1.005 * costOf(off.costs));
  });
});
