import type { StoredTarget } from '../aws/state-store.ts';
import { controlConfig } from '../config/signal.ts';
import { spentBy } from '../control/budget.ts';
import { leadTimeSeconds } from '../control/guards.ts';
import { suspendedWords } from '../notify/suspended.ts';
import {
  FARTHEST_AHEAD_SECONDS,
  MOST_PREWARMS,
  NO_PREWARMS,
  type Prewarm,
  type Prewarms,
} from '../prewarm/prewarm.ts';
import { resumeScalingCommand } from '../scaling-commands.ts';
import { type ScalableTarget, shortName } from '../target.ts';
import { registersLater } from './registers-later.ts';
import type { OperatorRuntime } from './runtime.ts';
import { amount, duration, instances, moment } from './words.ts';

/** A prewarm that was not asked for, or of which nobody knows whether it was taken. */
export class PrewarmError extends Error {
  override readonly name = 'PrewarmError';
}

/** What is asked for. */
export interface PrewarmWish {
  readonly minInstances: number;
  readonly durationMinutes: number;
  /** Epoch milliseconds; undefined: now. */
  readonly fromMs: number | undefined;
}

/** What was taken. Times are ISO 8601. */
export interface PrewarmAnswer {
  readonly target: string;
  readonly prewarms: readonly {
    readonly minInstances: number;
    readonly from: string;
    readonly until: string;
  }[];
  /** What follows from it, in sentences. */
  readonly effects: readonly string[];
}

/** How long, and how often, it is looked whether the service has taken a request. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 2000;

/**
 * Asks the service for a floor for a time, and waits until it has taken it.
 * @throws {PrewarmError}
 */
export async function askPrewarm(
  runtime: OperatorRuntime,
  target: ScalableTarget,
  { minInstances, durationMinutes, fromMs = runtime.now() }: PrewarmWish,
): Promise<PrewarmAnswer> {
  const fromSeconds = Math.floor(fromMs / 1000);
  const untilSeconds = fromSeconds + durationMinutes * 60;
  const stored = await enrolled(runtime, target);
  checkTime(fromSeconds, untilSeconds, runtime.now() / 1000);
  const { list } = standing(stored, runtime.now() / 1000);
  if (list.length >= MOST_PREWARMS) {
    throw new PrewarmError(
      `${shortName(target)} has ${list.length} prewarms already, and no more are kept. Cancel them: fast-scaler prewarm ${shortName(target)} --cancel`,
    );
  }
  const isThis = (each: Prewarm) =>
    each.minInstances === minInstances &&
    each.fromSeconds === fromSeconds &&
    each.untilSeconds === untilSeconds;
  await runtime.prewarmRequests.put('request', {
    endpointName: target.endpointName,
    variantName: target.variantName,
    minInstances,
    durationMinutes,
    from: iso(fromSeconds),
  });
  const kept = await confirmed(runtime, target, ({ list }) => list.some(isThis));
  const all = await runtime.scalableTargets.describe([target]);
  const { bounds, suspended = [] } = all.get(target.resourceId) ?? {};
  const nowSeconds = runtime.now() / 1000;
  const most = stored.state.baseline?.max ?? bounds?.max ?? minInstances;
  const seconds = untilSeconds - Math.max(fromSeconds, nowSeconds);
  const hours = (Math.min(minInstances, most) * seconds) / 3600;
  return answer(target, kept, [
    ...(bounds ? readiness(stored, fromSeconds, nowSeconds) : unregistered(stored)),
    ...ownersMax(most, minInstances),
    ...budget(stored, hours, nowSeconds),
    ...(stored.enrolment.config.mode === 'observe'
      ? ['The mode is observe: it is decided and recorded, and nothing is touched.']
      : []),
    ...(suspended.length > 0
      ? [
          `${suspendedWords(suspended)}, and until that is resumed nothing is asked for. To resume: ${resumeScalingCommand(target)}`,
        ]
      : []),
  ]);
}

/**
 * Drops all prewarms of a target, and waits until that is done.
 * @throws {PrewarmError}
 */
export async function cancelPrewarms(
  runtime: OperatorRuntime,
  target: ScalableTarget,
): Promise<PrewarmAnswer> {
  const stored = await enrolled(runtime, target);
  const before = standing(stored, runtime.now() / 1000);
  if (before.list.length === 0) {
    return answer(target, [], ['There is no prewarm; nothing was changed.']);
  }
  const { endpointName, variantName } = target;
  await runtime.prewarmRequests.put('cancellation', { endpointName, variantName });
  const kept = await confirmed(
    runtime,
    target,
    ({ list, cancelledAtSeconds }) =>
      list.length === 0 || cancelledAtSeconds !== before.cancelledAtSeconds,
  );
  return answer(target, kept, [
    'Its prewarms are cancelled; capacity goes back to what the load and its schedule want.',
  ]);
}

async function enrolled({ table }: OperatorRuntime, target: ScalableTarget): Promise<StoredTarget> {
  const { record } = await table.endpoint(target.endpointName);
  const stored = record.targets.find((each) => each.target.resourceId === target.resourceId);
  const name = shortName(target);
  if (!stored) {
    throw new PrewarmError(
      `${name} is not enrolled. "fast-scaler doctor ${target.endpointName}" says why and what to do.`,
    );
  }
  if (stored.enrolment.config.mode === 'paused') {
    throw new PrewarmError(
      `${name} is paused, and a prewarm would do nothing. First: fast-scaler resume ${name}`,
    );
  }
  return stored;
}

function checkTime(fromSeconds: number, untilSeconds: number, nowSeconds: number): void {
  if (untilSeconds <= nowSeconds) {
    throw new PrewarmError(`It would be over already, at ${iso(untilSeconds)}.`);
  }
  if (fromSeconds - nowSeconds > FARTHEST_AHEAD_SECONDS) {
    throw new PrewarmError(
      `It would begin at ${iso(fromSeconds)}, and a prewarm begins ${duration(FARTHEST_AHEAD_SECONDS)} ahead at most. What recurs belongs in "windows" of the target's parameter.`,
    );
  }
}

/** The prewarms that are not over. */
function standing({ prewarms = NO_PREWARMS }: StoredTarget, nowSeconds: number): Prewarms {
  return { ...prewarms, list: prewarms.list.filter((each) => each.untilSeconds > nowSeconds) };
}

/** Waits until the service shows what was asked for. */
async function confirmed(
  runtime: OperatorRuntime,
  target: ScalableTarget,
  isDone: (prewarms: Prewarms) => boolean,
): Promise<readonly Prewarm[]> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    await runtime.sleep(LOOK_MS);
    const prewarms = standing(await enrolled(runtime, target), runtime.now() / 1000);
    if (isDone(prewarms)) return prewarms.list;
  }
  throw new PrewarmError(
    `The event was put, but after ${PATIENCE_MS / 1000} s the service has not taken it. The log of the function "prewarm" and the dead-letter queue say why; "fast-scaler doctor" whether it runs.`,
  );
}

function unregistered({ enrolment }: StoredTarget): string[] {
  const missing = 'There is no scalable target, and nothing can be asked for without one';
  return [
    registersLater(enrolment)
      ? `${missing}: it begins once the service has registered one, when the endpoint is in service.`
      : `${missing}: it begins once its owner has registered one.`,
  ];
}

function readiness(
  { state, enrolment }: StoredTarget,
  fromSeconds: number,
  nowSeconds: number,
): string[] {
  const { config, signal } = enrolment;
  if (!signal) return ['Its load cannot be measured, so it is not looked at: nothing will happen.'];
  const lead = leadTimeSeconds(state, controlConfig(config, signal));
  const how = state.learnedLeadTimeSeconds === null ? 'assumed' : 'measured';
  const takes = `An instance takes ${duration(lead)} to serve (${how})`;
  const askSeconds = fromSeconds - lead;
  if (askSeconds > nowSeconds) {
    return [`${takes}: what is missing is asked for at ${clock(askSeconds, nowSeconds)} UTC.`];
  }
  const ready = clock(nowSeconds + lead, nowSeconds);
  return [`${takes}: what is missing is asked for now, and there by about ${ready} UTC.`];
}

function ownersMax(max: number, minInstances: number): string[] {
  if (max >= minInstances) return [];
  return [
    `Your Max is ${max}, and wins: no more than ${instances(max)} ${max === 1 ? 'is' : 'are'} held.`,
  ];
}

function budget({ enrolment, state }: StoredTarget, hours: number, nowSeconds: number): string[] {
  const cost = `It may cost up to ${amount(hours)} instance-hours`;
  const { maxInstanceHoursPerDay: most } = enrolment.config;
  if (most === null) return [`${cost}.`];
  const spent = amount(spentBy(state.spent, nowSeconds) / 3600);
  return [`${cost}. Of the budget of ${most} a day ${spent} are spent; it wins over a prewarm.`];
}

function answer(
  target: ScalableTarget,
  list: readonly Prewarm[],
  effects: readonly string[],
): PrewarmAnswer {
  const prewarms = list.map(({ minInstances, fromSeconds, untilSeconds }) => ({
    minInstances,
    from: iso(fromSeconds),
    until: iso(untilSeconds),
  }));
  return { target: shortName(target), prewarms, effects };
}

function clock(seconds: number, nowSeconds: number): string {
  return moment(seconds * 1000, nowSeconds * 1000);
}

function iso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
