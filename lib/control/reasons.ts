/**
 * Why a step of a decision came out as it did. The same words are log fields, metric dimensions and
 * event fields, so this list is append-only: a code is never renamed, reordered or removed.
 */
export const REASONS = [
  'no-data',
  'stale-data',
  'demand-measured',
  'demand-growing',
  'capacity-sufficient',
  'ramp-still-steepening',
  'recent-peak-needs-capacity',
  'within-dead-band',
  'scale-out-spacing',
  'scale-in-spacing',
  'flap-guard',
  'endpoint-locked',
  'endpoint-not-scalable',
  'nudge-lost-while-locked',
  'owner-changed-bounds',
  'owner-minimum',
  'owner-maximum',
  'floor-raised',
  'floor-lowered',
  'ceiling-lowered',
  'ceiling-returned',
  'at-rest',
  'mode-paused',
  'target-missing',
  'another-target-first',
  'demand-gone',
  'lease-expired',
  'standing-down',
  'quota-refused',
  'insufficient-capacity',
  'target-released',
  'schedule-floor',
  'schedule-ceiling',
  'prewarm-floor',
  'windows-over',
  'budget-spent',
  'account-budget-spent',
  'pattern-floor',
  'hidden-demand',
] as const;

/** One code of {@link REASONS}. */
export type Reason = (typeof REASONS)[number];
