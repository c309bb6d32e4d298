import type { Futility, Observation, TargetState } from './types.ts';

/** The first repetition of a request that was refused comes after this long; each later one doubles it. */
const FIRST_RETRY_SECONDS = 60;

/** Longest time between two attempts. */
const LONGEST_RETRY_SECONDS = 1800;

/** What was refused is forgotten when the next attempt has been due for so long and nobody made it. */
const FORGET_SECONDS = 3600;

/**
 * What a look teaches about requests that are futile: one more refusal, or that capacity is there
 * which was out of reach.
 * @param state as remembered; its pending request is the one that `observation.refusal` speaks of
 */
export function learnRefusal(
  state: Pick<TargetState, 'futile' | 'pending'>,
  { refusal, capacity }: Pick<Observation, 'refusal' | 'capacity'>,
  nowSeconds: number,
): Futility | null {
  const { futile, pending } = state;
  if (!refusal || !pending) {
    if (!futile) return null;
    const isOver =
      capacity.inService > futile.most || nowSeconds >= futile.retryAtSeconds + FORGET_SECONDS;
    return isOver ? null : futile;
  }
  const previous = futile?.reason === refusal.reason ? futile : null;
  const attempts = (previous?.attempts ?? 0) + 1;
  const waitSeconds = Math.min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LONGEST_RETRY_SECONDS);
  return {
    reason: refusal.reason,
    quota: refusal.quota,
    wanted: Math.max(pending.capacity, previous?.wanted ?? 0),
    most: mostAllowed(refusal, previous, pending.capacity, capacity.desired),
    attempts,
    refusedAtSeconds: nowSeconds,
    retryAtSeconds: nowSeconds + waitSeconds,
  };
}

/**
 * What may be asked for meanwhile: what the quota leaves over the instances that stood when it
 * refused. Where even that was refused, the reckoning does not hold, and what stands must do.
 */
function mostAllowed(
  { quota }: NonNullable<Observation['refusal']>,
  previous: Futility | null,
  requested: number,
  desired: number,
): number {
  const wasWithinReach = previous !== null && requested <= previous.most;
  if (!quota || wasWithinReach) return desired;
  const { limit, inUse, asked } = quota;
  return Math.max(desired, requested - asked + limit - inUse);
}

/**
 * `wanted`, or as much of it as is not known to be futile at present. What the owner's Min would have
 * to be lowered for is never asked for; then what stands stays.
 */
export function withinReach(
  wanted: number,
  desired: number,
  ownersMin: number,
  futile: Futility | null,
  nowSeconds: number,
): number {
  if (!futile || nowSeconds >= futile.retryAtSeconds) return wanted;
  const possible = Math.min(wanted, Math.max(desired, futile.most));
  return possible < ownersMin ? desired : possible;
}
