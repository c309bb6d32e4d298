import type { Latency } from '../aws/latency-minutes.ts';
import type { Sources } from '../config/resolve.ts';
import type { TargetConfig } from '../config/schema.ts';
import type { Signal } from '../config/signal.ts';
import type { Bounds } from '../control/bounds.ts';
import type { Lease } from '../control/types.ts';

/** What keeps a target from being scaled as it should be. */
export interface Problem {
  readonly what: string;
  /** The exact command or setting that mends it. */
  readonly fix: string;
  /** What it is, where that must be told from other problems. */
  readonly code?:
    | 'deregistered'
    | 'unregistered'
    | 'unsupported'
    | 'silent-signal'
    | 'late-signal'
    | 'coarse-signal';
}

/** What is in force for an enrolled target, as a control cycle reads it. */
export interface Enrolment {
  readonly config: TargetConfig;
  /** Where each value of the configuration was set. */
  readonly sources: Sources;
  /** Null while the load cannot be measured: the target is enrolled, and looked at only until it holds nothing any more. */
  readonly signal: Signal | null;
  /** What was read off or worked out, and from what. */
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  /** True once a scalable target was seen: from then on, a missing one is somebody's doing. */
  readonly wasRegistered: boolean;
  /** The latency that a target in invocations was turned into concurrency by. */
  readonly latency?: MeasuredLatency;
  /** What the variant runs on; read where nobody set a lead time. */
  readonly instance?: InstanceKind;
  /** What a scaler before this one left behind, where nothing was remembered of the target. */
  readonly inherited?: Inherited;
}

/** Bounds that another scaler set, and the lease that gives the owner's back. */
export interface Inherited {
  readonly bounds: Bounds;
  readonly lease: Lease;
}

/** A latency stays good for the endpoint configuration that it was measured on. */
export interface MeasuredLatency
  extends Pick<Latency, 'seconds'>,
    Partial<Pick<Latency, 'spread'>> {
  readonly endpointConfigName: string;
  /** Since when that one is in force, where the seconds are those of an earlier one until enough of its requests were seen. */
  readonly sinceSeconds?: number;
  /** When the first one was measured; for an hour after it a shorter one replaces it. */
  readonly firstAtSeconds?: number;
}

/** The instance type of an endpoint configuration; null: it has none, or several. */
export interface InstanceKind {
  readonly type: string | null;
  readonly endpointConfigName: string;
}

/** Why a changed input was not taken, beside what stays in force. */
export interface Refusal {
  readonly message: string;
  readonly atSeconds: number;
}

/** What an enrolment was last worked out from. */
export interface Convergence {
  /** Hash of all inputs. */
  readonly fingerprint: string;
  /** When to work it out again though no input changed: what was measured may have. */
  readonly dueAtSeconds: number;
  /** True while the inputs are not valid and something older is in force. */
  readonly isInvalid?: true;
}
