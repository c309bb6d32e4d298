import { seededRandom } from '../simulator/plant/random.ts';

const DAY_MINUTES = 1440;

/** Windows of ten seconds. */
export const DAY_WINDOWS = 6 * DAY_MINUTES;

/** Requests a minute that one instance carries. */
export const TARGET_PER_INSTANCE = 1500;

/**
 * Requests in windows of ten seconds over whole weeks: office hours on weekdays, quiet nights and
 * weekends, and jobs that some dozen times a day ask for a few instances more for some minutes.
 */
export function generatedWeeks(seed: number, weeks: number): Float64Array {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const minutes = weeks * 7 * DAY_MINUTES;
  const demand = Float64Array.from({ length: minutes }, (_, minute) => {
    const day = Math.floor(minute / DAY_MINUTES) % 7;
    const hour = (minute % DAY_MINUTES) / 60;
    const isOffice = day < 5 && hour >= 8 && hour < 18;
    return isOffice ? 0.6 + Math.sin((Math.PI * (hour - 8)) / 10) : 0.2;
  });
  for (let day = 0; day < weeks * 7; day += 1) {
    if (day % 7 >= 5) continue;
    for (let job = 0; job < 14; job += 1) {
      const from = Math.floor((day + (8 + 10 * random()) / 24) * DAY_MINUTES);
      const length = 4 + Math.floor(12 * random());
      const height = 1 + 3 * random();
      for (let at = from; at < Math.min(from + length, minutes); at += 1) {
        demand[at] = (demand[at] as number) + height;
      }
    }
  }
  return Float64Array.from({ length: minutes * 6 }, (_, window) => {
    const mean = ((demand[Math.floor(window / 6)] as number) * TARGET_PER_INSTANCE) / 6;
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  });
}

/** What CloudWatch would show of it: requests a minute. */
export function perMinute(windows: Float64Array): number[] {
  return Array.from({ length: windows.length / 6 }, (_, minute) =>
    windows.subarray(6 * minute, 6 * minute + 6).reduce((sum, count) => sum + count, 0),
  );
}
