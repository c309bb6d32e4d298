import type { DecisionRecord } from '../../lib/cycle/record.ts';
import { highAlarmName } from '../../lib/enrolment/alarm-specs.ts';
import { targetParameterName } from '../../lib/enrolment/parameter-name.ts';
import { variantTarget } from '../../lib/target.ts';
import type { CallRecord } from '../account/account.ts';
import { type AccountParts, createAccount } from '../account/create-account.ts';
import type { Load } from '../load/load.ts';
import { usualService } from '../plant/usual-service.ts';
import type { PolicyResult, RunTimeline } from '../report/data.ts';
import { type Deployment, deployService } from './deploy.ts';
import { createEndpoint, QUESTION_COOLDOWNS } from './endpoint.ts';
import { initialCapacity } from './initial-capacity.ts';
import { decisionMarkers, policyMarkers, runClock } from './markers.ts';
import { Recorder, STEP_SECONDS, timeline } from './recorder.ts';
import { score } from './score.ts';

/** What stands beside the owner's target-tracking policy: nothing, or the scaler. */
export type SimulatedPolicy = 'target-tracking' | 'fast-scaler';

export interface SimulationOptions {
  readonly load: Load;
  /** Invocations a minute that one instance is meant to carry. */
  readonly targetPerInstance: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly leadTimeSeconds: number;
  readonly riskPrice: number;
  readonly seed: number;
  /** What a request takes on an idle instance, above 0 and up to 60. Default 0.2. */
  readonly serviceSeconds?: number;
  /** How often SageMaker counts invocations: every 60 s unless an owner asks for enhanced metrics. Default 10. */
  readonly invocationsEverySeconds?: 10 | 60;
  /** Hears the part of the run that is done, 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

export interface SimulationRun {
  readonly result: PolicyResult;
  readonly timeline: RunTimeline;
  /** The scaler's decision records, oldest first. */
  readonly decisions: readonly DecisionRecord[];
  /** AWS calls by `service:operation`. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Epoch second at which every run begins; at midnight, so that its clock counts from 0. */
const START_SECONDS = Date.UTC(2026, 0, 5) / 1000;

const TARGET = variantTarget('checkout', 'AllTraffic');

/** Length of the parts in which a run is advanced, between which progress is told. */
const PART_SECONDS = 300;

/**
 * Replays a load against an endpoint on an embedded account, second by second, under the owner's
 * policy alone or with the deployed service beside it.
 */
export async function simulate(
  policy: SimulatedPolicy,
  options: SimulationOptions,
): Promise<SimulationRun> {
  const { load, targetPerInstance, minCapacity } = options;
  const parts = createAccount({
    startMs: START_SECONDS * 1000,
    seed: options.seed,
    model: {
      ...usualService(targetPerInstance, options.serviceSeconds),
      leadTimeSeconds: options.leadTimeSeconds,
    },
  });
  const calls = countCalls(parts);
  const initialInstanceCount = initialCapacity(options);
  createEndpoint(parts, {
    ...TARGET,
    initialInstanceCount,
    minCapacity,
    maxCapacity: options.maxCapacity,
    targetPerInstance,
    ...QUESTION_COOLDOWNS,
    ...(options.invocationsEverySeconds && {
      invocationsEverySeconds: options.invocationsEverySeconds,
    }),
  });
  const recorder = record(parts, options, initialInstanceCount);
  const deployment = policy === 'fast-scaler' ? await enrol(parts, options) : undefined;
  const seconds = wholeSteps(load.arrivals.length);
  for (let done = 0; done < seconds; done += PART_SECONDS) {
    const until = Math.min(done + PART_SECONDS, seconds);
    await parts.clock.runUntil((START_SECONDS + until) * 1000);
    if (deployment) requireEnrolled(parts, options);
    options.onProgress?.(until / seconds);
  }
  parts.plant.variant(TARGET.endpointName, TARGET.variantName).sync();
  const decisions = (await deployment?.decisions(TARGET.endpointName)) ?? [];
  if (deployment?.failures[0]) {
    const { functionName, error } = deployment.failures[0];
    throw new Error(`The function ${functionName} failed for good.`, { cause: error });
  }
  const { recording } = recorder;
  const markers = [
    ...policyMarkers(parts, TARGET.resourceId, START_SECONDS),
    ...decisionMarkers(decisions, START_SECONDS, [], runClock(START_SECONDS, seconds)),
  ].sort((a, b) => a.atSeconds - b.atSeconds);
  return {
    result: score(policy, recording, minCapacity),
    timeline: timeline(policy, recording, markers),
    decisions,
    calls,
  };
}

/** Deploys the service and writes the target's parameter, which is all that an owner does. */
async function enrol(parts: AccountParts, options: SimulationOptions): Promise<Deployment> {
  const deployment = await deployService(parts);
  const { account, ssm } = parts;
  await account.perform(ssm, 'PutParameter', {
    Name: targetParameterName(TARGET),
    Type: 'String',
    Value: parameterOf(options),
  });
  return deployment;
}

/** A target that the service refuses would be scaled by target tracking alone, in the scaler's name. */
function requireEnrolled({ cloudWatch }: AccountParts, options: SimulationOptions): void {
  if (cloudWatch.describeAlarm(highAlarmName(TARGET))) return;
  throw new Error(
    `The service did not enrol ${TARGET.resourceId} with the parameter ${parameterOf(options)}.`,
  );
}

function parameterOf(options: SimulationOptions): string {
  const { targetPerInstance, riskPrice, invocationsEverySeconds } = options;
  const signal = invocationsEverySeconds === 60 ? 'auto' : 'invocations';
  return JSON.stringify({ signal, targetPerInstance, riskPrice });
}

function record(
  { plant, clock, autoScaling }: AccountParts,
  options: SimulationOptions,
  initialInstanceCount: number,
): Recorder {
  const { load, targetPerInstance } = options;
  const variant = plant.variant(TARGET.endpointName, TARGET.variantName);
  const recorder = new Recorder(START_SECONDS, targetPerInstance, initialInstanceCount);
  variant.setLoad((second) => load.arrivals[second - START_SECONDS] ?? 0);
  variant.onSecond((second) => recorder.second(second));
  recorder.bounds(clock.nowSeconds, options.minCapacity, options.maxCapacity);
  autoScaling.onBoundsChange(({ min, max }) => recorder.bounds(clock.nowSeconds, min, max));
  return recorder;
}

function countCalls({ account }: AccountParts): Record<string, number> {
  const calls: Record<string, number> = {};
  account.onCall(({ service, operation }: CallRecord) => {
    const name = `${service}:${operation}`;
    calls[name] = (calls[name] ?? 0) + 1;
  });
  return calls;
}

function wholeSteps(seconds: number): number {
  return Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS;
}
