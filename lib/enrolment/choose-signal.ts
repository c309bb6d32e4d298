import type { EndpointReading } from '../aws/endpoints.ts';
import type { CallerCounts } from '../aws/measurements.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import type { TargetConfig } from '../config/schema.ts';
import { CLIENT_METRICS, type Signal, type SignalKind, signalOf } from '../config/signal.ts';
import { WINDOW_SECONDS } from '../control/demand-point.ts';
import { LONGEST_WAIT_SECONDS } from '../control/longest-wait.ts';
import { meanOfPeak, peakOf } from '../control/peaks.ts';
import type { ScalableTarget } from '../target.ts';
import type { Enrolment, MeasuredLatency, Problem } from './types.ts';

/** What a signal is chosen by. */
export interface SignalSituation {
  readonly endpoint: EndpointReading;
  /** Policies on the target that are not the scaler's. */
  readonly ownerPolicies: readonly ScalingPolicy[];
  readonly callers: CallerCounts;
  readonly latency: MeasuredLatency | null;
  /** What is in force so far; absent where nothing is. */
  readonly previous?: Pick<Enrolment, 'signal'> | undefined;
  /** Where the target's settings are written, for the fixes. */
  readonly parameterName: string;
}

export interface SignalChoice {
  readonly signal: Signal | null;
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * What is reckoned with until a request was measured: none may take longer, so that no usual load is taken for an overload. How
 * fast requests gather tells of a surge all the same.
 */
const LONGEST_LATENCY = { seconds: LONGEST_WAIT_SECONDS, spread: 0 } as const;

/** What a target per instance is given in: invocations a minute, or concurrent requests. */
export type LoadUnit = 'invocations' | 'concurrency';

/** A target per instance with the unit that it was given in. */
interface GivenTarget {
  readonly value: number;
  readonly unit: LoadUnit;
}

/** What the metrics of target-tracking policies count, by predefined type or metric name. */
const TRACKED: Readonly<Record<string, LoadUnit>> = {
  SageMakerVariantInvocationsPerInstance: 'invocations',
  SageMakerVariantConcurrentRequestsPerModelHighResolution: 'concurrency',
  InvocationsPerInstance: 'invocations',
  ConcurrentRequestsPerModel: 'concurrency',
};

const UNIT_NAMES = { invocations: 'invocations a minute', concurrency: 'concurrent requests' };

/** Chooses what measures a target's load, and the load that one instance is meant to carry. */
export function chooseSignal(
  target: ScalableTarget,
  config: TargetConfig,
  situation: SignalSituation,
): SignalChoice {
  const { signal, targetPerInstance } = config;
  if (typeof signal === 'object') {
    if (targetPerInstance !== null) return chosen(signalOf(target, signal, targetPerInstance));
    return failed({
      what: `The signal is the metric ${signal.metricName}, and no policy tells its target per instance.`,
      fix: `Set "targetPerInstance" in ${situation.parameterName}.`,
    });
  }
  const notes: string[] = [];
  const given = givenTarget(config, situation.ownerPolicies, notes);
  if (!given) {
    return failed({
      what: 'There is neither "targetPerInstance" nor a target-tracking policy to read it off.',
      fix: `Set "targetPerInstance" in ${situation.parameterName}, in invocations a minute, or put a target-tracking policy on ${target.resourceId}.`,
    });
  }
  if (signal === 'invocations' && !publishesInvocations(situation.endpoint)) {
    const what = `The signal is invocations, but they are published every ${situation.endpoint.invocationsEverySeconds} s.`;
    return failed({ what, fix: enhancedMetricsFix(target) });
  }
  const kind = signal === 'auto' ? automatic(target, given, situation, notes) : signal;
  const isAssumed =
    situation.latency === null && kind === 'concurrency' && unitOf(kind) !== given.unit;
  const latency = isAssumed ? LONGEST_LATENCY : situation.latency;
  const value = inUnitOf(kind, given, latency, notes, isAssumed);
  if (value === null) {
    return failed({
      what: `A target of ${given.value} ${UNIT_NAMES[given.unit]} must be turned into ${UNIT_NAMES[unitOf(kind)]}, and no request was seen in the last hour to measure the latency by.`,
      fix: `Send requests; or set "signal" and "targetPerInstance" in ${situation.parameterName}; or: ${enhancedMetricsFix(target)}`,
    });
  }
  const measured = signalOf(target, kind, value);
  if (kind !== 'concurrency' || !latency) return chosen(measured, notes);
  const { seconds, spread = 0 } = latency;
  const requestsPerSecond = meanOfPeak(value, spread) / seconds;
  const peaks = { spread, requestsPerSecond, ...(isAssumed && { isAssumed }) };
  return chosen({ ...measured, peaks }, notes);
}

function chosen(signal: Signal, notes: readonly string[] = []): SignalChoice {
  return { signal, notes, problems: [] };
}

function failed(problem: Problem): SignalChoice {
  return { signal: null, notes: [], problems: [problem] };
}

/** Invocations a minute that an instance is meant to carry, where its target is given in these. */
export function givenInvocations(
  config: TargetConfig,
  policies: readonly ScalingPolicy[],
): number | null {
  const given = typeof config.signal === 'object' ? null : givenTarget(config, policies, []);
  return given?.unit === 'invocations' ? given.value : null;
}

function givenTarget(
  { signal, targetPerInstance }: TargetConfig,
  policies: readonly ScalingPolicy[],
  notes: string[],
): GivenTarget | null {
  if (targetPerInstance !== null) {
    const unit = signal === 'concurrency' ? 'concurrency' : 'invocations';
    return { value: targetPerInstance, unit };
  }
  const [tracked] = policies.flatMap((policy) => trackedTarget(policy) ?? []);
  if (!tracked) return null;
  const { value, unit, policyName } = tracked;
  notes.push(
    `Target per instance ${value} ${UNIT_NAMES[unit]}, read off the policy ${policyName}.`,
  );
  return { value, unit };
}

/** The target per instance that a policy tracks; undefined where it is none, or of a metric that is not known. */
export function trackedTarget({
  policyName,
  tracking,
}: ScalingPolicy): (GivenTarget & { readonly policyName: string }) | undefined {
  const unit = TRACKED[tracking?.predefined ?? tracking?.metricName ?? ''];
  return tracking && unit ? { policyName, value: tracking.targetValue, unit } : undefined;
}

/** In the unit of the given target where that can be measured at all: by SageMaker, else by its callers. */
function automatic(
  target: ScalableTarget,
  given: GivenTarget,
  { endpoint, callers, previous }: SignalSituation,
  notes: string[],
): Exclude<SignalKind, object> {
  const countsAll = (isPublished: boolean) =>
    isPublished && countEnough(callers, previous?.signal?.load.namespace, notes);
  if (given.unit === 'concurrency') {
    if (!countsAll(callers.busy)) return 'concurrency';
    notes.push(
      'The load is the requests under way as the client library counts them: the mean of a window, where SageMaker publishes its peak.',
    );
    return 'busy';
  }
  if (publishesInvocations(endpoint)) return 'invocations';
  const slow = `Invocations are published every ${endpoint.invocationsEverySeconds} s.`;
  if (countsAll(callers.arrivals)) {
    notes.push(`${slow} The load is what the client library counts.`);
    return 'arrivals';
  }
  notes.push(
    `${slow} The load is concurrency, of which CloudWatch knows the peak of a window and not the mean. Better: ${enhancedMetricsFix(target)}`,
  );
  return 'concurrency';
}

/** Part of SageMaker's count that callers must come to for theirs to be taken, and to be kept once it was. */
const PART_TO_TAKE = 0.9;
const PART_TO_KEEP = 0.75;

/** Fewer requests tell no part. */
const FEWEST_COMPARED = 20;

/** Whether callers count nearly all of the load: scaled by a part of it, a target would lose instances that are in use. */
function countEnough(
  { compared }: CallerCounts,
  usedNamespace: string | undefined,
  notes: string[],
): boolean {
  if (!compared || compared.bySageMaker < FEWEST_COMPARED) return true;
  const { byCallers, bySageMaker } = compared;
  const least = usedNamespace === CLIENT_METRICS.namespace ? PART_TO_KEEP : PART_TO_TAKE;
  if (byCallers >= least * bySageMaker) return true;
  notes.push(
    `Callers counted ${Math.round(byCallers)} of the ${Math.round(bySageMaker)} requests that SageMaker did: their count is not gone by until nearly all of them publish.`,
  );
  return false;
}

function publishesInvocations({ invocationsEverySeconds }: EndpointReading): boolean {
  return invocationsEverySeconds <= WINDOW_SECONDS;
}

function unitOf(kind: Exclude<SignalKind, object>): LoadUnit {
  return kind === 'concurrency' || kind === 'busy' ? 'concurrency' : 'invocations';
}

/**
 * Little's law: requests inside = requests a second × seconds that each stays. That is their mean, and what SageMaker
 * publishes is their peak.
 */
function inUnitOf(
  kind: Exclude<SignalKind, object>,
  { value, unit }: GivenTarget,
  latency: Pick<MeasuredLatency, 'seconds' | 'spread'> | null,
  notes: string[],
  isAssumed: boolean,
): number | null {
  const wanted = unitOf(kind);
  if (wanted === unit) return value;
  if (!latency) return null;
  const { seconds, spread = 0 } = latency;
  const secondsInside = seconds / 60;
  const converted =
    wanted === 'concurrency'
      ? peakOf(value * secondsInside, spread)
      : meanOfPeak(value, spread) / secondsInside;
  const rounded = rounded3(converted);
  const peaks =
    spread > 0
      ? `; the peaks of ten seconds were seen to lie ${rounded3(spread)} roots of the mean above it`
      : '';
  if (isAssumed) {
    notes.push(
      `No request was seen in the last hour to measure the latency by. Until one is, ${value} ${UNIT_NAMES[unit]} are taken for ${rounded} ${UNIT_NAMES[wanted]}, as if each took ${seconds} s, the longest that SageMaker allows.`,
    );
    return rounded;
  }
  notes.push(
    `${value} ${UNIT_NAMES[unit]} at a measured latency of ${rounded3(seconds)} s are ${rounded} ${UNIT_NAMES[wanted]} (Little’s law${peaks}).`,
  );
  return rounded;
}

const rounded3 = (value: number) => Number(value.toPrecision(3));

/** How to have invocations published every ten seconds. */
export function enhancedMetricsFix({ endpointName }: ScalableTarget): string {
  return (
    'create an endpoint configuration with ' +
    '--metrics-config EnableEnhancedMetrics=true,MetricPublishFrequencyInSeconds=10 and run ' +
    `aws sagemaker update-endpoint --endpoint-name ${endpointName} ` +
    '--endpoint-config-name <its name> --retain-all-variant-properties'
  );
}
