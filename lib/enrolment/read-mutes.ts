import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Fleet } from '../aws/enrolment-store.ts';
import { MUTED_SECONDS } from '../mute.ts';
import { alarmTarget } from './alarm-specs.ts';
import { turn } from './pacer.ts';
import type { EnrolmentRuntime } from './runtime.ts';

/** How long one sweep may be busy with mute rules, milliseconds; at the pace of the line, forty. */
const BUDGET_MS = 10_000;

/**
 * Notes which enrolled targets have a muted alarm at this moment. An alarm tells that it is muted
 * only when its state changes, and that of a hot target may not change for hours.
 */
export async function readMutes(runtime: EnrolmentRuntime, fleet: Fleet): Promise<void> {
  const { enrolments, logger, metrics, muteRules, now } = runtime;
  const latestMs = now() + BUDGET_MS;
  const enrolled = new Set(fleet.entries.flatMap(({ targets }) => [...targets.keys()]));
  if (enrolled.size === 0) return;
  try {
    const rules = await muteRules.active();
    // Of more than can be read, those that somebody has just made.
    for (const rule of rules.sort((a, b) => b.updatedAtMs - a.updatedAtMs)) {
      if (!(await turn(runtime, 'GetAlarmMuteRule', latestMs))) {
        logger.warn('more alarm mute rules are active than can be read', { rules: rules.length });
        return;
      }
      for (const alarmName of await muteRules.alarmNames(rule)) {
        const target = alarmTarget(alarmName);
        if (!target || !enrolled.has(target.resourceId)) continue;
        await enrolments.noteMute(target, now() / 1000 + MUTED_SECONDS);
      }
    }
  } catch (error) {
    logger.warn('alarm mute rules could not be read; the next sweep tries again', { error });
    metrics.addMetric('MutesUnread', MetricUnit.Count, 1);
  }
}
