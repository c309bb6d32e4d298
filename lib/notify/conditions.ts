import { type Bounds, sameBounds } from '../control/bounds.ts';
import type { Reason } from '../control/reasons.ts';
import type { Lease } from '../control/types.ts';
import type { Look } from '../cycle/look.ts';
import { activitiesCommand, registerCommand, resumeScalingCommand } from '../scaling-commands.ts';
import { shortName } from '../target.ts';
import { blind } from './blind.ts';
import { budgetNotices } from './budget.ts';
import type { Notice } from './notices.ts';
import { suspendedWords } from './suspended.ts';

/** A lease that is over for longer than this should have been ended by its scheduled action, seconds. */
const LEASE_OVERDUE_SECONDS = 60;

/** States out of which an endpoint does not come by itself. */
const DEAD_STATES: readonly string[] = ['Failed', 'OutOfService', 'UpdateRollbackFailed'];

/** What a look saw that the target's owner should know of. */
export function conditionsOf(look: Look, nowSeconds: number, region: string): Notice[] {
  const overdue = leaseOverdue(look, nowSeconds, region);
  const anyhow = [
    ...scalingSuspended(look, region),
    ...blind(look, nowSeconds, region),
    ...overdue,
  ];
  if (look.control.mode !== 'act') return anyhow;
  return [
    ...scaledToCeiling(look, region),
    ...futileRequests(look, region),
    ...budgetNotices(look, nowSeconds),
    ...anyhow,
    ...notScalable(look, region),
    ...ownerEdit(look),
  ];
}

/** Seconds for which a lease is over and the owner's bounds do not stand; 0 when all is well. */
export function leaseOverdueSeconds(
  { stored, observation, decision }: Look,
  nowSeconds: number,
): number {
  const { bounds } = observation;
  const { baseline } = decision.state;
  return overdueSeconds(stored.state.lease, bounds, baseline, nowSeconds);
}

/** The same of what was read elsewhere. */
export function overdueSeconds(
  lease: Lease | null,
  bounds: Bounds | null,
  baseline: Bounds | null,
  nowSeconds: number,
): number {
  if (!lease || !bounds || !baseline || sameBounds(bounds, baseline)) return 0;
  const seconds = nowSeconds - lease.untilSeconds;
  return seconds <= LEASE_OVERDUE_SECONDS ? 0 : seconds;
}

/** Instances that the owner's Max stands against. */
export interface BeyondMax {
  readonly wanted: number;
  readonly max: number;
  /** Who asks for them, where the load does not: words that follow "that". */
  readonly asker: string | null;
}

/**
 * The instances that a target needs, or is asked for, beyond its owner's Max; null: Max is enough, as far as is known.
 * Where a ramp will end is a guess, and no Max to pay for: what counts then is demand that is there; else what is
 * wanted, once that much is there or Max is asked for already.
 */
export function beyondMax({ decision, observation }: Look): BeyondMax | null {
  const { steps } = decision;
  const step = steps.find(({ reason }) => reason === 'owner-maximum');
  if (!step || step.before === null || step.after === null) return null;
  const max = step.after;
  const demand = decision.demand ?? 0;
  if (observation.capacity.desired < max && demand <= max) return null;
  const floor = steps.find(({ name, reason }) => name === 'windows' && FLOORS[reason]);
  const load = floor?.before ?? step.before;
  const isGuess = steps.some(({ reason }) => reason === 'demand-growing');
  const needed = isGuess ? Math.min(load, Math.ceil(demand)) : load;
  if (needed > max) return { wanted: needed, max, asker: null };
  const asker = (floor && FLOORS[floor.reason]) ?? null;
  return asker && step.before > max ? { wanted: step.before, max, asker } : null;
}

const FLOORS: Partial<Record<Reason, string>> = {
  'schedule-floor': 'its schedule asks for',
  'prewarm-floor': 'a prewarm asks for',
};

function scaledToCeiling(look: Look, region: string): Notice[] {
  const beyond = beyondMax(look);
  if (!beyond) return [];
  const { wanted, max, asker } = beyond;
  const { target } = look.stored;
  const { inService, desired } = look.observation.capacity;
  const command = registerCommand(target, { max: wanted }, region);
  return [
    {
      kind: 'scaled-to-ceiling',
      digest: asker ? `${asker} max ${max}` : `max ${max}`,
      text: `${shortName(target)} ${
        asker
          ? `gets ${max} of the ${wanted} instances that ${asker}: your MaxCapacity is ${max}.`
          : `needs ${wanted} instances, and your MaxCapacity is ${max}: what lies above it is not served.`
      } To allow it: ${command}`,
      details: {
        wanted,
        max,
        demand: look.decision.demand,
        inService,
        desired,
        fix: command,
      },
    },
  ];
}

function futileRequests(look: Look, region: string): Notice[] {
  const { futile } = look.decision.state;
  if (!futile) return [];
  const told = futile.reason === 'quota-refused' ? quotaRefused : cameToNothing;
  return [told(look, futile, region)];
}

type Futile = NonNullable<Look['decision']['state']['futile']>;

function quotaRefused({ stored, observation }: Look, futile: Futile, region: string): Notice {
  const { quota, wanted, most, retryAtSeconds } = futile;
  const name = shortName(stored.target);
  const retryAt = isoSecond(retryAtSeconds);
  const { desired } = observation.capacity;
  const shared = { wanted, possible: most, desired, retryAt };
  if (!quota) {
    return {
      kind: 'quota-refused',
      digest: 'unknown quota',
      text: `${name} asked for ${wanted} instances, and an account quota refused them; the refusal did not name it. Look at: aws service-quotas list-service-quotas --region ${region} --service-code sagemaker`,
      details: { ...shared, quota: null },
    };
  }
  const needed = quota.inUse + quota.asked;
  const command = raiseCommand(quota.name, needed, region);
  return {
    kind: 'quota-refused',
    digest: `${quota.name} ${quota.limit}`,
    text: `${name} asked for ${wanted} instances, and the quota "${quota.name}" refused them: ${quota.inUse} of ${quota.limit} are in use, ${needed} would be needed. Until it is raised ${name} gets ${most}. To raise it: ${command}`,
    details: {
      ...shared,
      quota: quota.name,
      limit: quota.limit,
      inUse: quota.inUse,
      needed,
      fix: command,
    },
  };
}

function cameToNothing({ stored, observation }: Look, futile: Futile, region: string): Notice {
  const { wanted, attempts, retryAtSeconds } = futile;
  const { desired } = observation.capacity;
  const retryAt = isoSecond(retryAtSeconds);
  const asked = `${shortName(stored.target)} asked for ${wanted} instances, and`;
  const again = `It is tried again at ${retryAt}.`;
  const details = { wanted, desired, attempts, retryAt };
  if (futile.reason === 'insufficient-capacity') {
    return {
      kind: 'insufficient-capacity',
      digest: 'no capacity',
      text: `${asked} AWS had none of this type: the endpoint is back at ${desired}. ${again} If this lasts, offer AWS a choice: instance pools with other types in the endpoint configuration, or capacity that you reserve.`,
      details,
    };
  }
  const command = activitiesCommand(stored.target, region);
  return {
    kind: 'request-failed',
    digest: 'failed',
    text: `${asked} the request failed: the endpoint has ${desired}. ${again} What AWS says of it: ${command}`,
    details: { ...details, fix: command },
  };
}

function leaseOverdue(look: Look, nowSeconds: number, region: string): Notice[] {
  const seconds = leaseOverdueSeconds(look, nowSeconds);
  const { baseline } = look.decision.state;
  const { bounds } = look.observation;
  if (seconds === 0 || !baseline || !bounds) return [];
  const { target } = look.stored;
  const command = registerCommand(target, baseline, region);
  return [
    {
      kind: 'lease-overdue',
      digest: 'overdue',
      text: `${shortName(target)} still has MinCapacity ${bounds.min} and MaxCapacity ${bounds.max}, ${Math.round(seconds)} s after their lease was over; yours are ${baseline.min} and ${baseline.max}. To bring yours back: ${command}`,
      details: { bounds, ownerBounds: baseline, overdueSeconds: Math.round(seconds), fix: command },
    },
  ];
}

function notScalable({ stored, endpointStatus }: Look, region: string): Notice[] {
  const { target } = stored;
  if (!endpointStatus || !DEAD_STATES.includes(endpointStatus)) return [];
  const command = `aws sagemaker describe-endpoint --region ${region} --endpoint-name ${target.endpointName}`;
  return [
    {
      kind: 'endpoint-not-scalable',
      digest: endpointStatus,
      text: `${shortName(target)} cannot be scaled: its endpoint is ${endpointStatus}. Why: ${command}`,
      details: { endpointStatus, fix: command },
    },
  ];
}

/** Only of a target that would act otherwise. */
function scalingSuspended({ stored, observation }: Look, region: string): Notice[] {
  const { suspended = [] } = observation;
  if (suspended.length === 0 || stored.enrolment.config.mode !== 'act') return [];
  const { target } = stored;
  const command = resumeScalingCommand(target, region);
  return [
    {
      kind: 'scaling-suspended',
      digest: suspended.join(' '),
      text: `${shortName(target)} is paused. ${suspendedWords(suspended)}. Until that is resumed your MinCapacity and MaxCapacity stand, and no surge is answered. To resume: ${command}`,
      details: { suspended, fix: command },
    },
  ];
}

function ownerEdit({ stored, decision }: Look): Notice[] {
  const { baseline } = decision.state;
  const isEdited = decision.steps.some(({ reason }) => reason === 'owner-changed-bounds');
  if (!isEdited || !baseline) return [];
  const { min, max } = baseline;
  const before = stored.state.baseline;
  const was = before ? ` (before: ${before.min} and ${before.max})` : '';
  return [
    {
      kind: 'owner-edit-adopted',
      digest: `${min}..${max}`,
      text: `${shortName(stored.target)}: somebody set MinCapacity ${min} and MaxCapacity ${max}${was}; the scaler keeps to them from now on.`,
      details: { ownerBounds: baseline, ownerBoundsBefore: before },
    },
  ];
}

/**
 * A request for a higher quota goes by the quota's code, which the refusal does not tell. It is
 * looked up among the defaults, since the list of applied quotas leaves out those that never changed.
 */
function raiseCommand(quotaName: string, value: number, region: string): string {
  const code = `aws service-quotas list-aws-default-service-quotas --region ${region} --service-code sagemaker --query "Quotas[?QuotaName=='${quotaName}'].QuotaCode" --output text`;
  return `aws service-quotas request-service-quota-increase --region ${region} --service-code sagemaker --quota-code "$(${code})" --desired-value ${value}`;
}

function isoSecond(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 19)}Z`;
}
