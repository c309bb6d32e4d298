import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Alarms } from '../aws/alarms.ts';
import type { Parameters } from '../aws/parameters.ts';
import type { Rechecks } from '../aws/rechecks.ts';
import type { ScalableTargets } from '../aws/scalable-targets.ts';
import type { StateStore } from '../aws/state-store.ts';
import { ConfigError, parseTargetConfig } from '../config/parse.ts';
import { signalOf } from '../config/signal.ts';
import { adoptBounds, sameBounds } from '../control/baseline.ts';
import type { Telemetry } from '../runtime.ts';
import type { ScalableTarget } from '../target.ts';
import { alarmSpecs, highAlarmName } from './alarm-specs.ts';
import { targetParameterName } from './parameter-name.ts';

/** What enrolment works with. */
export interface EnrolmentRuntime extends Telemetry {
  readonly store: StateStore;
  readonly alarms: Alarms;
  readonly parameters: Parameters;
  readonly rechecks: Rechecks;
  readonly scalableTargets: ScalableTargets;
}

/**
 * Brings a target in line with its parameter as it stands now, whatever the event said: enrolled
 * with its alarms when there is one, released when there is none. An invalid parameter is reported
 * and changes nothing, so the last good configuration stays in force.
 */
export async function converge(runtime: EnrolmentRuntime, target: ScalableTarget): Promise<void> {
  const { logger, metrics, parameters } = runtime;
  const name = targetParameterName(target);
  const text = await parameters.read(name);
  if (text === undefined) {
    await release(runtime, target);
    logger.info('target released', { resourceId: target.resourceId });
    return;
  }
  try {
    await enrol(runtime, target, text, name);
    logger.info('target enrolled', { resourceId: target.resourceId });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    logger.error('invalid configuration; the last good one stays in force', { name, error });
    metrics.addMetric('ConfigInvalid', MetricUnit.Count, 1);
  }
}

async function enrol(
  { store, alarms, rechecks, scalableTargets }: EnrolmentRuntime,
  target: ScalableTarget,
  text: string,
  parameterName: string,
): Promise<void> {
  const config = parseTargetConfig(text, parameterName);
  const signal = signalOf(target, config);
  const bounds = await scalableTargets.describe([target]);
  const restingCapacity = bounds.get(target.resourceId)?.min ?? 1;
  await store.enrol(target, config);
  for (const alarm of alarmSpecs(target, config, signal, restingCapacity)) await alarms.put(alarm);
  await rechecks.send({ endpointName: target.endpointName, cause: 'sweep' }, 0);
}

/** Bounds first, then the alarms, the configuration last: a fault in between is mended by the next try. */
async function release(
  { store, alarms, scalableTargets, now }: EnrolmentRuntime,
  target: ScalableTarget,
): Promise<void> {
  const nowMs = now();
  const record = await store.claim(target.endpointName, { cause: 'event' }, nowMs, nowMs);
  const stored = record?.targets.find((each) => each.target.resourceId === target.resourceId);
  const bounds = (await scalableTargets.describe([target])).get(target.resourceId);
  if (stored?.state.written && stored.state.baseline && bounds) {
    const { baseline } = adoptBounds(stored.state, bounds);
    if (!sameBounds(baseline, bounds)) await scalableTargets.nudge(target, baseline);
  }
  await alarms.delete([highAlarmName(target)]);
  await store.release(target);
}
