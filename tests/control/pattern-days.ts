import type { DemandPoint, PlayedWindow } from '../../lib/control/demand-point.ts';
import {
  FORECASTS,
  learnPattern,
  type Pattern,
  type PatternInput,
} from '../../lib/control/pattern.ts';
import { SLOT_SECONDS, SLOTS_PER_DAY } from '../../lib/control/slots.ts';
import { CONFIG, NOW } from './fixtures.ts';

export const DAY_SECONDS = 86_400;

/** NOW is eight o'clock UTC. */
export const TODAY = NOW - 8 * 3600;

export const INPUT: PatternInput = {
  riskPrice: 10,
  targetPerInstance: 60,
  leadTimeSeconds: 180,
  spacingSeconds: 20,
  bounds: { min: 1, max: 20 },
};

/** Instances at a moment of the day, days counted from the start of what is lived through. */
export type Demand = (day: number, hour: number) => number;

/** What capacity comes to when it follows demand a lead time late. */
export function played(points: readonly DemandPoint[], demandAt: (seconds: number) => number) {
  return points.map(({ startSeconds, demand }): PlayedWindow => {
    const earlier = Math.ceil(demandAt(startSeconds - INPUT.leadTimeSeconds));
    return { startSeconds, demand, held: Math.max(earlier, Math.ceil(demand)), serving: earlier };
  });
}

/** Lives from midnight on, a quarter of an hour at a time. */
export function live(
  demand: Demand,
  days: number,
  from = { pattern: null as Pattern | null, day: 0, input: INPUT },
): Pattern {
  const demandAt = (seconds: number) =>
    demand(Math.floor(seconds / DAY_SECONDS), (((seconds / 3600) % 24) + 24) % 24);
  let pattern = from.pattern;
  for (let at = from.day * DAY_SECONDS; at < days * DAY_SECONDS; at += SLOT_SECONDS) {
    const points = Array.from({ length: SLOT_SECONDS / 10 }, (_, i) => ({
      startSeconds: at + 10 * i,
      demand: demandAt(at + 10 * i),
    }));
    pattern = learnPattern(pattern, points, played(points, demandAt), from.input);
  }
  return pattern as Pattern;
}

/** A pattern whose first forecast came to these gains on the last days, the one under way last. */
export function judged(gains: readonly (number | null)[], cost = 1000): Pattern {
  const none = gains.map(() => null);
  return {
    riskPrice: CONFIG.riskPrice,
    targetPerInstance: CONFIG.targetPerInstance,
    daySeconds: TODAY,
    days: gains.map(() => '4'.repeat(SLOTS_PER_DAY)),
    scoredUntilSeconds: NOW - 20,
    costs: gains.map(() => cost),
    gains: FORECASTS.map((_, i) => (i === 0 ? gains : none)),
  };
}
