import { createHash } from 'node:crypto';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { EndpointReading } from '../aws/endpoints.ts';
import type { ScalingPolicy } from '../aws/scaling-policies.ts';
import type { StoredTarget } from '../aws/state-store.ts';
import { ConfigError } from '../config/parse.ts';
import {
  type ConfigInputs,
  type ResolvedConfig,
  readDefaults,
  resolve,
} from '../config/resolve.ts';
import { ownersBounds } from '../control/baseline.ts';
import { noteValid, tellInvalid } from '../notify/configuration.ts';
import type { ScalableTarget } from '../target.ts';
import { alarmNamePrefix } from './alarm-specs.ts';
import { givenInvocations } from './choose-signal.ts';
import { isProvisional, latencyOf } from './latency.ts';
import { turn } from './pacer.ts';
import { DEFAULTS_PARAMETER, inputNames } from './parameter-name.ts';
import {
  BACKSTOP_ALARMS,
  BACKSTOP_NAME,
  ownersPolicies,
  type Plan,
  plan,
  type Situation,
} from './plan.ts';
import type { EnrolmentRuntime } from './runtime.ts';
import { readSilence } from './silence.ts';
import type { Convergence, InstanceKind } from './types.ts';

/** All that an enrolment follows from, as far as it can be read for many targets at once. */
export interface EnrolmentInputs extends ConfigInputs {
  readonly policies: readonly ScalingPolicy[];
  /** How much news of the endpoint there was: each piece has its enrolments worked out again. */
  readonly news: number;
}

/** When to look at an enrolment again though nothing is known to have changed, seconds. */
const RENEWAL_SECONDS = 1800;

/** The same, where something is missing that may come: an endpoint of another kind is news. */
const PROBLEM_RENEWAL_SECONDS = 300;

/**
 * Brings a target in line with its inputs: works out what it needs, puts that in force, and makes
 * what differs in AWS. Calling it again changes nothing. Inputs that are not valid are reported and
 * leave everything as it is, so the last good configuration stays in force.
 * @returns false when there was no time left for a paced call, or somebody else was quicker; then it must be
 *   called again
 */
export async function converge(
  runtime: EnrolmentRuntime,
  target: ScalableTarget,
  inputs: EnrolmentInputs,
  latestMs: number,
): Promise<boolean> {
  const { enrolments, logger, rechecks } = runtime;
  const nowSeconds = runtime.now() / 1000;
  const settle = (renewalSeconds: number, endpoint?: EndpointReading, isInvalid?: true) => {
    const convergence: Convergence = {
      fingerprint: fingerprintOf(inputs),
      dueAtSeconds: Math.ceil(nowSeconds + renewalSeconds),
      ...(isInvalid && { isInvalid }),
    };
    return enrolments.converged(target, convergence, endpoint?.endpointConfigName);
  };
  const resolved = await resolveOrRefuse(runtime, target, inputs);
  if (!resolved) {
    await settle(PROBLEM_RENEWAL_SECONDS, undefined, true);
    return true;
  }
  const { stored, wasRefused, version } = await storedTarget(runtime, target);
  if (wasRefused) await noteValidAgain(runtime, target);
  const situation = await observe(runtime, target, resolved, inputs.policies, stored);
  const planned = plan(target, resolved, situation);
  if (situation.inherited) {
    const { inherited } = situation;
    logger.warn('an earlier scaler left its bounds behind', { ...target, inherited });
  }
  // What was remembered of an endpoint that is gone says nothing of the next one of its name. But where a
  // cycle has saved since, there may be one again, and what it remembers is whose bounds they are.
  const isAsObserved =
    situation.endpoint || (await enrolments.forget(target, (item) => item.version === version));
  const isDone = isAsObserved && (await apply(runtime, target, planned, latestMs));
  if (!isDone) {
    logger.info('enrolment is put off', { resourceId: target.resourceId });
    return false;
  }
  const { problems, notes } = planned.enrolment;
  // Of an endpoint on its way into service, its being there is news.
  const { endpoint } = situation;
  const known = endpoint?.status === 'InService' ? endpoint : undefined;
  const isMissing = problems.some(({ code }) => code !== 'unsupported');
  const isSoon = isMissing || isProvisional(planned.enrolment, nowSeconds);
  await settle(isSoon ? PROBLEM_RENEWAL_SECONDS : RENEWAL_SECONDS, known);
  const { resourceId } = target;
  if (problems.length > 0) logger.warn('target enrolled with problems', { resourceId, problems });
  else logger.info('target enrolled', { resourceId, notes });
  await rechecks.send({ endpointName: target.endpointName, cause: 'event' }, 0);
  return true;
}

/** The hash by which inputs are compared; policies of the scaler's own are no input. */
export function fingerprintOf({ policies, news, ...texts }: EnrolmentInputs): string {
  const owners = ownersPolicies(policies)
    .map(({ resourceId, policyName, tracking }) => ({ resourceId, policyName, tracking }))
    .sort((a, b) => (a.policyName < b.policyName ? -1 : 1));
  const { defaults = null, tag = null, target = null } = texts;
  const text = JSON.stringify([defaults, tag, target, owners, news]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

async function resolveOrRefuse(
  runtime: EnrolmentRuntime,
  target: ScalableTarget,
  inputs: EnrolmentInputs,
): Promise<ResolvedConfig | undefined> {
  const { enrolments, logger, metrics, now } = runtime;
  try {
    return resolve(inputs, inputNames(target));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { message } = error;
    const { resourceId } = target;
    logger.error('invalid configuration; the last good one stays in force', { resourceId, error });
    metrics.addMetric('ConfigInvalid', MetricUnit.Count, 1);
    await enrolments.refuse(target, { message, atSeconds: Math.floor(now() / 1000) });
    // A fault of the defaults concerns every target and is told once.
    const ofDefaults = complaintOfDefaults(inputs);
    if (ofDefaults === undefined) await tellInvalid(runtime, resourceId, target, message);
    else await tellInvalid(runtime, DEFAULTS_PARAMETER, {}, ofDefaults);
    return undefined;
  }
}

function complaintOfDefaults({ defaults }: EnrolmentInputs): string | undefined {
  try {
    readDefaults(defaults, DEFAULTS_PARAMETER);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

async function noteValidAgain(runtime: EnrolmentRuntime, target: ScalableTarget): Promise<void> {
  await noteValid(runtime, target.resourceId, target);
  await noteValid(runtime, DEFAULTS_PARAMETER, {});
}

async function storedTarget(
  { enrolments }: EnrolmentRuntime,
  { endpointName, resourceId }: ScalableTarget,
): Promise<{ stored: StoredTarget | undefined; wasRefused: boolean; version: number }> {
  const { targets, refusals, version } = await enrolments.read(endpointName);
  const stored = targets.find(({ target }) => target.resourceId === resourceId);
  return { stored, wasRefused: refusals.has(resourceId), version };
}

async function observe(
  runtime: EnrolmentRuntime,
  target: ScalableTarget,
  { config, sources }: ResolvedConfig,
  policies: readonly ScalingPolicy[],
  stored: StoredTarget | undefined,
): Promise<Situation> {
  const { alarms, endpoints, measurements, scalableTargets } = runtime;
  const nowSeconds = runtime.now() / 1000;
  const mostPerInstance = givenInvocations(config, ownersPolicies(policies));
  const [endpoint, registered, standing, callers, lease] = await Promise.all([
    endpoints.describe(target.endpointName),
    scalableTargets.describe([target]),
    alarms.list(alarmNamePrefix(target)),
    config.signal === 'auto' ? measurements.countedByCallers(target, nowSeconds) : NOBODY_COUNTS,
    stored ? undefined : scalableTargets.lease(target),
  ]);
  const actual = registered.get(target.resourceId)?.bounds;
  // A stack that died, or whose table was lost, left its floor behind; what it is to end with tells the owner's.
  const inherited =
    actual && lease && lease.untilSeconds > nowSeconds ? { bounds: actual, lease } : undefined;
  return {
    endpoint,
    baseline: inherited
      ? inherited.lease.restores
      : ownersBounds(stored?.state, actual, nowSeconds),
    inherited,
    policies,
    alarms: standing,
    callers,
    latency: await latencyOf(runtime, target, endpoint, stored, mostPerInstance),
    instance:
      sources.leadTimeSeconds === 'built-in'
        ? await instanceOf(runtime, target, endpoint, stored)
        : null,
    silence: endpoint ? await readSilence(measurements, target, stored, nowSeconds) : null,
    previous: stored?.enrolment,
  };
}

const NOBODY_COUNTS = { arrivals: false, busy: false };

/** Read once for an endpoint configuration, too: it cannot change within one. */
async function instanceOf(
  { variantInstances, logger }: EnrolmentRuntime,
  { resourceId, variantName }: ScalableTarget,
  endpoint: EndpointReading | undefined,
  stored: StoredTarget | undefined,
): Promise<InstanceKind | null> {
  if (!endpoint) return null;
  const { endpointConfigName } = endpoint;
  const known = stored?.enrolment.instance;
  if (known?.endpointConfigName === endpointConfigName) return known;
  try {
    const types = await variantInstances.types(endpointConfigName);
    return { type: types.get(variantName) ?? null, endpointConfigName };
  } catch (error) {
    // Its owner may have deleted it. The usual lead time does until one was measured.
    logger.warn('the instance type could not be read', { resourceId, endpointConfigName, error });
    return null;
  }
}

/** An owner may have put a policy since the policies were read; ours must never stand beside it. */
async function hasOwnersPolicy({ policies }: EnrolmentRuntime, target: ScalableTarget) {
  const standing = await policies.list(target);
  return ownersPolicies(standing).length > 0;
}

/** From the first thing that is done for it, a target is shown, swept and let go of, whatever fails later. */
async function putOnList({ enrolments }: EnrolmentRuntime, target: ScalableTarget): Promise<void> {
  const { entry } = await enrolments.entry(target.endpointName);
  if (entry.targets.has(target.resourceId)) return;
  await enrolments.converged(target, { fingerprint: '', dueAtSeconds: 0 }, undefined);
}

/** What is in force comes before what follows from it: a fault in between is mended by the next try. */
async function apply(
  runtime: EnrolmentRuntime,
  target: ScalableTarget,
  planned: Plan,
  latestMs: number,
): Promise<boolean> {
  const { alarms, enrolments, policies, scalableTargets } = runtime;
  await putOnList(runtime, target);
  if (planned.register) await scalableTargets.nudge(target, planned.register);
  await enrolments.enrol(target, planned.enrolment);
  for (const alarm of planned.putAlarms) {
    if (!(await turn(runtime, 'PutMetricAlarm', latestMs))) return false;
    await alarms.put(alarm);
  }
  if (planned.deleteAlarms.length > 0) {
    if (!(await turn(runtime, 'DeleteAlarms', latestMs))) return false;
    await alarms.delete(planned.deleteAlarms);
  }
  if (planned.putBackstop) {
    for (let alarm = 0; alarm < BACKSTOP_ALARMS; alarm += 1) {
      if (!(await turn(runtime, 'PutMetricAlarm', latestMs))) return false;
    }
    if (!(await hasOwnersPolicy(runtime, target))) await policies.put(target, planned.putBackstop);
  }
  if (planned.deleteBackstop) await policies.delete(target, BACKSTOP_NAME);
  return true;
}
