import { type DemandPoint, WINDOW_SECONDS } from './demand-point.ts';
import type { TargetState } from './types.ts';

/** Windows at one capacity in which load that grew with it must show. */
const SHOWING_WINDOWS = 3;

/** Without a queue to see, load that grew with capacity asks for no more than so many times of it. */
const MOST_BLIND_GROWTH = 2;

/** A capacity must have grown by this factor to tell load that grew with it from load that stayed. */
const TELLING_GROWTH = 1.2;

/** How far load may move for it to count as the same, as a part. */
export const SAME_LOAD = 0.05;

/**
 * Where nothing tells of a queue: load that stood above the capacity, and above the next one just as
 * far once that was there, grows with what serves it. Until then what has come into service stays.
 */
export function blindDemand({
  points,
  capacityLog,
  inService,
  nowSeconds,
  growth,
}: {
  readonly points: readonly DemandPoint[];
  readonly capacityLog: TargetState['capacityLog'];
  /** In service at present. */
  readonly inService: number;
  readonly nowSeconds: number;
  /** How far load that is held back may take capacity in one step, as a factor. */
  readonly growth: number;
}): number {
  const [landed, before] = [capacityLog.at(-1), capacityLog.at(-2)];
  if (growth === 1) return 0;
  if (!landed || !before || before[1] === 0) return 0;
  const [landedAtSeconds, capacity] = landed;
  if (capacity !== inService || capacity < TELLING_GROWTH * before[1]) return 0;
  const isEarlier = ({ startSeconds }: DemandPoint) =>
    startSeconds >= before[0] && startSeconds + WINDOW_SECONDS <= landedAtSeconds;
  const isLater = ({ startSeconds }: DemandPoint) => startSeconds >= landedAtSeconds;
  const earlier = points.filter(isEarlier).slice(-SHOWING_WINDOWS);
  const later = points.filter(isLater).slice(-SHOWING_WINDOWS);
  const newest = points.at(-1);
  if (earlier.length < SHOWING_WINDOWS || !newest) return 0;
  if (nowSeconds - newest.startSeconds > (SHOWING_WINDOWS + 1) * WINDOW_SECONDS) return 0;
  const base = (earlier.at(-1) as DemandPoint).demand / before[1];
  const isSame = (list: readonly DemandPoint[], instances: number) =>
    list.every(({ demand }) => {
      const load = demand / instances;
      return load >= 1 && Math.abs(load - base) <= SAME_LOAD * base;
    });
  if (!isSame(earlier, before[1]) || !isSame(later, capacity)) return 0;
  const blindGrowth = Math.min(growth, MOST_BLIND_GROWTH);
  return later.length === SHOWING_WINDOWS ? blindGrowth * capacity : capacity;
}
