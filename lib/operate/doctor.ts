import type { EndpointReading } from '../aws/endpoints.ts';
import type { Fleet } from '../aws/enrolment-store.ts';
import type { InstanceQuota } from '../aws/quotas.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import { ConfigError } from '../config/parse.ts';
import { readDefaults } from '../config/resolve.ts';
import type { Bounds } from '../control/types.ts';
import {
  DEFAULTS_PARAMETER,
  PARAMETER_PATH,
  parameterTarget,
  TAG_KEY,
  targetParameterName,
} from '../enrolment/parameter-name.ts';
import type { Situation } from '../enrolment/plan.ts';
import { parseResourceId, type ScalableTarget, variantTarget } from '../target.ts';
import { type Attempt, attempts } from './attempts.ts';
import { diagnose } from './diagnose.ts';
import { failedChange, RECENT_DECISIONS } from './explain.ts';
import type { DoctorReport, EnrolledBy, Finding } from './finding.ts';
import { paced } from './pace.ts';
import type { OperatorRuntime } from './runtime.ts';
import { stackFindings } from './stack-findings.ts';
import type { TargetFacts, Unknown } from './target-facts.ts';

/** What is read once for the whole account. */
interface Account {
  /** Undefined: the stack's table is not there, or may not be read. */
  readonly fleet: Fleet | undefined;
  readonly texts: ReadonlyMap<string, string>;
  readonly discovers: boolean;
  readonly arns: ReadonlyMap<string, string>;
  readonly registered: ReadonlyMap<string, Bounds>;
  readonly policies: readonly ScalingPolicy[];
  readonly alarms: Situation['alarms'];
  readonly unknown: ReadonlySet<Unknown>;
}

/** What is read for one endpoint. */
interface Patient {
  readonly endpointName: string;
  readonly endpoint: EndpointReading | undefined;
  readonly instanceTypes: ReadonlyMap<string, string>;
  readonly targets: readonly Omit<TargetFacts, 'quota' | 'othersInstances'>[];
}

/**
 * Examines the stack and every endpoint of the account.
 * @param endpointName this endpoint alone
 */
export async function examine(
  runtime: OperatorRuntime,
  endpointName?: string,
  onProgress?: (done: number, total: number) => void,
): Promise<DoctorReport> {
  const forbidden: Finding[] = [];
  const attempt = attempts((finding) => forbidden.push(finding));
  const account = await readAccount(runtime, attempt, endpointName);
  const names = endpointNames(account).filter(
    (name) => endpointName === undefined || name === endpointName,
  );
  const patients = await paced(
    names,
    (name) => readPatient(runtime, attempt, account, name),
    runtime.sleep,
    (done) => onProgress?.(done, names.length),
  );
  const types = patients.flatMap(({ instanceTypes }) => [...instanceTypes.values()]);
  const quotas =
    types.length === 0
      ? new Map<string, InstanceQuota>()
      : await attempt(
          'servicequotas:ListServiceQuotas and servicequotas:ListAWSDefaultServiceQuotas',
          'quotas are not checked',
          () => runtime.quotas.read(types),
        );
  const stack = await stackFindings(runtime, attempt, account.fleet, patients);
  const reports = patients.flatMap(({ targets }) =>
    targets.map((facts) => {
      const instanceType = facts.instanceType ?? '';
      const others = instancesOf(patients, instanceType, facts.target);
      return diagnose({ ...facts, quota: quotas?.get(instanceType), othersInstances: others });
    }),
  );
  return {
    account: [...stack, ...defaultsFindings(account), ...forbidden],
    targets: reports.sort((a, b) => (a.target < b.target ? -1 : 1)),
  };
}

async function readAccount(
  runtime: OperatorRuntime,
  attempt: Attempt,
  endpointName: string | undefined,
): Promise<Account> {
  const { enrolments, parameters, tags, scalableTargets, policies, alarms } = runtime;
  const fleet = await attempt('dynamodb:Query', 'what is enrolled is not known', () =>
    enrolments.fleet(),
  );
  const texts = await attempt('ssm:GetParametersByPath', 'parameters are not known', () =>
    parameters.readAll(PARAMETER_PATH),
  );
  const listed = await attempt('sagemaker:ListEndpoints', 'endpoints are not listed', () =>
    tags.list(),
  );
  const registered = await attempt(
    'application-autoscaling:DescribeScalableTargets',
    'Min and Max are not known',
    () => scalableTargets.describeAll(),
  );
  const allPolicies = await attempt(
    'application-autoscaling:DescribeScalingPolicies',
    'scaling policies are not known',
    () => policies.list(),
  );
  const prefix = `fast-scaler/endpoint/${endpointName === undefined ? '' : `${endpointName}/`}`;
  const standing = await attempt('cloudwatch:DescribeAlarms', 'alarms are not known', () =>
    alarms.list(prefix),
  );
  const reads: readonly (readonly [Unknown, unknown])[] = [
    ['config', texts],
    ['bounds', registered],
    ['policies', allPolicies],
    ['alarms', standing],
  ];
  return {
    unknown: new Set(reads.flatMap(([what, value]) => (value === undefined ? [what] : []))),
    fleet,
    texts: texts ?? new Map(),
    discovers: discovers(texts?.get(DEFAULTS_PARAMETER)),
    arns: new Map(listed?.map(({ endpointName: name, arn }) => [name, arn])),
    registered: registered ?? new Map(),
    policies: allPolicies ?? [],
    alarms: standing ?? [],
  };
}

function discovers(defaults: string | undefined): boolean {
  try {
    return readDefaults(defaults, DEFAULTS_PARAMETER).discover;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

function defaultsFindings({ texts }: Account): Finding[] {
  try {
    readDefaults(texts.get(DEFAULTS_PARAMETER), DEFAULTS_PARAMETER);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [
      {
        code: 'defaults-invalid',
        severity: 'error',
        what: `Every target keeps its last good configuration, and no new one is enrolled: ${error.message}`,
        fix: `fast-scaler config check ${DEFAULTS_PARAMETER} lists every fault with the values allowed.`,
      },
    ];
  }
}

/** Every endpoint that there is, is enrolled, or is named by a parameter. */
function endpointNames({ arns, fleet, texts }: Account): string[] {
  const named = [...texts.keys()].flatMap((name) => parameterTarget(name)?.endpointName ?? []);
  const enrolled = (fleet?.entries ?? []).filter(({ targets }) => targets.size > 0);
  const names = [...arns.keys(), ...named, ...enrolled.map((entry) => entry.endpointName)];
  return [...new Set(names)].sort();
}

async function readPatient(
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
    return { endpointName, endpoint: undefined, instanceTypes: new Map(), targets: [] };
  }
  const { endpoint } = described;
  const instanceTypes =
    endpoint &&
    (await attempt('sagemaker:DescribeEndpointConfig', 'instance types are not known', () =>
      variantInstances.types(endpoint.endpointConfigName),
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
  const about = { endpointName, endpoint, instanceTypes: instanceTypes ?? new Map() };
  const facts = await Promise.all(
    [...targets.values()].map((target) =>
      readTarget(runtime, attempt, account, { ...about, tag, memory }, target),
    ),
  );
  return { ...about, targets: facts };
}

async function readTarget(
  { table, measurements, now }: OperatorRuntime,
  attempt: Attempt,
  account: Account,
  about: Pick<Patient, 'endpointName' | 'endpoint' | 'instanceTypes'> &
    Pick<TargetFacts, 'memory'> & { readonly tag: string | undefined },
  target: ScalableTarget,
): Promise<Patient['targets'][number]> {
  const { endpoint, memory, tag, endpointName } = about;
  const nowMs = now();
  const text = account.texts.get(targetParameterName(target));
  const bounds = account.registered.get(target.resourceId);
  const stored = memory?.record.targets.find(
    (each) => each.target.resourceId === target.resourceId,
  );
  const enrolledBy =
    enrolment(text, tag, account.discovers && bounds !== undefined) ??
    (stored && account.unknown.has('config') ? 'unknown' : null);
  const isSlow = endpoint !== undefined && endpoint.invocationsEverySeconds > 10;
  const arrivalsCounted =
    isSlow &&
    (await attempt('cloudwatch:ListMetrics', 'arrivals are not looked for', () =>
      measurements.countsArrivals(target),
    ));
  const seconds = isSlow
    ? await attempt('cloudwatch:GetMetricData', 'latency is not measured', () =>
        measurements.latencySeconds(target, nowMs / 1000),
      )
    : null;
  const measured = seconds
    ? { seconds, endpointConfigName: endpoint?.endpointConfigName ?? '' }
    : null;
  const decisions =
    account.fleet &&
    (await attempt('dynamodb:Query', 'decisions are not known', () =>
      table.decisionsUntil(target, nowMs, RECENT_DECISIONS),
    ));
  return {
    target,
    nowMs,
    enrolledBy,
    inputs: { defaults: account.texts.get(DEFAULTS_PARAMETER), tag, target: text },
    isStackThere: account.fleet !== undefined,
    unknown: account.unknown,
    endpoint,
    instanceType: about.instanceTypes.get(target.variantName),
    bounds,
    policies: account.policies.filter(({ resourceId }) => resourceId === target.resourceId),
    alarms: account.alarms.filter(({ alarmName }) =>
      alarmName.startsWith(`fast-scaler/${target.resourceId}/`),
    ),
    arrivalsCounted: arrivalsCounted ?? false,
    latency: stored?.enrolment.latency ?? measured,
    entry: account.fleet?.entries.find((entry) => entry.endpointName === endpointName),
    memory,
    stored,
    failed: failedChange(decisions ?? [], nowMs),
  };
}

function enrolment(
  text: string | undefined,
  tag: string | undefined,
  isDiscovered: boolean,
): EnrolledBy {
  if (text !== undefined) return 'parameter';
  if (tag !== undefined) return 'tag';
  return isDiscovered ? 'discovery' : null;
}

/** Instances of a type that the variants other than `target` ask for. */
function instancesOf(
  patients: readonly Patient[],
  instanceType: string,
  { endpointName, variantName }: ScalableTarget,
): number {
  let count = 0;
  for (const { endpointName: name, endpoint, instanceTypes } of patients) {
    for (const [variant, { desired }] of endpoint?.variants ?? []) {
      const isThis = name === endpointName && variant === variantName;
      if (!isThis && instanceTypes.get(variant) === instanceType) count += desired;
    }
  }
  return count;
}
