import { type RateLimit, tokensOf } from '../account/rate-limits.ts';
import { type MeteredCall, peak } from './call-meter.ts';
import { type FunctionRun, OWN_MS } from './functions.ts';
import { RATE_QUOTAS } from './quotas.ts';
import { type ScaleOptions, ScaleWorld, START_MS, SURGE } from './world.ts';

/** How a run goes, seconds. */
export interface Schedule {
  /** All parameters are written within this. */
  readonly writing: number;
  /** From the first parameter on; every target must be enrolled by then. */
  readonly enrolment: number;
  readonly rest: number;
  readonly surge: number;
}

const LEAD_SECONDS = 60;
const POLL_SECONDS = 5;

/** One line of the table: calls that share a quota, or one operation that has none. */
export interface CallRow {
  readonly name: string;
  readonly service: string;
  /** Most in any second. */
  readonly peak: Readonly<Record<PhaseName, number>>;
  /** All of a phase. */
  readonly total: Readonly<Record<PhaseName, number>>;
  /** A second; absent where AWS publishes none. */
  readonly quota?: { readonly perSecond: number; readonly source: string };
}

export type PhaseName = 'enrolment' | 'rest' | 'surge';

/** What a run showed. */
export interface ScaleResult {
  readonly targets: number;
  readonly endpoints: number;
  readonly schedule: Schedule;
  readonly rows: readonly CallRow[];
  /** Calls of each phase. */
  readonly calls: Readonly<Record<PhaseName, number>>;
  /** From the first parameter to the last alarm, seconds; null: some target has none yet. */
  readonly enrolledAfterSeconds: number | null;
  /**
   * From the start of the surge to the first accepted request for each endpoint, in rising order;
   * Infinity: none. Variants share their endpoint's lock: the others come when it is back.
   */
  readonly nudgedAfterSeconds: readonly number[];
  /** Calls refused for their rate. */
  readonly throttled: number;
  /** Events that no attempt could handle. */
  readonly failures: readonly string[];
  /** Most functions at once: as they ran, and if every one of them had started cold. */
  readonly functionsAtOnce: { readonly warm: number; readonly cold: number };
  /** Most functions that EventBridge started in a second. */
  readonly invocationsPeak: number;
  readonly runs: readonly FunctionRun[];
}

/** Enrols, rests, and has every target surge in the same second. */
export async function runScale(options: ScaleOptions, schedule: Schedule): Promise<ScaleResult> {
  const world = await ScaleWorld.create(options);
  const { parts, targets, calls, functions } = world;
  await world.runTo(LEAD_SECONDS);
  await world.enrolAll(schedule.writing);
  const restAt = LEAD_SECONDS + schedule.enrolment;
  const enrolledAt = await whenEnrolled(world, restAt);
  await world.runTo(restAt);
  const surgeAt = restAt + schedule.rest;
  await world.runTo(surgeAt);
  const nudgedAt = new Map<string, number>();
  const endpointOf = new Map(targets.map((each) => [each.resourceId, each.endpointName]));
  parts.autoScaling.onBoundsChange(({ resourceId, atMs }) => {
    const endpointName = endpointOf.get(resourceId) as string;
    if (!nudgedAt.has(endpointName)) nudgedAt.set(endpointName, atMs);
  });
  for (const target of targets) world.setDemand(target, SURGE);
  await world.runTo(surgeAt + schedule.surge);
  const ms = (second: number) => START_MS + second * 1000;
  const phases: Record<PhaseName, readonly [fromMs: number, toMs: number]> = {
    enrolment: [ms(LEAD_SECONDS), ms(restAt)],
    rest: [ms(restAt), ms(surgeAt)],
    surge: [ms(surgeAt), ms(surgeAt + schedule.surge)],
  };
  const byRule = functions.runs
    .filter(({ name }) => name !== 'recheck')
    .map(({ fromMs, name }) => ({ atMs: fromMs, service: 'lambda', operation: name, input: {} }))
    .sort((a, b) => a.atMs - b.atMs);
  return {
    targets: targets.length,
    endpoints: options.endpoints,
    schedule,
    rows: rowsOf(world, phases),
    calls: eachPhase(phases, (from, to) => calls.between(from, to).length),
    enrolledAfterSeconds: enrolledAt === null ? null : enrolledAt - LEAD_SECONDS,
    nudgedAfterSeconds: [...new Set(endpointOf.values())]
      .map((endpointName) => nudgedAt.get(endpointName) ?? Number.POSITIVE_INFINITY)
      .map((atMs) => (atMs - ms(surgeAt)) / 1000)
      .sort((a, b) => a - b),
    throttled: calls.throttled.length,
    failures: (world.deployment?.failures ?? []).map(
      ({ functionName, error }) => `${functionName}: ${(error as Error).message}`,
    ),
    functionsAtOnce: {
      warm: functions.mostAtOnce(START_MS, ms(world.nowSeconds), 0),
      cold: functions.mostAtOnce(START_MS, ms(world.nowSeconds), OWN_MS.start),
    },
    invocationsPeak: peak(byRule, 1000),
    runs: functions.runs,
  };
}

/** The second at which the last target got its alarm, to a few seconds. */
async function whenEnrolled(world: ScaleWorld, latest: number): Promise<number | null> {
  let missing = world.targets.filter((target) => !world.hasAlarm(target));
  while (missing.length > 0 && world.nowSeconds < latest) {
    await world.runTo(Math.min(latest, world.nowSeconds + POLL_SECONDS));
    missing = missing.filter((target) => !world.hasAlarm(target));
  }
  return missing.length === 0 ? world.nowSeconds : null;
}

function eachPhase<T>(
  phases: Readonly<Record<PhaseName, readonly [number, number]>>,
  of: (fromMs: number, toMs: number) => T,
): Record<PhaseName, T> {
  const { enrolment, rest, surge } = phases;
  return { enrolment: of(...enrolment), rest: of(...rest), surge: of(...surge) };
}

/** Operations with a quota first, by quota; then those without, by operation. */
function rowsOf(
  { calls }: ScaleWorld,
  phases: Readonly<Record<PhaseName, readonly [number, number]>>,
): CallRow[] {
  const row = (name: string, limit: RateLimit) => {
    const tokens = (call: MeteredCall) => tokensOf(limit, call);
    return {
      name,
      service: limit.service,
      peak: eachPhase(phases, (from, to) => peak(calls.between(from, to, limit), 1000, tokens)),
      total: eachPhase(phases, (from, to) =>
        calls.between(from, to, limit).reduce((sum, call) => sum + tokens(call), 0),
      ),
    };
  };
  const limited = RATE_QUOTAS.map((quota) => {
    const { perSecond, source } = quota;
    return { ...row(quota.name, quota), quota: { perSecond, source } };
  });
  const isCovered = (service: string, operation: string) =>
    RATE_QUOTAS.some(
      (quota) => quota.service === service && (quota.operations?.includes(operation) ?? true),
    );
  const others = new Map<string, CallRow>();
  for (const { service, operation } of calls.calls) {
    const key = `${service} ${operation}`;
    if (isCovered(service, operation) || others.has(key)) continue;
    others.set(key, row(operation, { service, operations: [operation], perSecond: 0 }));
  }
  const sorted = [...others].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return [...limited, ...sorted].filter(({ total }) => Object.values(total).some((n) => n > 0));
}
