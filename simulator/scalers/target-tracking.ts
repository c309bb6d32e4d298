import { wholeInstances } from '../../lib/control/size.ts';
import { type Policy, periodic } from './policy.ts';
import type { View } from './view.ts';

/** Points above the target that set off the high alarm, and below the margin that set off the low one. */
const HIGH_POINTS = 3;
const LOW_POINTS = 15;

/** Part of the target below which a point counts as low. */
const LOW_MARGIN = 0.9;

/** Default for SageMaker variants. */
const SCALE_IN_COOLDOWN_SECONDS = 300;

/** Readings of the load, newest first; undefined where there is none. */
interface Points {
  readonly perInstance: (back: number) => number | undefined;
  readonly demand: (back: number) => number | undefined;
}

/**
 * Instances that the highest of the `count` newest points needs, when each of them is beyond the
 * alarm's threshold; undefined when the alarm is not in ALARM.
 */
function capacityInAlarm(
  { perInstance, demand }: Points,
  count: number,
  isBeyond: (load: number) => boolean,
): number | undefined {
  let highest = 0;
  for (let back = 0; back < count; back += 1) {
    const load = perInstance(back);
    if (load === undefined || !isBeyond(load)) return undefined;
    highest = Math.max(highest, demand(back) as number);
  }
  return wholeInstances(highest);
}

/**
 * AWS target tracking of one instance's load: out after three points above the target, in after
 * fifteen minutes below nine tenths of it, always to capacity × metric ÷ target, rounded up, and
 * never in where that rounds back to the present capacity. After a scale-in the next one waits for
 * its cooldown, which runs from completion and which a scale-out ends. A scale-out cooldown holds
 * nothing here: a larger scale-out passes it, and a smaller one would not be asked for.
 *
 * Where AWS does not say, the reading is the one that helps: an alarm is evaluated in the moment
 * that its newest point becomes readable; capacity × metric is taken from the same moment, so that
 * points from before a scale-out are not multiplied with the instances that came after it; and of
 * the alarm's points the highest counts, which scored better than their mean or the newest.
 */
function targetTrackingWith(
  name: string,
  highPeriodSeconds: number,
  highPoints: (view: View) => Points,
): Policy {
  return {
    name,
    usesRiskPrice: false,
    create({ metricLagSeconds }) {
      let isAfterScaleIn = false;
      return periodic(highPeriodSeconds, metricLagSeconds, (view) => {
        if (view.locked) return null;
        const high = capacityInAlarm(highPoints(view), HIGH_POINTS, (load) => load > 1);
        if (high !== undefined) {
          if (high <= view.desired) return null;
          isAfterScaleIn = false;
          return high;
        }
        const sinceSeconds = view.nowSeconds - view.completedAtSeconds;
        if (isAfterScaleIn && sinceSeconds < SCALE_IN_COOLDOWN_SECONDS) return null;
        const low = capacityInAlarm(minutes(view), LOW_POINTS, (load) => load < LOW_MARGIN);
        if (low === undefined || low >= view.desired) return null;
        isAfterScaleIn = true;
        return low;
      });
    },
  };
}

const minutes = (view: View): Points => ({
  perInstance: (back) => view.minutePerInstance(back),
  demand: (back) => view.minuteDemand(back),
});

const tenSeconds = (view: View): Points => ({
  perInstance: (back) => view.perInstance(back),
  demand: (back) => view.demand(back),
});

/** Target tracking on one-minute metrics. */
export const targetTracking = targetTrackingWith('target-tracking', 60, minutes);

/**
 * Target tracking on ten-second metrics: the high alarm reads three windows of ten seconds. AWS says
 * that scale-in is no faster than on one-minute metrics, so the low alarm is the same.
 */
export const highResolutionTargetTracking = targetTrackingWith(
  'target-tracking-high-resolution',
  10,
  tenSeconds,
);
