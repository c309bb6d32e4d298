import { bandsFor } from './bands.ts';
import { type DemandPoint, UNREADABLE_SECONDS, WINDOW_SECONDS } from './demand-point.ts';
import { costText, shadowText } from './kept.ts';
import { NO_PAST } from './past.ts';
import { RULES } from './rules.ts';
import { HELD, Shadows, type Sight, type TuningInput } from './shadows.ts';
import type { Tuning } from './types.ts';
import { NO_USE } from './use.ts';

/** A target per instance that moves by more makes another level of every level that was scored. */
const SAME_TARGET_RATIO = 2;

/**
 * Keeps the rules' scores up to date. Every rule has a shadow for every band of levels: instances
 * that exist only in numbers, with the lead time and the lock of real ones, that lived through this
 * target's demand under that rule alone. Windows that came since the last look are played to all
 * shadows and what they cost is added up; each band takes the rule that was cheapest around it.
 * Null as long as no load was seen.
 */
export function tune(
  tuning: Tuning | null,
  points: readonly DemandPoint[],
  input: TuningInput,
): Tuning | null {
  const known = tuning && isUsable(tuning, input) ? tuning : begin(points, input);
  if (!known) return null;
  const played = new Shadows(known, input);
  let unread = 0;
  for (const point of points) {
    if (point.startSeconds <= played.scoredUntilSeconds) continue;
    while (unread < points.length) {
      const earlier = points[unread] as DemandPoint;
      if (earlier.startSeconds > point.startSeconds - UNREADABLE_SECONDS) break;
      played.read(earlier);
      unread += 1;
    }
    played.live(point, sight(points, unread, input.quietSeconds));
  }
  return played.result();
}

/** Another price, or another measure of demand, makes what was scored useless. */
function isUsable(
  { riskPrice, targetPerInstance: scored }: Tuning,
  { riskPrice: price, targetPerInstance }: TuningInput,
): boolean {
  const ratio = (scored ?? targetPerInstance) / targetPerInstance;
  return riskPrice === price && Math.max(ratio, 1 / ratio) <= SAME_TARGET_RATIO;
}

function sight(points: readonly DemandPoint[], end: number, quietSeconds: number): Sight {
  const newest = points[end - 1];
  if (!newest) return { newest: 0, peak: Number.POSITIVE_INFINITY };
  let peak = 0;
  for (let i = end - 1; i >= 0; i -= 1) {
    const { startSeconds, demand } = points[i] as DemandPoint;
    if (startSeconds <= newest.startSeconds - quietSeconds) break;
    peak = Math.max(peak, demand);
  }
  return { newest: newest.demand, peak };
}

function begin(
  [first]: readonly DemandPoint[],
  { capacity, riskPrice, targetPerInstance }: TuningInput,
): Tuning | null {
  if (!first) return null;
  const start = first.startSeconds - WINDOW_SECONDS;
  const shadow = Array.from({ length: bandsFor(capacity) }, () => HELD);
  return {
    riskPrice,
    targetPerInstance,
    sinceSeconds: start,
    scoredUntilSeconds: start,
    use: NO_USE,
    past: NO_PAST,
    shadows: RULES.map(() => shadowText(shadow)),
    costs: RULES.map(() => costText(shadow.map(() => 0))),
    chosen: shadow.map(() => 0),
    bandsAhead: 0,
  };
}
