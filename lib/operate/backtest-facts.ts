import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import type { TargetConfig } from '../config/schema.ts';
import { CLIENT_METRICS, type MetricRef } from '../config/signal.ts';
import type { Bounds } from '../control/bounds.ts';
import { givenInvocations, type LoadUnit, trackedTarget } from '../enrolment/choose-signal.ts';
import { targetParameterName } from '../enrolment/parameter-name.ts';
import { ownersPolicies } from '../enrolment/plan.ts';
import { type ScalableTarget, variantTarget } from '../target.ts';
import { isTableMissing } from './attempts.ts';
import { type PresentSettings, presentSettings } from './present-settings.ts';
import type { OperatorRuntime } from './runtime.ts';
import { chooseTarget, type NamedTarget, TargetNameError } from './target-name.ts';

/** Everything about a target that a replay has to know; what nobody knows is null. */
export interface BacktestFacts extends PresentSettings {
  readonly target: ScalableTarget;
  /** See `MetricHistory.endpointId`. */
  readonly endpointId: string;
  readonly isEnrolled: boolean;
  /** The parameter as it stands; undefined when there is none. */
  readonly parameter: string | undefined;
  /** What the history is measured in. */
  readonly measure: LoadUnit;
  /** Invocations a minute, or concurrent requests. */
  readonly targetPerInstance: number | null;
  /** Whether the service tells these invocations from peaks of concurrency, every ten seconds. */
  readonly isToldByPeaks: boolean;
  readonly bounds: Bounds | null;
  readonly leadTimeSeconds: number;
  readonly isLeadTimeMeasured: boolean;
}

/**
 * Reads what is in force for a target, whether or not it is enrolled.
 * @throws {TargetNameError} when the name leaves open which target is meant, or there is none
 */
export async function backtestFacts(
  runtime: OperatorRuntime,
  named: NamedTarget,
): Promise<BacktestFacts> {
  const { endpointName } = named;
  const [endpointId, endpoint, record] = await Promise.all([
    runtime.history.endpointId(endpointName),
    runtime.endpoints.describe(endpointName),
    remembered(runtime, endpointName),
  ]);
  if (endpointId === undefined || !endpoint) {
    throw new TargetNameError(`There is no endpoint ${endpointName} in this account and region.`);
  }
  const variants = [...endpoint.variants.keys()].map((name) => variantTarget(endpointName, name));
  const target = chooseTarget(named, variants);
  if (!endpoint.variants.has(target.variantName)) {
    const names = [...endpoint.variants.keys()].join(', ');
    throw new TargetNameError(
      `${endpointName} has no variant ${target.variantName}, but ${names}.`,
    );
  }
  const stored = record?.targets.find((each) => each.target.resourceId === target.resourceId);
  const [registered, policies, parameter] = await Promise.all([
    runtime.scalableTargets.describe([target]),
    runtime.policies.list(target),
    runtime.parameters.read(targetParameterName(target)),
  ]);
  const { endpointConfigName } = endpoint;
  const present = await presentSettings(runtime, target, stored, parameter, endpointConfigName);
  const { config } = present;
  const signal = stored?.enrolment.signal ?? null;
  const owners = ownersPolicies(policies);
  const read = signal
    ? { load: signal.load, measure: measureOf(signal.load), perInstance: signal.targetPerInstance }
    : wouldRead(config, owners);
  // Of concurrency only the peak of a minute is kept, of which nobody can say how much of it had come in that minute.
  const given = givenInvocations(config, owners);
  const isToldByPeaks = read.measure === 'concurrency' && given !== null;
  const measure = isToldByPeaks ? 'invocations' : read.measure;
  if (measure === undefined) {
    throw new TargetNameError(
      `The load of ${target.resourceId} is ${read.load?.namespace} ${read.load?.metricName}, of which nothing is known here. Export it as a CSV with the columns second,requests and give it as --from.`,
    );
  }
  const learned = stored?.state.learnedLeadTimeSeconds ?? null;
  return {
    target,
    endpointId,
    isEnrolled: stored !== undefined,
    ...present,
    parameter,
    measure,
    targetPerInstance: isToldByPeaks ? given : read.perInstance,
    isToldByPeaks,
    bounds: stored?.state.baseline ?? registered.get(target.resourceId)?.bounds ?? null,
    leadTimeSeconds: learned ?? config.leadTimeSeconds,
    isLeadTimeMeasured: learned !== null,
  };
}

interface Read {
  /** Undefined: nobody knows yet. */
  readonly load: NamedMetric | undefined;
  readonly measure: LoadUnit | undefined;
  readonly perInstance: number | null;
}

type NamedMetric = Pick<MetricRef, 'namespace' | 'metricName'>;

/** What a target without a signal would be scaled by: the target per instance that is given, in its own unit. */
function wouldRead({ signal, targetPerInstance }: TargetConfig, owners: ScalingPolicy[]): Read {
  if (typeof signal === 'object') {
    return { load: signal, measure: measureOf(signal), perInstance: targetPerInstance };
  }
  const unit = signal === 'concurrency' ? 'concurrency' : 'invocations';
  if (targetPerInstance !== null) {
    return { load: undefined, measure: unit, perInstance: targetPerInstance };
  }
  const [tracked] = owners.flatMap((policy) => trackedTarget(policy) ?? []);
  const measure = tracked?.unit ?? 'invocations';
  return { load: undefined, measure, perInstance: tracked?.value ?? null };
}

/** What callers count is what SageMaker counts, and as much of it is under way. */
function measureOf({ namespace, metricName }: NamedMetric): LoadUnit | undefined {
  const isClient = namespace === CLIENT_METRICS.namespace;
  if (metricName === 'Invocations' || (isClient && metricName === CLIENT_METRICS.arrivals)) {
    return 'invocations';
  }
  const isBusy = isClient && metricName === CLIENT_METRICS.busy;
  return metricName === 'ConcurrentRequestsPerModel' || isBusy ? 'concurrency' : undefined;
}

/** Without a stack nothing is remembered, and everything else can be read all the same. */
async function remembered({ table }: OperatorRuntime, endpointName: string) {
  try {
    return (await table.endpoint(endpointName)).record;
  } catch (error) {
    if (isTableMissing(error)) return undefined;
    throw error;
  }
}
