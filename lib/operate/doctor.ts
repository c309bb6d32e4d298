import type { InstanceQuota } from '../aws/quotas.ts';
import { ConfigError } from '../config/parse.ts';
import { readDefaults } from '../config/resolve.ts';
import { ALARM_PREFIX } from '../enrolment/alarm-specs.ts';
import {
  DEFAULTS_PARAMETER,
  PARAMETER_PATH,
  parameterTarget,
} from '../enrolment/parameter-name.ts';
import type { ScalableTarget } from '../target.ts';
import { type Attempt, attempts } from './attempts.ts';
import { diagnose } from './diagnose.ts';
import type { DoctorReport, EndpointReport, Finding } from './finding.ts';
import { paced } from './pace.ts';
import { type Account, type Patient, readPatient } from './patient.ts';
import type { OperatorRuntime } from './runtime.ts';
import { stackFindings } from './stack-findings.ts';
import type { Unknown } from './target-facts.ts';
import { TargetNameError } from './target-name.ts';

/**
 * Examines the stack and every endpoint of the account.
 * @param endpointName this endpoint alone
 * @throws {TargetNameError} when there is no endpoint of that name, nor a parameter for one
 */
export async function examine(
  runtime: OperatorRuntime,
  endpointName?: string,
  onProgress?: (done: number, total: number) => void,
): Promise<DoctorReport> {
  const forbidden: Finding[] = [];
  const attempt = attempts((finding) => forbidden.push(finding));
  const account = await readAccount(runtime, attempt, endpointName);
  const names = endpointName === undefined ? endpointNames(account) : [endpointName];
  const patients = await paced(
    names,
    (name) => readPatient(runtime, attempt, account, name),
    runtime.sleep,
    (done) => onProgress?.(done, names.length),
  );
  const isNowhere = (patient: Patient) =>
    patient.isDescribed && !patient.endpoint && patient.targets.length === 0;
  if (endpointName !== undefined && patients.every(isNowhere)) {
    throw new TargetNameError(`There is no endpoint ${endpointName} in this account and region.`);
  }
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
    withoutVariants: patients.flatMap((patient) => withoutVariants(patient) ?? []),
    targets: reports.sort((a, b) => (a.target < b.target ? -1 : 1)),
  };
}

/** An endpoint that is being created does not show its variants yet. */
function withoutVariants({ endpointName, endpoint, tag, targets }: Patient): EndpointReport | null {
  if (!endpoint || targets.length > 0) return null;
  const { status } = endpoint;
  const about = { endpoint: endpointName, status };
  const code = 'endpoint-state';
  const name = `--endpoint-name ${endpointName}`;
  if (status === 'Creating') {
    const what = 'The endpoint is Creating; its variants are known once it is in service.';
    const fix = `Wait: aws sagemaker wait endpoint-in-service ${name}`;
    return { ...about, finding: { code, severity: 'hint', what, fix } };
  }
  const severity = tag === undefined ? 'hint' : 'error';
  const what = `The endpoint is ${status} and has no variant that could be scaled.`;
  const fix = `aws sagemaker describe-endpoint ${name} --query FailureReason says why; update or delete the endpoint.`;
  return { ...about, finding: { code, severity, what, fix } };
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
  const prefix = `${ALARM_PREFIX}endpoint/${endpointName === undefined ? '' : `${endpointName}/`}`;
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

function discovers(defaults: string | undefined): Account['discovers'] {
  try {
    return readDefaults(defaults, DEFAULTS_PARAMETER).discover;
  } catch (error) {
    if (error instanceof ConfigError) return 'unknown';
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
