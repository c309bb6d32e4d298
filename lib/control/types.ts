import type { Bounds } from './bounds.ts';
import type { Spent } from './budget.ts';
import type { Past } from './past.ts';
import type { Pattern } from './pattern.ts';
import type { Reason } from './reasons.ts';
import type { Use } from './use.ts';

/** One step of a decision: which rule, what it made of the number it was given, and why. */
export interface DecisionStep {
  /** The rule, for example `owner-bounds`. */
  readonly name: string;
  /** Instances before the rule (null: none known). */
  readonly before: number | null;
  /** Instances after the rule. */
  readonly after: number | null;
  readonly reason: Reason;
  /** True when the rule held the number back from where the rules before it wanted it. */
  readonly constrained: boolean;
}

/** `act` nudges, `observe` decides and records only, `paused` does neither. */
export type Mode = 'act' | 'observe' | 'paused';

/** What the control law needs of a target's configuration. */
export interface ControlConfig {
  readonly mode: Mode;
  /** Load that one instance is meant to carry: invocations a minute, or concurrent requests. */
  readonly targetPerInstance: number;
  /** Whether the signal counts the whole variant's load or the load of one instance. */
  readonly loadScope: 'variant' | 'instance';
  /** How many times one window's load fits into the unit of the target (6 for a minute of 10 s sums). */
  readonly windowsPerTargetUnit: number;
  /** How the signal's peaks tell of requests; null: it counts no peaks, or nothing is known of them. */
  readonly peaks: PeakModel | null;
  /** What one unserved instance-second is worth in instance-seconds. */
  readonly riskPrice: number;
  /** Lead time to assume until one was measured. */
  readonly leadTimeSeconds: number;
  /** How long Min must have carried demand before capacity goes back to it; null: as long as the lead time, within limits. */
  readonly scaleInStableSeconds: number | null;
  readonly scaleOutSpacingSeconds: number;
  readonly scaleInSpacingSeconds: number;
  /** Part of the target per instance at which the alarm wakes the scaler, and below which it rests. */
  readonly wakeFraction: number;
  /** Whether instances are asked for ahead of rises that come every day. */
  readonly dailyPattern: boolean;
}

/** What peaks of the requests under way in one instance tell of the requests that come. */
export interface PeakModel {
  /** How many roots of the mean the peak of one instance lies above it. */
  readonly spread: number;
  /** Requests a second that an instance at its target gets. */
  readonly requestsPerSecond: number;
  /** True while no request was measured, so that the target is as high as it can be. */
  readonly isAssumed?: true;
}

/** One ten-second window of the signal, as CloudWatch gave it. */
export interface LoadPoint {
  /** Epoch seconds at which the window begins. */
  readonly startSeconds: number;
  readonly value: number;
}

/** What the endpoint says about the target's capacity. */
export interface CapacityReading {
  readonly inService: number;
  /** Instances asked for, starting ones included. */
  readonly desired: number;
  /** True while the endpoint refuses every change of capacity. */
  readonly locked: boolean;
  /** False when the endpoint is not one that can be scaled at all (failed, being deleted). */
  readonly scalable: boolean;
}

/**
 * A kind of scaling that an owner can suspend on a scalable target: policies in either direction, scheduled actions.
 */
export type SuspendedScaling = 'scale-in' | 'scale-out' | 'scheduled';

/** A quota that stood in the way of a request, as the refusal words it. Counts of instances. */
export interface QuotaShortage {
  /** Name under which Service Quotas lists it. */
  readonly name: string;
  readonly limit: number;
  /** In use over the whole account when the request was refused. */
  readonly inUse: number;
  /** How many more the request asked for. */
  readonly asked: number;
}

/** Why a request for capacity that reached Application Auto Scaling came to nothing. */
export interface RequestRefusal {
  readonly reason: 'quota-refused' | 'insufficient-capacity' | 'request-failed';
  /** Null where the reason is another, or was worded in a way that is not known. */
  readonly quota: QuotaShortage | null;
}

/** What is known of requests that are futile at present. */
export interface Futility extends RequestRefusal {
  /** Instances that were asked for in vain. */
  readonly wanted: number;
  /** More than these are not asked for before the next attempt. */
  readonly most: number;
  /** Requests refused one after the other. */
  readonly attempts: number;
  readonly refusedAtSeconds: number;
  /** From when on the full demand is asked for again. */
  readonly retryAtSeconds: number;
}

/** Requests that are under way, those that wait included. */
export interface UnderWay {
  /** Whether they are counted for the whole variant or for its busiest instance. */
  readonly scope: 'variant' | 'instance';
  /** Requests by ten-second window, oldest first. */
  readonly points: readonly UnderWayPoint[];
}

/** Requests that were under way in a window. */
export interface UnderWayPoint extends LoadPoint {
  /** Fewest in any instance at any moment of it; absent: not known. */
  readonly fewest?: number;
}

/** How long a request is under way while nothing waits, as it was learned. */
export interface ServiceTime {
  readonly seconds: number;
  /** Start of the newest window that it was learned from. */
  readonly untilSeconds: number;
}

/** Everything that was read for one target in one control cycle. */
export interface Observation {
  readonly load: readonly LoadPoint[];
  /** Absent where the signal does not count requests, or nobody asked. */
  readonly underWay?: UnderWay | null;
  /** Requests of all instances by the minute, oldest first; absent where the signal counts no peaks. */
  readonly counts?: readonly LoadPoint[];
  readonly capacity: CapacityReading;
  /** Null when no scalable target is registered. */
  readonly bounds: Bounds | null;
  /** What the owner suspended on the scalable target, and thereby pauses the scaler; absent: nothing. */
  readonly suspended?: readonly SuspendedScaling[];
  /** Why the pending request came to nothing; absent while it did not, or nobody knows. */
  readonly refusal?: RequestRefusal | null;
}

/** A capacity request that was accepted and is not in service yet. */
export interface PendingRequest {
  readonly capacity: number;
  readonly sentAtSeconds: number;
}

/**
 * How the rules have fared on this target, and which is in use. Levels of capacity are kept in bands
 * (`bands.ts`), rules in the order of `rules.ts`.
 */
export interface Tuning {
  /** The price that the costs were reckoned at. */
  readonly riskPrice: number;
  /** The load that was one instance's; absent: an earlier version kept it. */
  readonly targetPerInstance?: number;
  /** Start of the first window scored. */
  readonly sinceSeconds: number;
  /** Start of the newest window scored. */
  readonly scoredUntilSeconds: number;
  readonly use: Use;
  /** What a recurring load is told by. */
  readonly past: Past;
  /** By rule and band: whether the shadow has the band, and for how many windows it is locked. */
  readonly shadows: readonly string[];
  /** By rule and band: instance-windows paid beyond the cheapest rule, older ones discounted. */
  readonly costs: readonly string[];
  /** The rule in use, by band. */
  readonly chosen: readonly number[];
  /** Bands, from the lowest on, in which a recurring load is met ahead of time instead. */
  readonly bandsAhead: number;
}

/**
 * An endpoint in numbers that only target tracking scales, to hold the real one against
 * (`shadow-baseline.ts`). Times are epoch seconds.
 */
export interface ShadowBaseline {
  /** Windows before this were played. */
  readonly untilSeconds: number;
  readonly inService: number;
  readonly desired: number;
  /** When the last change of capacity is complete. */
  readonly unlockedAtSeconds: number;
  /** When the cooldown after a scale-in is over. */
  readonly mayReleaseAtSeconds: number;
  /** Minutes in a row that the high alarm, and the low one, have counted. */
  readonly highMinutes: number;
  readonly lowMinutes: number;
  /** One instance's load, summed over the windows of the minute under way. */
  readonly loadOfMinute: number;
}

/** Bounds that the scaler sent, or was about to send. */
export interface Write {
  readonly bounds: Bounds;
  readonly atSeconds: number;
}

/** Bounds that differ from the owner's, for a time: AWS itself restores the owner's when it is over. */
export interface Lease {
  readonly untilSeconds: number;
  /** What the scheduled action will set. */
  readonly restores: Bounds;
}

/** What is to be done about the scheduled action that ends a lease. */
export type LeaseChange =
  | { readonly action: 'put'; readonly lease: Lease }
  | { readonly action: 'delete' };

/** What is remembered of a target between cycles. Times are epoch seconds; null means never. */
export interface TargetState {
  /** The owner's bounds. */
  readonly baseline: Bounds | null;
  /** The bounds that the scaler last wrote, and those that stood there before. */
  readonly written: Bounds | null;
  readonly before: Bounds | null;
  /** What the scaler wrote of late, oldest first: any of it may be on its way yet. */
  readonly writes: readonly Write[];
  readonly lastScaleOutAtSeconds: number | null;
  readonly lastScaleInAtSeconds: number | null;
  /** When capacity was asked to change in the last hour, oldest first; what came to nothing does not count. */
  readonly changedAtSeconds: readonly number[];
  /** Scale-outs that came soon after a scale-in; widens the guard against flapping. */
  readonly reversals: number;
  readonly lastReversalAtSeconds: number | null;
  readonly pending: PendingRequest | null;
  readonly learnedLeadTimeSeconds: number | null;
  /** How long after its end a window becomes readable. */
  readonly metricLagSeconds: number;
  /** Whether the load was last seen to have one value a minute. */
  readonly isByTheMinute: boolean;
  /** Null until load was seen beside the requests under way. */
  readonly service: ServiceTime | null;
  /** Instances in service over the recent past, oldest first: [since epoch second, count]. */
  readonly capacityLog: readonly (readonly [sinceSeconds: number, inService: number])[];
  /** Null until load was first seen. */
  readonly tuning: Tuning | null;
  /** Null until load was first seen, and while the setting is off. */
  readonly pattern: Pattern | null;
  /** What target tracking alone would have made of the load; null while the mode is not `act`. */
  readonly shadow: ShadowBaseline | null;
  /** The lease on the bounds that stand, as it is known to be in force; null when there is none. */
  readonly lease: Lease | null;
  /** Since when a lease was about to be put or deleted, of which it is not known whether it was. */
  readonly leaseUnsureSinceSeconds: number | null;
  /** When a lease was last about to be deleted; the call may arrive later. */
  readonly leaseDeletedAtSeconds: number | null;
  /** Until when the target's alarm is muted, which pauses it. */
  readonly mutedUntilSeconds: number | null;
  /** Why the last look did not give the capacity that was wanted; null when it did. */
  readonly refusedFor: Reason | null;
  /** Since when more was wanted and another target of the endpoint went first; null while that is not so. */
  readonly putOffSinceSeconds: number | null;
  /** Null while nothing speaks against asking for what demand needs. */
  readonly futile: Futility | null;
  /** Instances that would stand but for a window's floor; null while none holds any up. */
  readonly withoutWindows: number | null;
  /** Null until the target was first looked at. */
  readonly spent: Spent | null;
  /** What the owner was told of this target, by kind; kept here, never read here. */
  readonly notices: Readonly<Record<string, unknown>>;
}

/** What a decision asks to be done. */
export interface Proposal {
  readonly bounds: Bounds;
  /** Which way the capacity moves; `none` when only the bounds do. */
  readonly direction: 'out' | 'in' | 'none';
  /** Instances asked for at present. */
  readonly from: number;
}

/** The outcome of {@link decide}. */
export interface Decision {
  /** Instances that the latest window needs; null without fresh data. */
  readonly demand: number | null;
  /** Capacity that the law wants, inside the owner's bounds; null: no opinion. */
  readonly wanted: number | null;
  readonly steps: readonly DecisionStep[];
  /** Null: leave the bounds as they are. */
  readonly proposal: Proposal | null;
  /** State with what this look taught, before anything is acted on. */
  readonly state: TargetState;
  /** When to look again; null: at rest, the alarm or the sweep will wake it. */
  readonly nextLookAtSeconds: number | null;
}
