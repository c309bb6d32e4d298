import { type EndpointReading, isScalable } from '../aws/endpoints.ts';
import type { EndpointMemory } from '../aws/operator-table.ts';
import type { RegisteredTarget } from '../aws/scalable-targets.ts';
import type { StoredTarget } from '../aws/state-store.ts';
import type { Bounds } from '../control/bounds.ts';
import type { SuspendedScaling } from '../control/types.ts';
import { type Look, look, watched } from '../cycle/look.ts';
import type { DecisionRecord } from '../cycle/record.ts';
import { DEFAULTS_PARAMETER, targetParameterName } from '../enrolment/parameter-name.ts';
import type { Problem, Refusal } from '../enrolment/types.ts';
import { beyondMax } from '../notify/conditions.ts';
import { suspendedWords } from '../notify/suspended.ts';
import { timingProblem } from '../notify/unseen.ts';
import { registerCommand, resumeScalingCommand } from '../scaling-commands.ts';
import { parseResourceId, type ScalableTarget, shortName } from '../target.ts';
import { type FailedChange, failedChange, RECENT_DECISIONS } from './explain.ts';
import { headline } from './headline.ts';
import { paced } from './pace.ts';
import { passesByItself } from './registers-later.ts';
import type { OperatorRuntime } from './runtime.ts';
import { type SignalView, signalView } from './signal-words.ts';
import { type StatusDetail, statusDetail } from './status-detail.ts';
import { duration, iso } from './words.ts';

/** A target as it stands. Times are ISO 8601. */
export interface TargetStatus {
  readonly target: string;
  readonly resourceId: string;
  /** Null: the endpoint does not exist. */
  readonly endpointStatus: string | null;
  readonly mode: 'act' | 'observe' | 'paused' | 'muted' | 'suspended' | 'refused';
  readonly signal: SignalView | null;
  /** Newest window of the load, in the signal's unit. */
  readonly load: { readonly value: number; readonly at: string } | null;
  /** Instances that the newest window needs. */
  readonly demand: number | null;
  readonly capacity: { readonly inService: number; readonly desired: number } | null;
  /** Min and Max that stand; null: no scalable target. */
  readonly bounds: Bounds | null;
  /** The owner's Min and Max. */
  readonly baseline: Bounds | null;
  readonly lease: {
    readonly until: string;
    readonly secondsLeft: number;
    readonly restores: Bounds;
  } | null;
  readonly lookedAt: string | null;
  readonly lastDecision: {
    readonly at: string;
    readonly headline: string;
    readonly outcome: DecisionRecord['outcome'];
  } | null;
  /** What needs somebody's attention. */
  readonly attention: readonly Problem[];
}

/** A status with all that is known of its target. */
export type DetailedStatus = TargetStatus & { readonly detail: StatusDetail };

/** Everything that a status is made of. */
interface Reading {
  readonly memory: EndpointMemory;
  readonly endpoint: EndpointReading | undefined;
  readonly registered: ReadonlyMap<string, RegisteredTarget>;
  readonly looks: readonly Look[];
}

/** A sweep looks at every endpoint each minute; later than this, nobody does. Milliseconds. */
export const LOOK_OVERDUE_MS = 180_000;

/**
 * The status of every target that is enrolled or was refused.
 * @param endpointName of this endpoint alone
 */
export async function readStatus(
  runtime: OperatorRuntime,
  endpointName?: string,
  onProgress?: (done: number, total: number) => void,
): Promise<DetailedStatus[]> {
  const names = endpointName === undefined ? await enrolledEndpoints(runtime) : [endpointName];
  const read = async (name: string) => statusesOf(runtime, await reading(runtime, name));
  const all = await paced(names, read, runtime.sleep, (done) => onProgress?.(done, names.length));
  return all.flat();
}

async function enrolledEndpoints({ enrolments }: OperatorRuntime): Promise<string[]> {
  const { entries } = await enrolments.fleet();
  return entries
    .filter(({ targets }) => targets.size > 0)
    .map((entry) => entry.endpointName)
    .sort();
}

async function reading(runtime: OperatorRuntime, endpointName: string): Promise<Reading> {
  const { table, endpoints, scalableTargets, now } = runtime;
  const memory = await table.endpoint(endpointName);
  const targets = targetsOf(memory);
  const [endpoint, registered, looks] = await Promise.all([
    endpoints.describe(endpointName),
    targets.length > 0 ? scalableTargets.describe(targets) : new Map<string, RegisteredTarget>(),
    look(runtime, endpointName, watched(memory.record, undefined), now() / 1000),
  ]);
  return { memory, endpoint, registered, looks };
}

/** Targets of an endpoint that are enrolled, or would be but for what was refused. */
export function targetsOf({ record: { targets, refusals } }: EndpointMemory): ScalableTarget[] {
  const enrolled = targets.map(({ target }) => target);
  const known = new Set(enrolled.map(({ resourceId }) => resourceId));
  const refused = [...refusals.keys()].filter((resourceId) => !known.has(resourceId));
  return [...enrolled, ...refused.flatMap((resourceId) => parseResourceId(resourceId) ?? [])];
}

async function statusesOf(runtime: OperatorRuntime, read: Reading): Promise<DetailedStatus[]> {
  const targets = targetsOf(read.memory).sort((a, b) => (a.resourceId < b.resourceId ? -1 : 1));
  return Promise.all(targets.map((target) => statusOf(runtime, target, read)));
}

async function statusOf(
  { table, now }: OperatorRuntime,
  target: ScalableTarget,
  { memory, endpoint, registered, looks }: Reading,
): Promise<DetailedStatus> {
  const nowMs = now();
  const isThis = (each: { readonly target: ScalableTarget }) =>
    each.target.resourceId === target.resourceId;
  const stored = memory.record.targets.find(isThis);
  const seen = looks.find((each) => isThis(each.stored));
  const refusal = memory.record.refusals.get(target.resourceId) ?? null;
  const recent = await table.decisionsUntil(target, nowMs, RECENT_DECISIONS);
  const latest = recent.at(-1);
  const { bounds = null, suspended = [] } = registered.get(target.resourceId) ?? {};
  const state = seen?.decision.state ?? stored?.state;
  const newest = seen?.observation.load.at(-1);
  const lease = state?.lease ?? null;
  const counts = endpoint?.variants.get(target.variantName);
  const signal = stored?.enrolment.signal ?? null;
  const isMuted = (state?.mutedUntilSeconds ?? 0) * 1000 > nowMs;
  const status = {
    target: shortName(target),
    resourceId: target.resourceId,
    endpointStatus: endpoint?.status ?? null,
    mode: stored ? modeOf(stored, isMuted, suspended.length > 0) : 'refused',
    signal: signal && signalView(signal),
    load:
      newest && signal
        ? { value: newest.value * signal.windowsPerTargetUnit, at: iso(newest.startSeconds) }
        : null,
    demand: seen?.decision.demand ?? null,
    capacity: counts ? { inService: counts.inService, desired: counts.desired } : null,
    bounds,
    baseline: state?.baseline ?? bounds,
    lease: lease && {
      until: iso(lease.untilSeconds),
      secondsLeft: Math.round(lease.untilSeconds - nowMs / 1000),
      restores: lease.restores,
    },
    lookedAt: memory.lookedAtMs === null ? null : iso(memory.lookedAtMs / 1000),
    lastDecision: latest
      ? { at: latest.at, headline: headline(latest), outcome: latest.outcome }
      : null,
  } satisfies Omit<TargetStatus, 'attention'>;
  const isLoadSeen = seen !== undefined && seen.decision.demand !== null;
  const timing = stored ? timingProblem(stored, nowMs / 1000) : null;
  const problems = [...(stored?.enrolment.problems ?? []), ...(timing ? [timing] : [])]
    .filter(({ code }) => !(isLoadSeen && (code === 'silent-signal' || code === 'late-signal')))
    .map((problem) => ({
      ...problem,
      isWait: stored !== undefined && passesByItself(stored.enrolment, problem),
    }));
  const failed = failedChange(recent, nowMs);
  return {
    ...status,
    attention: attention(target, status, {
      problems,
      refusal,
      nowMs,
      memory,
      seen,
      failed,
      suspended,
    }),
    detail: statusDetail(stored, state, refusal, seen, nowMs),
  };
}

interface Evidence {
  /** Of the enrolment; a wait is over by itself. */
  readonly problems: readonly (Problem & { readonly isWait: boolean })[];
  readonly refusal: Refusal | null;
  readonly nowMs: number;
  readonly memory: EndpointMemory;
  readonly seen: Look | undefined;
  readonly failed: FailedChange | undefined;
  readonly suspended: readonly SuspendedScaling[];
}

/** What pauses a target beside its mode stands before the mode, but for that of a paused one. */
function modeOf({ enrolment }: StoredTarget, isMuted: boolean, isSuspended: boolean) {
  const { mode } = enrolment.config;
  if (isMuted) return 'muted';
  return isSuspended && mode !== 'paused' ? 'suspended' : mode;
}

function attention(
  target: ScalableTarget,
  status: Omit<TargetStatus, 'attention'>,
  { problems, refusal, nowMs, memory, seen, failed, suspended }: Evidence,
): Problem[] {
  const found: Problem[] = problems.flatMap(({ what, fix, isWait }) =>
    isWait ? [] : [{ what, fix }],
  );
  const add = (what: string, fix: string) => found.push({ what, fix });
  if (refusal) {
    const kept = status.mode === 'refused' ? 'it is not enrolled' : 'the last good one is in force';
    add(
      `A configuration was refused, and ${kept}: ${refusal.message}`,
      refusedInputs(target, refusal)
        .map((name) => `fast-scaler config check ${name}`)
        .join('; '),
    );
  }
  if (status.endpointStatus && !isScalable(status.endpointStatus)) {
    add(
      `The endpoint is ${status.endpointStatus} and cannot be scaled.`,
      `aws sagemaker describe-endpoint --endpoint-name ${target.endpointName} --query FailureReason`,
    );
  }
  const isOfLoad = ({ code }: Problem) => code !== undefined && OF_LOAD.includes(code);
  if (status.endpointStatus && !status.bounds && problems.every(isOfLoad)) {
    add(
      'There is no scalable target; the scaler waits for it to come back.',
      `fast-scaler doctor ${target.endpointName}`,
    );
  }
  if (suspended.length > 0 && status.mode !== 'refused' && status.mode !== 'paused') {
    add(`${suspendedWords(suspended)}, which pauses the scaler too.`, resumeScalingCommand(target));
  }
  if (memory.lookedAtMs !== null && nowMs - memory.lookedAtMs > LOOK_OVERDUE_MS) {
    add(
      `Nobody has looked at it for ${duration((nowMs - memory.lookedAtMs) / 1000)}: the service is not running.`,
      'fast-scaler doctor',
    );
  }
  if (failed) {
    add(
      `The last change failed: ${failed.errorCode}: ${failed.message}`,
      `fast-scaler explain ${shortName(target)}`,
    );
  }
  const budget = seen?.decision.steps.find(
    ({ reason, name }) => name === 'budget' && /budget-spent$/.test(reason),
  );
  if (budget) {
    const [whose, fix] =
      budget.reason === 'budget-spent'
        ? ['Its', `raise "maxInstanceHoursPerDay" in ${targetParameterName(target)}`]
        : ['The account’s', `raise "accountMaxInstanceHoursPerDay" in ${DEFAULTS_PARAMETER}`];
    add(
      `${whose} budget of the day is spent: ${budget.before} instances are wanted and ${budget.after} held, until midnight UTC.`,
      fix,
    );
  }
  const beyond = seen && beyondMax(seen);
  if (beyond) {
    add(
      beyond.asker
        ? `It gets ${beyond.max}, which is Max, of the ${beyond.wanted} instances that ${beyond.asker}.`
        : `The load needs ${beyond.wanted} instances and Max is ${beyond.max}.`,
      `raise Max: ${registerCommand(target, { max: beyond.wanted })}`,
    );
  }
  return found;
}

/** What to check: every complaint begins with the name of what it is about, its lines with a space. */
function refusedInputs(target: ScalableTarget, { message }: Refusal): string[] {
  const complaints = message.split('\n').filter((line) => !line.startsWith(' '));
  const isDefaults = (line: string) => line.startsWith(`${DEFAULTS_PARAMETER} is `);
  return [
    ...(complaints.some(isDefaults) ? [DEFAULTS_PARAMETER] : []),
    ...(complaints.every(isDefaults) ? [] : [shortName(target)]),
  ];
}

/** Problems that say nothing of the scalable target. */
const OF_LOAD: readonly string[] = ['silent-signal', 'late-signal', 'coarse-signal'];
