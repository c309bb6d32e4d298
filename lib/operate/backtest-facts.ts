import { DEFAULTS } from '../config/defaults.ts';
import type { TargetConfig } from '../config/schema.ts';
import { CLIENT_METRICS } from '../config/signal.ts';
import type { Bounds } from '../control/bounds.ts';
import { givenInvocations, type LoadUnit, trackedTarget } from '../enrolment/choose-signal.ts';
import { leadTimePrior } from '../enrolment/lead-time-prior.ts';
import { targetParameterName } from '../enrolment/parameter-name.ts';
import { ownersPolicies } from '../enrolment/plan.ts';
import { type ScalableTarget, variantTarget } from '../target.ts';
import { isDenied, isTableMissing } from './attempts.ts';
import { instanceTypes } from './instance-types.ts';
import type { OperatorRuntime } from './runtime.ts';
import { chooseTarget, type NamedTarget, TargetNameError } from './target-name.ts';

/** Everything about a target that a replay has to know; what nobody knows is null. */
export interface BacktestFacts {
  readonly target: ScalableTarget;
  /** See `MetricHistory.endpointId`. */
  readonly endpointId: string;
  readonly isEnrolled: boolean;
  readonly config: TargetConfig;
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
  const config = stored?.enrolment.config ?? {
    ...DEFAULTS,
    leadTimeSeconds: leadTimePrior(
      await instanceType(runtime, endpoint.endpointConfigName, target),
    ),
  };
  const signal = stored?.enrolment.signal ?? null;
  const owners = ownersPolicies(policies);
  const [tracked] = owners.flatMap((policy) => trackedTarget(policy) ?? []);
  const read = signal
    ? { measure: measureOf(signal.load), targetPerInstance: signal.targetPerInstance }
    : { measure: tracked?.unit ?? 'invocations', targetPerInstance: tracked?.value ?? null };
  // Of concurrency only the peak of a minute is kept, of which nobody can say how much of it had come in that minute.
  const given = givenInvocations(config, owners);
  const isToldByPeaks = read.measure === 'concurrency' && given !== null;
  const measured = isToldByPeaks
    ? { measure: 'invocations' as const, targetPerInstance: given }
    : read;
  if (measured.measure === undefined) {
    throw new TargetNameError(
      `The load of ${target.resourceId} is ${signal?.load.namespace} ${signal?.load.metricName}, of which nothing is known here. Export it as a CSV with the columns second,requests and give it as --from.`,
    );
  }
  const learned = stored?.state.learnedLeadTimeSeconds ?? null;
  return {
    target,
    endpointId,
    isEnrolled: stored !== undefined,
    config,
    parameter,
    measure: measured.measure,
    targetPerInstance: measured.targetPerInstance,
    isToldByPeaks,
    bounds: stored?.state.baseline ?? registered.get(target.resourceId)?.bounds ?? null,
    leadTimeSeconds: learned ?? config.leadTimeSeconds,
    isLeadTimeMeasured: learned !== null,
  };
}

/** What the target runs on; undefined where that cannot be known. */
async function instanceType(
  { variantInstances }: OperatorRuntime,
  endpointConfigName: string,
  { variantName }: ScalableTarget,
): Promise<string | undefined> {
  try {
    return (await instanceTypes(variantInstances, endpointConfigName)).get(variantName);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

/** What callers count is what SageMaker counts, and as much of it is under way. */
function measureOf({ namespace, metricName }: { namespace: string; metricName: string }) {
  const isClient = namespace === CLIENT_METRICS.namespace;
  if (metricName === 'Invocations' || (isClient && metricName === CLIENT_METRICS.arrivals)) {
    return 'invocations' as const;
  }
  const isBusy = isClient && metricName === CLIENT_METRICS.busy;
  return metricName === 'ConcurrentRequestsPerModel' || isBusy
    ? ('concurrency' as const)
    : undefined;
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

/**
 * A parameter that is ready to put: the one that stands, with the changes.
 * A parameter that is not valid JSON stands for none: it was not taken either.
 */
export function changedParameter(
  parameter: string | undefined,
  changes: Readonly<Record<string, unknown>>,
): string {
  let standing: unknown = {};
  try {
    standing = JSON.parse(parameter ?? '{}');
  } catch {
    // Left out, see above.
  }
  const isObject = standing !== null && typeof standing === 'object' && !Array.isArray(standing);
  const kept = isObject ? (standing as Readonly<Record<string, unknown>>) : {};
  return JSON.stringify({ ...kept, ...changes });
}
