import type { CapacityWindow } from '../control/windows.ts';

/** The events that ask for prewarms. */
export const PREWARM = {
  source: 'fast-scaler',
  request: 'Prewarm Request',
  cancellation: 'Prewarm Cancellation',
  schemaVersion: 1,
} as const;

/** A floor that somebody asked for, for a time. Times are epoch seconds. */
export interface Prewarm {
  readonly minInstances: number;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  /** When it was asked for, as the event tells. */
  readonly askedAtSeconds: number;
}

/** The prewarms of one target, as they are kept. */
export interface Prewarms {
  readonly list: readonly Prewarm[];
  /** Requests that are not younger than this were cancelled, however late they arrive. */
  readonly cancelledAtSeconds: number | null;
}

export const NO_PREWARMS: Prewarms = { list: [], cancelledAtSeconds: null };

/** A target keeps this many at most; one whose time is over does not count. */
export const MOST_PREWARMS = 10;

/** How far ahead a prewarm may begin, seconds. */
export const FARTHEST_AHEAD_SECONDS = 30 * 86_400;

/** How long a prewarm may last, minutes. */
export const LONGEST_PREWARM_MINUTES = 7 * 24 * 60;

/** More instances than any target has. */
export const MOST_INSTANCES = 10_000;

/** Why a prewarm was not taken. */
export type PrewarmRefusal = 'over' | 'too-far-ahead' | 'too-many' | 'cancelled';

/** What becomes of the prewarms of a target; the same request again changes nothing. */
export function withPrewarm(
  { list, cancelledAtSeconds }: Prewarms,
  prewarm: Prewarm,
  nowSeconds: number,
): { readonly prewarms: Prewarms; readonly refusal: PrewarmRefusal | null } {
  const standing = list.filter(({ untilSeconds }) => untilSeconds > nowSeconds);
  const refusal = refusalOf(prewarm, { list: standing, cancelledAtSeconds }, nowSeconds);
  // Asked for again it is as young as its latest request, whatever is cancelled in between.
  const asked = standing.filter((each) => isSame(each, prewarm));
  const askedAtSeconds = Math.max(...[...asked, prewarm].map((each) => each.askedAtSeconds));
  const others = standing.filter((each) => !isSame(each, prewarm));
  const added = refusal ? standing : [...others, { ...prewarm, askedAtSeconds }];
  return { prewarms: { list: added, cancelledAtSeconds }, refusal };
}

function refusalOf(
  prewarm: Prewarm,
  { list, cancelledAtSeconds }: Prewarms,
  nowSeconds: number,
): PrewarmRefusal | null {
  if (prewarm.untilSeconds <= nowSeconds) return 'over';
  if (prewarm.fromSeconds - nowSeconds > FARTHEST_AHEAD_SECONDS) return 'too-far-ahead';
  if (cancelledAtSeconds !== null && prewarm.askedAtSeconds < cancelledAtSeconds) {
    return 'cancelled';
  }
  const isFull = list.length >= MOST_PREWARMS && !list.some((each) => isSame(each, prewarm));
  return isFull ? 'too-many' : null;
}

/**
 * The prewarms once all that were asked for by `atSeconds` were cancelled. Events may come in any
 * order, so that one which was asked for later stays.
 */
export function withoutPrewarms(
  { list, cancelledAtSeconds }: Prewarms,
  atSeconds: number,
): Prewarms {
  return {
    list: list.filter(({ askedAtSeconds }) => askedAtSeconds > atSeconds),
    cancelledAtSeconds: Math.max(cancelledAtSeconds ?? atSeconds, atSeconds),
  };
}

function isSame(a: Prewarm, b: Prewarm): boolean {
  return (
    a.minInstances === b.minInstances &&
    a.fromSeconds === b.fromSeconds &&
    a.untilSeconds === b.untilSeconds
  );
}

/** The window that a prewarm is for the control law. */
export function prewarmWindow({
  minInstances,
  fromSeconds,
  untilSeconds,
}: Prewarm): CapacityWindow {
  return { source: 'prewarm', fromSeconds, untilSeconds, atLeast: minInstances, atMost: null };
}
