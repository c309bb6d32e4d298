import type { AlarmSpec } from '../aws/alarms.ts';
import type { EndpointReading } from '../aws/endpoints.ts';
import type { CallerCounts } from '../aws/measurements.ts';
import type { ScalingPolicy, TrackingSpec } from '../aws/scaling-policies.ts';
import type { ResolvedConfig } from '../config/resolve.ts';
import type { TargetConfig } from '../config/schema.ts';
import { CLIENT_METRICS, type Signal, signalOf } from '../config/signal.ts';
import { type Bounds, sameBounds } from '../control/bounds.ts';
import { registerCommand } from '../scaling-commands.ts';
import type { ScalableTarget } from '../target.ts';
import { alarmKey, alarmSpecs } from './alarm-specs.ts';
import { chooseSignal } from './choose-signal.ts';
import { withLeadTimePrior } from './lead-time-prior.ts';
import { targetParameterName } from './parameter-name.ts';
import { type Silence, silenceProblems } from './silence.ts';
import type { Enrolment, Inherited, InstanceKind, MeasuredLatency, Problem } from './types.ts';
import { whatIsUnsupported } from './unsupported.ts';

/** What stands at present, around one target. */
export interface Situation {
  /** Undefined when there is no such endpoint. */
  readonly endpoint: EndpointReading | undefined;
  /** The owner's bounds; undefined when no scalable target is registered. */
  readonly baseline: Bounds | undefined;
  readonly policies: readonly ScalingPolicy[];
  /** Alarms of the scaler for this target; null where somebody made something else of one. */
  readonly alarms: readonly { readonly alarmName: string; readonly spec: AlarmSpec | null }[];
  readonly callers: CallerCounts;
  readonly latency: MeasuredLatency | null;
  /** Null where somebody set a lead time. */
  readonly instance: InstanceKind | null;
  /** Read where nothing is remembered of the target. */
  readonly inherited?: Inherited | undefined;
  /** Of the signal in force so far; null or absent where it was not read. */
  readonly silence?: Silence | null;
  /** What is in force so far. */
  readonly previous: Enrolment | undefined;
}

/** What to do so that `enrolment` holds: only what differs from what stands. */
export interface Plan {
  readonly enrolment: Enrolment;
  readonly register: Bounds | null;
  readonly putAlarms: readonly AlarmSpec[];
  readonly deleteAlarms: readonly string[];
  readonly putBackstop: TrackingSpec | null;
  readonly deleteBackstop: boolean;
}

/** The target-tracking policy that the scaler puts where there is none. */
export const BACKSTOP_NAME = 'fast-scaler-backstop';

/** Policies without the scaler's own. */
export function ownersPolicies(policies: readonly ScalingPolicy[]): ScalingPolicy[] {
  return policies.filter(({ policyName }) => policyName !== BACKSTOP_NAME);
}

/** Application Auto Scaling makes these for it, out of the quota that the scaler's own are made out of. */
export const BACKSTOP_ALARMS = 2;

/** Cooldowns of the backstop, seconds: it is there for the hours in which the scaler is not. */
const BACKSTOP_COOLDOWN = { out: 60, in: 600 };

/** Works out what an enrolled target needs. Pure. */
export function plan(target: ScalableTarget, resolved: ResolvedConfig, situation: Situation): Plan {
  const { config, sources } = withLeadTimePrior(resolved, situation.instance?.type);
  const { endpoint, baseline, previous } = situation;
  const unsupported = endpoint ? whatIsUnsupported(target, config, endpoint) : null;
  const obstacle = whatIsAbsent(target, endpoint) ?? unsupported;
  const kept = endpoint ? keptOf(situation) : {};
  if (!endpoint || obstacle) {
    const problems = obstacle ? [obstacle] : [];
    const wasRegistered = endpoint ? (previous?.wasRegistered ?? false) : false;
    return {
      ...NOTHING_TO_DO,
      enrolment: { config, sources, signal: null, notes: [], problems, wasRegistered, ...kept },
      deleteAlarms: situation.alarms.map(({ alarmName }) => alarmName),
      deleteBackstop:
        unsupported !== null &&
        situation.policies.some(({ policyName }) => policyName === BACKSTOP_NAME),
    };
  }
  const ownerPolicies = ownersPolicies(situation.policies);
  const choice = chooseSignal(target, config, {
    ...situation,
    endpoint,
    ownerPolicies,
    parameterName: targetParameterName(target),
  });
  const registration = registrationOf(target, config, endpoint, situation);
  // A load that can no longer be measured anew is measured as before.
  const signal = choice.signal ?? previous?.signal ?? null;
  const enrolment: Enrolment = {
    config,
    sources,
    signal,
    notes: [
      ...choice.notes,
      ...leadTimeNotes(config, resolved.config, situation.instance),
      ...registration.notes,
    ],
    problems: [
      // A policy, by which a signal may be found, needs a scalable target first.
      ...registration.problems,
      ...choice.problems,
      ...silenceProblems(target, { signal, config }, situation.silence, previous),
    ],
    wasRegistered: registration.wasRegistered,
    ...kept,
  };
  const bounds = baseline ?? registration.register ?? undefined;
  return {
    enrolment,
    register: registration.register,
    ...alarmChanges(target, config, signal, bounds, situation.alarms),
    ...backstopChanges(target, config, signal, bounds, ownerPolicies, situation.policies),
  };
}

/** What stays known of an endpoint that is there, though it may not be scaled: whose bounds stand, above all. */
function keptOf({
  latency,
  instance,
  inherited: found,
  previous,
}: Situation): Pick<Enrolment, 'latency' | 'instance' | 'inherited'> {
  const inherited = found ?? previous?.inherited;
  return {
    ...(latency && { latency }),
    ...(instance && { instance }),
    ...(inherited && { inherited }),
  };
}

function leadTimeNotes(
  { leadTimeSeconds }: TargetConfig,
  before: TargetConfig,
  instance: InstanceKind | null,
): string[] {
  if (leadTimeSeconds === before.leadTimeSeconds) return [];
  return [
    `Until it was measured, ${leadTimeSeconds} s are expected of an ${instance?.type} to serve.`,
  ];
}

const NOTHING_TO_DO = {
  register: null,
  putAlarms: [],
  deleteAlarms: [],
  putBackstop: null,
  deleteBackstop: false,
};

function whatIsAbsent(
  { endpointName, variantName }: ScalableTarget,
  endpoint: EndpointReading | undefined,
): Problem | null {
  const named = `delete the parameter, or create them under these names`;
  if (!endpoint) {
    return { what: `There is no endpoint ${endpointName}.`, fix: `Nothing to do: ${named}.` };
  }
  // An endpoint that is being created does not show its variants yet.
  if (endpoint.variants.size === 0 || endpoint.variants.has(variantName)) return null;
  const variants = [...endpoint.variants.keys()].join(', ');
  return {
    what: `The endpoint ${endpointName} has no variant ${variantName}; it has ${variants}.`,
    fix: `Name one of them in the parameter's name, or ${named}.`,
  };
}

interface Registration {
  readonly register: Bounds | null;
  readonly wasRegistered: boolean;
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * A scalable target is registered at most once. One that disappears later was deregistered by
 * somebody, in the middle of a deployment most likely, and is theirs to register again.
 */
function registrationOf(
  target: ScalableTarget,
  { mode, minCapacity, maxCapacity }: TargetConfig,
  { status }: EndpointReading,
  { baseline, previous }: Situation,
): Registration {
  const given =
    minCapacity !== null && maxCapacity !== null ? { min: minCapacity, max: maxCapacity } : null;
  const nothing = { register: null, wasRegistered: true, notes: [], problems: [] };
  if (baseline) {
    if (!given || sameBounds(given, baseline)) return nothing;
    const note = `Min ${baseline.min} and Max ${baseline.max} of the scalable target count; minCapacity ${given.min} and maxCapacity ${given.max} are only for registering one.`;
    return { ...nothing, notes: [note] };
  }
  const command = registerCommand(target, given);
  if (previous?.wasRegistered) {
    const what = 'The scalable target was deregistered. The scaler waits for it to come back.';
    return { ...nothing, problems: [{ what, fix: command, code: 'deregistered' }] };
  }
  const unregistered = { ...nothing, wasRegistered: false };
  if (!given || mode !== 'act') {
    const fix = given
      ? `Run ${command}, or set "mode": "act".`
      : `Set "minCapacity" and "maxCapacity" in ${targetParameterName(target)}, or run ${command}`;
    const what = 'There is no scalable target.';
    return { ...unregistered, problems: [{ what, fix, code: 'unregistered' }] };
  }
  if (status !== 'InService') {
    const what = `There is no scalable target, and the endpoint is ${status}.`;
    const fix = 'Nothing to do: it is registered once the endpoint is in service.';
    return { ...unregistered, problems: [{ what, fix, code: 'unregistered' }] };
  }
  return { ...nothing, register: given };
}

/** A paused target keeps the alarms that it has. */
function alarmChanges(
  target: ScalableTarget,
  config: TargetConfig,
  signal: Signal | null,
  bounds: Bounds | undefined,
  standing: Situation['alarms'],
): Pick<Plan, 'putAlarms' | 'deleteAlarms'> {
  if (config.mode === 'paused') return { putAlarms: [], deleteAlarms: [] };
  const desired = signal ? alarmSpecs(target, config, signal, Math.max(bounds?.min ?? 1, 1)) : [];
  const isStanding = (spec: AlarmSpec) =>
    standing.some((alarm) => alarm.spec && alarmKey(alarm.spec) === alarmKey(spec));
  return {
    putAlarms: desired.filter((spec) => !isStanding(spec)),
    deleteAlarms: standing
      .map(({ alarmName }) => alarmName)
      .filter((name) => !desired.some(({ alarmName }) => alarmName === name)),
  };
}

/** The backstop stands in mode `act` only, and goes when the owner puts a policy. */
export function backstopChanges(
  target: ScalableTarget,
  { mode }: TargetConfig,
  signal: Signal | null,
  bounds: Bounds | undefined,
  ownerPolicies: readonly ScalingPolicy[],
  policies: readonly ScalingPolicy[],
): Pick<Plan, 'putBackstop' | 'deleteBackstop'> {
  const ours = policies.find(({ policyName }) => policyName === BACKSTOP_NAME);
  if (mode !== 'act' || ownerPolicies.length > 0)
    return { putBackstop: null, deleteBackstop: ours !== undefined };
  const wanted = signal && bounds ? backstop(target, signal) : null;
  const isStanding =
    wanted !== null &&
    ours?.tracking?.metricName === wanted.metric.metricName &&
    ours.tracking.targetValue === wanted.targetValue &&
    ours.tracking.scaleOutCooldownSeconds === wanted.scaleOutCooldownSeconds &&
    ours.tracking.scaleInCooldownSeconds === wanted.scaleInCooldownSeconds &&
    ours.alarms >= BACKSTOP_ALARMS;
  return { putBackstop: isStanding ? null : wanted, deleteBackstop: false };
}

/**
 * It tracks the metric of the waking alarm where that counts one instance's load. What callers count
 * SageMaker counts too, by instance; any other metric of a whole variant has no mean over its
 * instances.
 */
function backstop(target: ScalableTarget, signal: Signal): TrackingSpec | null {
  const { load, alarm, alarmScope, targetPerInstance, witness } = signal;
  const isCallers = witness !== undefined;
  if (alarmScope !== 'instance' && !isCallers) return null;
  const ofInstance = load.metricName === CLIENT_METRICS.busy ? 'concurrency' : 'invocations';
  const { alarm: metric } = isCallers ? signalOf(target, ofInstance, targetPerInstance) : { alarm };
  return {
    policyName: BACKSTOP_NAME,
    metric,
    targetValue: targetPerInstance,
    scaleOutCooldownSeconds: BACKSTOP_COOLDOWN.out,
    scaleInCooldownSeconds: BACKSTOP_COOLDOWN.in,
  };
}
