import type { EndpointReading } from '../aws/endpoints.ts';
import type { Fleet } from '../aws/enrolment-store.ts';
import type { RegisteredTarget } from '../aws/scalable-targets.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import { ConfigError } from '../config/parse.ts';
import { alarmNamePrefix } from '../enrolment/alarm-specs.ts';
import { givenInvocations } from '../enrolment/choose-signal.ts';
import {
  DEFAULTS_PARAMETER,
  parameterTarget,
  TAG_KEY,
  targetParameterName,
} from '../enrolment/parameter-name.ts';
import { ownersPolicies, type Situation } from '../enrolment/plan.ts';
import { readSilence } from '../enrolment/silence.ts';
import { parseResourceId, type ScalableTarget, variantTarget } from '../target.ts';
import type { Attempt } from './attempts.ts';
import { type ConfiguredBy, configurationOf } from './configuration-of.ts';
import { type EnrolmentEvidence, enrolledBy } from './enrolled-by.ts';
import { failedChange, RECENT_DECISIONS } from './explain.ts';
import { instanceTypes } from './instance-types.ts';
import type { OperatorRuntime } from './runtime.ts';
import type { TargetFacts, Unknown } from './target-facts.ts';

/** What is read once for the whole account. */
export interface Account {
  /** Undefined: the stack's table is not there, or may not be read. */
  readonly fleet: Fleet | undefined;
  readonly texts: ReadonlyMap<string, string>;
  readonly discovers: EnrolmentEvidence['discovers'];
  readonly arns: ReadonlyMap<string, string>;
  readonly registered: ReadonlyMap<string, RegisteredTarget>;
  readonly policies: readonly ScalingPolicy[];
  readonly alarms: Situation['alarms'];
  readonly unknown: ReadonlySet<Unknown>;
}

/** What is read for one endpoint. */
export interface Patient {
  readonly endpointName: string;
  /** Undefined: there is none, or it may not be read. */
  readonly endpoint: EndpointReading | undefined;
  readonly isDescribed: boolean;
  readonly tag: string | undefined;
  readonly instanceTypes: ReadonlyMap<string, string>;
  readonly targets: readonly Omit<TargetFacts, 'quota' | 'othersInstances'>[];
}

/** Reads all that concerns one endpoint and its targets. */
export async function readPatient(
  runtime: OperatorRuntime,
  attempt: Attempt,
  account: Account,
  endpointName: string,
): Promise<Patient> {
  const { endpoints, variantInstances, tags, table } = runtime;
  const arn = account.arns.get(endpointName);
  const described = await attempt(
    'sagemaker:DescribeEndpoint',
    'endpoints are not examined',
    async () => ({ endpoint: await endpoints.describe(endpointName) }),
  );
  if (!described) {
    const nothing = { endpoint: undefined, isDescribed: false, tag: undefined };
    return { ...nothing, endpointName, instanceTypes: new Map(), targets: [] };
  }
  const { endpoint } = described;
  const types =
    endpoint &&
    (await attempt('sagemaker:DescribeEndpointConfig', 'instance types are not known', () =>
      instanceTypes(variantInstances, endpoint.endpointConfigName),
    ));
  const tag =
    arn === undefined
      ? undefined
      : await attempt('sagemaker:ListTags', 'tags are not known', () =>
          tags.read({ endpointName, arn, modifiedAtMs: 0 }, TAG_KEY),
        );
  const memory =
    account.fleet &&
    (await attempt('dynamodb:GetItem', 'the state of targets is not known', () =>
      table.endpoint(endpointName),
    ));
  const named = [...account.texts.keys()].flatMap((name) => parameterTarget(name) ?? []);
  const targets = new Map(
    [
      ...[...(endpoint?.variants.keys() ?? [])].map((name) => variantTarget(endpointName, name)),
      ...named.filter((target) => target.endpointName === endpointName),
      ...(memory?.record.targets ?? []).map(({ target }) => target),
      ...[...(memory?.record.refusals.keys() ?? [])].flatMap((id) => parseResourceId(id) ?? []),
    ].map((target) => [target.resourceId, target]),
  );
  const about = { endpointName, endpoint, instanceTypes: types ?? new Map() };
  const registered = [...account.registered.keys()].map(parseResourceId);
  const isEndpointRegistered = registered.some((each) => each?.endpointName === endpointName);
  const facts = await Promise.all(
    [...targets.values()].map((target) =>
      readTarget(
        runtime,
        attempt,
        account,
        { ...about, tag, memory, isEndpointRegistered },
        target,
      ),
    ),
  );
  return { ...about, isDescribed: true, tag, targets: facts };
}

async function readTarget(
  { table, measurements, now }: OperatorRuntime,
  attempt: Attempt,
  account: Account,
  about: Pick<Patient, 'endpointName' | 'endpoint' | 'instanceTypes'> &
    Pick<TargetFacts, 'memory'> &
    Pick<EnrolmentEvidence, 'tag' | 'isEndpointRegistered'>,
  target: ScalableTarget,
): Promise<Patient['targets'][number]> {
  const { endpoint, memory, tag, endpointName, isEndpointRegistered } = about;
  const nowMs = now();
  const text = account.texts.get(targetParameterName(target));
  const { bounds, suspended = [] } = account.registered.get(target.resourceId) ?? {};
  const stored = memory?.record.targets.find(
    (each) => each.target.resourceId === target.resourceId,
  );
  const { discovers, unknown } = account;
  const isConfigUnknown = unknown.has('config');
  const evidence = { text, tag, discovers, bounds, stored, isEndpointRegistered, isConfigUnknown };
  const inputs = { defaults: account.texts.get(DEFAULTS_PARAMETER), tag, target: text };
  const configured = { target, enrolledBy: enrolledBy(evidence), inputs, stored, unknown };
  const policies = account.policies.filter(({ resourceId }) => resourceId === target.resourceId);
  const callers = await attempt(
    'cloudwatch:ListMetrics',
    'what callers count is not looked for',
    () => measurements.countedByCallers(target, nowMs / 1000),
  );
  // What the service measured it keeps; where it has not, it will before it chooses the signal.
  const isLatencyDue = endpoint && !stored?.enrolment.latency;
  const latency = isLatencyDue
    ? await attempt('cloudwatch:GetMetricData', 'latency is not measured', () =>
        measurements.latency(target, nowMs / 1000, mostPerInstance(configured, policies)),
      )
    : null;
  const measured =
    endpoint && latency ? { ...latency, endpointConfigName: endpoint.endpointConfigName } : null;
  const silence = endpoint
    ? await attempt(
        'cloudwatch:GetMetricData',
        'whether the signal is published is not examined',
        () => readSilence(measurements, target, stored, nowMs / 1000),
      )
    : null;
  const decisions =
    account.fleet &&
    (await attempt('dynamodb:Query', 'decisions are not known', () =>
      table.decisionsUntil(target, nowMs, RECENT_DECISIONS),
    ));
  return {
    ...configured,
    nowMs,
    isStackThere: account.fleet !== undefined,
    endpoint,
    instanceType: about.instanceTypes.get(target.variantName),
    bounds,
    suspended,
    policies,
    alarms: account.alarms.filter(({ alarmName }) => alarmName.startsWith(alarmNamePrefix(target))),
    callers: callers ?? { arrivals: false, busy: false },
    latency: stored?.enrolment.latency ?? measured,
    silence: silence ?? null,
    entry: account.fleet?.entries.find((entry) => entry.endpointName === endpointName),
    memory,
    failed: failedChange(decisions ?? [], nowMs),
  };
}

/** As the service reckons it when it measures the latency of a target. */
function mostPerInstance(
  configured: ConfiguredBy,
  policies: readonly ScalingPolicy[],
): number | null {
  try {
    const resolved = configurationOf(configured);
    return resolved && givenInvocations(resolved.config, ownersPolicies(policies));
  } catch (error) {
    // Its faults are a finding, and nothing is measured by it then.
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
