import type { AlarmSpec } from '../aws/alarms.ts';
import type { TargetConfig } from '../config/schema.ts';
import { metricKey, type Signal } from '../config/signal.ts';
import { peakAtPart } from '../control/peaks.ts';
import { parseResourceId, type ScalableTarget } from '../target.ts';

/** Every alarm that the scaler makes is named `fast-scaler/<resource id>/<kind>`. */
export const ALARM_PREFIX = 'fast-scaler/';
const HIGH = '/high';

/** The name of the alarm that wakes the scaler for `target`. */
export function highAlarmName(target: ScalableTarget): string {
  return `${ALARM_PREFIX}${target.resourceId}${HIGH}`;
}

/** What the names of all alarms for `target` begin with. */
export function alarmNamePrefix(target: ScalableTarget): string {
  return `${ALARM_PREFIX}${target.resourceId}/`;
}

/** The target of an alarm that the scaler made; undefined for any other alarm. */
export function alarmTarget(alarmName: string): ScalableTarget | undefined {
  if (!alarmName.startsWith(ALARM_PREFIX) || !alarmName.endsWith(HIGH)) return undefined;
  return parseResourceId(alarmName.slice(ALARM_PREFIX.length, -HIGH.length));
}

/**
 * The alarms that `target` should have. The threshold is the load at which the scaler must be awake:
 * it rests only below the same load, so that every surge from rest makes a transition.
 *
 * @param restingCapacity instances at rest, for signals that do not count a usual instance's load
 */
export function alarmSpecs(
  target: ScalableTarget,
  config: TargetConfig,
  signal: Signal,
  restingCapacity: number,
): AlarmSpec[] {
  return [
    {
      alarmName: highAlarmName(target),
      description: `Wakes sagemaker-fast-scaler for ${target.resourceId}. Made and removed by it.`,
      metric: signal.alarm,
      threshold: thresholdOf(signal, config.wakeFraction, restingCapacity),
    },
  ];
}

/** By which alarms that do the same are told from others. */
export function alarmKey({ alarmName, description, metric, threshold }: AlarmSpec): string {
  return JSON.stringify([alarmName, description, metricKey(metric), threshold]);
}

function thresholdOf(
  { peaks, alarmScope, alarmValueAtTarget, targetPerInstance }: Signal,
  wakeFraction: number,
  restingCapacity: number,
): number {
  if (peaks) return peakAtPart(wakeFraction, targetPerInstance, peaks, restingCapacity);
  const instances = alarmScope === 'instance' ? 1 : restingCapacity;
  return wakeFraction * alarmValueAtTarget * instances;
}
